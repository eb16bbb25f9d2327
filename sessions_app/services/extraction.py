"""Questions and answers in a journal: one pass, no database.

An answer belongs to the question whose number it carries, never to whichever
happens to stand before it; its attempt is its rank among the answers to that
number. So the same journal yields the same pairs however it was cut up.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sessions_app.services.figures import MessageRow


class MalformedJournal(Exception):
    """A message contradicts the journal's conventions."""

    def __init__(self, *, seq: int, problem: str) -> None:
        super().__init__(f"message {seq} {problem}")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question or probe; a probe names the position of its question."""

    seq: int
    position: int
    slot: int
    parent_position: int | None
    rubric: str
    bank_id: str
    kind: str
    competency: str
    difficulty: float
    text: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer and which attempt at its question it is."""

    seq: int
    position: int
    attempt: int
    text: str
    seconds: float | None
    cut_by_timer: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """A journal's questions and answers; each question answered, skipped or open."""

    questions: tuple[AskedQuestion, ...]
    answers: tuple[GivenAnswer, ...]
    skipped: frozenset[int]  # positions

    @property
    def answered(self) -> frozenset[int]:
        return frozenset(answer.position for answer in self.answers)


def extract_pairs(*, messages: Iterable[MessageRow]) -> Pairs:
    """Return the pairs in a whole journal, given in order; raises MalformedJournal.

    A question that was answered and then skipped counts as answered.
    """
    questions: dict[int, AskedQuestion] = {}
    position_of_slot: dict[int, int] = {}
    attempts: Counter[int] = Counter()
    answers: list[GivenAnswer] = []
    skipped: set[int] = set()
    for row in messages:
        if row.is_question:
            question = _asked(row, position_of_slot)
            questions[question.position] = question
            if question.parent_position is None:
                position_of_slot[question.slot] = question.position
        elif row.is_answer:
            position = _position_answered(row, questions)
            attempts[position] += 1
            answers.append(_given(row, position, attempts[position]))
        elif row.is_skip:
            skipped.add(_position_answered(row, questions))
    return Pairs(
        questions=tuple(questions.values()),
        answers=tuple(answers),
        skipped=frozenset(skipped.difference(attempts)),
    )


def _asked(row: MessageRow, position_of_slot: dict[int, int]) -> AskedQuestion:
    slot = row.details.get("slot")
    if row.question_no is None or not isinstance(slot, int):
        raise MalformedJournal(seq=row.seq, problem="asks without number or slot")
    parent = position_of_slot.get(slot) if row.kind == "probe" else None
    if row.kind == "probe" and parent is None:
        raise MalformedJournal(seq=row.seq, problem="probes what was never asked")
    details: dict[str, Any] = {**row.details}
    probe: dict[str, Any] = details.get("probe") or {}
    return AskedQuestion(
        seq=row.seq,
        position=row.question_no,
        slot=slot,
        parent_position=parent,
        rubric=str(details.get("rubric") or ""),
        bank_id=str(details.get("bank_id") or ""),
        kind=str(probe.get("kind") or details.get("type") or row.kind),
        competency=str(details.get("competency") or ""),
        difficulty=float(details.get("difficulty") or 0.0),
        # The message may begin with an acknowledgement; the decided text does not.
        text=str(details.get("text") or row.content),
    )


def _position_answered(row: MessageRow, questions: dict[int, AskedQuestion]) -> int:
    if row.question_no is None or row.question_no not in questions:
        raise MalformedJournal(seq=row.seq, problem="answers what was never asked")
    return row.question_no


def _given(row: MessageRow, position: int, attempt: int) -> GivenAnswer:
    return GivenAnswer(
        seq=row.seq,
        position=position,
        attempt=attempt,
        text=row.content,
        seconds=row.details.get("seconds"),
        cut_by_timer=bool(row.details.get("cut_by_timer")),
    )
