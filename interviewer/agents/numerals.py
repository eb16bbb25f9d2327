"""Numbers as people write and say them: 1,200 · 2.5k · twenty-five · half a dozen."""

from __future__ import annotations

import dataclasses
import re

_ONES = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {word: n for n, word in enumerate(_ONES, 1)} | {
    word: 10 * n for n, word in enumerate(_TENS, 2)
}
_LARGE = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9}
_SUFFIXES = {"k": 1_000, "m": 10**6, "bn": 10**9, "b": 10**9}
_FIXED = {"half a dozen": 6, "a dozen": 12, "a couple of dozen": 24, "two dozen": 24}

_SMALL_WORD = "|".join(sorted(_SMALL, key=len, reverse=True))
_LARGE_WORD = "|".join(_LARGE)
_NUMBER = re.compile(
    r"(?P<fixed>\b(?:half a|a couple of|two|a) dozen\b)"
    r"|(?<![\w.-])(?P<digits>\d{1,3}(?:[, \u00a0\u202f]\d{3})+(?!\d)(?:\.\d+)?"
    r"|\d+(?:\.\d+)?)"
    r"(?:(?P<suffix>k|m|bn)\b|[ -]?(?P<scale>hundred|thousand|million|billion)\b)?"
    rf"|\b(?P<words>(?:(?:{_SMALL_WORD})|a(?= (?:{_LARGE_WORD})))"
    rf"(?:(?:[ -]| and )(?:{_SMALL_WORD}|{_LARGE_WORD}))*)\b",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: text[start:end]; `value` is its plain decimal form."""

    start: int
    end: int
    value: str
    is_spelled: bool  # in letters


def numbers_in(text: str) -> tuple[Number, ...]:
    """Return the numbers of the text in order; those inside words (p95, S3) are not."""
    found = []
    for match in _NUMBER.finditer(text):
        if match["digits"] and _continues_a_word(text, match.end()):
            continue
        is_spelled = not match["digits"]
        found.append(Number(match.start(), match.end(), _value(match), is_spelled))
    return tuple(found)


def _continues_a_word(text: str, end: int) -> bool:
    # "3rd", "2xx" and "1st" name things; "250ms" and "3x" measure them.
    following = re.match(r"[a-zA-Z]+", text[end:])
    return following is not None and following[0].lower() in (
        "st",
        "nd",
        "rd",
        "th",
        "xx",
    )


def _value(match: re.Match[str]) -> str:
    if match["fixed"]:
        return str(_FIXED[match["fixed"].lower()])
    if match["words"]:
        return str(_spelled(match["words"].lower()))
    plain = re.sub(r"[, \u00a0\u202f]", "", match["digits"])
    factor = _SUFFIXES.get((match["suffix"] or "").lower(), 1)
    factor *= _LARGE.get((match["scale"] or "").lower(), 1)
    return _plain(float(plain) * factor) if factor > 1 else plain


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _spelled(words: str) -> int:
    """Return the number that these words say: two hundred and fifty → 250."""
    total = current = 0
    for word in re.split(r"[ -]+", words):
        if word in ("a", "and"):
            current = current or (word == "a")
        elif word in _SMALL:
            current += _SMALL[word]
        elif word == "hundred":
            current = (current or 1) * 100
        else:
            total += (current or 1) * _LARGE[word]
            current = 0
    return total + current
