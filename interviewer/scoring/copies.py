"""Sentences that repeat the model answer, but with a negation more or less.

Word for word such a sentence has all that proves a point, except that it says the
opposite. Nobody who explains something in their own words comes so close, so the
whole sentence is taken as turned around.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interviewer.scoring import phrases
from interviewer.scoring.phrases import PhraseTable
from interviewer.scoring.reading import Reading, Unit
from interviewer.scoring.vocabulary import DENIALS, NEGATIONS, TRUTHS
from interviewer.scoring.words import Word

MIN_WORDS = 4  # content words; shorter sentences meet by chance


def turned_sentences(*, reading: Reading, table: PhraseTable) -> frozenset[int]:
    """Return the indexes of the sentences that turn a statement around."""
    statements: dict[frozenset[str], set[bool]] = {}
    for row in table.rows(phrases.TEXT, phrases.STATEMENT):
        words = table.phrases[row].words
        statements.setdefault(_stems(words), set()).add(_is_negative(words))
    return frozenset(
        sentence.sentence
        for sentence in reading.sentences
        if _turns(sentence, statements)
    )


def _turns(sentence: Unit, statements: Mapping[frozenset[str], set[bool]]) -> bool:
    stems = _stems(sentence.words)
    known = statements.get(stems, set())
    enough = len(stems) >= MIN_WORDS
    return enough and bool(known) and _is_negative(sentence.words) not in known


def _stems(words: Sequence[Word]) -> frozenset[str]:
    """Return the content; "not true" denies, and so belongs to the negation."""
    return frozenset(
        word.stem for word in words if word.is_content and word.lower not in TRUTHS
    )


def _is_negative(words: Sequence[Word]) -> bool:
    """Return whether an odd number of negators leaves something denied."""
    negators = NEGATIONS | DENIALS
    return sum(word.lower in negators for word in words) % 2 == 1
