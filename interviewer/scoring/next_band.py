"""What the next band would take: the point that is nearest to lifting a verdict."""

from __future__ import annotations

import dataclasses

from interviewer.bank.model import BankQuestion
from interviewer.scoring import arithmetic, result
from interviewer.scoring import calibration as c
from interviewer.scoring.result import Assessment, PointResult


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """A point that would raise the score; `gain` is in points of 100."""

    point_id: str
    text: str
    gain: float
    reaches: int | None  # the band that it suffices for; None: not by itself


def cheapest_step(*, question: BankQuestion, assessment: Assessment) -> Step | None:
    """Return the point with the least left to say that suffices for the next band.

    The one that adds most when none suffices alone; None when no point is open or
    nothing was scored. Adjustments are taken to stay as they are.
    """
    if assessment.score is None or assessment.band is None:
        return None
    steps = [
        (point, _gain(question, assessment, point))
        for point in assessment.points
        if point.status != result.HIT
    ]
    if not steps:
        return None
    left = 100 * (assessment.band / c.BANDS - assessment.score)
    enough = [step for step in steps if step[1] > left]
    if enough and assessment.band < c.BANDS:
        point, gain = min(enough, key=lambda step: (1 - step[0].coverage, -step[1]))
        return Step(point.id, point.text, gain, assessment.band + 1)
    point, gain = max(steps, key=lambda step: step[1])
    return Step(point.id, point.text, gain, None)


def _gain(question: BankQuestion, assessment: Assessment, point: PointResult) -> float:
    """Return what covering this point in full would add."""
    covered = dataclasses.replace(point, coverage=1.0)
    points = [covered if p.id == point.id else p for p in assessment.points]
    after = arithmetic.contribute(question=question, points=points)
    before = arithmetic.contribute(question=question, points=assessment.points)
    return arithmetic.total(points=after, adjustments=()) - arithmetic.total(
        points=before, adjustments=()
    )
