"""The questions of a session, exactly as they were frozen at its start."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from interviewer.bank.loader import load_bank
from interviewer.bank.model import BankQuestion
from interviewer.policy.own_questions import is_own, question_of
from interviewer.policy.plan import Plan, Slot
from sessions_app.models import InterviewSession, RubricVersion
from sessions_app.services.sessions import Rubric


def rubrics_to_freeze(*, plan: Plan) -> list[Rubric]:
    """Return the bank's questions of this plan, for the session to keep.

    A person's own are kept by the plan itself, and forgotten with it.
    """
    questions = [_frozen(slot) for slot in plan.slots if not is_own(slot)]
    return [
        Rubric(
            digest=question.digest,
            bank_id=question.id,
            version=question.version,
            body=question.to_dict(),
        )
        for question in questions
    ]


def planned_questions(*, session: InterviewSession) -> Iterable[BankQuestion]:
    """Return the questions of the session's plan."""
    return frozen_questions(plan=Plan.from_dict(session.plan)).values()


def frozen_questions(*, plan: Plan) -> dict[int, BankQuestion]:
    """Return slot index → question; read from the database only after a bank change."""
    return {slot.index: _frozen(slot) for slot in plan.slots}


def _frozen(slot: Slot) -> BankQuestion:
    if is_own(slot):
        return question_of(slot)
    try:
        current = load_bank().get(slot.bank_id)
    except KeyError:
        return _stored(slot.digest)
    return current if current.digest == slot.digest else _stored(slot.digest)


@functools.lru_cache(maxsize=2_000)
def _stored(digest: str) -> BankQuestion:
    # Content-addressed, hence immutable: safe to keep for the process's life.
    return BankQuestion.from_dict(RubricVersion.objects.get(pk=digest).body)
