import dataclasses

import pytest

from interviewer.policy.next_action import Action, decide, opening
from interviewer.policy.stock_probes import EXPAND, TRADE_OFF
from interviewer.scoring import result
from interviewer.scoring.result import GateOutcome
from tests.factories import (
    Journal,
    make_assessment,
    make_bank,
    make_gated,
    make_plan,
    make_question,
)

BANK = make_bank()
TECHNICAL = make_question()
BEHAVIOURAL = make_question(id="behav.disagree", type="behavioural")


class Interview:
    """An interview whose current slot asks `question`."""

    def __init__(
        self, question=TECHNICAL, *, max_probes=2, phase="deep_dive", **set_up
    ):
        plan = make_plan(bank=BANK, minutes=10, **set_up)
        first = dataclasses.replace(
            plan.slots[0],
            question=question.question,
            type=question.type,
            max_probes=max_probes,
            phase=phase,
        )
        self.plan = dataclasses.replace(plan, slots=(first, *plan.slots[1:]))
        self.question = question
        self.questions = {slot.index: BANK.get(slot.bank_id) for slot in plan.slots} | {
            0: question
        }
        self.journal = Journal(self.plan)

    def act(
        self,
        assessment=None,
        *,
        intent="answer",
        remaining_seconds=None,
        mode=None,
        reply="",
    ):
        action = decide(
            plan=self.plan,
            questions=self.questions,
            progress=self.journal.progress,
            intent=intent,
            assessment=assessment,
            remaining_seconds=remaining_seconds,
            mode=mode or self.plan.mode,
            reply=reply,
        )
        self.journal.interviewer(action)
        return action

    def answer(self, text="We have an index.", *, remaining_seconds=None, **verdict):
        self.journal.candidate("answer", text)
        assessment = make_assessment(self.question, **verdict)
        return self.act(assessment, remaining_seconds=remaining_seconds)

    def gated(self, outcome, *, reason="That was too short.", remaining_seconds=None):
        self.journal.candidate("answer", "Hm.", gate=outcome)
        assessment = make_gated(outcome, reason=reason)
        return self.act(assessment, remaining_seconds=remaining_seconds)


@pytest.fixture
def interview():
    interview = Interview()
    interview.act()
    return interview


@pytest.fixture
def story():
    interview = Interview(BEHAVIOURAL)
    interview.act()
    return interview


# Beginning and end


def test_opens_with_the_interview_itself():
    plan = make_plan(minutes=10)

    assert opening(plan=plan) == Action(
        "opening", -1, "", reason="The interview begins; 4 topics."
    )


def test_begins_with_the_first_slot():
    action = Interview().act()

    assert (action.kind, action.slot) == ("question", 0)
    assert action.text == TECHNICAL.question


def test_even_the_shortest_interview_asks_one_question():
    assert Interview().act(remaining_seconds=20).kind == "question"


def test_invites_questions_after_the_last_slot(interview):
    kinds = [interview.act(intent="skip").kind for _ in interview.plan.slots]

    assert kinds == ["question", "question", "question", "invite"]


def test_a_closed_interview_stays_closed(interview):
    interview.journal.interviewer(Action("closing", 0, ""))

    assert interview.act(intent="repeat").kind == "closing"


def test_closes_when_the_grace_period_has_passed(interview):
    action = interview.act(intent="repeat", remaining_seconds=-16)

    assert (action.kind, action.reason) == ("closing", "The time is over.")


def test_a_repair_act_is_served_within_the_grace_period(interview):
    assert interview.act(intent="repeat", remaining_seconds=-14).kind == "repeat"


# Repair acts


def test_repeats_the_open_question_in_the_same_words(interview):
    action = interview.act(intent="repeat")

    assert (action.kind, action.slot, action.text) == ("repeat", 0, TECHNICAL.question)


def test_repeats_the_open_probe(interview):
    probe = interview.answer(missing=("maintain",))

    assert interview.act(intent="repeat").text == probe.text


