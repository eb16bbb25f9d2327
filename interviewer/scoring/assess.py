"""From an answer to its verdict: evidence first, arithmetic last.

Points and adjustments add up to the score, so that it can be explained without
running any of this again.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

from interviewer.bank.model import BankQuestion
from interviewer.scoring import arithmetic, result
from interviewer.scoring import calibration as c
from interviewer.scoring.arithmetic import Adjustment
from interviewer.scoring.comparison import Comparison, compare
from interviewer.scoring.confidence import confidence_parts, error_of
from interviewer.scoring.encoder import LEXICAL, Encoder
from interviewer.scoring.feature_model import FeatureModel, load_model
from interviewer.scoring.gate import check
from interviewer.scoring.graded_answers import Carried, carried
from interviewer.scoring.result import (
    Assessment,
    CriterionResult,
    GateOutcome,
    PointResult,
)
from interviewer.scoring.standing import Standing, stand

SCORER = "coverage-2"
GRADED_HIGHER = "Graded answers to this question that resemble it earned more"
GRADED_LOWER = "Graded answers to this question that resemble it earned less"

_GATED_STATES = {
    result.EMPTY: result.INSUFFICIENT,
    result.REFUSAL: result.DECLINED,
    result.DONT_KNOW: result.NOT_KNOWN,
}
_TELLING = {result.HIT, result.CONTRADICTED}


def assess(
    *,
    question: BankQuestion,
    answer: str,
    encoder: Encoder | None,
    model: FeatureModel | None = None,
) -> Assessment:
    """Return the verdict on an answer; equal inputs give equal verdicts.

    Works on words alone when `encoder` is None; `model` is the shipped one unless a
    benchmark brings its own. Evidence spans are code-point
    offsets into `answer`.
    """
    comparison = compare(question=question, answer=answer, encoder=encoder)
    gate = check(comparison=comparison)
    model = model or load_model()
    versions = _versions(question, encoder, model)
    if not gate.passed:
        state = _GATED_STATES.get(gate.outcome, result.UNSCOREABLE)
        criteria = _without_scores(question, state)
        return Assessment(state=state, gate=gate, criteria=criteria, versions=versions)
    if not question.points:  # a question of one's own: there is nothing to go by
        return Assessment(state=result.UNSCOREABLE, gate=gate, versions=versions)
    verdict = _judge(comparison, gate, versions, encoder, model)
    return (
        _without_number(question, verdict) if _is_thin(comparison, verdict) else verdict
    )


def _versions(
    question: BankQuestion, encoder: Encoder | None, model: FeatureModel
) -> tuple[tuple[str, str], ...]:
    return (
        ("engine", "embedded"),
        ("scorer", SCORER),
        ("calibration", c.VERSION),
        ("features", model.version if encoder else LEXICAL),
        ("encoder", encoder.name if encoder else LEXICAL),
        ("rubric", f"{question.id}@{question.version}:{question.digest[:12]}"),
    )


def _judge(
    comparison: Comparison,
    gate: GateOutcome,
    versions: tuple[tuple[str, str], ...],
    encoder: Encoder | None,
    model: FeatureModel,
) -> Assessment:
    question = comparison.question
    standing = stand(comparison=comparison, encoder=encoder, model=model)
    graded = carried(
        comparison=comparison, score=standing.score, encoder=encoder, model=model
    )
    parts = confidence_parts(
        comparison=comparison, standing=standing, nearness=graded.nearness
    )
    confidence = sum(weight * value for _, weight, value in parts)
    adjustments = [*standing.adjustments, *_carried_over(comparison, standing, graded)]
    left = arithmetic.total(points=standing.points, adjustments=adjustments)
    if not comparison.rubric.is_model_led:
        # A model without a rubric is drawn to the mean as far as it is unsure.
        adjustments += arithmetic.shrinkage(
            question=question, points_of_100=left, confidence=confidence
        )
    adjustments += _within_scale(standing.points, adjustments)
    # Rounding may not push a sum of shares beyond the scale.
    score = arithmetic.total(points=standing.points, adjustments=adjustments) / 100
    score = min(1.0, max(0.0, score))
    return Assessment(
        state=result.OBSERVED,
        gate=gate,
        score=score,
        error=error_of(standing=standing, graded=graded, confidence=confidence),
        band=max(1, math.ceil(c.BANDS * score - 1e-9)),
        confidence=confidence,
        confidence_parts=parts,
        criteria=arithmetic.judge_criteria(
            question=question, points=standing.points, told=standing.told
        ),
        points=standing.points,
        star=standing.star,
        adjustments=tuple(adjustments),
        versions=versions,
    )


def _carried_over(
    comparison: Comparison, standing: Standing, graded: Carried
) -> Iterator[Adjustment]:
    """Yield what graded answers add; a heap of words is like no answer."""
    step = 100 * graded.step * (1.0 - standing.doubt)
    if not comparison.rubric.is_model_led:
        # The rubric decides what is said; its own examples are few.
        step *= c.GRADED_SHARE * min(1.0, standing.score / c.FULL_MODEL_FROM)
        if standing.is_contradicted:
            step = min(0.0, step)
    if step:
        yield GRADED_HIGHER if step > 0 else GRADED_LOWER, step


def _within_scale(
    points: Sequence[PointResult], adjustments: Sequence[Adjustment]
) -> Iterator[Adjustment]:
    """Yield what brings a sum beyond either end of the scale back to it."""
    left = arithmetic.total(points=points, adjustments=adjustments)
    if left > 100:
        yield "No score is above 100", 100 - left
    elif left < 0:
        yield "No score is below 0", -left


def _is_thin(comparison: Comparison, verdict: Assessment) -> bool:
    """Return whether a number would claim more than the answer shows.

    Without listed wordings the feature model judges, which knows short answers.
    """
    if comparison.rubric.is_model_led:
        return False
    statuses = {point.status for point in verdict.points}
    quoted = [point.evidence for point in verdict.points]
    quoted += [part.evidence for part in verdict.star]
    if not any(quoted):
        return True
    content = sum(word.is_content for word in comparison.reading.words)
    told = sum(part.found for part in verdict.star if part.required)
    says_something = bool(statuses & _TELLING) or told >= c.MIN_TOLD_PARTS
    if content < c.MIN_JUDGED_WORDS and not says_something:
        return True
    return statuses == {result.MISSING} and verdict.confidence < c.LOW_CONFIDENCE


def _without_number(question: BankQuestion, verdict: Assessment) -> Assessment:
    """Return the verdict with what was found, but nothing that measures it."""
    return dataclasses.replace(
        verdict,
        state=result.INSUFFICIENT,
        score=None,
        error=None,
        band=None,
        criteria=_without_scores(question, result.INSUFFICIENT),
        points=tuple(
            dataclasses.replace(point, contribution=0.0) for point in verdict.points
        ),
        adjustments=(),
    )


def _without_scores(question: BankQuestion, state: str) -> tuple[CriterionResult, ...]:
    return tuple(
        CriterionResult(name, weight, state, None)
        for name, weight in question.criteria.items()
    )
