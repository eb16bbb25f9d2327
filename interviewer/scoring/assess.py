"""From an answer to its verdict: evidence first, arithmetic last.

The overall score is the weighted mean of the criteria, a criterion that of its
points, and every step away from it is listed as an adjustment. Points and
adjustments add up to the score, so that it can be explained without running this.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

from interviewer.bank.model import BankQuestion
from interviewer.scoring import calibration as c
from interviewer.scoring import result
from interviewer.scoring.comparison import Comparison, compare
from interviewer.scoring.confidence import confidence_in, error_at
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
STRUCTURE = "structure"  # the criterion that the STAR parts fill
SUPPORTS = "supports"
CONTRADICTS = "contradicts"

_GATED_STATES = {
    result.EMPTY: result.INSUFFICIENT,
    result.REFUSAL: result.DECLINED,
    result.DONT_KNOW: result.NOT_KNOWN,
}

_TELLING = {result.HIT, result.CONTRADICTED}

Adjustment = tuple[str, float]


def assess(
    *, question: BankQuestion, answer: str, encoder: Encoder | None
) -> Assessment:
    """Return the verdict on an answer; equal inputs give equal verdicts.

    Works on words alone when `encoder` is None. Evidence spans are code-point
    offsets into `answer`.
    """
    comparison = compare(question=question, answer=answer, encoder=encoder)
    versions = _versions(question, encoder)
    gate = check(comparison=comparison)
    if not gate.passed:
        return _without_score(question, gate, _gated_state(gate), versions)
    verdict = _judge(comparison, gate, versions)
    if _is_too_little(comparison, verdict):
        return dataclasses.replace(
            verdict,
            state=result.INSUFFICIENT,
            score=None,
            error=None,
            band=None,
            criteria=_criteria_without_score(question, result.INSUFFICIENT),
            points=tuple(
                dataclasses.replace(point, contribution=0.0) for point in verdict.points
            ),
            adjustments=(),
        )
    return verdict


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


def _gated_state(gate: GateOutcome) -> str:
    return _GATED_STATES.get(gate.outcome, result.UNSCOREABLE)


def _without_score(
    question: BankQuestion,
    gate: GateOutcome,
    state: str,
    versions: tuple[tuple[str, str], ...],
) -> Assessment:
    criteria = _criteria_without_score(question, state)
    return Assessment(state=state, gate=gate, criteria=criteria, versions=versions)


def _criteria_without_score(
    question: BankQuestion, state: str
) -> tuple[CriterionResult, ...]:
    return tuple(
        CriterionResult(name, weight, state, None)
        for name, weight in question.criteria.items()
    )


def _judge(
    comparison: Comparison, gate: GateOutcome, versions: tuple[tuple[str, str], ...]
) -> Assessment:
    question = comparison.question
    points = _on_the_curve(
        [
            _point_result(comparison, place, coverage)
            for place, coverage in enumerate(comparison.coverages)
        ]
    )
    star = _star(comparison)
    confidence = confidence_in(comparison=comparison)
    told = list(_structure_adjustments(question, points, star))
    raw = math.fsum([*(p.contribution for p in points), *(a[1] for a in told)])
    doubts = list(_doubts(comparison, raw))
    left = math.fsum([raw, *(points_of_100 for _, points_of_100 in doubts)])
    shrinkage = list(_shrinkage(question, left, confidence))
    adjustments = (*told, *doubts, *shrinkage)
    score = _total(points, adjustments) / 100
    return Assessment(
        state=result.OBSERVED,
        gate=gate,
        score=score,
        error=error_at(confidence=confidence),
        band=max(1, math.ceil(c.BANDS * score - 1e-9)),
        confidence=confidence,
        criteria=_criteria(question, points, told),
        points=points,
        star=star,
        adjustments=adjustments,
        versions=versions,
    )


def _total(points: Sequence[PointResult], adjustments: Sequence[Adjustment]) -> float:
    """Return the sum in points of 100, which rounding may not push out of range."""
    total = math.fsum([*(p.contribution for p in points), *(a[1] for a in adjustments)])
    return min(100.0, max(0.0, total))


def _point_result(
    comparison: Comparison, place: int, coverage: Coverage
) -> PointResult:
    question = comparison.question
    point = question.points[place]
    of_criterion = math.fsum(
        p.weight for p in question.points if p.criterion == point.criterion
    )
    share = _criterion_share(question, point.criterion) * point.weight / of_criterion
    return PointResult(
        id=point.id,
        criterion=point.criterion,
        text=point.text,
        weight=point.weight,
        must_have=point.must_have,
        status=_status(coverage),
        coverage=coverage.credit,
        threshold=c.HIT_CREDIT_FROM,
        contribution=100 * share * coverage.credit,
        evidence=_evidence(comparison, point.id, coverage),
    )


def _covered(points: Sequence[PointResult], criterion: str) -> float:
    """Return the weighted mean coverage of a criterion's points."""
    of_it = [point for point in points if point.criterion == criterion]
    weight = math.fsum(point.weight for point in of_it)
    return math.fsum(point.weight * point.coverage for point in of_it) / weight


