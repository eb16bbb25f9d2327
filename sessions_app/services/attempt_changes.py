"""Two attempts at a question side by side: what moved, and which words moved it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping

from sessions_app.services.attempts import Attempt
from sessions_app.services.report_types import CriterionScore, PointView
from sessions_app.services.word_changes import ADDED, LOST, Run, word_changes

GAINED = "gained"  # proved now, or proved better
LOST_POINT = "lost"
LEAST_SHOWN = 0.05  # points of 100
AGAINST = "against"
_STANDING = {"contradicted": 0, "missing": 1, "partial": 2, "hit": 3}
_PROVED = ("hit", "partial")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ScoreChange:
    """A score before and after, from 0 to 100; None where there was none."""

    name: str
    before: int | None
    after: int | None
    noise: int | None  # half width of the band around a difference; None: not known

    @property
    def difference(self) -> int | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def is_noise(self) -> bool:
        """Say whether nobody could tell the difference from chance."""
        if self.difference is None or self.noise is None:
            return False
        return abs(self.difference) <= self.noise


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PointChange:
    """A point that stands otherwise than before, with the words that caused it."""

    kind: str  # gained | lost
    text: str
    criterion: str
    before: str  # status in words
    after: str
    cause: str  # added | lost | against
    quote: str  # of the later attempt, or of the earlier one when the words are gone


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StepChange:
    """A step after the points that took another size, in points of 100."""

    reason: str
    before: float
    after: float

    @property
    def difference(self) -> float:
        return self.after - self.before


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AttemptChanges:
    """Everything that differs between two attempts."""

    first: Attempt
    second: Attempt
    overall: ScoreChange
    criteria: tuple[ScoreChange, ...]
    points: tuple[PointChange, ...]
    steps: tuple[StepChange, ...]
    runs: tuple[Run, ...]
    other_version: str  # says that two versions judged, or is empty

    @property
    def words_added(self) -> int:
        return sum(run.words for run in self.runs if run.kind == ADDED)

    @property
    def words_lost(self) -> int:
        return sum(run.words for run in self.runs if run.kind == LOST)


def compare_attempts(*, first: Attempt, second: Attempt) -> AttemptChanges:
    """Return what changed from the first attempt to the second; nothing is judged."""
    one, other = first.verdict, second.verdict
    return AttemptChanges(
        first=first,
        second=second,
        overall=ScoreChange(
            name="Overall",
            before=one.percent,
            after=other.percent,
            noise=_noise(one.error, other.error),
        ),
        criteria=tuple(_criteria(first, second)),
        points=tuple(_points(first, second)),
        steps=tuple(_steps(first, second)),
        runs=word_changes(before=first.text, after=second.text),
        other_version=_other_version(one.provenance, other.provenance),
    )


def _noise(one: float | None, other: float | None) -> int | None:
    if one is None or other is None:
        return None
    return round(math.hypot(one, other))


def _criteria(first: Attempt, second: Attempt) -> Iterator[ScoreChange]:
    before = {c.name: c for c in first.verdict.criteria}
    after = {c.name: c for c in second.verdict.criteria}
    for name in dict.fromkeys([*before, *after]):
        one, other = before.get(name), after.get(name)
        noise = None
        if one and other and one.error is not None and other.error is not None:
            noise = _noise(100 * one.error, 100 * other.error)
        yield ScoreChange(
            name=name, before=_percent(one), after=_percent(other), noise=noise
        )


def _percent(criterion: CriterionScore | None) -> int | None:
    return None if criterion is None else round(100 * criterion.score)


def _points(first: Attempt, second: Attempt) -> Iterator[PointChange]:
    before = {point.id: point for point in first.verdict.points}
    # An answer that cannot be judged proves nothing of what was proved before.
    nothing = (_unproved(p) for p in first.verdict.points if p.status in _PROVED)
    for point in second.verdict.points or nothing:
        earlier = before.get(point.id)
        if earlier is None or _standing(point) == _standing(earlier):
            continue
        is_gain = _standing(point) > _standing(earlier)
        cause, quote = _cause(point, is_gain, first.quotes, second.quotes)
        yield PointChange(
            kind=GAINED if is_gain else LOST_POINT,
            text=point.text,
            criterion=point.criterion,
            before=earlier.status_word,
            after=point.status_word,
            cause=cause,
            quote=quote,
        )


def _unproved(point: PointView) -> PointView:
    return dataclasses.replace(
        point, status="missing", status_word="Not judged", coverage_percent=0
    )


def _cause(
    point: PointView,
    is_gain: bool,
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> tuple[str, str]:
    """Return which words moved the point, new ones or those that are gone, and them."""
    new, gone = after.get(point.id, ""), before.get(point.id, "")
    if point.status == "contradicted":
        return AGAINST, new
    return (ADDED, new) if is_gain and new else (LOST, gone)


def _standing(point: PointView) -> tuple[int, int]:
    return _STANDING[point.status], point.coverage_percent


def _steps(first: Attempt, second: Attempt) -> Iterator[StepChange]:
    before = {a.reason: a.points for a in first.verdict.adjustments}
    after = {a.reason: a.points for a in second.verdict.adjustments}
    for reason in dict.fromkeys([*before, *after]):
        change = StepChange(
            reason=reason, before=before.get(reason, 0.0), after=after.get(reason, 0.0)
        )
        if abs(change.difference) >= LEAST_SHOWN:
            yield change


def _other_version(one: str, other: str) -> str:
    if one == other:
        return ""
    return (
        "These two were judged by different versions of the rules, so a part of the "
        "difference may come from that."
    )
