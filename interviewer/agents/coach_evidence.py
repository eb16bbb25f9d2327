"""What the coach may speak about after the end: an interview's stored judgement.

Plain values, read once. A quote counts only where its words stand in an answer.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from interviewer.scoring import result

SAID = "said"
ADD = "add"
EXCERPT_WORDS = 18
_WORD_END = re.compile(r"\S(?=\s|$)")
_STATUS_WORDS = {
    result.HIT: "covered",
    result.PARTIAL: "partly covered",
    result.MISSING: "missing",
    result.CONTRADICTED: "stated wrongly",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PointEvidence:
    """A point of a question, how far it was covered, and the words that show it."""

    text: str
    status: str  # hit | partial | missing | contradicted
    criterion: str = ""
    quote: str = ""
    adds: float = 0.0  # points of 100
    must_have: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AdviceEvidence:
    """What was said about the answer when it was given."""

    kind: str  # keep | change | move_on
    gap: str = ""
    advice: str = ""
    quote: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class QuestionEvidence:
    """One question, what was said to it and what that was worth; score 0 to 100."""

    number: int  # as in the report
    text: str
    label: str
    state: str = ""  # "Answered", "Skipped", …
    answers: tuple[str, ...] = ()
    score: int | None = None
    error: int | None = None
    word: str = ""  # of the band
    reason: str = ""  # why there is no score
    points: tuple[PointEvidence, ...] = ()
    missing_parts: tuple[str, ...] = ()  # of a told case: situation, action, result
    criteria: tuple[tuple[str, int], ...] = ()  # name, 0–100
    adjustments: tuple[tuple[str, float], ...] = ()  # reason, points of 100
    anchor: str = ""  # what the band of this score stands for
    next_anchor: str = ""
    outline: tuple[tuple[str, str], ...] = ()  # said | add, line
    feedback: tuple[AdviceEvidence, ...] = ()

    def with_status(self, *statuses: str) -> tuple[PointEvidence, ...]:
        """Return the points that stand like this, the weightiest for us first."""
        found = [point for point in self.points if point.status in statuses]
        return tuple(sorted(found, key=lambda p: (not p.must_have, -p.adds)))

    def excerpt(self, quote: str) -> str:
        """Return the quote's first words; empty when no answer holds them."""
        if not quote.strip() or not any(quote in answer for answer in self.answers):
            return ""
        ends = [match.end() for match in _WORD_END.finditer(quote)]
        return quote[: ends[min(len(ends), EXCERPT_WORDS) - 1]].strip()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InterviewEvidence:
    """An ended interview as far as its coach may speak about it."""

    role_title: str = ""
    level: str = ""
    score: int | None = None
    error: int | None = None
    word: str = ""
    questions: tuple[QuestionEvidence, ...] = ()

    @property
    def scored(self) -> tuple[QuestionEvidence, ...]:
        """Return the questions with a score, the weakest first."""
        known = [q for q in self.questions if q.score is not None]
        return tuple(sorted(known, key=lambda q: (q.score, q.number)))

    def question(self, number: int) -> QuestionEvidence | None:
        """Return the question with this number of the report."""
        return next((q for q in self.questions if q.number == number), None)


def figure(score: int | None, error: int | None) -> str:
    """Return "46 ± 10", or say that there is no score."""
    if score is None:
        return "no score"
    return f"{score}" if error is None else f"{score} ± {error}"


def evidence_text(
    *,
    evidence: InterviewEvidence,
    question_no: int | None = None,
    max_characters: int,
) -> str:
    """Return the evidence in short lines, for a chat model to read as data.

    With a number only that question. Whole lines, as many as fit.
    """
    shown = [q for q in evidence.questions if question_no in (None, q.number)]
    lines = [_overall_line(evidence)]
    lines += [line for question in shown for line in _question_lines(question)]
    kept, size = [], 0
    for line in lines:
        size += len(line) + 1
        if size > max_characters + 1:
            break
        kept.append(line)
    return "\n".join(kept)


def _overall_line(evidence: InterviewEvidence) -> str:
    role = " ".join(f"{evidence.role_title} {evidence.level}".split())
    return f"Interview: {role}. Overall: {figure(evidence.score, evidence.error)}"


def _question_lines(question: QuestionEvidence) -> Iterator[str]:
    standing = figure(question.score, question.error)
    yield f"Question {question.number} ({question.label}), {standing}: {question.text}"
    if question.reason:
        yield f"- note: {question.reason}"
    for point in question.points:
        quote = question.excerpt(point.quote)
        words = f" | said: “{quote}”" if quote else ""
        yield f"- {_STATUS_WORDS[point.status]}: {point.text}{words}"
    for part in question.missing_parts:
        yield f"- missing part of the story: {part}"
    for reason, points in question.adjustments:
        yield f"- adjustment {points:+.0f}: {reason}"
    if question.anchor:
        yield f"- this band: {question.anchor}"
    if question.next_anchor:
        yield f"- next band: {question.next_anchor}"
    for mark, text in question.outline:
        yield f"- outline, {mark}: {' '.join(text.split())}"
