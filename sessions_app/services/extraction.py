"""Questions and answers in a journal: one pass, no database.

An answer belongs to the question whose number it carries, never to whichever
happens to stand before it; its attempt is its rank among the answers to that
number. So the same journal yields the same pairs however it was cut up: a piece needs
to know what the rest asked and answered, and no word of it.
"""

from __future__ import annotations

import bisect
import dataclasses
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sessions_app.services.figures import MessageRow


class MalformedJournal(Exception):
    """A message contradicts the journal's conventions."""

    def __init__(self, *, seq: int, problem: str) -> None:
        super().__init__(f"message {seq} {problem}")
        self.seq = seq


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
    """Questions and answers; each question answered, skipped or, so far, open."""

    questions: tuple[AskedQuestion, ...]
    answers: tuple[GivenAnswer, ...]
    answered: frozenset[int]  # positions
    skipped: frozenset[int]

    def status_of(self, position: int) -> str:
        """Return how the question at this position stands by these messages."""
        if position in self.answered:
            return "answered"
        return "skipped" if position in self.skipped else "open"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class KnownPairs:
    """What the rest of a journal asked and answered; of a whole journal, nothing."""

    positions: Collection[int] = ()
    position_of_slot: Mapping[int, int] = dataclasses.field(default_factory=dict)
    # position → seqs of its answers, in order
    answers: Mapping[int, Sequence[int]] = dataclasses.field(default_factory=dict)


def extract_pairs(
    *, messages: Iterable[MessageRow], known: KnownPairs | None = None
) -> Pairs:
    """Return the pairs in these messages, given in order; raises MalformedJournal.

    A question that was answered and then skipped counts as answered.
    """
    known = known or KnownPairs()
    questions: dict[int, AskedQuestion] = {}
    positions = set(known.positions)
    position_of_slot = dict(known.position_of_slot)
    attempts: Counter[int] = Counter()
    answers: list[GivenAnswer] = []
    skipped: set[int] = set()
    for row in messages:
        if row.is_question:
            question = _asked(row, position_of_slot)
            questions[question.position] = question
            positions.add(question.position)
            if question.parent_position is None:
                position_of_slot[question.slot] = question.position
        elif row.is_answer:
            position = _position_answered(row, positions)
            attempts[position] += 1
            earlier = bisect.bisect_left(known.answers.get(position, ()), row.seq)
            answers.append(_given(row, position, earlier + attempts[position]))
        elif row.is_skip:
            skipped.add(_position_answered(row, positions))
    return Pairs(
        questions=tuple(questions.values()),
        answers=tuple(answers),
        answered=frozenset(attempts),
        skipped=frozenset(skipped.difference(attempts, known.answers)),
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


def _position_answered(row: MessageRow, positions: Collection[int]) -> int:
    if row.question_no is None or row.question_no not in positions:
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
