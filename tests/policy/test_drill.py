import pytest

from interviewer.bank.loader import load_bank
from interviewer.policy import labels
from interviewer.policy.drill import (
    DRILL_QUESTIONS,
    DRILL_SECONDS,
    drill_plan,
    drill_questions,
)
from interviewer.policy.plan import Plan, UnableToPlan


def chosen(competency="Databases", *, role="backend", first=(), lately=(), seed=1):
    return drill_questions(
        questions=load_bank().questions,
        competency=competency,
        role=role,
        level="mid",
        first=first,
        lately=lately,
        seed=seed,
    )


def planned(questions):
    return drill_plan(
        questions=questions,
        role="backend",
        level="mid",
        style="formal",
        seed=1,
        source="drill",
    )


def test_five_different_questions_on_one_competency():
    questions = chosen()

    assert len({question.id for question in questions}) == DRILL_QUESTIONS
    assert {labels.competency(question.skills) for question in questions} == {
        "Databases"
    }


def test_a_competency_with_fewer_questions_gives_what_it_has():
    assert len(chosen("Caching")) == 1
    assert chosen("Juggling") == ()


def test_what_is_due_comes_first_and_what_was_asked_lately_after_others():
    own = [question.id for question in chosen() if "backend" in question.families]
    assert len(own) > 3

    due, lately, *_ = own
    order = [q.id for q in chosen(first=[due], lately=[lately, due])]

    assert order[0] == due
    assert [q for q in order if q in own][-1] == lately


def test_the_plan_asks_exactly_these_without_follow_ups_or_clock():
    questions = chosen()

    plan = planned(questions)

    assert [slot.bank_id for slot in plan.slots] == [q.id for q in questions]
    assert {slot.max_probes for slot in plan.slots} == {0}
    assert {slot.target_seconds for slot in plan.slots} == {DRILL_SECONDS}
    assert (plan.mode, plan.minutes, plan.kind) == ("practice", None, "technical")
    assert Plan.from_dict(plan.to_dict()) == plan


def test_without_questions_there_is_no_plan():
    with pytest.raises(UnableToPlan):
        planned(())
