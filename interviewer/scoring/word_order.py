"""Whether words stand in an order in which people say them.

Words are reduced to some thirty classes: the small words of English by their
role, all others by their ending. How often one class follows another, compared
with chance, tells a sentence from the same words shuffled.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from interviewer.scoring import vocabulary as v
from interviewer.scoring.word_order_weights import WEIGHTS

_I = "i we you he she they i'd i've i'm i'll we'd we've we're we'll you'd you're they'd"
_CLASSES = (
    ("subject", v.word_set(f"{_I} they've they're it's that's there's")),
    ("object", v.word_set("me us him them her someone anyone everyone nobody")),
    ("self", frozenset(w for w in v.PRONOUNS if w.endswith(("self", "selves")))),
    ("thing", v.word_set("something anything everything nothing")),
    ("possessive", v.word_set("my our your his their its whose")),
    ("be", v.word_set("am is are was were isn't aren't wasn't weren't")),
    ("been", v.word_set("be been being")),
    ("have", v.word_set("have has had having")),
    ("do", v.word_set("do does did don't doesn't didn't")),
    ("modal", v.MODALS | {"won't", "wouldn't", "can't", "couldn't", "cannot"}),
    ("article", v.word_set("a an the")),
    ("quantity", v.DETERMINERS | {"no", "many", "more", "most", "few", "less"}),
    ("to", frozenset({"to"})),
    ("that", frozenset({"that"})),
    ("it", frozenset({"it"})),
    ("as", frozenset({"as", "than"})),
    ("and", v.word_set("and or but nor plus")),
    ("because", v.word_set("because since although though while whereas so")),
    ("not", v.word_set("not never only just also")),
    ("preposition", v.PREPOSITIONS),
    ("which", v.SUBORDINATORS),
    ("adverb", v.ADVERBS),
)
_BY_WORD = {word: name for name, words in reversed(_CLASSES) for word in words}
_ENDINGS = (("ly", "-ly"), ("ing", "-ing"), ("ed", "-ed"))
CLASS_NAMES = (
    *(name for name, _ in _CLASSES),
    *("number", "-ly", "-ing", "-ed", "-s", "other"),
)


def class_of(word: str) -> str:
    """Return the class of a lower-case word."""
    if word in _BY_WORD:
        return _BY_WORD[word]
    if word[0].isdigit():
        return "number"
    for ending, name in _ENDINGS:
        if word.endswith(ending):
            return name
    return "-s" if word.endswith("s") and not word.endswith("ss") else "other"


def order_evidence(*, sentences: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Return how natural the order of lower-case words is, in two measures.

    The first is the mean log ratio of neighboring classes to chance in English.
    The second says by how many standard deviations that is above what the same
    words give on average in random order.
    """
    classes = [[class_of(word) for word in sentence] for sentence in sentences]
    pairs = [pair for sentence in classes for pair in pairs_of(sentence)]
    if not pairs:
        return 0.0, 0.0
    mean = math.fsum(_weight(*pair) for pair in pairs) / len(pairs)
    expected, deviation = _by_chance([name for names in classes for name in names])
    return mean, (mean - expected) / max(deviation / math.sqrt(len(pairs)), 1e-9)


def pairs_of(classes: Sequence[str]) -> list[tuple[str, str]]:
    """Return each class with the one after it."""
    return list(zip(classes, classes[1:], strict=False))


def _weight(first: str, second: str) -> float:
    return WEIGHTS[first][_PLACES[second]] / 100


_PLACES = {name: place for place, name in enumerate(CLASS_NAMES)}


def _by_chance(classes: Sequence[str]) -> tuple[float, float]:
    """Return mean and deviation of the log ratio over random pairs of these classes."""
    shares = [(name, n / len(classes)) for name, n in sorted(Counter(classes).items())]
    cells = [
        (share * other_share, _weight(name, other))
        for name, share in shares
        for other, other_share in shares
    ]
    mean = math.fsum(share * weight for share, weight in cells)
    variance = math.fsum(share * (weight - mean) ** 2 for share, weight in cells)
    return mean, math.sqrt(variance)
