"""An answer of the coach: short, and every quote in it stands in an answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from interviewer.agents.coach_evidence import QuestionEvidence

MAX_WORDS = 120
OPENING_WORDS = 16  # kept free, so that an answer has the same body without one


@dataclasses.dataclass(frozen=True, slots=True)
class Citation:
    """Words that the candidate said to this question."""

    question_no: int
    quote: str


@dataclasses.dataclass(frozen=True, slots=True)
class CoachAnswer:
    """What the coach says, and the words of the candidate that it quotes."""

    text: str
    cites: tuple[Citation, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A sentence or line of an answer; one that begins with a line break keeps it."""

    text: str
    cites: tuple[Citation, ...] = ()


def quoted(
    before: str, question: QuestionEvidence, quote: str, after: str = ""
) -> Part:
    """Return the words around a quote; without it when no answer holds the words."""
    words = question.excerpt(quote).rstrip(",;: ")
    if not words:
        return Part(f"{before.rstrip(': ')}{after}.")
    cut = " …" if len(words) < len(quote.strip().rstrip(",;: ")) else ""
    end = "" if not after and (cut or words[-1] in ".!?") else "."
    return Part(
        f"{before}“{words}”{cut}{after}{end}", (Citation(question.number, words),)
    )


def put_together(parts: Iterable[Part], *, opening: str = "") -> CoachAnswer:
    """Return the answer of these parts, without those that it has no room for."""
    text = ""
    cites: list[Citation] = []
    for part in parts:
        joint = "" if not text or part.text.startswith("\n") else " "
        longer = f"{text}{joint}{part.text}"
        if part.text and len(longer.split()) <= MAX_WORDS - OPENING_WORDS:
            text = longer
            cites += part.cites
    whole = f"{opening} {text.strip()}".strip()
    return CoachAnswer(whole, tuple(dict.fromkeys(cites)))
