"""The arithmetic of a verdict: every part of a score, in points of 100.

The overall score is the weighted mean of the criteria, a criterion that of its
points, bent by one line that graders taught. Whatever moves the score beyond that
is an adjustment with its reason.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

from interviewer.bank.model import BankQuestion
from interviewer.scoring import calibration as c
from interviewer.scoring import result
from interviewer.scoring.result import CriterionResult, PointResult, StarPart

STRUCTURE = "structure"  # the criterion that the parts of a told case fill

Adjustment = tuple[str, float]  # reason, points of 100


def total(*, points: Sequence[PointResult], adjustments: Sequence[Adjustment]) -> float:
    """Return the sum of all parts, in points of 100."""
    return math.fsum([*(p.contribution for p in points), *(a[1] for a in adjustments)])


def criterion_share(*, question: BankQuestion, name: str) -> float:
    """Return a criterion's share of the overall score; only judged ones count."""
    judged = {point.criterion for point in question.points}
    if question.star_required:
        judged.add(STRUCTURE)
    whole = math.fsum(w for key, w in question.criteria.items() if key in judged)
    return question.criteria[name] / whole


def contribute(
    *, question: BankQuestion, points: Sequence[PointResult]
) -> tuple[PointResult, ...]:
    """Return the points with what each adds to the overall score.

    A criterion is worth `bend` of its coverage, shared among its points in
    proportion to what each covers.
    """
    return tuple(
        dataclasses.replace(point, contribution=_contribution(question, points, point))
        for point in points
    )


def _contribution(
    question: BankQuestion, points: Sequence[PointResult], point: PointResult
) -> float:
    if point.coverage == 0:
        return 0.0
    covered = coverage_of(points=points, criterion=point.criterion)
    weight = math.fsum(p.weight for p in points if p.criterion == point.criterion)
    share = criterion_share(question=question, name=point.criterion)
    worth = bend(covered) / covered
    return 100 * share * worth * point.weight / weight * point.coverage


def coverage_of(*, points: Sequence[PointResult], criterion: str | None) -> float:
    """Return the weighted mean coverage of a criterion's points, or of all."""
    counted = [p for p in points if criterion is None or p.criterion == criterion]
    weight = math.fsum(point.weight for point in counted)
    return math.fsum(point.weight * point.coverage for point in counted) / weight


def bend(coverage: float) -> float:
    """Return what covering this share of a criterion is worth.

    Nobody names every point of a rubric; graders call an answer strong that names
    most. Two straight lines: the first points count more than the last, and each
    still counts.
    """
    knee, worth = c.CURVE_KNEE
    if coverage < knee:
        return coverage * worth / knee
    return worth + (coverage - knee) * (1.0 - worth) / (1.0 - knee)


def structure_adjustments(
    *, question: BankQuestion, points: Sequence[PointResult], star: Sequence[StarPart]
) -> Iterator[Adjustment]:
    """Yield what the told parts of a case add; one gap caps them at band 3."""
    required = [part for part in star if part.required]
    found = [part.part for part in required if part.found]
    if not found or STRUCTURE not in question.criteria:
        return
    worth = 100 * criterion_share(question=question, name=STRUCTURE)
    share = len(found) / len(required)
    yield f"Told of the case: {', '.join(found)}", worth * share
    if len(found) < len(required) and share > c.MAX_STRUCTURE_WITH_GAP:
        cap = c.MAX_STRUCTURE_WITH_GAP
        yield "A part is missing, so structure stops at band 3", worth * (cap - share)
        share = cap
    covered = coverage_of(points=points, criterion=None)
    touching = min(1.0, covered / c.FULL_STRUCTURE_FROM)
    if touching < 1.0:
        yield "The case hardly touches the question", worth * share * (touching - 1.0)


def shrinkage(
    *, question: BankQuestion, points_of_100: float, confidence: float
) -> Iterator[Adjustment]:
    """Yield the step half way to the question's mean that low confidence costs."""
    if confidence >= c.LOW_CONFIDENCE or not question.exemplars:
        return
    grades = [exemplar.score for exemplar in question.exemplars]
    mean = 100 * math.fsum(grades) / len(grades)
    reason = "Low confidence, so half way to this question's mean"
    yield reason, (mean - points_of_100) / 2


def judge_criteria(
    *,
    question: BankQuestion,
    points: Sequence[PointResult],
    told: Sequence[Adjustment],
) -> tuple[CriterionResult, ...]:
    """Return the criteria's scores, before what is taken off the whole."""
    judged = []
    for name, weight in question.criteria.items():
        state, score = result.OBSERVED, None
        if name == STRUCTURE and question.star_required:
            share = criterion_share(question=question, name=name)
            score = math.fsum(a[1] for a in told) / (100 * share)
        elif any(point.criterion == name for point in points):
            score = bend(coverage_of(points=points, criterion=name))
        else:
            state = result.INSUFFICIENT
        judged.append(CriterionResult(name, weight, state, score))
    return tuple(judged)
