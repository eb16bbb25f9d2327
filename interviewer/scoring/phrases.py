"""Wordings of a rubric as one table: words over a vocabulary, and vectors.

Stems become columns, so that all units of an answer meet all wordings of a
rubric in two matrix products.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from interviewer.scoring.encoder import Encoder, Vectors
from interviewer.scoring.negation import negated_places
from interviewer.scoring.words import Word, find_words

Matrix = npt.NDArray[np.float64]

TEXT = "text"  # the point as its author put it
PART = "part"  # a clause of it
ALIAS = "alias"
REFERENCE = "reference"  # the words of the model answer that cover it
STATEMENT = "statement"  # a sentence of the model answer
CONTRADICTS = "contradicts"
QUESTION = "question"

# A word of the question proves nothing, unless a wording has no other words.
QUESTION_WORD_WEIGHT = 0.05


@dataclasses.dataclass(frozen=True, slots=True)
class Phrase:
    """A wording that covers a point, or speaks against it."""

    text: str
    kind: str
    point: int  # index into the question's points; -1 for the question itself
    words: tuple[Word, ...]
    negated: frozenset[int]  # indexes into `words`
    stems: tuple[str, ...]  # of `words`, in order


@dataclasses.dataclass(frozen=True)
class PhraseTable:
    """Phrases over one vocabulary of stems."""

    phrases: tuple[Phrase, ...]
    columns: dict[str, int]  # stem → column
    weights: Matrix  # phrase × stem; a row sums to 1, or to 0 without content
    negated: Matrix  # phrase × stem: 1 where the phrase itself negates the stem
    content: Matrix  # per phrase: the weight of its words beyond the question's
    vectors: Vectors | None  # phrase × dimension

    @property
    def stems(self) -> list[str]:
        """Return the vocabulary in column order."""
        return list(self.columns)

    def rows(self, *kinds: str) -> list[int]:
        """Return the rows of these kinds."""
        return [row for row, phrase in enumerate(self.phrases) if phrase.kind in kinds]


def make_phrase(*, text: str, kind: str, point: int) -> Phrase:
    """Return the phrase with its words and negations found."""
    words = find_words(text=text)
    negated = negated_places(text=text, words=words)
    stems = tuple(word.stem for word in words)
    return Phrase(text, kind, point, words, negated, stems)


def make_table(
    *, phrases: Sequence[Phrase], question: str, encoder: Encoder | None
) -> PhraseTable:
    """Return the table of `phrases`, with the words of `question` discounted."""
    asked = {word.stem for word in find_words(text=question) if word.is_content}
    stems = sorted({w.stem for p in phrases for w in p.words if w.is_content})
    columns = {stem: column for column, stem in enumerate(stems)}
    weights = np.zeros((len(phrases), len(stems)))
    negated = np.zeros_like(weights)
    for row, phrase in enumerate(phrases):
        for place, word in enumerate(phrase.words):
            if word.is_content:
                known = word.stem in asked and phrase.kind not in _WHOLE
                factor = QUESTION_WORD_WEIGHT if known else 1.0
                weights[row, columns[word.stem]] = word.weight * factor
                negated[row, columns[word.stem]] = place in phrase.negated
    content = weights.sum(axis=1)
    weights /= np.where(content > 0, content, 1.0)[:, None]
    vectors = encoder.encode([p.text for p in phrases]) if encoder else None
    return PhraseTable(tuple(phrases), columns, weights, negated, content, vectors)


# Wordings in which a word of the question still decides what is claimed.
_WHOLE = frozenset({CONTRADICTS, QUESTION})
