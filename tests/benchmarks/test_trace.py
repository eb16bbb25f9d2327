import json
from typing import Any

import pytest

from interviewer.benchmarks.responses.trace import Said, read_pairs
from interviewer.benchmarks.responses.traps import make_traps
from interviewer.benchmarks.suite import UnableToRun


def line(**changes: Any) -> str:
    fields: dict[str, Any] = {
        "id": "one",
        "conversation_a": [{"role": "user", "content": "Hello."}],
        "reply_a": "Welcome.",
        "conversation_b": [{"role": "candidate", "content": "Hello."}],
        "context_a": {"mode": "practice"},
        "context_b": {"mode": "practice"},
        "same_session": True,
    }
    return json.dumps(fields | changes)


def test_reads_a_pair() -> None:
    (pair,) = read_pairs([line()])

    assert (pair.id, pair.reply, pair.is_same_session) == ("one", "Welcome.", True)
    assert pair.a.conversation == (Said("candidate", "Hello."),)
    assert pair.a.context == {"mode": "practice"}


def test_tells_equal_requests_from_others() -> None:
    equal, other = read_pairs([line(), line(context_b={"mode": "interview"})])

    assert equal.is_equal
    assert not other.is_equal


@pytest.mark.parametrize(
    ("role", "speaker"),
    [
        ("interviewer", "interviewer"),
        ("assistant", "interviewer"),
        ("candidate", "candidate"),
        ("user", "candidate"),
        ("system", "notice"),
    ],
)
def test_knows_speakers_by_several_names(role: str, speaker: str) -> None:
    (pair,) = read_pairs([line(conversation_a=[{"role": role, "content": "x"}])])

    assert pair.a.conversation[0].speaker == speaker


def test_context_and_session_may_be_absent() -> None:
    fields = json.loads(line())
    for name in ("context_a", "context_b", "same_session"):
        del fields[name]

    (pair,) = read_pairs([json.dumps(fields)])

    assert (pair.a.context, pair.is_same_session) == ({}, False)


def test_null_is_absent_and_other_values_become_text() -> None:
    context = {"resume": None, "rubric_version": 3, "user": "ann"}

    (pair,) = read_pairs([line(context_a=context)])

    assert pair.a.context == {"rubric_version": "3", "user": "ann"}


def test_keeps_texts_apart_that_no_database_can_store() -> None:
    (pair,) = read_pairs(['{"id":1,"conversation_a":[],"conversation_b":[],'
                          '"reply_a":"\\ud800 \\ud801"}'])  # fmt: skip

    first, second = pair.reply.encode().decode().split(" ")
    assert first != second


def test_skips_empty_lines() -> None:
    assert len(read_pairs(["", line(), "\n"])) == 1


@pytest.mark.parametrize(
    ("malformed", "complaint"),
    [
        ("{", "line 2 of the trace: "),
        ("[]", "line 2 of the trace: the line is not an object"),
        ("{}", "line 2 of the trace: id is missing"),
        (line(conversation_a={}), "conversation_a is not a list"),
        (line(conversation_b=["x"]), "a message is not an object"),
        (line(conversation_a=[{"role": "narrator"}]), "nobody is known as 'narrator'"),
        (line(conversation_a=[{"role": ["x"]}]), r"nobody is known as \['x'\]"),
        (line(context_a="x"), "context_a is not an object"),
    ],
)
def test_names_the_line_that_cannot_be_read(malformed: str, complaint: str) -> None:
    with pytest.raises(UnableToRun, match=complaint):
        read_pairs([line(), malformed])


def test_reads_our_own_traps() -> None:
    traps = make_traps(each=1)

    pairs = read_pairs(json.dumps(trap.pair) for trap in traps)

    assert [pair.id for pair in pairs] == [trap.pair["id"] for trap in traps]
