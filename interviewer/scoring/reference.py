"""The model answer of a question, prepared for the features of every answer."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

import numpy as np

from interviewer.scoring.encoder import Encoder, Vectors
from interviewer.scoring.phrases import Matrix
from interviewer.scoring.sentences import split_clauses, split_sentences
from interviewer.scoring.vocabulary import NEGATIONS
from interviewer.scoring.word_vectors import vectors_of
from interviewer.scoring.words import Word, find_words

CHARACTER_RUNS = (3, 4)


@dataclasses.dataclass(frozen=True)
class Wording:
    """A text's words in the forms that features compare."""

    stems: tuple[str, ...]  # all words in order
    content: tuple[Word, ...]  # the first word of each stem that carries meaning
    pairs: frozenset[tuple[str, str]]
    runs: tuple[Counter[str], ...]  # of characters, by CHARACTER_RUNS
    numbers: frozenset[str]
    negations: int

    @property
    def content_stems(self) -> frozenset[str]:
        return frozenset(word.stem for word in self.content)


@dataclasses.dataclass(frozen=True)
class Reference:
    """A model answer and its question, as texts, words and vectors."""

    question: Wording
    wording: Wording
    content_vectors: Vectors  # one row per content word
    question_vector: Vectors
    vector: Vectors
    sentences: Vectors
    clauses: Vectors
    clause_weights: Matrix


def read_wording(*, text: str) -> Wording:
    """Return the words of a text as features compare them."""
    words = find_words(text=text)
    stems = tuple(word.stem for word in words)
    content: dict[str, Word] = {}
    for word in words:
        if word.is_content:
            content.setdefault(word.stem, word)
    line = f" {' '.join(word.lower for word in words)} "
    return Wording(
        stems=stems,
        content=tuple(content.values()),
        pairs=frozenset(zip(stems, stems[1:], strict=False)),
        runs=tuple(_runs(line, size) for size in CHARACTER_RUNS),
        numbers=frozenset(stem for stem in stems if stem[0].isdigit()),
        negations=sum(word.lower in NEGATIONS for word in words),
    )


def _runs(line: str, size: int) -> Counter[str]:
    return Counter(line[place : place + size] for place in range(len(line) - size + 1))


def prepare_reference(*, question: str, reference: str, encoder: Encoder) -> Reference:
    """Return the reference with everything that does not depend on an answer."""
    wording = read_wording(text=reference)
    clauses = _clauses(reference)
    weights = np.array([len(find_words(text=clause)) + 1.0 for clause in clauses])
    rows = encoder.encode([question, reference, *_sentences(reference), *clauses])
    return Reference(
        question=read_wording(text=question),
        wording=wording,
        content_vectors=vectors_of(
            words=[word.lower for word in wording.content], encoder=encoder
        ),
        question_vector=rows[0],
        vector=rows[1],
        sentences=rows[2 : len(rows) - len(clauses)],
        clauses=rows[len(rows) - len(clauses) :],
        clause_weights=weights / weights.sum(),
    )


def _sentences(text: str) -> Sequence[str]:
    return [sentence.of(text) for sentence in split_sentences(text=text)] or [text]


def _clauses(text: str) -> Sequence[str]:
    found: list[str] = []
    for sentence in split_sentences(text=text):
        parts = split_clauses(text=text, sentence=sentence) or (sentence,)
        found += [part.of(text) for part in parts]
    return found or [text]