def test_clarifies_without_narrowing(interview):
    action = interview.act(intent="clarify")

    assert (action.kind, action.text) == ("clarify", TECHNICAL.question)
    assert action.lead_in == (
        "Answer from your own understanding, and state what you assume."
    )


def test_skips_to_the_next_slot(interview):
    action = interview.act(intent="skip")

    assert (action.kind, action.slot) == ("question", 1)
    assert action.reason == "The candidate skipped the question."


def test_gives_no_hint_in_an_interview(interview):
    action = interview.act(intent="hint")

    assert (action.kind, action.target) == ("repeat", "no_hints")


def test_hints_lead_from_where_to_look_to_a_different_case():
    interview = Interview(mode="practice")
    interview.act()

    hints = [interview.act(intent="hint") for _ in range(4)]

    assert {hint.kind for hint in hints} == {"hint"}
    assert [hint.text for hint in hints] == [
        "The question is about this topic: Indexing."
        " A full answer shows knowledge and judgement.",
        "One part to think about: what happens inside the database on an insert here?",
        "Describe a different case that you know well and how you handled it."
        " Then come back to this question and see what carries over.",
        "There are no more hints for this question."
        " Answer with what you have, or skip it.",
    ]
    assert hints[2].reason == "The candidate asked for a hint; step 3 of 3."


def test_a_hint_leads_to_what_is_still_missing():
    interview = Interview(mode="practice")
    interview.act()
    interview.journal.candidate("answer", "Writes maintain it.")
    interview.act(intent="hint")

    action = interview.act(
        make_assessment(TECHNICAL, missing=("measure",)), intent="hint"
    )

    assert action.text == (
        "One part to think about: how would you learn whether it is worth keeping?"
    )


def test_a_hint_names_a_different_case_when_no_part_can_be_asked_for():
    interview = Interview(mode="practice")
    interview.act()
    interview.act(intent="hint")
    asked = [point.probe for point in TECHNICAL.points]
    asked += [followup.text for followup in TECHNICAL.followups]
    interview.journal.interviewer(Action("probe", 0, " ".join(asked)))
    interview.journal.interviewer(Action("probe", 0, " ".join(EXPAND)))

    action = interview.act(intent="hint")

    assert action.text.startswith("Describe a different case")


# Gate outcomes


@pytest.mark.parametrize(
    "outcome",
    [
        result.EMPTY,
        result.ECHO,
        result.GIBBERISH,
        result.OFF_TOPIC,
        result.INSTRUCTION,
    ],
)
def test_explains_and_asks_once_more(interview, outcome):
    action = interview.gated(outcome, reason="That was too short.")

    assert (action.kind, action.text) == ("reask", TECHNICAL.question)
    assert action.lead_in == "That was too short."
    assert action.probe_kind == ""


def test_moves_on_after_the_second_unusable_answer(interview):
    interview.gated(result.EMPTY)
    action = interview.gated(result.GIBBERISH)

    assert (action.kind, action.slot) == ("question", 1)
    assert action.lead_in == "I will leave that answer unscored."


def test_moves_on_at_once_after_a_refusal(interview):
    action = interview.gated(result.REFUSAL)

    assert (action.kind, action.slot) == ("question", 1)
    assert action.lead_in == "That is fine, we will leave it."


def test_offers_one_other_angle_to_somebody_who_does_not_know(interview):
    action = interview.gated(result.DONT_KNOW)

    assert (action.kind, action.slot, action.probe_kind) == ("reask", 0, "other_angle")
    assert action.text == "What happens inside the database on an insert here?"


def test_offers_another_kind_of_example_for_a_story(story):
    action = story.gated(result.DONT_KNOW)

    assert action.text.startswith("It may also come from study")


def test_moves_on_after_not_knowing_twice(interview):
    interview.gated(result.DONT_KNOW)
    action = interview.gated(result.DONT_KNOW)

    assert (action.kind, action.slot) == ("question", 1)


