import datetime
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.policy.progress import JournalEntry, fold
from sessions_app.services.figures import (
    EvaluationRow,
    MessageRow,
    SessionFacts,
    SessionMetricsView,
    TurnRow,
)
from sessions_app.services.running import compute_metrics
from tests.factories import make_plan

START = datetime.datetime(2026, 3, 2, 10, 0, tzinfo=datetime.UTC)


def message(seq, role, kind, content="Some words.", number=None, **details):
    return MessageRow(
        seq=seq,
        role=role,
        kind=kind,
        content=content,
        question_no=number,
        details=details,
    )


def evaluation(seq, slot, score, **fields):
    values = {
        "is_first": True,
        "state": "insufficient" if score is None else "observed",
        "error": None if score is None else 0.1,
        **fields,
    }
    return EvaluationRow(seq=seq, slot=slot, score=score, **values)


def figures(**fields):
    facts = {
        "started_at": START,
        "ended_at": START + datetime.timedelta(minutes=20),
        "messages": [],
        "turns": [],
        "evaluations": [],
        "competency_of_slot": {},
    }
    return compute_metrics(facts=SessionFacts(**{**facts, **fields}))


def test_nothing_said_gives_no_means_and_no_score():
    view = figures()

    assert view.score is None
    assert view.words_mean is None
    assert view.thinking_seconds_mean is None
    assert view.completed_ms_mean is None
    assert view.asked == view.answered == 0


def test_counts_messages_by_role():
    rows = [
        message(1, "interviewer", "opening"),
        message(2, "interviewer", "question", number=1, slot=0),
        message(3, "candidate", "hint", number=1),
        message(4, "coach", "hint", number=1),
    ]

    view = figures(messages=rows)

    assert view.messages_by_role == {"interviewer": 2, "candidate": 1, "coach": 1}


def test_words_per_answer_have_a_mean_and_a_median():
    rows = [message(1, "interviewer", "question", number=1, slot=0)]
    rows += [
        message(seq, "candidate", "answer", "word " * count, number=1)
        for seq, count in enumerate((1, 2, 9), start=2)
    ]

    view = figures(messages=rows)

    assert (view.words_mean, view.words_median) == (4.0, 2)


def test_thinking_time_and_system_time_are_kept_apart():
    rows = [
        message(1, "interviewer", "question", number=1, slot=0),
        message(2, "candidate", "answer", number=1, seconds=30.0),
        message(3, "candidate", "answer", number=1, seconds=None),
        message(4, "candidate", "skip", number=1, seconds=999.0),
    ]
    turns = [
        TurnRow(first_words_ms=100, completed_ms=300),
        TurnRow(first_words_ms=200, completed_ms=500),
        TurnRow(first_words_ms=None, completed_ms=None),
    ]

    view = figures(messages=rows, turns=turns)

    assert view.thinking_seconds_mean == 30.0
    assert view.first_words_ms_mean == 150.0
    assert view.completed_ms_mean == 400.0


def test_the_score_weighs_every_question_the_same():
    view = figures(evaluations=[evaluation(2, 0, 0.4), evaluation(4, 1, 0.8)])

    assert view.score == pytest.approx(60)
    assert view.error == pytest.approx(100 * math.hypot(0.1, 0.1) / 2)


def test_one_scored_question_is_not_enough_for_an_overall_score():
    view = figures(evaluations=[evaluation(2, 0, 0.9), evaluation(4, 1, None)])

    assert view.score is None
    assert view.enough_evidence == 1


def test_too_little_evidence_never_lowers_the_score():
    scored = [evaluation(2, 0, 0.8), evaluation(4, 1, 0.8)]

    assert (
        figures(evaluations=[*scored, evaluation(6, 2, None)]).score
        == figures(evaluations=scored).score
    )


def test_a_score_of_zero_counts():
    view = figures(evaluations=[evaluation(2, 0, 0.0), evaluation(4, 1, 0.5)])

    assert view.score == pytest.approx(25)


