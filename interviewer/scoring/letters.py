"""Whether a word is spelt like a word: the odds of its neighboring letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from interviewer.scoring.letter_weights import WEIGHTS

LETTERS = "abcdefghijklmnopqrstuvwxyz"
START, END = "^", "$"
MIN_LETTERS = 3  # shorter words follow no rule

_OTHER = re.compile("[^a-z]")
_PLACES = {letter: place for place, letter in enumerate(LETTERS + END)}


def plain_letters(word: str) -> str:
    """Return the word's letters without case and accents."""
    return _OTHER.sub("", unicodedata.normalize("NFKD", word.lower()))


def plausibility(*, words: Iterable[str]) -> float | None:
    """Return the mean log odds per letter; about −2.4 for English, −4.3 at random.

    None when there are too few letters to say.
    """
    total = count = 0
    for word in words:
        letters = plain_letters(word)
        if len(letters) >= MIN_LETTERS:
            spelt = START + letters + END
            pairs = zip(spelt, spelt[1:], strict=False)
            total += sum(WEIGHTS[first][_PLACES[second]] for first, second in pairs)
            count += len(letters) + 1
    return total / count / 100 if count else None
