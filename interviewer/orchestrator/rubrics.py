"""The questions of a session, exactly as they were frozen at its start."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

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
    frozen = frozen_questions(plan=plan)
    questions = [frozen[slot.index] for slot in plan.slots if not is_own(slot)]
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
    """Return slot index → question; after a bank change one query reads the old ones.

    None when this process has read them before.
    """
    current = {slot.index: _current(slot) for slot in plan.slots}
    replaced = frozenset(s.digest for s in plan.slots if current[s.index] is None)
    stored = _stored(replaced) if replaced else {}
    return {s.index: current[s.index] or stored[s.digest] for s in plan.slots}


def _current(slot: Slot) -> BankQuestion | None:
    if is_own(slot):
        return question_of(slot)
    try:
        question = load_bank().get(slot.bank_id)
    except KeyError:
        return None
    return question if question.digest == slot.digest else None


@functools.lru_cache(maxsize=200)
def _stored(digests: frozenset[str]) -> Mapping[str, BankQuestion]:
    # Content-addressed, hence immutable: safe to keep for the process's life.
    rows = RubricVersion.objects.in_bulk(digests)
    return {digest: BankQuestion.from_dict(row.body) for digest, row in rows.items()}
