"""Which words of a text were added and which were lost, against an earlier one."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

SAME, ADDED, LOST = "same", "added", "lost"
# Comparing costs the product of how often each word stands in both texts.
MOST_PAIRS = 200_000

_WORDS = re.compile(r"(?:\w[\w'’-]*|[^\w\s])\s*")
_WORD = re.compile(r"\w[\w'’-]*")
_SENTENCES = re.compile(r".+?(?:[.!?…]+\s+|\n+|\Z)", re.DOTALL)


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """Words in a row with the same fate."""

    kind: str  # same | added | lost
    text: str

    @property
    def words(self) -> int:
        return len(_WORD.findall(self.text))


def word_changes(*, before: str, after: str) -> tuple[Run, ...]:
    """Return both texts in runs: "same" and "lost" give the first, "same" and "added"
    the second, each up to spaces.

    Long texts that say the same
    words over and over are compared by sentence, or as a whole.
    """
    for cut in (_WORDS.findall, _SENTENCES.findall):
        first, second = cut(before), cut(after)
        if _pairs(first, second) <= MOST_PAIRS:
            return tuple(_joined(_runs(first, second)))
    whole = [Run(LOST, before), Run(ADDED, after)]
    return tuple(run for run in whole if run.text)


def _pairs(first: Sequence[str], second: Sequence[str]) -> int:
    others = Counter(map(_key, second))
    return sum(n * others[word] for word, n in Counter(map(_key, first)).items())


_key: Callable[[str], str] = str.strip


def _runs(first: Sequence[str], second: Sequence[str]) -> Iterator[Run]:
    matcher = difflib.SequenceMatcher(
        None, [_key(word) for word in first], [_key(word) for word in second], False
    )
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind == "equal":
            yield Run(SAME, "".join(first[start:end]))
            continue
        if end > start:
            yield Run(LOST, "".join(first[start:end]))
        if other_end > other_start:
            yield Run(ADDED, "".join(second[other_start:other_end]))


def _joined(runs: Iterator[Run]) -> Iterator[Run]:
    """Yield the runs with a space between two that would meet without one."""
    last = " "
    for run in runs:
        meets = not last[-1].isspace() and run.text[0].isalnum()
        yield Run(run.kind, f" {run.text}" if meets else run.text)
        last = run.text
