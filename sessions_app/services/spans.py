"""Evidence in an answer: which words prove what, in pieces that do not overlap."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """A numbered piece of evidence, as shown beside the words that it marks."""

    n: int
    kind: str  # supports | contradicts | star
    target_id: str  # id of the page element that it proves
    label: str  # what it is evidence for: a criterion or a STAR part


@dataclasses.dataclass(frozen=True, slots=True)
class Segment:
    """A run of text under the same marks."""

    text: str
    marks: tuple[Mark, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """The characters from `start` up to `end` of a text, and their mark."""

    start: int
    end: int
    mark: Mark

    def moved(self, *, by: int) -> Span:
        """Return the same span in a text that begins elsewhere."""
        return Span(start=self.start + by, end=self.end + by, mark=self.mark)


def is_verified(*, text: str, evidence: Mapping[str, Any]) -> bool:
    """Say whether the quote really stands in the text at its offsets."""
    start, end = evidence.get("start"), evidence.get("end")
    if not (isinstance(start, int) and isinstance(end, int)):
        return False
    return 0 <= start < end <= len(text) and text[start:end] == evidence.get("quote")


def cut(*, text: str, spans: Iterable[Span]) -> tuple[Segment, ...]:
    """Return the whole text in segments, each with every mark that covers it.

    Spans may overlap and nest; what lies outside the text is ignored.
    """
    inside = sorted(
        (span for span in spans if span.start < len(text) and span.end > 0),
        key=lambda span: span.mark.n,
    )
    edges = {0, len(text)}
    for span in inside:
        edges |= {max(0, span.start), min(len(text), span.end)}
    ordered = sorted(edges)
    return tuple(
        _segment(text, start, end, inside)
        for start, end in zip(ordered, ordered[1:], strict=False)
    )


def _segment(text: str, start: int, end: int, spans: Sequence[Span]) -> Segment:
    marks = [span.mark for span in spans if span.start <= start and end <= span.end]
    return Segment(text=text[start:end], marks=tuple(marks))
