"""Where an answer states the opposite of a rubric point.

Sentence vectors hardly see negation, so this is a matter of words: a known wrong
statement, the point's own words under a negation, an opposite word in their
place, or another number before the same unit. Each rule needs most of the words
of the wording it turns around; in doubt nothing is held against the answer.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping

import numpy as np

from interviewer.scoring import phrases
from interviewer.scoring.matching import Match
from interviewer.scoring.phrases import Phrase
from interviewer.scoring.reading import Reading, Unit
from interviewer.scoring.rubric import Rubric
from interviewer.scoring.sentences import PAIR
from interviewer.scoring.vocabulary import CLAIM_WORDS, OPPOSITES
from interviewer.scoring.words import Word, find_words

WRONG_STATEMENT = "wrong statement"
NEGATED = "negated"
OPPOSITE = "opposite word"
NUMBER = "wrong number"

EXPLICIT = 1.01  # a wrong statement word by word outweighs any support
LOOSELY = 0.95  # in other words: less sure than a point that is clearly covered
MIN_RECALL = 0.75  # of a known wrong statement's words
MIN_COSINE = 0.35  # between it and what was said, when both are encoded; else:
MAX_LENGTH_RATIO = 2.5  # of what was said to it, in words
MIN_NEGATED_RECALL = 0.7
MIN_AFFIRMED_RECALL = 0.9  # what denies may be said the other way round
MIN_REPLACED_RECALL = 0.6  # beside the one word that is replaced
MIN_OPPOSED = 0.5  # share of the matched words whose negation differs
MAX_OPPOSED = 0.4
MIN_WORDS = 2  # content words; a wording with fewer identifies nothing


@dataclasses.dataclass(frozen=True, slots=True)
class Contradiction:
    """The unit that states the opposite of a point, how surely, and by which rule."""

    unit: int
    strength: float  # comparable with a unit's support
    rule: str


def find_contradiction(
    *, point: int, rubric: Rubric, reading: Reading, match: Match
) -> Contradiction | None:
    """Return the strongest contradiction of a point, or None."""
    found = [
        *_wrong_statements(point, rubric, reading, match),
        *_negations(point, rubric, reading, match),
        *_replacements(point, rubric, reading, match),
    ]
    return max(found, key=lambda c: (c.strength, -c.unit), default=None)


def _single(reading: Reading) -> Iterator[tuple[int, Unit]]:
    """Yield sentences and clauses; over two sentences words meet by chance."""
    for index, unit in enumerate(reading.units):
        if unit.kind != PAIR:
            yield index, unit


def _wrong_statements(
    point: int, rubric: Rubric, reading: Reading, match: Match
) -> Iterator[Contradiction]:
    for row in rubric.rows(point, phrases.CONTRADICTS):
        phrase = rubric.table.phrases[row]
        for index, unit in _single(reading):
            cell = index, row
            if match.exact[cell] and match.opposed[cell] < MIN_OPPOSED:
                yield Contradiction(index, EXPLICIT, WRONG_STATEMENT)
            elif _says(phrase, unit, match, cell):
                strength = LOOSELY * float(match.support[cell])
                yield Contradiction(index, strength, WRONG_STATEMENT)


def _says(phrase: Phrase, unit: Unit, match: Match, cell: tuple[int, int]) -> bool:
    """Return whether the unit makes the phrase's claim in other order or form."""
    if not _is_telling(phrase):
        return False
    if match.recall[cell] < MIN_RECALL or match.opposed[cell] > MAX_OPPOSED:
        return False
    if not _is_about_the_same(phrase, unit, match, cell):
        return False
    said = {word.lower for word in unit.words}
    claims = {word.lower for word in phrase.words if word.lower in CLAIM_WORDS}
    return claims <= said


def _is_about_the_same(
    phrase: Phrase, unit: Unit, match: Match, cell: tuple[int, int]
) -> bool:
    """Return whether more than single words agree; a long unit has many of those."""
    if match.cosine is not None:
        return bool(match.cosine[cell] >= MIN_COSINE)
    return len(unit.words) <= MAX_LENGTH_RATIO * len(phrase.words)


def _is_telling(phrase: Phrase) -> bool:
    return sum(word.is_content for word in phrase.words) >= MIN_WORDS


def _negations(
    point: int, rubric: Rubric, reading: Reading, match: Match
) -> Iterator[Contradiction]:
    # A short wording may occur in a negated sentence that is about something else.
    for row in rubric.rows(point, phrases.TEXT, phrases.REFERENCE):
        phrase = rubric.table.phrases[row]
        if not _is_telling(phrase):
            continue
        enough = MIN_NEGATED_RECALL if not phrase.negated else MIN_AFFIRMED_RECALL
        for index, _unit in _single(reading):
            cell = index, row
            turned = match.opposed[cell] >= MIN_OPPOSED
            if turned and match.recall[cell] >= enough:
                yield Contradiction(index, float(match.support[cell]), NEGATED)


def _replacements(
    point: int, rubric: Rubric, reading: Reading, match: Match
) -> Iterator[Contradiction]:
    if rubric.question.type == "behavioural":
        return  # another candidate's story has other numbers and other turns
    for row in rubric.rows(point, phrases.TEXT, phrases.PART, phrases.ALIAS):
        phrase = rubric.table.phrases[row]
        enough = match.recall[:, row] >= MIN_REPLACED_RECALL
        for index in np.flatnonzero(enough).tolist():
            unit = reading.units[index]
            strength = float(match.support[index, row])
            if unit.kind == PAIR:
                continue
            if _has_opposite(phrase, unit):
                yield Contradiction(index, strength, OPPOSITE)
            elif _has_other_number(phrase, unit):
                yield Contradiction(index, strength, NUMBER)


@functools.cache
def opposites() -> Mapping[str, frozenset[str]]:
    """Return stem → stems of its opposites."""
    table: dict[str, set[str]] = {}
    for left, right in OPPOSITES:
        for ours, theirs in ((left, right), (right, left)):
            stems = {w.stem for other in theirs for w in find_words(text=other)}
            for word in ours:
                table.setdefault(find_words(text=word)[0].stem, set()).update(stems)
    return {stem: frozenset(others) for stem, others in table.items()}


def _has_opposite(phrase: Phrase, unit: Unit) -> bool:
    """Return whether all but one word are said, and that one's opposite instead."""
    said = _stems(unit.words, unit.negated)
    wanted = _stems(phrase.words, phrase.negated)
    turned = [stem for stem in wanted - said if opposites().get(stem, _NONE) & said]
    others = {w.stem for w in phrase.words if w.is_content} - set(turned)
    return len(turned) == 1 and len(others) > 1 and others <= said


_NONE: frozenset[str] = frozenset()


def _stems(words: tuple[Word, ...], negated: frozenset[int]) -> set[str]:
    return {word.stem for place, word in enumerate(words) if place not in negated}


def _has_other_number(phrase: Phrase, unit: Unit) -> bool:
    """Return whether the unit gives another number for the phrase's measured thing."""
    wanted, said = _measures(phrase.words), _measures(unit.words)
    stems = {word.stem for word in unit.words}
    return any(
        thing in said and not stems & numbers for thing, numbers in wanted.items()
    )


def _measures(words: tuple[Word, ...]) -> dict[str, set[str]]:
    """Return for each counted thing the numbers directly before it."""
    found: dict[str, set[str]] = {}
    for number, thing in zip(words, words[1:], strict=False):
        if number.stem[0].isdigit() and thing.is_content and not thing.stem.isdigit():
            found.setdefault(thing.stem, set()).add(number.stem)
    return found
