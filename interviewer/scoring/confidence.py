"""How sure a score is, from what can be seen without knowing the right one."""

from __future__ import annotations

import math

from interviewer.scoring import calibration as c
from interviewer.scoring.comparison import Comparison
from interviewer.scoring.graded_answers import Carried
from interviewer.scoring.result import ConfidencePart
from interviewer.scoring.standing import Standing

MARGIN_WEIGHT = 0.4
AGREEMENT_WEIGHT = 0.3
NEARNESS_WEIGHT = 0.3


def confidence_parts(
    *, comparison: Comparison, standing: Standing, nearness: float
) -> tuple[ConfidencePart, ...]:
    """Return what the confidence, their weighted sum from 0 to 1, is made of.

    nearness: likeness of the nearest graded answer, the answer itself not counted
    """
    start, stop = c.NEARNESS_RAMP
    near = min(1.0, max(0.0, (nearness - start) / (stop - start)))
    return (
        ("margin", MARGIN_WEIGHT, _margin(comparison)),
        ("agreement", AGREEMENT_WEIGHT, _agreement(comparison, standing)),
        ("nearness", NEARNESS_WEIGHT, near),
    )


def error_of(*, standing: Standing, graded: Carried, confidence: float) -> float:
    """Return the half width of the 80 % band around a score."""
    span = c.ERROR_AT_NO_CONFIDENCE - c.ERROR_AT_FULL_CONFIDENCE
    by_rubric = c.ERROR_AT_NO_CONFIDENCE - span * confidence
    prediction = standing.prediction
    if prediction is None or prediction.share < 1.0:
        return by_rubric
    known = graded.count / (graded.count + c.HALF_KNOWN_FROM)
    return prediction.error * (1.0 - c.ERROR_KNOWN_BY_GRADED * known)


def _margin(comparison: Comparison) -> float:
    """Return how clearly the points are covered or not, by weight."""
    points, coverages = comparison.question.points, comparison.coverages
    total = math.fsum(point.weight for point in points)
    clear = math.fsum(
        point.weight * abs(2.0 * coverage.credit - 1.0)
        for point, coverage in zip(points, coverages, strict=True)
    )
    return clear / total


def _agreement(comparison: Comparison, standing: Standing) -> float:
    """Return how well two views agree: model and points, or vectors and words."""
    if standing.prediction is not None:
        return 1.0 - abs(standing.prediction.score - standing.by_points)
    pairs = [
        (coverage.words_credit, coverage.credit)
        for coverage in comparison.coverages
        if coverage.contradiction is None
    ]
    if comparison.reading.vectors is None or not pairs:
        return c.UNKNOWN_AGREEMENT
    return 1.0 - sum(abs(first - second) for first, second in pairs) / len(pairs)
