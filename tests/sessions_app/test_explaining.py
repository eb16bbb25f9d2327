"""The parts of a score add up to it, tenth for tenth, whatever was stored."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.agents import coach
from interviewer.bank.loader import load_bank
from interviewer.scoring.assess import assess
from sessions_app.models import Evaluation
from sessions_app.services.explaining import BY_REVIEWER, NOT_SHOWN, in_tenths
from sessions_app.services.report_verdict import read_verdict


def stored(question, answer):
    """Return what a turn would store of this judgement."""
    verdict = assess(question=question, answer=answer, encoder=None)
    feedback = coach.feedback(question=question, assessment=verdict, answer=answer)
    return Evaluation(
        engine="built-in",
        text=answer,
        state=verdict.state,
        score=verdict.score,
        error=verdict.error,
        confidence=verdict.confidence,
        result=verdict.to_dict(),
        feedback=feedback.to_dict(),
        outline=[],
    )


def shown(evaluation):
    return read_verdict(evaluation=evaluation, text=evaluation.text, prefix="q")[0]


def tenths(verdict):
    parts = [point.contribution for point in verdict.points]
    parts += [adjustment.points for adjustment in verdict.adjustments]
    assert all(part == round(part, 1) for part in parts)
    return sum(round(10 * part) for part in parts)


@pytest.fixture(scope="module")
def some_questions():
    """Return a technical and two told ones of each kind, far apart in the bank."""
    return load_bank().questions[::9]


def test_the_parts_of_every_judged_exemplar_add_up_to_its_score(some_questions):
    seen = 0
    for question in some_questions:
        for exemplar in question.exemplars:
            evaluation = stored(question, exemplar.text)
            verdict = shown(evaluation)
            if evaluation.score is None:
                assert verdict.explanation is None
                continue
            seen += 1
            total = verdict.explanation.total
            assert tenths(verdict) == round(10 * total)
            assert total == pytest.approx(100 * evaluation.score, abs=0.051)
            assert not any(a.reason == NOT_SHOWN for a in verdict.adjustments)
            evaluation.override = 0.123
            assert tenths(shown(evaluation)) == 123

    assert seen >= 20


def test_explains_bands_confidence_and_the_shortest_way_up(some_questions):
    question = next(q for q in some_questions if q.type == "technical")
    middle = next(e.text for e in question.exemplars if e.kind == "middle")
    evaluation = stored(question, middle)

    explanation = shown(evaluation).explanation

    band = explanation.band.number
    assert explanation.band.anchor == question.anchors[band]
    assert explanation.next_band.anchor == question.anchors[band + 1]
    assert explanation.step.text in [p.text for p in question.points]
    parts = [part.weight * part.value for part in explanation.confidence_parts]
    assert explanation.confidence == round(100 * sum(parts))
    assert explanation.formula.startswith(next(iter(question.criteria)))
    assert f"{explanation.total:.1f}" in explanation.formula


def test_a_quote_that_is_not_there_takes_its_point_away_and_says_so(some_questions):
    question = next(q for q in some_questions if q.type == "technical")
    evaluation = stored(question, question.reference)
    point = next(p for p in evaluation.result["points"] if p["evidence"])
    point["evidence"]["quote"] = "never said"

    verdict = shown(evaluation)

    assert point["id"] not in [p.id for p in verdict.points]
    rest = next(a for a in verdict.adjustments if a.reason == NOT_SHOWN)
    assert rest.points == pytest.approx(point["contribution"], abs=0.1)
    assert tenths(verdict) == round(10 * verdict.explanation.total)


def test_a_reviewers_score_is_a_step_and_has_no_band_of_the_engines(some_questions):
    question = next(q for q in some_questions if q.type == "technical")
    evaluation = stored(question, question.reference)
    evaluation.override = 0.4

    verdict = shown(evaluation)

    assert verdict.adjustments[-1].reason == BY_REVIEWER
    assert verdict.explanation.band.anchor == ""
    assert verdict.explanation.next_band is None
    assert verdict.explanation.confidence is None


@given(parts=st.lists(st.floats(-60, 60), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_no_part_is_off_by_a_tenth_and_together_they_are_exact(parts):
    rounded = in_tenths(parts=parts, total=sum(parts))

    assert sum(round(10 * part) for part in rounded) == round(10 * sum(parts))
    assert all(
        abs(one - other) < 0.1 + 1e-9 for one, other in zip(parts, rounded, strict=True)
    )