def test_what_a_probe_added_counts():
    rows = [
        evaluation(2, 0, 0.4),
        evaluation(4, 0, 0.6, is_first=False),
        evaluation(6, 1, 0.6),
    ]

    assert figures(evaluations=rows).score == pytest.approx(60)


def test_a_probe_that_could_not_be_judged_takes_nothing_away():
    rows = [
        evaluation(2, 0, 0.4),
        evaluation(4, 0, None, is_first=False),
        evaluation(6, 1, 0.6),
    ]

    assert figures(evaluations=rows).score == pytest.approx(50)


def test_an_unknown_error_makes_the_band_unknown():
    rows = [evaluation(2, 0, 0.4, error=None), evaluation(4, 1, 0.6)]

    assert figures(evaluations=rows).error is None


def test_scores_are_grouped_by_competency():
    view = figures(
        evaluations=[
            evaluation(2, 0, 0.4),
            evaluation(4, 1, 0.8),
            evaluation(6, 2, 0.6),
        ],
        competency_of_slot={0: "Databases", 1: "Teamwork", 2: "Databases"},
    )

    scores = {c.name: (c.score, c.answers) for c in view.competencies}
    assert scores == {
        "Databases": (pytest.approx(50), 2),
        "Teamwork": (pytest.approx(80), 1),
    }


def test_clocks_that_disagree_give_no_negative_duration():
    view = figures(ended_at=START - datetime.timedelta(days=1))

    assert view.duration_seconds == 0


def test_figures_survive_json_unchanged():
    view = figures(
        messages=[
            message(1, "interviewer", "question", number=1, slot=0),
            message(2, "candidate", "answer", "One two.", number=1, seconds=1 / 3),
        ],
        evaluations=[evaluation(2, 0, 1 / 3), evaluation(4, 1, 0.7)],
        competency_of_slot={0: "Databases", 1: "Databases"},
    )

    values = json.loads(json.dumps(view.to_dict()))
    assert SessionMetricsView.from_dict(values, usage=view.usage) == view


PLAN = make_plan()
steps = st.lists(
    st.sampled_from(["question", "probe", "answer", "gated", "blank", "skip", "hint"]),
    max_size=30,
)


def journal(steps):
    """Yield what could have been said: a skip ends its question."""
    number, slot, is_over = 0, -1, True
    for seq, step in enumerate(steps, start=1):
        if step == "question" and slot + 1 < len(PLAN.slots):
            number, slot, is_over = number + 1, slot + 1, False
            yield message(seq, "interviewer", "question", number=number, slot=slot)
        elif is_over:
            continue
        elif step == "probe":
            number += 1
            yield message(seq, "interviewer", "probe", number=number, slot=slot)
        elif step == "skip":
            is_over = True
            yield message(seq, "candidate", "skip", "", number=number)
        elif step == "gated":
            yield message(seq, "candidate", "answer", number=number, gate="gibberish")
        elif step == "blank":
            yield message(seq, "candidate", "answer", "  ", number=number)
        elif step == "answer":
            yield message(seq, "candidate", "answer", number=number)
        elif step == "hint":
            yield message(seq, "candidate", "hint", "", number=number)


@given(steps)
def test_counts_questions_as_the_interviewer_does(steps):
    rows = list(journal(steps))
    progress = fold(
        plan=PLAN,
        entries=[
            JournalEntry(
                seq=row.seq,
                role=row.role,
                kind=row.kind,
                content=row.content,
                question_no=row.question_no,
                details=row.details,
            )
            for row in rows
        ],
    )

    view = figures(messages=rows)

    assert view.asked == len(progress.asked_slots)
    assert view.answered == len(progress.answered_slots)
    assert view.skipped == len(progress.skipped_slots)


def test_a_reviewers_overall_score_stands_instead_and_claims_no_error():
    rows = [evaluation(2, 0, 0.6), evaluation(4, 1, 0.8)]

    view = figures(evaluations=rows, score_override=0.0)

    assert (view.score, view.error) == (0.0, None)
    assert [row.score for row in view.competencies] == [pytest.approx(70)]
    assert figures(evaluations=rows).score == pytest.approx(70)
