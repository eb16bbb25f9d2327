"""From an answer to its verdict: evidence first, arithmetic last.

Points and adjustments add up to the score, so that it can be explained without
running any of this again.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

from interviewer.bank.model import BankQuestion
from interviewer.scoring import arithmetic, result
from interviewer.scoring import calibration as c
from interviewer.scoring.arithmetic import Adjustment
from interviewer.scoring.comparison import Comparison, compare
from interviewer.scoring.confidence import confidence_parts, error_at
from interviewer.scoring.coverage import Coverage
from interviewer.scoring.encoder import LEXICAL, Encoder
from interviewer.scoring.gate import check
from interviewer.scoring.prose import keyword_doubt, scrambled_doubt
from interviewer.scoring.result import (
    Assessment,
    CriterionResult,
    Evidence,
    GateOutcome,
    PointResult,
    StarPart,
)
from interviewer.scoring.star import find_parts

SCORER = "coverage-1"
SUPPORTS = "supports"
CONTRADICTS = "contradicts"

_GATED_STATES = {
    result.EMPTY: result.INSUFFICIENT,
    result.REFUSAL: result.DECLINED,
    result.DONT_KNOW: result.NOT_KNOWN,
}
_TELLING = {result.HIT, result.CONTRADICTED}


def assess(
    *, question: BankQuestion, answer: str, encoder: Encoder | None
) -> Assessment:
    """Return the verdict on an answer; equal inputs give equal verdicts.

    Works on words alone when `encoder` is None. Evidence spans are code-point
    offsets into `answer`.
    """
    comparison = compare(question=question, answer=answer, encoder=encoder)
    gate = check(comparison=comparison)
    versions = _versions(question, encoder)
    if not gate.passed:
        state = _GATED_STATES.get(gate.outcome, result.UNSCOREABLE)
        criteria = _without_scores(question, state)
        return Assessment(state=state, gate=gate, criteria=criteria, versions=versions)
    if not question.points:  # a question of one's own: there is nothing to go by
        return Assessment(state=result.UNSCOREABLE, gate=gate, versions=versions)
    verdict = _judge(comparison, gate, versions)
    return (
        _without_number(question, verdict) if _is_thin(comparison, verdict) else verdict
    )


def _versions(
    question: BankQuestion, encoder: Encoder | None
) -> tuple[tuple[str, str], ...]:
    return (
        ("engine", "embedded"),
        ("scorer", SCORER),
        ("calibration", c.VERSION),
        ("encoder", encoder.name if encoder else LEXICAL),
        ("rubric", f"{question.id}@{question.version}:{question.digest[:12]}"),
    )


def _judge(
    comparison: Comparison, gate: GateOutcome, versions: tuple[tuple[str, str], ...]
) -> Assessment:
    question = comparison.question
    points = _points(comparison)
    star = _star(comparison)
    parts = confidence_parts(comparison=comparison)
    confidence = sum(weight * value for _, weight, value in parts)
    told = list(
        arithmetic.structure_adjustments(question=question, points=points, star=star)
    )
    raw = arithmetic.total(points=points, adjustments=told)
    adjustments = [*told, *_doubts(comparison, raw)]
    left = arithmetic.total(points=points, adjustments=adjustments)
    adjustments += arithmetic.shrinkage(
        question=question, points_of_100=left, confidence=confidence
    )
    # Rounding may not push a sum of shares beyond the scale.
    score = arithmetic.total(points=points, adjustments=adjustments) / 100
    score = min(1.0, max(0.0, score))
    return Assessment(
        state=result.OBSERVED,
        gate=gate,
        score=score,
        error=error_at(confidence=confidence),
        band=max(1, math.ceil(c.BANDS * score - 1e-9)),
        confidence=confidence,
        confidence_parts=parts,
        criteria=arithmetic.judge_criteria(question=question, points=points, told=told),
        points=points,
        star=star,
        adjustments=tuple(adjustments),
        versions=versions,
    )


def _points(comparison: Comparison) -> tuple[PointResult, ...]:
    found = [
        PointResult(
            id=point.id,
            criterion=point.criterion,
            text=point.text,
            weight=point.weight,
            must_have=point.must_have,
            status=_status(coverage),
            coverage=coverage.credit,
            threshold=c.HIT_CREDIT_FROM,
            contribution=0.0,
            evidence=_evidence(comparison, point.id, coverage),
        )
        for point, coverage in zip(
            comparison.question.points, comparison.coverages, strict=True
        )
    ]
    return arithmetic.contribute(question=comparison.question, points=found)


def _status(coverage: Coverage) -> str:
    if coverage.contradiction is not None:
        return result.CONTRADICTED
    if coverage.credit >= c.HIT_CREDIT_FROM:
        return result.HIT
    return result.PARTIAL if coverage.credit > 0 else result.MISSING


def _evidence(
    comparison: Comparison, point_id: str, coverage: Coverage
) -> Evidence | None:
    if coverage.contradiction is None and coverage.credit == 0:
        return None
    unit = comparison.reading.units[coverage.unit]
    quote = comparison.reading.text[unit.start : unit.end]
    kind = SUPPORTS if coverage.contradiction is None else CONTRADICTS
    return Evidence(unit.start, unit.end, quote, kind, point_id)


def _star(comparison: Comparison) -> tuple[StarPart, ...]:
    required = comparison.question.star_required
    if not required:
        return ()
    return find_parts(reading=comparison.reading, required=required)


def _doubts(comparison: Comparison, raw: float) -> Iterator[Adjustment]:
    """Yield what is taken off words that make no sentences."""
    scrambled = scrambled_doubt(comparison=comparison)
    keywords = keyword_doubt(comparison=comparison)
    loss = (1.0 - c.DOUBTFUL_SHARE) * max(scrambled, keywords) * raw
    if loss > 0 and scrambled >= keywords:
        yield "The words stand in no order that makes sentences", -loss
    elif loss > 0:
        yield "Key words are strung together without saying how they connect", -loss


def _is_thin(comparison: Comparison, verdict: Assessment) -> bool:
    """Return whether a number would claim more than the answer shows."""
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
