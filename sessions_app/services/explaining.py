"""How a stored score came about: its parts, in tenths that add up to it exactly.

Nothing is judged here. Whatever the scorer stored as an adjustment is listed with its
reason; what neither points nor adjustments account for is a line of its own.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sessions_app.models import Evaluation
from sessions_app.services.figures import OBSERVED
from sessions_app.services.labels import BAND_WORDS, band_of
from sessions_app.services.report_types import (
    Adjustment,
    BandView,
    ConfidenceView,
    CriterionShare,
    Explanation,
    PointView,
    StepView,
)

CONFIDENCE_NAMES = {
    "margin": "How clearly the points are covered or not",
    "agreement": "How well words and meaning agree",
    "nearness": "How near the nearest graded answer is",
}
BY_REVIEWER = "Changed by a reviewer"
NOT_SHOWN = "Parts whose words do not stand in the answer, and limits of the scale"
LEAST_SHOWN = 0.01  # points of 100; less is rounding


def balanced(
    *, evaluation: Evaluation, points: Sequence[PointView]
) -> tuple[tuple[PointView, ...], tuple[Adjustment, ...]]:
    """Return points and adjustments in tenths that add up to the score in force."""
    if evaluation.score_in_force is None:
        return tuple(points), ()
    adjustments = [*_stored(evaluation)]
    parts = [p.contribution for p in points] + [a.points for a in adjustments]
    score = evaluation.score
    rest = 0.0 if score is None else 100 * score - math.fsum(parts)
    if score is not None and abs(rest) > LEAST_SHOWN:
        adjustments.append(Adjustment(reason=NOT_SHOWN, points=rest))
    if evaluation.override is not None:
        by_engine = math.fsum(parts) if score is None else 100 * score
        step = 100 * evaluation.override - by_engine
        adjustments.append(Adjustment(reason=BY_REVIEWER, points=step))
    raw = [p.contribution for p in points] + [a.points for a in adjustments]
    shown = in_tenths(parts=raw, total=100 * evaluation.score_in_force)
    return (
        tuple(
            dataclasses.replace(point, contribution=value)
            for point, value in zip(points, shown, strict=False)
        ),
        tuple(
            dataclasses.replace(adjustment, points=value)
            for adjustment, value in zip(adjustments, shown[len(points) :], strict=True)
        ),
    )


def in_tenths(*, parts: Sequence[float], total: float) -> list[float]:
    """Return the parts rounded to tenths so that they add up to the rounded total.

    By largest remainder: no part is off by a whole tenth when the parts add up.
    """
    floors = [math.floor(10 * part) for part in parts]
    missing = round(10 * total) - sum(floors)
    by_remainder = sorted(
        range(len(parts)), key=lambda i: (floors[i] - 10 * parts[i], i)
    )
    for index in by_remainder[: max(0, missing)]:
        floors[index] += 1
    return [tenths / 10 for tenths in floors]


def explain(
    *,
    evaluation: Evaluation,
    points: Sequence[PointView],
    adjustments: Sequence[Adjustment],
) -> Explanation | None:
    """Return the explanation of a scored evaluation; points and adjustments balanced.

    Raises KeyError, TypeError or ValueError when what is stored is malformed.
    """
    if evaluation.score_in_force is None:
        return None
    total = round(10 * 100 * evaluation.score_in_force) / 10
    criteria = _criteria(evaluation.result.get("criteria", ()), points)
    band = band_of(score=evaluation.score_in_force)
    return Explanation(
        criteria=criteria,
        adjustments=tuple(adjustments),
        total=total,
        formula=_formula(criteria, evaluation.result.get("criteria", ()), total),
        confidence=None
        if evaluation.override is not None
        else round(100 * evaluation.confidence),
        confidence_parts=tuple(
            ConfidenceView(
                name=CONFIDENCE_NAMES.get(name, name), weight=weight, value=value
            )
            for name, weight, value in evaluation.result.get("confidence_parts", ())
        ),
        **_bands(evaluation, band),
    )


def _stored(evaluation: Evaluation) -> Iterable[Adjustment]:
    for reason, points in evaluation.result.get("adjustments", ()):
        yield Adjustment(reason=str(reason), points=float(points))


def _criteria(
    stored: Iterable[Mapping[str, Any]], points: Sequence[PointView]
) -> tuple[CriterionShare, ...]:
    return tuple(
        CriterionShare(
            name=criterion["name"],
            weight=float(criterion["weight"]),
            percent=_percent(criterion),
            adds=_sum_in_tenths(p for p in points if p.criterion == criterion["name"]),
            points=tuple(p for p in points if p.criterion == criterion["name"]),
        )
        for criterion in stored
    )


def _percent(criterion: Mapping[str, Any]) -> int | None:
    if criterion["state"] != OBSERVED or criterion["score"] is None:
        return None
    return round(100 * float(criterion["score"]))


def _sum_in_tenths(points: Iterable[PointView]) -> float:
    return sum(round(10 * point.contribution) for point in points) / 10


def _formula(
    criteria: Sequence[CriterionShare],
    stored: Iterable[Mapping[str, Any]],
    total: float,
) -> str:
    """Return "knowledge 3/5 × 64 + judgement 2/5 × 50 = 58.4; other steps −6.0 …"."""
    judged = [c for c in criteria if c.percent is not None]
    whole = math.fsum(c.weight for c in judged)
    if not whole:
        return ""
    scores = {c["name"]: c["score"] for c in stored}
    mean = math.fsum(c.weight * scores[c.name] for c in judged) / whole
    terms = [
        f"{criterion.name.replace('_', ' ')} {criterion.weight:g}/{whole:g}"
        f" × {100 * scores[criterion.name]:.1f}"
        for criterion in judged
    ]
    # In tenths, as they are shown: else a tenth would be missing in the line.
    by_criteria = round(10 * 100 * mean) / 10
    others = round(10 * (total - by_criteria)) / 10
    sum_ = f"{' + '.join(terms)} = {by_criteria:.1f}"
    if not others:
        return sum_
    sign = "−" if others < 0 else "+"
    return f"{sum_}; other steps {sign}{abs(others):.1f}; score {total:.1f}"


def _bands(evaluation: Evaluation, band: int) -> dict[str, Any]:
    """Return this band, the next, and the step to it; anchors are the engine's."""
    feedback = evaluation.feedback
    is_engines = evaluation.override is None
    anchor = str(feedback.get("anchor", "")) if is_engines else ""
    is_top = band + 1 not in BAND_WORDS
    following = "" if is_top or not is_engines else str(feedback.get("next_anchor", ""))
    return {
        "band": _band(band, anchor),
        "next_band": _band(band + 1, following) if following else None,
        "step": _step(feedback.get("step")) if is_engines else None,
    }


def _band(number: int, anchor: str) -> BandView:
    return BandView(number=number, word=BAND_WORDS[number], anchor=anchor)


def _step(stored: Mapping[str, Any] | None) -> StepView | None:
    if not stored:
        return None
    return StepView(
        text=stored["text"], gain=round(stored["gain"]), reaches=stored["reaches"]
    )
