"""How sure a score is, from what can be seen without knowing the right one."""

from __future__ import annotations

import math

from interviewer.scoring import calibration as c
from interviewer.scoring.comparison import Comparison
from interviewer.scoring.result import ConfidencePart
from interviewer.scoring.words import content_words

MARGIN_WEIGHT = 0.4
AGREEMENT_WEIGHT = 0.3
NEARNESS_WEIGHT = 0.3


def confidence_parts(*, comparison: Comparison) -> tuple[ConfidencePart, ...]:
    """Return what the confidence, their weighted sum from 0 to 1, is made of."""
    return (
        ("margin", MARGIN_WEIGHT, _margin(comparison)),
        ("agreement", AGREEMENT_WEIGHT, _agreement(comparison)),
        ("nearness", NEARNESS_WEIGHT, _nearness(comparison)),
    )


def error_at(*, confidence: float) -> float:
    """Return the half width of the 80 % band around a score."""
    span = c.ERROR_AT_NO_CONFIDENCE - c.ERROR_AT_FULL_CONFIDENCE
    return c.ERROR_AT_NO_CONFIDENCE - span * confidence


def _margin(comparison: Comparison) -> float:
    """Return how clearly the points are covered or not, by weight."""
    points, coverages = comparison.question.points, comparison.coverages
    total = math.fsum(point.weight for point in points)
    clear = math.fsum(
        point.weight * abs(2.0 * coverage.credit - 1.0)
        for point, coverage in zip(points, coverages, strict=True)
    )
    return clear / total


def _agreement(comparison: Comparison) -> float:
    """Return how well words alone and words with vectors agree on the points."""
    pairs = [
        (coverage.words_credit, coverage.credit)
        for coverage in comparison.coverages
        if coverage.contradiction is None
    ]
    if comparison.reading.vectors is None or not pairs:
        return c.UNKNOWN_AGREEMENT
    return 1.0 - sum(abs(first - second) for first, second in pairs) / len(pairs)


def _nearness(comparison: Comparison) -> float:
    """Return how near the nearest graded answer is; the answer itself not counted."""
    text = comparison.reading.text
    said = {word.stem for word in comparison.reading.words if word.is_content}
    overlaps = [0.0]
    for exemplar in comparison.question.exemplars:
        if exemplar.text.strip() != text.strip():
            graded = {word.stem for word in content_words(text=exemplar.text)}
            shared = 2 * len(said & graded)
            overlaps.append(shared / max(1, len(said) + len(graded)))
    start, stop = c.NEARNESS_RAMP
    return min(1.0, max(0.0, (max(overlaps) - start) / (stop - start)))