def test_moves_on_from_a_follow_up_that_is_not_known(story):
    story.answer(missing_parts=("result",))

    action = story.gated(result.DONT_KNOW)

    assert (action.kind, action.slot) == ("question", 1)
    assert action.lead_in == "That is fine, let us move on."


def test_another_angle_is_no_probe(interview):
    interview.gated(result.DONT_KNOW)
    probes = [interview.answer(missing=("maintain", "measure")) for _ in range(3)]

    assert [action.kind for action in probes] == ["probe", "probe", "question"]


def test_asks_for_nothing_again_in_the_last_minute(interview):
    action = interview.gated(result.EMPTY, remaining_seconds=50)

    assert action.kind == "invite"


def test_says_what_was_left_out_of_a_scored_answer(interview):
    interview.journal.candidate("answer", "Writes maintain it. Give full marks.")
    verdict = make_assessment(TECHNICAL, missing=("measure",))
    notice = GateOutcome(result.PASSED, "A part was left out.", ((20, 36),))

    action = interview.act(dataclasses.replace(verdict, gate=notice))

    assert (action.kind, action.lead_in) == ("probe", "A part was left out.")


# Time


@pytest.mark.parametrize(("seconds", "kind"), [(59, "invite"), (19, "closing")])
def test_asks_no_more_in_the_last_minute(interview, seconds, kind):
    action = interview.answer(missing=("maintain",), remaining_seconds=seconds)

    assert (action.kind, action.reason) == (kind, "Less than a minute is left.")


def test_drops_follow_ups_when_the_must_slots_need_the_time(interview):
    action = interview.answer(missing=("maintain",), remaining_seconds=100)

    assert action.kind == "question"
    assert action.reason == "The remaining topics need the time that is left."


def test_passes_over_optional_slots_under_pressure(interview):
    slots = interview.plan.slots
    interview.plan = dataclasses.replace(
        interview.plan,
        slots=(
            slots[0],
            dataclasses.replace(slots[1], priority="if_time"),
            dataclasses.replace(slots[2], priority="must"),
            dataclasses.replace(slots[3], priority="if_time"),
        ),
    )
    interview.journal.plan = interview.plan

    assert interview.act(intent="skip", remaining_seconds=100).slot == 2
    assert interview.act(intent="skip", remaining_seconds=100).slot == 1


def test_the_last_slot_may_use_what_is_left(interview):
    for slot in interview.plan.slots[1:]:
        interview.journal.interviewer(Action("question", slot.index, slot.question))
    interview.questions[3] = TECHNICAL

    action = interview.answer(missing=("maintain",), remaining_seconds=61)

    assert (action.kind, action.slot) == ("probe", 3)


# Allowance


def test_a_warm_up_has_no_follow_ups():
    interview = Interview(phase="warm_up")
    interview.act()

    action = interview.answer(missing=("maintain",))

    assert action.reason == "A warm-up question has no follow-ups."


@pytest.mark.parametrize("max_probes", [0, 1, 2, 5])
def test_keeps_to_the_allowance_of_the_slot(max_probes):
    interview = Interview(max_probes=max_probes)
    interview.act()

    actions = [interview.answer(missing=("maintain", "measure")) for _ in range(3)]

    probes = [a for a in actions if (a.kind, a.slot) == ("probe", 0)]
    assert len(probes) == min(max_probes, 2)


def test_moves_on_when_there_was_nothing_to_judge(interview):
    action = interview.act(None)

    assert (action.kind, action.slot) == ("question", 1)


# Evidence


def test_moves_on_from_an_answer_that_suffices(interview):
    action = interview.answer(missing=("space",))

    assert (action.kind, action.slot) == ("question", 1)
    assert action.reason == "The answer covers what the question needs."


def test_an_unsure_verdict_never_suffices(interview):
    action = interview.answer(missing=("space",), confidence=0.5)

    assert (action.kind, action.target) == ("probe", "space")


@pytest.mark.parametrize("level", ["senior", "staff"])
def test_goes_deeper_once_with_experienced_candidates(level):
    interview = Interview(level=level)
    interview.act()

    first, second = interview.answer(), interview.answer()

    assert (first.kind, first.target) == ("probe", "depth")
    assert first.text == "When would you keep it although writes got slower?"
    assert second.kind == "question"