def _on_the_curve(points: Sequence[PointResult]) -> tuple[PointResult, ...]:
    """Return the points with contributions as graders value them.

    Nobody names every point of a rubric: a grader calls an answer strong that names
    most of them. So a criterion is worth its coverage to the power of
    CRITERION_CURVE, shared among its points in proportion.
    """
    worth = {point.criterion: _covered(points, point.criterion) for point in points}
    return tuple(
        dataclasses.replace(
            point,
            contribution=point.contribution
            * worth[point.criterion] ** (c.CRITERION_CURVE - 1)
            if point.contribution
            else 0.0,
        )
        for point in points
    )


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


def _criterion_share(question: BankQuestion, name: str) -> float:
    """Return the criterion's share of the overall score; only judged ones count."""
    judged = {p.criterion for p in question.points}
    if question.star_required:
        judged.add(STRUCTURE)
    total = math.fsum(w for k, w in question.criteria.items() if k in judged)
    return question.criteria[name] / total


def _star(comparison: Comparison) -> tuple[StarPart, ...]:
    required = comparison.question.star_required
    if not required:
        return ()
    return find_parts(reading=comparison.reading, required=required)


def _structure_adjustments(
    question: BankQuestion, points: Sequence[PointResult], star: Sequence[StarPart]
) -> Iterator[Adjustment]:
    """Yield what the told parts of the case add; one gap caps them at band 3."""
    required = [part for part in star if part.required]
    found = [part.part for part in required if part.found]
    if not found or STRUCTURE not in question.criteria:
        return
    worth = 100 * _criterion_share(question, STRUCTURE)
    share = len(found) / len(required)
    yield f"Told of the case: {', '.join(found)}", worth * share
    if len(found) < len(required) and share > c.MAX_STRUCTURE_WITH_GAP:
        cap = c.MAX_STRUCTURE_WITH_GAP
        yield "A part is missing, so structure stops at band 3", worth * (cap - share)
        share = cap
    touching = min(1.0, _mean_coverage(points) / c.FULL_STRUCTURE_FROM)
    if touching < 1.0:
        yield "The case hardly touches the question", worth * share * (touching - 1.0)


def _mean_coverage(points: Sequence[PointResult]) -> float:
    weight = math.fsum(point.weight for point in points)
    return math.fsum(point.weight * point.coverage for point in points) / weight


def _doubts(comparison: Comparison, raw: float) -> Iterator[Adjustment]:
    """Yield what is taken off words that make no sentences."""
    scrambled = scrambled_doubt(comparison=comparison)
    keywords = keyword_doubt(comparison=comparison)
    loss = (1.0 - c.DOUBTFUL_SHARE) * max(scrambled, keywords) * raw
    if loss > 0:
        reason = (
            "The words stand in no order that makes sentences"
            if scrambled >= keywords
            else "Key words are strung together without saying how they connect"
        )
        yield reason, -loss


def _shrinkage(
    question: BankQuestion, points_of_100: float, confidence: float
) -> Iterator[Adjustment]:
    """Yield the step half way to the question's mean that low confidence costs."""
    if confidence >= c.LOW_CONFIDENCE or not question.exemplars:
        return
    grades = [exemplar.score for exemplar in question.exemplars]
    mean = 100 * math.fsum(grades) / len(grades)
    yield (
        "Low confidence, so half way to this question's mean",
        ((mean - points_of_100) / 2),
    )


def _criteria(
    question: BankQuestion,
    points: Sequence[PointResult],
    told: Sequence[Adjustment],
) -> tuple[CriterionResult, ...]:
    return tuple(
        CriterionResult(name, weight, *_criterion(question, name, points, told))
        for name, weight in question.criteria.items()
    )


def _criterion(
    question: BankQuestion,
    name: str,
    points: Sequence[PointResult],
    told: Sequence[Adjustment],
) -> tuple[str, float | None]:
    """Return a criterion's state and score, before adjustments of the whole."""
    if name == STRUCTURE and question.star_required:
        share = 100 * _criterion_share(question, STRUCTURE)
        return result.OBSERVED, math.fsum(a[1] for a in told) / share
    if not any(point.criterion == name for point in points):
        return result.INSUFFICIENT, None
    return result.OBSERVED, _covered(points, name) ** c.CRITERION_CURVE


def _is_too_little(comparison: Comparison, verdict: Assessment) -> bool:
    """Return whether a number would claim more than the answer shows."""
    statuses = {point.status for point in verdict.points}
    content = sum(word.is_content for word in comparison.reading.words)
    told = sum(part.found for part in verdict.star if part.required)
    says_something = bool(statuses & _TELLING) or told >= c.MIN_TOLD_PARTS
    if content < c.MIN_JUDGED_WORDS and not says_something:
        return True
    return statuses == {result.MISSING} and verdict.confidence < c.LOW_CONFIDENCE
