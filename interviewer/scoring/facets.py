"""Points that a told case proves by its form, whatever its words.

"Says what they did themselves" is proved by clauses in the first person with a
concrete verb, not by words that resemble the rubric's. The more is told, the more it
counts; other points of the question still ask for their own words.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence

from interviewer.scoring import star
from interviewer.scoring.calibration import FACET_CREDIT
from interviewer.scoring.reading import Reading, Unit
from interviewer.scoring.sentences import CLAUSE, PAIR, SENTENCE

LESSON = "lesson"

_LESSON = re.compile(
    r"\b(?:i|we) (?:have )?(?:learned|learnt|realized|realised|understood)\b"
    r"|\b(?:taught|showed) (?:me|us)\b|\blessons?\b|\bnext time\b"
    r"|\b(?:since then|nowadays|these days|today) (?:i|we)\b"
    r"|\b(?:i|we) (?:would|should) (?:have )?(?:\w+ )?(?:earlier|sooner|differently)\b"
    r"|\bin hindsight\b|\blooking back\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """How far a facet is shown, and the unit that shows it best."""

    credit: float  # 0.0–1.0
    unit: int  # index into the reading's units


def find_facet(*, reading: Reading, facet: str) -> Shown | None:
    """Return what shows this facet of a told case, or None when nothing does."""
    shows = _SHOWS[facet]
    found = [
        index
        for index in _narrow_units(reading)
        if shows(reading.text, reading.units[index])
    ]
    if not found:
        return None
    steps = FACET_CREDIT[facet]
    credit = steps[min(_count(reading, found, facet), len(steps)) - 1]
    with_figure = [index for index in found if _has_figure(reading, index)]
    if facet == star.RESULT and with_figure:
        return Shown(max(credit, steps[-1]), with_figure[0])
    return Shown(credit, found[0])


def _count(reading: Reading, found: Sequence[int], facet: str) -> int:
    """Return how many things are told; saying one twice counts once."""
    distinct = {
        tuple(word.stem for word in reading.units[index].words): reading.units[index]
        for index in found
    }
    if facet != star.ACTION:
        return len(distinct)
    return sum(star.count_actions(unit) for unit in distinct.values())


def _narrow_units(reading: Reading) -> Sequence[int]:
    """Return the clauses, and the sentences that have none."""
    split = {unit.sentence for unit in reading.units if unit.kind == CLAUSE}
    return [
        index
        for index, unit in enumerate(reading.units)
        if unit.kind != PAIR and (unit.kind != SENTENCE or unit.sentence not in split)
    ]


def _has_figure(reading: Reading, index: int) -> bool:
    unit = reading.units[index]
    return bool(_FIGURE.search(reading.text, unit.start, unit.end))


def _shows_lesson(text: str, unit: Unit) -> bool:
    return bool(_LESSON.search(text, unit.start, unit.end))


_SHOWS: dict[str, Callable[[str, Unit], bool]] = {
    star.ACTION: star.shows_action,
    star.RESULT: star.shows_result,
    LESSON: _shows_lesson,
}