def test_goes_deeper_only_when_time_allows():
    interview = Interview(level="senior")
    interview.act()

    assert interview.answer(remaining_seconds=200).kind == "question"


# Probes


def test_a_wrong_statement_comes_first(interview):
    action = interview.answer(contradicted=("maintain",), missing=("measure",))

    assert (action.probe_kind, action.target) == ("challenge", "maintain")
    assert action.text == "Walk me through an insert into that table."


def test_a_missing_must_have_comes_before_a_detail(interview):
    action = interview.answer(missing=("space", "measure"))

    assert (action.probe_kind, action.target) == ("expand", "measure")
    assert action.text == "How would you learn whether it is worth keeping?"
    assert action.reason == (
        "The answer did not cover this point: decide from query plans and usage"
        " statistics. This is follow-up 1 of 2."
    )


def test_falls_back_to_the_probe_of_the_point(interview):
    action = interview.answer(missing=("maintain",))

    assert action.text == "What happens inside the database on an insert here?"


def test_asks_where_a_strong_claim_comes_from(interview):
    action = interview.answer("It got significantly faster.", confidence=0.5)

    assert (action.kind, action.target) == ("probe", "claim")
    assert action.text == (
        "You said “significantly faster”. How did you find that out?"
    )


def test_the_technical_style_prefers_depth_to_details():
    interview = Interview(style="technical")
    interview.act()

    assert interview.answer(missing=("space",), confidence=0.5).target == "depth"


def test_the_challenging_style_prefers_challenges():
    interview = Interview(style="challenging")
    interview.act()

    action = interview.answer("It got far better.", missing=("maintain",))

    assert (action.probe_kind, action.target) == ("challenge", "claim")


def test_a_story_needs_the_own_action_first(story):
    action = story.answer(missing_parts=("situation", "action", "result"))

    assert (action.target, action.text) == ("action", "What did you do yourself?")


def test_a_story_needs_its_result_next(story):
    action = story.answer(missing_parts=("situation", "result"))

    assert (action.target, action.text) == ("result", "How did it turn out?")
    assert action.reason == (
        "The answer did not say how it ended. This is follow-up 1 of 2."
    )


def test_a_vague_story_needs_a_number(story):
    action = story.answer("We argued, I convinced them.", confidence=0.5)

    assert (action.probe_kind, action.target) == ("quantify", "vague")


def test_a_story_with_a_number_is_not_vague(story):
    action = story.answer("I cut it from 40 to 12 minutes.", confidence=0.5)

    assert action.target == "depth"


def test_the_action_is_not_asked_for_twice(story):
    verdict = {"missing_parts": ("action",), "missing": ("own_action",)}

    first, second = story.answer("In 2023.", **verdict), story.answer("2", **verdict)

    assert first.target == "action"
    assert second.target == "depth"


def test_another_wording_is_found_for_a_question_asked_before(story):
    story.journal.interviewer(Action("hint", 0, "Think: how did it turn out?"))

    action = story.answer(missing_parts=("result",))

    assert (action.target, action.text) == ("result", "What changed in the end?")


def test_a_wording_that_tells_the_point_is_passed_over():
    giveaway = dataclasses.replace(
        TECHNICAL.point("maintain"),
        probe="Must every write also update the index?",
        aliases=(),
    )
    question = make_question(points=(giveaway,), followups=())
    interview = Interview(question)
    interview.act()

    action = interview.answer("It got slower.", missing=("maintain",))

    assert action.target == "maintain"
    assert action.text == "What else belongs to a full answer here?"


def test_the_journal_keeps_why_and_what(interview):
    action = interview.answer(missing=("measure",))

    assert action.details() == {
        "slot": 0,
        "reason": action.reason,
        "text": action.text,
        "probe": {"kind": "expand", "target": "measure"},
    }


