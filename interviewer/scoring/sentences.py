"""Cut an answer into the stretches that are compared with rubric points.

Sentences prove a point; clauses let one long sentence prove several without
blurring; a pair of neighbors catches a thought spread over two. All offsets are
code points of the text as given.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

SENTENCE = "sentence"
CLAUSE = "clause"
PAIR = "pair"

MAX_SENTENCE_WORDS = 40  # speech without full stops is cut into windows
WINDOW_WORDS = 24
MIN_CLAUSE_WORDS = 3

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")
_BULLET = re.compile(r"\s*(?:[-*•–—●▪]+\s+|\(?\d{1,2}[.)]\s+|[a-zA-Z][)]\s+)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|resp|incl|cf|mr|mrs|ms|dr|prof|fig|no|st|a\.k\.a)"
    r"|(?:^|\s)[A-Za-z])\.$",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"\s*\d{1,2}\.")
_CLAUSE_BREAK = re.compile(
    r"[;:()\[\]]|,(?=\s)|\s[-–—]+\s"
    r"|\s(?=(?:but|because|so that|which|whereas|while|although|unless|instead"
    r"|and then|and(?! without)|so|then|since)\s)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclasses.dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the text: text[start:end]."""

    start: int
    end: int
    kind: str

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def split_sentences(*, text: str) -> tuple[Stretch, ...]:
    """Return the sentences of `text` in order, without surrounding space."""
    found: list[Stretch] = []
    for line in _LINE.finditer(text):
        bullet = _BULLET.match(text, line.start(), line.end())
        start = bullet.end() if bullet else line.start()
        for first, last in _split_line(text, start, line.end()):
            found.extend(_windows(text, first, last))
    return tuple(found)


def _split_line(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for mark in _END.finditer(text, start, end):
        if _ABBREVIATION.search(text, max(start, mark.start() - 8), mark.start() + 1):
            continue
        is_number = _LIST_NUMBER.fullmatch(text, start, mark.end())
        if not is_number or mark.end() == end:
            yield from _trimmed(text, start, mark.end())
        start = mark.end()
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if _WORD.search(text, start, end):
        yield start, end


def _windows(text: str, start: int, end: int) -> Iterator[Stretch]:
    """Yield the sentence itself, or its consecutive windows when it never ends."""
    words = list(_WORD.finditer(text, start, end))
    if len(words) <= MAX_SENTENCE_WORDS:
        yield Stretch(start, end, SENTENCE)
        return
    pieces = -(-len(words) // WINDOW_WORDS)
    size = -(-len(words) // pieces)
    for first in range(0, len(words), size):
        last = min(first + size, len(words))
        stop = end if last == len(words) else words[last - 1].end()
        yield Stretch(start if first == 0 else words[first].start(), stop, SENTENCE)


def split_clauses(*, text: str, sentence: Stretch) -> tuple[Stretch, ...]:
    """Return the clauses of a sentence; empty when it has only one.

    A clause of fewer than MIN_CLAUSE_WORDS words is joined to the one before it.
    """
    cuts = [m.end() for m in _CLAUSE_BREAK.finditer(text, sentence.start, sentence.end)]
    clauses: list[tuple[int, int]] = []
    for first, last in zip([sentence.start, *cuts], [*cuts, sentence.end], strict=True):
        if clauses and (_is_short(text, (first, last)) or _is_short(text, clauses[-1])):
            clauses[-1] = (clauses[-1][0], last)
        else:
            clauses.append((first, last))
    if len(clauses) < 2:
        return ()
    return tuple(
        Stretch(first, last, CLAUSE)
        for clause in clauses
        for first, last in _trimmed(text, *clause)
    )


def _is_short(text: str, clause: tuple[int, int]) -> bool:
    return len(_WORD.findall(text, *clause)) < MIN_CLAUSE_WORDS


def pair_up(*, sentences: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """Return each two neighboring sentences as one stretch."""
    return tuple(
        Stretch(first.start, second.end, PAIR)
        for first, second in zip(sentences, sentences[1:], strict=False)
    )
