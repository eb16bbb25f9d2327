import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.bank.loader import Bank
from interviewer.bank.model import LEVELS
from interviewer.policy.plan import KINDS, Plan, UnableToPlan
from tests.factories import make_bank, make_plan, make_question

BANK = make_bank(technical=20, behavioural=12)
SET_UPS = st.fixed_dictionaries(
    {
        "level": st.sampled_from(LEVELS),
        "kind": st.sampled_from(KINDS),
        "minutes": st.none() | st.integers(1, 120),
        "seed": st.integers(0, 2**63),
        "job_description": st.text(max_size=60)
        | st.just("- Caching and queues\n- Billing"),
        "resume": st.sampled_from(["", "I built search and caching at scale."]),
        "exclude": st.frozensets(st.sampled_from([q.id for q in BANK.questions])),
    }
)


@given(set_up=SET_UPS)
@settings(max_examples=60, deadline=None)
def test_equal_set_ups_give_equal_plans_without_duplicates(set_up):
    plan = make_plan(bank=BANK, **set_up)

    ids = [slot.bank_id for slot in plan.slots]
    assert plan == make_plan(bank=BANK, **set_up)
    assert len(ids) == len(set(ids))
    assert [slot.index for slot in plan.slots] == list(range(len(ids)))
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


@given(set_up=SET_UPS)
@settings(max_examples=60, deadline=None)
def test_asks_known_questions_only_when_no_others_are_left(set_up):
    plan = make_plan(bank=BANK, **{**set_up, "kind": "technical"})

    asked = {slot.bank_id for slot in plan.slots}
    fresh = {q.id for q in BANK.questions if q.type == "technical"} - set_up["exclude"]
    assert not asked & set_up["exclude"] or fresh <= asked


@given(set_up=SET_UPS)
@settings(max_examples=60, deadline=None)
def test_only_the_warm_up_goes_without_follow_ups(set_up):
    plan = make_plan(bank=BANK, **set_up)

    assert {slot.max_probes for slot in plan.slots} <= {0, 1, 2}
    assert all(
        (slot.max_probes == 0) == (slot.phase == "warm_up") for slot in plan.slots
    )


@pytest.mark.parametrize(("minutes", "slots"), [(10, 4), (20, 7), (30, 10), (None, 8)])
def test_has_a_question_for_every_three_minutes(minutes, slots):
    assert len(make_plan(bank=BANK, minutes=minutes).slots) == slots


def test_begins_with_the_easiest_kind_of_question():
    mixed = make_plan(bank=BANK, minutes=20).slots[0]
    technical = make_plan(bank=BANK, minutes=20, kind="technical").slots[0]

    assert (mixed.phase, mixed.type) == ("warm_up", "behavioural")
    assert (technical.phase, technical.type) == ("warm_up", "technical")
    assert mixed.difficulty == min(
        q.difficulty_b for q in BANK.questions if q.type == "behavioural"
    )


def test_a_short_interview_has_no_warm_up():
    phases = [slot.phase for slot in make_plan(bank=BANK, minutes=10).slots]

    assert "warm_up" not in phases


def test_runs_from_warm_up_over_exploration_to_deep_dive():
    phases = [slot.phase for slot in make_plan(bank=BANK, minutes=30).slots]

    assert phases == ["warm_up"] + ["exploration"] * 6 + ["deep_dive"] * 3


def test_mixes_two_technical_questions_with_one_behavioural():
    types = [slot.type[0] for slot in make_plan(bank=BANK, minutes=30).slots]

    assert "".join(types) == "bttbttbttb"


@pytest.mark.parametrize("kind", ["technical", "behavioural"])
def test_keeps_to_the_kind_that_was_asked_for(kind):
    plan = make_plan(bank=BANK, kind=kind, minutes=30)

    assert {slot.type for slot in plan.slots} == {kind}


def test_counts_system_design_as_technical():
    bank = Bank((make_question(type="system_design"),))

    assert len(make_plan(bank=bank, kind="technical").slots) == 1
    with pytest.raises(UnableToPlan):
        make_plan(bank=bank, kind="behavioural")


def test_asks_what_suits_the_role():
    other = make_question(id="frontend.layout", families=("frontend",))

    plan = make_plan(bank=Bank((other, *BANK.questions)), minutes=None)

    assert "frontend.layout" not in [slot.bank_id for slot in plan.slots]


def test_stays_within_one_level_while_it_can():
    plan = make_plan(bank=BANK, level="junior", kind="technical", minutes=10)

    assert {slot.level for slot in plan.slots} <= {"junior", "mid"}


def test_promotes_what_the_job_description_asks_for():
    plan = make_plan(
        bank=BANK,
        minutes=10,
        job_description="About us: great team.\n* Deep knowledge of media\n* Alerts",
    )

    served = {s.requirement: s for s in plan.slots if s.source == "jd"}
    assert {"Deep knowledge of media", "Alerts"} <= set(served)
    assert {slot.priority for slot in served.values()} == {"must"}


def test_boilerplate_of_an_advertisement_is_no_requirement():
    plan = make_plan(
        bank=BANK,
        job_description="We are a great team. Strong engineering experience required.",
    )

    assert {slot.requirement for slot in plan.slots} == {""}
    assert {slot.source for slot in plan.slots} == {"base"}


def test_tests_one_claim_of_the_resume():
    plan = make_plan(bank=BANK, minutes=10, resume="Five years of search and billing.")

    claimed = [slot for slot in plan.slots if slot.source == "resume"]
    assert len(claimed) == 1
    assert claimed[0].label.startswith("Part")
    assert claimed[0].competency in ("Search", "Billing")


def test_a_claim_of_the_resume_does_not_lift_the_level():
    plan = make_plan(
        bank=BANK, level="junior", kind="technical", minutes=10, resume="Part3, part7."
    )

    assert {slot.source for slot in plan.slots} == {"base"}


def test_another_seed_asks_other_questions():
    plans = [make_plan(bank=BANK, minutes=10, seed=seed) for seed in range(8)]

    assert len({tuple(slot.bank_id for slot in plan.slots) for plan in plans}) > 1


def test_is_shorter_when_the_bank_is_small():
    plan = make_plan(bank=make_bank(technical=2, behavioural=1), minutes=None)

    assert len(plan.slots) == 3


def test_fills_up_with_the_other_kind_when_one_runs_out():
    plan = make_plan(bank=make_bank(technical=2, behavioural=8), minutes=20)

    assert len(plan.slots) == 7
    assert [slot.type for slot in plan.slots].count("technical") == 2


def test_says_when_there_is_nothing_to_ask():
    with pytest.raises(UnableToPlan, match="No technical question for the role 'chef'"):
        make_plan(role="chef", kind="technical")


def test_freezes_what_it_asks():
    plan = make_plan(bank=BANK)
    slot = plan.slots[0]
    question = BANK.get(slot.bank_id)

    assert (slot.question, slot.digest) == (question.question, question.digest)
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.seed = 2


def test_a_pasted_book_is_no_obstacle():
    book = "Caching queues and billing; \x00\ud800 <script>\n" * 20_000

    plan = make_plan(bank=BANK, job_description=book, resume=book)

    assert max(len(slot.requirement) for slot in plan.slots) <= 165