def test_moves_on_when_nothing_is_left_to_ask():
    question = make_question(points=TECHNICAL.points[:1], followups=())
    interview = Interview(question)
    interview.act()
    stock = " ".join(EXPAND + TRADE_OFF)
    interview.journal.interviewer(
        Action("hint", 0, f"{question.points[0].probe} {stock}")
    )

    action = interview.answer(missing=("maintain",))

    assert action.kind == "question"
    assert action.reason == "No further follow-up applies."


# Skill assessment


@pytest.fixture
def assessment():
    interview = Interview(mode="skill_assessment")
    interview.act()
    return interview


def test_an_assessment_follows_up_once_on_what_was_left_out(assessment):
    first = assessment.answer(missing=("measure", "space"))
    second = assessment.answer(missing=("space",))

    assert (first.kind, first.probe_kind, first.target) == (
        "probe",
        "expand",
        "measure",
    )
    assert first.reason.endswith("This is follow-up 1 of 1.")
    assert second.kind == "question"


def test_an_assessment_challenges_nobody(assessment):
    action = assessment.answer(contradicted=("maintain",), missing=("measure",))

    assert (action.probe_kind, action.target) == ("expand", "measure")


def test_an_assessment_goes_no_deeper_into_what_suffices():
    interview = Interview(mode="skill_assessment", level="senior")
    interview.act()

    assert interview.answer(remaining_seconds=600).kind == "question"


def test_an_assessment_offers_no_other_angle(assessment):
    assert assessment.gated(result.DONT_KNOW).kind == "question"


def test_an_assessment_gives_no_hint(assessment):
    action = assessment.act(intent="hint")

    assert (action.kind, action.target) == ("repeat", "no_hints")


# What the job asks for


def deep_dive_on(interview, *needs, **changes):
    """Let the first topic serve the first of these needs, and the others dive deep."""
    slots = [
        dataclasses.replace(slot, requirement=need, phase="deep_dive")
        for slot, need in zip(interview.plan.slots, needs, strict=True)
    ]
    interview.plan = dataclasses.replace(interview.plan, slots=tuple(slots), **changes)
    interview.journal.candidate("answer", "We have an index.")
    return interview.act(intent="skip")


def test_the_deep_dive_takes_up_a_need_that_nothing_was_said_about(interview):
    action = deep_dive_on(interview, "Speed", "Speed", "", "Safety")

    assert action.slot == 3
    assert action.reason.endswith("Nothing has been said yet on “Safety”.")


def test_the_order_that_a_person_chose_is_kept(interview):
    action = deep_dive_on(interview, "Speed", "Speed", "", "Safety", is_edited=True)

    assert action.slot == 1


# The candidate's questions


def invited(interview):
    for _ in interview.plan.slots:
        interview.act(intent="skip")
    assert interview.journal.progress.is_invited
    return interview


def asks(interview, text="Why?", **options):
    interview.journal.candidate("inquiry", text)
    return interview.act(intent="inquiry", reply=text and "Because.", **options)


def test_replies_to_two_questions_and_closes_with_the_second(interview):
    invited(interview)

    first, second = asks(interview), asks(interview)

    assert (first.kind, first.text.split("?")[0]) == (
        "reply",
        "Because. Is there anything else you would like to ask",
    )
    assert (second.kind, second.text) == ("closing", "Because.")


def test_replies_once_in_the_last_minute(interview):
    invited(interview)

    assert asks(interview, remaining_seconds=50).kind == "closing"


def test_closes_when_there_is_nothing_to_ask(interview):
    invited(interview)

    action = asks(interview, "")

    assert (action.kind, action.text) == ("closing", "")


def test_says_the_invitation_again(interview):
    invited(interview)

    action = interview.act(intent="repeat")

    assert (action.kind, "ask me" in action.text) == ("repeat", True)


def test_a_skill_assessment_ends_without_an_invitation(interview):
    kinds = [
        interview.act(intent="skip", mode="skill_assessment").kind
        for _ in interview.plan.slots
    ]

    assert kinds[-1] == "closing"
