"""Words of a text: where they stand, their stem, and what they count for.

Matching compares stems, never strings, so inflections, spelling variants,
contractions and common abbreviations of the trade meet. Every word keeps its
code-point offsets, from which evidence spans are made.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata

import snowballstemmer

from interviewer.scoring.vocabulary import (
    ABBREVIATIONS,
    GENERIC_WORDS,
    IRREGULAR_FORMS,
    NUMBER_WORDS,
    STOP_WORDS,
)

# Accents written as marks of their own, and invisible joiners, belong to the word.
_MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_LETTERS = rf"[^\W\d_](?:[^\W_]|[{_MARKS}])*"
# A number keeps its decimals and percent sign; C++ and C# keep their marks.
_WORD = re.compile(rf"\d+(?:[.,]\d+)*%?|{_LETTERS}(?:['’]{_LETTERS})*(?:\+\+|#)?")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_APOSTROPHE = re.compile(r"['’]")
_POSSESSIVE = re.compile(r"['’]s$")
_BRITISH = re.compile(r"(?<=\w{3})is(e[srd]?|ing|ations?|ational)$")

GENERIC_WEIGHT = 0.4  # "system", "use", "make" say little about one point
STOP_WEIGHT = 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class Word:
    """A word with its place in the text and the stem by which it is matched."""

    start: int
    end: int
    lower: str
    stem: str
    weight: float  # 0 for a stop word

    @property
    def is_content(self) -> bool:
        return self.weight > 0


def _stemmer() -> snowballstemmer.stemmer:
    # A stemmer holds its word while it works, so threads must not share one.
    return snowballstemmer.stemmer("english")


@functools.lru_cache(maxsize=20_000)
def _describe(raw: str) -> tuple[str, str, float]:
    """Return a raw word's lower-case form, stem and weight."""
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", raw))
    lower = _APOSTROPHE.sub("'", plain.lower())
    if lower in STOP_WORDS:
        return lower, lower, STOP_WEIGHT
    base = _POSSESSIVE.sub("", lower)
    base = ABBREVIATIONS.get(base, base)
    base = NUMBER_WORDS.get(base, base)
    base = IRREGULAR_FORMS.get(base, base)
    base = _BRITISH.sub(r"iz\1", base).replace("our", "or")
    stem = _stemmer().stemWord(base)
    is_generic = stem in _generic_stems() or len(stem) == 1
    return lower, stem, GENERIC_WEIGHT if is_generic else 1.0


@functools.cache
def _generic_stems() -> frozenset[str]:
    return frozenset(_stemmer().stemWord(word) for word in GENERIC_WORDS)


def find_words(*, text: str, offset: int = 0) -> tuple[Word, ...]:
    """Return the words of `text` in order; `offset` is added to their places."""
    return tuple(
        Word(match.start() + offset, match.end() + offset, *_describe(match.group()))
        for match in _WORD.finditer(text)
    )


def content_words(*, text: str) -> tuple[Word, ...]:
    """Return the words of `text` that carry meaning."""
    return tuple(word for word in find_words(text=text) if word.is_content)
