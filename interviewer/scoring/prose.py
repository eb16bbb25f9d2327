"""Whether a text is an answer or a heap of the right words.

Two doubts, each from 0 to 1: words in an order in which nobody says them, and
more of the rubric's own key words, among fewer others, than natural answers have.
Both need a certain length, since a short answer may well be a list.
"""

from __future__ import annotations

import numpy as np

from interviewer.scoring import phrases
from interviewer.scoring.calibration import (
    MIN_KEY_WORDS,
    MIN_ORDERED_WORDS,
    ORDER_CHANCE_RAMP,
    ORDER_RAMP,
    SMALL_WORDS_RAMP,
    SOUP_RAMP,
    SOUP_SATURATION_RAMP,
    WITH_ENCODER,
    WORDS_ONLY,
)
from interviewer.scoring.comparison import Comparison
from interviewer.scoring.rubric import SUPPORTING
from interviewer.scoring.word_order import order_evidence
from interviewer.scoring.words import Word


def scrambled_doubt(*, comparison: Comparison) -> float:
    """Return how surely the words stand in a random order."""
    sentences = _proving_sentences(comparison)
    words = [word for sentence in sentences for word in sentence]
    if len(words) < MIN_ORDERED_WORDS:
        return 0.0
    lower = [[word.lower for word in sentence] for sentence in sentences]
    order, above_chance = order_evidence(sentences=lower)
    small = sum(not word.is_content for word in words) / len(words)
    return (
        _ramp(order, ORDER_RAMP)
        * _ramp(above_chance, ORDER_CHANCE_RAMP)
        * _ramp(small, SMALL_WORDS_RAMP)
    )


def keyword_doubt(*, comparison: Comparison) -> float:
    """Return how surely the text strings together the rubric's key words."""
    table = comparison.rubric.table
    key_stems = {
        word.stem
        for row in table.rows(phrases.ALIAS)
        for word in table.phrases[row].words
        if word.is_content
    }
    said = [
        word.stem
        for sentence in _proving_sentences(comparison)
        for word in sentence
        if word.is_content
    ]
    if len(key_stems) < MIN_KEY_WORDS or not said:
        return 0.0
    saturation = len(key_stems.intersection(said)) / len(key_stems)
    density = sum(stem in key_stems for stem in said) / len(said)
    few_others = _ramp(saturation + density, SOUP_RAMP)
    return few_others * _ramp(saturation, SOUP_SATURATION_RAMP)


def _proving_sentences(comparison: Comparison) -> list[tuple[Word, ...]]:
    """Return the sentences that touch a point; the rest proves nothing."""
    reading, match = comparison.reading, comparison.match
    if match is None:
        return []
    rows = comparison.rubric.table.rows(*SUPPORTING)
    mix = WORDS_ONLY if match.cosine is None else WITH_ENCODER
    halfway = (mix.partial_from + mix.hit_from) / 2
    touching = match.support[:, rows].max(axis=1) >= halfway
    proving = {reading.units[index].sentence for index in np.flatnonzero(touching)}
    return [reading.sentences[index].words for index in sorted(proving)]


def _ramp(value: float, ends: tuple[float, float]) -> float:
    """Return 0 at the first end, 1 at the second, linear between."""
    start, stop = ends
    return min(1.0, max(0.0, (value - start) / (stop - start)))
