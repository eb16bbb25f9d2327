"""What an interviewing engine is: it words a decided action, and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Protocol

from interviewer.policy.next_action import Action

TURNS_PER_ACKNOWLEDGEMENT = 3


@dataclasses.dataclass(frozen=True, slots=True)
class TurnContext:
    """What an engine may know besides the action; never a score or a rubric."""

    role_title: str
    level: str
    company: str
    style: str
    mode: str
    language: str
    candidate_name: str
    minutes: int | None
    question_count: int
    question_no_in_plan: int  # from 1
    last_answer: str
    acknowledge: bool
    seed: int = 0


class Engine(Protocol):
    """Words actions; `name` and `version` are the provenance of every message."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def words(self, *, action: Action, context: TurnContext) -> AsyncIterator[str]:
        """Yield the message piece by piece; joined, they are all of it."""
        ...


def acknowledges(*, seed: int, question_no: int) -> bool:
    """Return whether this turn may open with "Thank you.": one turn in three."""
    return question_no > 1 and (question_no + seed) % TURNS_PER_ACKNOWLEDGEMENT == 0
