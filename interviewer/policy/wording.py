"""Checks of what the interviewer is about to say: said before, too long, a giveaway."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

from interviewer.bank.model import Point
from interviewer.scoring.sentences import split_sentences
from interviewer.scoring.words import content_words, find_words

MAX_PROBE_WORDS = 30
NEAR_DUPLICATE = 0.8  # cosine of stem counts from which two texts ask the same
# What is never asked, whoever brings it up.
PRIVATE_TOPIC = re.compile(
    r"\b(?:how old|your age|married|marital|children|kids|pregnan\w*|family plans"
    r"|religio\w*|church|nationality|ethnic\w*|race(?! (?:condition|detector)s?\b)"
    r"|disabilit\w*|you disabled|illness\w*|your health"
    r"|sexual\w*|political part\w*|trade union)\b",
    re.IGNORECASE,
)
GIVEAWAY = 0.6  # share of a point's own words from which a probe tells it


def word_count(text: str) -> int:
    """Return the number of words."""
    return len(find_words(text=text))


def sentence_count(text: str) -> int:
    """Return the number of sentences."""
    return len(split_sentences(text=text))


def is_near_duplicate(text: str, others: Iterable[str]) -> bool:
    """Return whether one of the other texts contains this one or asks the same."""
    return near_duplicate(text, others) is not None


def near_duplicate(text: str, others: Iterable[str]) -> str | None:
    """Return the first of the other texts that contains this one or asks the same."""
    counts = _stem_counts(text)
    same = (
        other
        for other in others
        if _says(other, text) or _cosine(counts, _stem_counts(other)) >= NEAR_DUPLICATE
    )
    return next(same, None)


def reveals(text: str, *, point: Point, known: Iterable[str]) -> bool:
    """Return whether a text says what the point wants to hear.

    Words already in `known`, the question and the answers, give nothing away.
    """
    before = "\n".join(known)
    if any(_says(text, name) and not _says(before, name) for name in point.aliases):
        return True
    said = _content_stems(before)
    wanted = _content_stems(point.text) - said
    told = _content_stems(text) & wanted
    return bool(wanted) and len(told) / len(wanted) >= GIVEAWAY


def is_one_question(text: str) -> bool:
    """Return whether a text asks one thing, in few enough words."""
    return text.count("?") <= 1 and word_count(text) <= MAX_PROBE_WORDS


def _says(text: str, phrase: str) -> bool:
    return f" {_plain(phrase)} " in f" {_plain(text)} "


def _plain(text: str) -> str:
    return " ".join(word.lower for word in find_words(text=text))


def _stem_counts(text: str) -> Counter[str]:
    return Counter(word.stem for word in find_words(text=text))


def _content_stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in content_words(text=text))


def _cosine(ours: Counter[str], theirs: Counter[str]) -> float:
    dot = sum(count * theirs[stem] for stem, count in ours.items())
    norms = math.sqrt(
        sum(n * n for n in ours.values()) * sum(n * n for n in theirs.values())
    )
    return dot / norms if norms else 0.0
