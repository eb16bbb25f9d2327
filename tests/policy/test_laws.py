"""Laws that hold for every interview, whoever answers whatever."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.agents.embedded import deltas, message
from interviewer.agents.engine import TurnContext, acknowledges
from interviewer.bank.model import LEVELS
from interviewer.policy.next_action import decide, opening
from interviewer.policy.plan import KINDS, MODES, STYLES
from interviewer.scoring import result
from tests.factories import Journal, make_assessment, make_bank, make_gated, make_plan

BANK = make_bank()
GATES = [
    result.EMPTY,
    result.REFUSAL,
    result.DONT_KNOW,
    result.ECHO,
    result.GIBBERISH,
    result.OFF_TOPIC,
    result.INSTRUCTION,
]
ANSWERS = ["We used caching.", "I cut it by 40 %.", "It was much faster.", "No."]
SENTENCE_END = re.compile(r"[.?!][”)]?(?=\s|$)")


@st.composite
def set_ups(draw):
    return {
        "level": draw(st.sampled_from(LEVELS)),
        "kind": draw(st.sampled_from(KINDS)),
        "style": draw(st.sampled_from(STYLES)),
        "mode": draw(st.sampled_from(MODES)),
        "minutes": draw(st.sampled_from([None, 3, 10, 20])),
        "seed": draw(st.integers(0, 5)),
    }


@st.composite
def verdicts(draw, question):
    ids = [point.id for point in question.points]
    statuses = draw(
        st.lists(
            st.sampled_from(["missing", "partial", "contradicted", "hit"]),
            min_size=len(ids),
            max_size=len(ids),
        )
    )
    named = {
        status: tuple(id for id, s in zip(ids, statuses, strict=True) if s == status)
        for status in ("missing", "partial", "contradicted")
    }
    parts = draw(st.sets(st.sampled_from(["situation", "action", "result"])))
    return make_assessment(
        question,
        missing_parts=tuple(parts),
        confidence=draw(st.sampled_from([0.2, 0.9])),
        **named,
    )


def context_for(plan, progress, *, last_answer):
    return TurnContext(
        role_title="Backend engineer",
        level=plan.level,
        company="Acme Inc.",
        style=plan.style,
        mode=plan.mode,
        language="en",
        candidate_name="Alice",
        minutes=plan.minutes,
        question_count=len(plan.slots),
        question_no_in_plan=max(len(progress.asked_slots), 1),
        last_answer=last_answer,
        acknowledge=acknowledges(seed=plan.seed, question_no=progress.question_no),
        seed=plan.seed,
    )


@given(data=st.data(), set_up=set_ups())
@settings(max_examples=150, deadline=None)
def test_every_interview_ends_and_keeps_its_rules(data, set_up):
    plan = make_plan(bank=BANK, **set_up)
    questions = {slot.index: BANK.get(slot.bank_id) for slot in plan.slots}
    journal = Journal(plan)
    journal.interviewer(opening(plan=plan))
    seconds = None if plan.minutes is None else plan.minutes * 60.0
    intent, assessment, answer = "answer", None, ""
    actions = []

    while not journal.progress.is_closed:
        inputs = {
            "plan": plan,
            "questions": questions,
            "progress": journal.progress,
            "intent": intent,
            "assessment": assessment,
            "remaining_seconds": seconds,
            "mode": plan.mode,
        }
        action = decide(**inputs)
        assert action == decide(**inputs)
        check_voice(action, context_for(plan, journal.progress, last_answer=answer))
        journal.interviewer(action)
        actions.append(action)
        # Without a limit on repairs a candidate could repeat for ever.
        assert len(actions) < 200

        intent = data.draw(
            st.sampled_from(["answer"] * 6 + ["repeat", "skip", "hint", "clarify"])
        )
        assessment, gate, answer = None, "", ""
        if intent == "answer" and action.kind != "closing":
            answer = data.draw(st.sampled_from(ANSWERS))
            gate = data.draw(st.sampled_from([result.PASSED] * 4 + GATES))
            passed = gate == result.PASSED
            question = questions[action.slot]
            assessment = data.draw(verdicts(question)) if passed else make_gated(gate)
        journal.candidate(intent, answer, gate=gate)
        if seconds is not None:
            seconds -= data.draw(st.sampled_from([5.0, 30.0, 120.0]))

    check_whole_interview(plan, actions)


def check_voice(action, context):
    words = message(action=action, context=context)

    assert words.strip() == words
    assert len(SENTENCE_END.findall(words)) <= 3, words
    assert words.count("?") == action.text.count("?"), words
    assert "".join(deltas(words)) == words
    assert words == message(action=action, context=context)
    if action.kind in ("question", "probe", "repeat"):
        assert words.endswith(action.text)
        assert words.count("?") <= 1


def check_whole_interview(plan, actions):
    asked = [a.text for a in actions if a.kind in ("question", "probe")]
    asked += [a.text for a in actions if a.probe_kind == "other_angle"]
    assert len(asked) == len(set(asked))
    assert actions[-1].kind == "closing"
    assert all(action.reason for action in actions)
    for slot in plan.slots:
        mine = [action for action in actions if action.slot == slot.index]
        kinds = [action.kind for action in mine]
        assert kinds.count("question") <= 1
        assert kinds.count("probe") <= slot.max_probes
        assert sum(action.probe_kind == "other_angle" for action in mine) <= 1
    if plan.mode == "interview":
        assert "hint" not in [action.kind for action in actions]
