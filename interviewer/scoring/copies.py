"""Sentences that repeat the model answer, but with a negation more or less.

Word for word such a sentence has all that proves a point, except that it says the
opposite. Nobody who explains something in their own words comes so close, so the
whole sentence is taken as turned around.
"""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.scoring import phrases
from interviewer.scoring.phrases import PhraseTable
from interviewer.scoring.reading import Reading
from interviewer.scoring.vocabulary import DENIALS, NEGATIONS
from interviewer.scoring.words import Word

MIN_OVERLAP = 0.85  # Dice overlap of the content stems
MIN_WORDS = 4  # content words; shorter sentences meet by chance


def turned_sentences(*, reading: Reading, table: PhraseTable) -> frozenset[int]:
    """Return the indexes of the sentences that turn a statement around."""
    statements = [
        (_stems(table.phrases[row].words), _is_negative(table.phrases[row].words))
        for row in table.rows(phrases.TEXT, phrases.STATEMENT)
    ]
    turned = set()
    for sentence in reading.sentences:
        said, is_negative = _stems(sentence.words), _is_negative(sentence.words)
        repeated = {
            was_negative
            for stems, was_negative in statements
            if _overlap(said, stems) >= MIN_OVERLAP
        }
        if repeated and is_negative not in repeated:
            turned.add(sentence.sentence)
    return frozenset(turned)


def _stems(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.stem for word in words if word.is_content)


def _is_negative(words: Sequence[Word]) -> bool:
    """Return whether an odd number of negators leaves something denied."""
    negators = NEGATIONS | DENIALS
    return sum(word.lower in negators for word in words) % 2 == 1


def _overlap(first: frozenset[str], second: frozenset[str]) -> float:
    if min(len(first), len(second)) < MIN_WORDS:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))
