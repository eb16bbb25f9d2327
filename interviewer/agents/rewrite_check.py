"""Whether a model made up facts: numbers, names and technologies without a source.

It errs on the side of refusing. What ordinary words claim, such as that somebody was
happy, it cannot see.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence

from interviewer.agents.numerals import numbers_in
from interviewer.bank.loader import load_bank
from interviewer.reading.technologies import TECHNOLOGY
from interviewer.scoring.vocabulary import word_set

# Amounts that are no numerals.
_AMOUNT = re.compile(
    r"\b(?:half|halved|halving|twice|thrice|double[ds]?|doubling|tripled?|quarter"
    r"|thirds?|dozens?|hundreds|thousands|millions|billions)\b",
    re.IGNORECASE,
)
_WITH_DIGIT = re.compile(r"\w*\d\w*(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_][\w'’&+#-]*(?:\.[\w]+)*")
_OPENS = re.compile(r"(?:^|[.!?:…]['\"”’)\]]*\s+|\n\s*|[\[(\"“]\s*)$")
_OWN = frozenset({"i", "i'm", "i've", "i'd", "i'll"})
# General words that the bank's texts happen not to hold.
_GENERAL = word_set(
    "additionally also api apis ci cpu eventually finally first furthermore http https "
    "however id ids initially instead json lastly later meanwhile moreover next "
    "nevertheless once overall personally ram second secondly sql specifically then "
    "therefore thus ui ultimately url urls"
)
# In lower case these are ordinary words.
_ALSO_WORDS = word_set(
    "consul cypress envoy express flask go helm jest lambda looker oracle perl puppet "
    "rails react redux ruby rust scala sentry spark spring swift temporal vault"
)


def invented(*, text: str, sources: Sequence[str]) -> tuple[str, ...]:
    """Return what the text claims and no source holds, in order, each once."""
    text = _plain(text)
    source = _plain("\n".join(sources))
    found = [
        *_numbers(text, source),
        *_technologies(text, source),
        *_names(text, source),
    ]
    return tuple(dict.fromkeys(found))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("’", "'")


def _numbers(text: str, source: str) -> Iterator[str]:
    known = {number.value for number in numbers_in(source)}
    read = numbers_in(text)
    for number in read:
        # "One" is as often no number as it is one.
        is_one = number.is_spelled and number.value == "1"
        if number.value not in known and not is_one:
            yield text[number.start : number.end]
    spelled = source.casefold()
    covered = [(number.start, number.end) for number in read]
    for match in _WITH_DIGIT.finditer(text):
        is_read = any(start <= match.start() < end for start, end in covered)
        if not is_read and match[0].casefold() not in spelled:
            yield match[0]
    said = {amount.casefold() for amount in _AMOUNT.findall(source)}
    yield from (a for a in _AMOUNT.findall(text) if a.casefold() not in said)


def _technologies(text: str, source: str) -> Iterator[str]:
    anyhow = re.compile(TECHNOLOGY.pattern, re.IGNORECASE)
    known = {name.casefold() for name in anyhow.findall(source)}
    for name in anyhow.findall(text):
        is_word = name.islower() and name in _ALSO_WORDS
        if name.casefold() not in known and not is_word:
            yield name


def _names(text: str, source: str) -> Iterator[str]:
    """Yield capitalized words that no source holds and no ordinary sentence opens."""
    known = {word.casefold() for word in _WORD.findall(source)}
    for match in _WORD.finditer(text):
        word = match[0].rstrip(".'-")
        folded = word.casefold()
        is_plain = word.isascii() and word == word.lower()
        if is_plain or folded in known | _OWN | _GENERAL:
            continue
        is_opening = word[1:] == word[1:].lower() and _OPENS.search(
            text[: match.start()]
        )
        if folded in _ordinary_words() and (is_opening or word == word.lower()):
            continue
        yield word


@functools.cache
def _ordinary_words() -> frozenset[str]:
    """Return the words that the bank's texts hold in lower case."""
    texts = (
        text
        for question in load_bank().questions
        for text in (
            question.question,
            question.reference,
            *(exemplar.text for exemplar in question.exemplars),
            *(point.text for point in question.points),
        )
    )
    words = (word for text in texts for word in _WORD.findall(_plain(text)))
    return frozenset(word for word in words if word == word.lower())
