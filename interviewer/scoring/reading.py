"""An answer, cut and analyzed once for everything that looks at it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import numpy as np

from interviewer.scoring.encoder import Encoder, Vectors
from interviewer.scoring.negation import negated_places
from interviewer.scoring.sentences import (
    Stretch,
    pair_up,
    split_clauses,
    split_sentences,
)
from interviewer.scoring.words import Word, find_words

# Hesitations of speech change no meaning but do move a sentence vector.
_HESITATION = re.compile(
    r"\b(?:u+h+m*|u+m+|e+r+m*|h+m+|m+h+m+|you know|i mean|sort of|kind of)\b,?\s*"
    r"|,\s*like,|\blike,\s",
    re.IGNORECASE,
)

_SPACES = re.compile(r" {2,}")
_DIVIDES = re.compile(r"[.!?…\n\r\u2028\u2029]")


@dataclasses.dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of the answer with its words; text[start:end] is the quote."""

    start: int
    end: int
    kind: str
    sentence: int  # index of its (first) sentence
    words: tuple[Word, ...]
    negated: frozenset[int]  # indexes into `words`


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """The units of an answer, sentences first, with their vectors if encoded."""

    text: str
    sentences: tuple[Unit, ...]
    units: tuple[Unit, ...]  # sentences, then clauses, then pairs
    vectors: Vectors | None  # one row per unit

    @property
    def words(self) -> tuple[Word, ...]:
        """Return all words that are scored."""
        return tuple(word for unit in self.sentences for word in unit.words)


def read_answer(
    *, text: str, ignored: Sequence[tuple[int, int]], encoder: Encoder | None
) -> Reading:
    """Return the reading of `text` without the sentences inside `ignored` spans."""
    spoken = _without_hesitations(text)
    stretches = tuple(
        stretch
        for stretch in split_sentences(text=spoken)
        if not any(
            start < stretch.end and stretch.start < end for start, end in ignored
        )
    )
    sentences = _read_sentences(spoken, stretches)
    clauses = tuple(
        _part_of(sentence, clause)
        for sentence, stretch in zip(sentences, stretches, strict=True)
        for clause in split_clauses(text=spoken, sentence=stretch)
    )
    pairs = tuple(
        _joined(pair, first, second)
        for pair, first, second in zip(
            pair_up(sentences=stretches), sentences, sentences[1:], strict=False
        )
    )
    vectors = None
    if encoder is not None:
        vectors = _encode(spoken, sentences + clauses, len(sentences), encoder)
    return Reading(text, sentences, sentences + clauses + pairs, vectors)


def _read_sentences(text: str, stretches: Sequence[Stretch]) -> tuple[Unit, ...]:
    """Return the sentences; windows of one long sentence share its negations."""
    sentences: list[Unit] = []
    for run in _runs(text, stretches):
        words = [find_words(text=s.of(text), offset=s.start) for s in run]
        joined = [word for part in words for word in part]
        negated = negated_places(text=text, words=joined)
        first = 0
        for stretch, part in zip(run, words, strict=True):
            places = range(first, first + len(part))
            own = frozenset(place - first for place in places if place in negated)
            index = len(sentences)
            sentences.append(
                Unit(stretch.start, stretch.end, stretch.kind, index, part, own)
            )
            first += len(part)
    return tuple(sentences)


def _runs(text: str, stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """Return the stretches grouped into what no full stop or line break divides."""
    runs: list[list[Stretch]] = []
    for stretch in stretches:
        between = text[runs[-1][-1].end - 1 : stretch.start] if runs else "."
        if _DIVIDES.search(between):
            runs.append([])
        runs[-1].append(stretch)
    return runs


def _part_of(sentence: Unit, clause: Stretch) -> Unit:
    places = [
        place
        for place, word in enumerate(sentence.words)
        if clause.start <= word.start and word.end <= clause.end
    ]
    first = places[0] if places else 0
    words = tuple(sentence.words[place] for place in places)
    negated = frozenset(place - first for place in places if place in sentence.negated)
    return Unit(
        clause.start, clause.end, clause.kind, sentence.sentence, words, negated
    )


def _joined(pair: Stretch, first: Unit, second: Unit) -> Unit:
    shift = len(first.words)
    negated = first.negated | {place + shift for place in second.negated}
    words = first.words + second.words
    return Unit(pair.start, pair.end, pair.kind, first.sentence, words, negated)


def _encode(
    text: str, units: tuple[Unit, ...], sentence_count: int, encoder: Encoder
) -> Vectors:
    """Return the units' vectors, and for each pair the mean of its sentences'."""
    rows = encoder.encode([squeezed(text[unit.start : unit.end]) for unit in units])
    sentences = rows[:sentence_count]
    if sentence_count < 2:
        return rows
    pairs = sentences[:-1] + sentences[1:]
    pairs /= np.maximum(np.linalg.norm(pairs, axis=1, keepdims=True), 1e-9)
    return np.concatenate([rows, pairs])


def squeezed(text: str) -> str:
    return _SPACES.sub(" ", text)


def _without_hesitations(text: str) -> str:
    """Return the text with "um" and its like as spaces, so that places stay."""
    return _HESITATION.sub(lambda match: " " * len(match.group()), text)
