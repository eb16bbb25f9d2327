"""How far each rubric point is covered, and by which words."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

import numpy as np

from interviewer.scoring.calibration import (
    FULL_FACETS_FROM,
    NEGATION_RECALL,
    PARTIAL_CREDIT_FROM,
    TECHNICAL_TOPIC,
    TECHNICAL_TOPIC_WORDS_ONLY,
    TOLD_TOPIC,
    TOLD_TOPIC_WORDS_ONLY,
    WITH_ENCODER,
    WORDS_ONLY,
    Mix,
)
from interviewer.scoring.contradiction import (
    WRONG_STATEMENT,
    Contradiction,
    find_contradiction,
)
from interviewer.scoring.facets import find_facet
from interviewer.scoring.matching import Match
from interviewer.scoring.phrases import ALIAS, PART, Matrix
from interviewer.scoring.reading import Reading
from interviewer.scoring.relevance import relevance
from interviewer.scoring.rubric import BEHAVIOURAL, SUPPORTING, Rubric


@dataclasses.dataclass(frozen=True, slots=True)
class Coverage:
    """A point's best support, where it stands, and what speaks against it."""

    support: float  # 0.0–1.0, before calibration
    credit: float  # 0.0–1.0, as it counts; 0 when contradicted
    words_credit: float  # what the words alone would have earned
    unit: int  # index of the proving unit
    contradiction: Contradiction | None


def cover_points(
    *, rubric: Rubric, reading: Reading, match: Match
) -> tuple[Coverage, ...]:
    """Return the coverage of the question's points in order."""
    if not rubric.question.points:
        return ()  # a question of one's own has no rubric
    kept = _kept_share(match)
    # A short wording needs its context; a whole statement brings its own.
    short = rubric.table.rows(ALIAS, PART)
    kept[:, short] *= _relevance(rubric, reading, match)[:, None]
    support = _by_point(rubric, match.support * kept)
    words = _by_point(rubric, match.words_support * kept)
    share = _undivided(support)
    said = [
        _cover(point, rubric, reading, match, support * share, words * share)
        for point in range(len(rubric.question.points))
    ]
    return tuple(_with_facets(said, rubric, reading))


def _by_point(rubric: Rubric, support: Matrix) -> Matrix:
    """Return unit × point: the support of the point's best wording."""
    columns = [
        support[:, rubric.rows(point, *SUPPORTING)].max(axis=1)
        for point in range(len(rubric.question.points))
    ]
    return np.stack(columns, axis=1)


def _undivided(support: Matrix) -> Matrix:
    """Return the share of support that a unit's better match leaves to a point.

    What clearly says one thing and resembles another was said about the one.
    """
    best = support.max(axis=1, keepdims=True)
    share: Matrix = 1.0 - (best - support)
    return share


def _cover(
    point: int,
    rubric: Rubric,
    reading: Reading,
    match: Match,
    support: Matrix,
    words: Matrix,
) -> Coverage:
    unit = _best_unit(support[:, point], reading)
    best = float(support[unit, point])
    mix = WORDS_ONLY if match.cosine is None else WITH_ENCODER
    against = find_contradiction(
        point=point, rubric=rubric, reading=reading, match=match
    )
    if against is not None and _outweighs(against, best, unit, reading):
        return Coverage(best, 0.0, 0.0, against.unit, against)
    by_words = _credit(float(words[:, point].max()), WORDS_ONLY)
    return Coverage(best, _credit(best, mix), by_words, unit, None)


def _outweighs(
    against: Contradiction, best: float, unit: int, reading: Reading
) -> bool:
    """Return whether the wrong statement counts.

    The point's own words turned around are as strong as the words themselves.
    """
    units = reading.units
    same = units[against.unit].sentence == units[unit].sentence
    turned = same and against.rule != WRONG_STATEMENT
    return against.strength > best or (turned and against.strength >= best - 1e-9)


def _with_facets(
    said: Sequence[Coverage], rubric: Rubric, reading: Reading
) -> Iterator[Coverage]:
    """Yield each coverage, or what the form of the case proves if that is more.

    Any story has the form, so it counts only as far as its words show that the story
    is about the question.
    """
    points = rubric.question.points
    weight = math.fsum(point.weight for point in points)
    worded = math.fsum(
        point.weight * coverage.credit
        for point, coverage in zip(points, said, strict=True)
    )
    touching = min(1.0, worded / weight / FULL_FACETS_FROM)
    for point, coverage in zip(points, said, strict=True):
        facet = point.shown_by if coverage.contradiction is None else ""
        shown = find_facet(reading=reading, facet=facet) if facet else None
        if shown is not None and shown.credit * touching > coverage.credit:
            credit = shown.credit * touching
            yield dataclasses.replace(
                coverage, credit=credit, words_credit=credit, unit=shown.unit
            )
        else:
            yield coverage


def _relevance(rubric: Rubric, reading: Reading, match: Match) -> Matrix:
    is_told = rubric.question.type == BEHAVIOURAL
    if match.cosine is None:
        topic = TOLD_TOPIC_WORDS_ONLY if is_told else TECHNICAL_TOPIC_WORDS_ONLY
    else:
        topic = TOLD_TOPIC if is_told else TECHNICAL_TOPIC
    return relevance(reading=reading, table=rubric.table, match=match, topic=topic)


def _kept_share(match: Match) -> Matrix:
    """Return the share of support that is left where the same words are negated."""
    turned = np.clip((match.opposed - 0.2) / 0.3, 0.0, 1.0)
    kept = 1.0 - turned * np.clip(match.recall / NEGATION_RECALL, 0.0, 1.0)
    kept[match.turned] = 0.0
    return kept


def _best_unit(support: Matrix, reading: Reading) -> int:
    """Return the unit that proves most; the shortest of equals."""
    best = np.flatnonzero(support >= support.max() - 1e-9)
    return min(best.tolist(), key=lambda i: (_length(reading, i), i))


def _length(reading: Reading, index: int) -> int:
    return reading.units[index].end - reading.units[index].start


def _credit(support: float, mix: Mix) -> float:
    credit = (support - mix.partial_from) / (mix.hit_from - mix.partial_from)
    return min(1.0, credit) if credit >= PARTIAL_CREDIT_FROM else 0.0
