"""Changes to a plan before the start: each returns a new plan, in order."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from interviewer.policy.own_questions import is_own, own_slot
from interviewer.policy.plan import Plan, Slot

MAX_TOPICS = 20
MAX_OWN = 5


class UnableToEdit(Exception):
    """The plan cannot be changed like this; the message says why."""


def move(*, plan: Plan, index: int, by: int) -> Plan:
    """Return the plan with this topic moved; beyond the ends it stays there."""
    slots = list(plan.slots)
    slot = slots.pop(_known(plan, index))
    slots.insert(min(max(index + by, 0), len(slots)), slot)
    return _edited(plan, slots)


def pin(*, plan: Plan, index: int, is_pinned: bool) -> Plan:
    """Return the plan in which this topic is asked even when time is short, or not."""
    slots = list(plan.slots)
    slots[index] = dataclasses.replace(slots[_known(plan, index)], is_pinned=is_pinned)
    return _edited(plan, slots)


def remove(*, plan: Plan, index: int) -> Plan:
    """Return the plan without this topic; one is always left."""
    slots = list(plan.slots)
    del slots[_known(plan, index)]
    if not slots:
        raise UnableToEdit("An interview needs at least one topic.")
    return _edited(plan, slots)


def add_own(*, plan: Plan, text: str) -> Plan:
    """Return the plan with the person's own question as its last topic."""
    if len(plan.slots) >= MAX_TOPICS:
        raise UnableToEdit(f"A plan has at most {MAX_TOPICS} topics. Remove one first.")
    if sum(map(is_own, plan.slots)) >= MAX_OWN:
        raise UnableToEdit(
            f"A plan has at most {MAX_OWN} own questions. Remove one first."
        )
    slot = own_slot(index=len(plan.slots), text=text, level=plan.level)
    if slot.bank_id in {other.bank_id for other in plan.slots}:
        raise UnableToEdit("This question is in the plan already.")
    return _edited(plan, [*plan.slots, slot])


def _known(plan: Plan, index: int) -> int:
    if not 0 <= index < len(plan.slots):
        raise UnableToEdit("This topic is not in the plan any more.")
    return index


def _edited(plan: Plan, slots: Sequence[Slot]) -> Plan:
    numbered = (dataclasses.replace(s, index=n) for n, s in enumerate(slots))
    return dataclasses.replace(plan, slots=tuple(numbered), is_edited=True)
