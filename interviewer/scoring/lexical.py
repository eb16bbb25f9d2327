"""How far the words of a wording occur in a stretch of the answer.

This is the floor that is always there: stemmed recall, exact wordings in order,
and misspelt words by their letter trigrams.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from interviewer.scoring.phrases import Matrix, PhraseTable
from interviewer.scoring.reading import Unit
from interviewer.scoring.words import Word

MIN_SIMILAR_LENGTH = 5  # shorter words have too many neighbors
MIN_TRIGRAM_OVERLAP = 0.55
MIN_SWAPPED_LENGTH = 4
MIN_DROPPED_LENGTH = 5
SLIP_CREDIT = 0.9
MAX_GAP_WORDS = 2  # between the words of an alias said in order


@functools.lru_cache(maxsize=20_000)
def _trigrams(stem: str) -> frozenset[str]:
    padded = f"^{stem}$"
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def trigram_overlap(*, first: str, second: str) -> float:
    """Return the Dice overlap of two words' letter trigrams, from 0 to 1."""
    ours, theirs = _trigrams(first), _trigrams(second)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def spelling_credits(
    *, words: Sequence[Word], table: PhraseTable
) -> dict[str, tuple[int, float]]:
    """Return for each stem of the answer its column and how well it is spelt.

    A stem outside the vocabulary counts as the most similar one, and is then worth
    their similarity.
    """
    credits: dict[str, tuple[int, float]] = {}
    for stem in sorted({word.stem for word in words if word.is_content}):
        if stem in table.columns:
            credits[stem] = (table.columns[stem], 1.0)
        elif len(stem) >= MIN_SWAPPED_LENGTH and stem.isalpha():
            likeness, near = max(
                (
                    (word_likeness(stem, other), other)
                    for other in table.columns
                    if other[0] == stem[0]
                ),
                default=(0.0, ""),
            )
            if likeness >= MIN_TRIGRAM_OVERLAP:
                credits[stem] = (table.columns[near], likeness)
    return credits


@functools.lru_cache(maxsize=50_000)
def word_likeness(stem: str, other: str) -> float:
    if is_slip(stem=stem, other=other):
        return SLIP_CREDIT
    if min(len(stem), len(other)) < MIN_SIMILAR_LENGTH:
        return 0.0
    return trigram_overlap(first=stem, second=other)


def is_slip(*, stem: str, other: str) -> bool:
    """Return whether one slip of the keys turns one stem into the other.

    Two letters swapped, or, in longer words, one too few or too many. A wrong
    letter is left to the trigrams: too many short words differ by one.
    """
    if abs(len(stem) - len(other)) > 1:
        return False
    if len(stem) == len(other):
        differing = [i for i in range(len(stem)) if stem[i] != other[i]]
        return (
            len(stem) >= MIN_SWAPPED_LENGTH
            and len(differing) == 2
            and differing[1] == differing[0] + 1
            and stem[differing[0]] == other[differing[1]]
            and stem[differing[1]] == other[differing[0]]
        )
    longer, shorter = sorted((stem, other), key=len, reverse=True)
    if len(longer) < MIN_DROPPED_LENGTH:
        return False
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def presence(
    *, units: Sequence[Unit], table: PhraseTable, words: Sequence[Word]
) -> tuple[Matrix, Matrix]:
    """Return two unit × stem matrices: stems said, and stems said under a negation."""
    credits = spelling_credits(words=words, table=table)
    said = np.zeros((len(units), len(table.columns)))
    negated = np.zeros_like(said)
    for row, unit in enumerate(units):
        for place, word in enumerate(unit.words):
            if word.stem in credits:
                column, credit = credits[word.stem]
                said[row, column] = max(said[row, column], credit)
                # A stem said both ways in one stretch is not held against anyone.
                negated[row, column] += 1.0 if place in unit.negated else -1.0
    return said, (negated > 0).astype(float)


def said_in_order(*, wanted: Sequence[str], stems: Sequence[str]) -> bool:
    """Return whether `stems` contains all of `wanted` in order and close together."""
    if not wanted or len(wanted) > len(stems):
        return False
    return any(
        _follows(wanted, stems, start)
        for start, stem in enumerate(stems)
        if stem == wanted[0]
    )


def _follows(wanted: Sequence[str], stems: Sequence[str], start: int) -> bool:
    place = start
    for stem in wanted[1:]:
        window = stems[place + 1 : place + 2 + MAX_GAP_WORDS]
        if stem not in window:
            return False
        place += 1 + window.index(stem)
    return True
