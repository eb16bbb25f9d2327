import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.services.extraction import MalformedJournal, extract_pairs
from sessions_app.services.figures import MessageRow


def row(seq, kind, number=None, *, content="Words.", **details):
    return MessageRow(
        seq=seq,
        role="candidate" if kind in ("answer", "skip", "hint") else "interviewer",
        kind=kind,
        content=content,
        question_no=number,
        details=details,
    )


# A candidate may answer, skip or ask for a hint at any question asked so far.
acts = st.lists(
    st.tuples(st.sampled_from(["question", "answer", "skip", "hint"]), st.integers()),
    max_size=60,
)


def journal(steps):
    asked = 0
    for seq, (kind, choice) in enumerate(steps, start=1):
        if kind == "question":
            asked += 1
            yield row(seq, kind, asked, slot=asked)
        elif asked:
            yield row(seq, kind, choice % asked + 1)


@given(acts)
def test_every_answer_is_kept_once_with_consecutive_attempts(steps):
    rows = list(journal(steps))

    pairs = extract_pairs(messages=rows)

    assert [answer.seq for answer in pairs.answers] == [
        r.seq for r in rows if r.kind == "answer"
    ]
    for question in pairs.questions:
        attempts = [a.attempt for a in pairs.answers if a.position == question.position]
        assert attempts == list(range(1, len(attempts) + 1))


@given(acts)
def test_a_question_is_never_both_answered_and_skipped(steps):
    pairs = extract_pairs(messages=journal(steps))

    assert not pairs.answered & pairs.skipped


def test_reads_the_journal_once():
    rows = iter([row(1, "question", 1, slot=0), row(2, "answer", 1)])

    assert len(extract_pairs(messages=rows).answers) == 1


@pytest.mark.parametrize(
    "rows",
    [
        [row(1, "answer", 1)],
        [row(1, "question", 1, slot=0), row(2, "answer", None)],
        [row(1, "question", None, slot=0)],
        [row(1, "question", 1)],
        [row(1, "probe", 1, slot=0)],
    ],
)
def test_a_message_against_the_conventions_is_named(rows):
    with pytest.raises(MalformedJournal, match=f"message {rows[-1].seq} "):
        extract_pairs(messages=rows)
