import json

import pytest

from interviewer.policy import plan_edits
from interviewer.policy.own_questions import is_own, question_of
from interviewer.policy.plan import Plan
from interviewer.policy.plan_edits import UnableToEdit
from tests.factories import make_plan

PLAN = make_plan(minutes=15)
OWN = "Tell me about a time when you disagreed with a deadline."


def ids(plan):
    assert [slot.index for slot in plan.slots] == list(range(len(plan.slots)))
    return [slot.bank_id for slot in plan.slots]


def test_a_topic_moves_by_one_and_never_over_the_edge():
    first, second, *rest = ids(PLAN)

    assert ids(plan_edits.move(plan=PLAN, index=1, by=-1)) == [second, first, *rest]
    assert ids(plan_edits.move(plan=PLAN, index=0, by=-1)) == ids(PLAN)
    assert ids(plan_edits.move(plan=PLAN, index=len(rest) + 1, by=1)) == ids(PLAN)


def test_a_pinned_topic_is_asked_whatever_the_time():
    index = next(slot.index for slot in PLAN.slots if not slot.is_must)

    pinned = plan_edits.pin(plan=PLAN, index=index, is_pinned=True)
    unpinned = plan_edits.pin(plan=pinned, index=index, is_pinned=False)

    assert pinned.slots[index].is_must
    assert unpinned.slots == PLAN.slots


def test_a_removed_topic_takes_its_time_with_it_but_one_is_left():
    removed = plan_edits.remove(plan=PLAN, index=2)

    assert ids(removed) == [*ids(PLAN)[:2], *ids(PLAN)[3:]]
    assert removed.seconds == PLAN.seconds - PLAN.slots[2].target_seconds
    while len(removed.slots) > 1:
        removed = plan_edits.remove(plan=removed, index=0)
    with pytest.raises(UnableToEdit, match="at least one"):
        plan_edits.remove(plan=removed, index=0)


def test_an_own_question_is_the_last_topic_and_lives_in_the_plan_alone():
    plan = plan_edits.add_own(plan=PLAN, text=f"  {OWN}\n")
    kept = Plan.from_dict(json.loads(json.dumps(plan.to_dict())))
    question = question_of(kept.slots[-1])

    assert is_own(kept.slots[-1])
    assert (question.question, question.digest) == (OWN, plan.slots[-1].digest)
    assert not question.is_shared
    assert question.type == "behavioural"
    assert question.points == ()
    assert plan.seconds > PLAN.seconds


def test_what_cannot_be_done_is_said():
    plan = plan_edits.add_own(plan=PLAN, text=OWN)
    for number in range(4):
        plan = plan_edits.add_own(plan=plan, text=f"Why {number}?")

    with pytest.raises(UnableToEdit, match="at most 5 own"):
        plan_edits.add_own(plan=plan, text="Why not?")
    with pytest.raises(UnableToEdit, match="already"):
        plan_edits.add_own(
            plan=plan_edits.remove(plan=plan, index=len(plan.slots) - 1), text=OWN
        )
    for index in (-1, 99):
        with pytest.raises(UnableToEdit, match="not in the plan"):
            plan_edits.move(plan=plan, index=index, by=1)
