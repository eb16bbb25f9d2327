"""The numbers of a told case: what to have at hand when it is told again."""

from __future__ import annotations

import re

from interviewer.scoring.sentences import split_sentences
from interviewer.scoring.words import find_words

MOST_FACTS = 6
_DIGIT = re.compile(r"\d")


def facts_of(text: str) -> str:
    """Return the sentences that hold a number, one a line, in their order."""
    told = [sentence.of(text).strip() for sentence in split_sentences(text=text)]
    return "\n".join([said for said in told if _has_number(said)][:MOST_FACTS])


def _has_number(sentence: str) -> bool:
    # Number words have digits for stems.
    return any(
        _DIGIT.search(word.stem) and word.lower != "one"
        for word in find_words(text=sentence)
    )
