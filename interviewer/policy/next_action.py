"""What the interviewer does next, and why: the first matching rule decides.

Deterministic and total: every standing of an interview yields one action with a
reason that a person can read. A model may word the action, never choose it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from interviewer.bank.model import BankQuestion
from interviewer.policy import guidance, inquiries, probes, timing
from interviewer.policy.drill import introduction, is_drill
from interviewer.policy.intent import Intent
from interviewer.policy.plan import DEEP_DIVE, Plan, Slot
from interviewer.policy.probes import Exchange, Probe
from interviewer.policy.progress import OTHER_ANGLE, Progress
from interviewer.scoring import result
from interviewer.scoring.result import Assessment

MAX_PROBES = 2  # on one question, whatever its slot allows
ASSESSMENT = "skill_assessment"  # its follow-ups only ask for what was left out
ASSESSMENT_PROBES = 1
CLARIFYING = ("clarify", "expand")  # kinds of follow-ups
SURE_ENOUGH = 0.6  # confidence from which complete evidence ends a question
DEPTH_LEVELS = ("senior", "staff")

OPENING = "opening"
QUESTION = "question"
PROBE = "probe"
REPEAT = "repeat"
REASK = "reask"
CLARIFY = "clarify"
HINT = "hint"
INVITE = "invite"  # the candidate may ask
REPLY = "reply"
CLOSING = "closing"

NO_HINTS = "no_hints"  # target of a repeat that declines a hint


@dataclasses.dataclass(frozen=True, slots=True)
class Action:
    """One move of the interviewer; an engine words it without changing it."""

    kind: str
    slot: int  # -1 when it belongs to no question
    text: str  # what is asked, or how a drill goes; empty for other openings, closings
    probe_kind: str = ""
    target: str = ""
    reason: str = ""
    lead_in: str = ""  # a sentence to say before the text

    def details(self) -> dict[str, Any]:
        """Return what the journal keeps of the decision, JSON-ready."""
        kept: dict[str, Any] = {
            "slot": self.slot,
            "reason": self.reason,
            "text": self.text,
        }
        if self.probe_kind:
            kept["probe"] = {"kind": self.probe_kind, "target": self.target}
        return kept


@dataclasses.dataclass(frozen=True, slots=True)
class _Turn:
    """Everything one decision looks at."""

    plan: Plan
    questions: Mapping[int, BankQuestion]
    progress: Progress
    intent: Intent
    assessment: Assessment | None
    remaining_seconds: float | None
    mode: str
    reply: str

    @property
    def slot(self) -> Slot:
        return self.plan.slots[self.progress.slot_index]

    @property
    def exchange(self) -> Exchange:
        return Exchange(
            question=self.questions[self.progress.slot_index],
            answers=self.progress.answers,
            asked=self.progress.asked,
            probed=self.progress.probed,
            style=self.plan.style,
        )

    @property
    def gate(self) -> str:
        return self.assessment.gate.outcome if self.assessment else result.PASSED

    @property
    def gate_reason(self) -> str:
        reason = self.assessment.gate.reason if self.assessment else ""
        return reason or "I could not use that answer."

    @property
    def max_probes(self) -> int:
        """Return how many follow-ups this question may have in this mode."""
        most = ASSESSMENT_PROBES if self.is_assessment else MAX_PROBES
        return min(most, self.slot.max_probes)

    @property
    def is_assessment(self) -> bool:
        return self.mode == ASSESSMENT

    @property
    def unasked(self) -> list[Slot]:
        return [self.plan.slots[index] for index in self.progress.remaining_slots]

    @property
    def unasked_musts(self) -> list[Slot]:
        return [slot for slot in self.unasked if slot.is_must]

    @property
    def is_pressed(self) -> bool:
        return timing.is_pressed(
            self.remaining_seconds, must_slots=len(self.unasked_musts)
        )


def opening(*, plan: Plan) -> Action:
    """Return the interviewer's first move; the first question follows it."""
    topics = len(plan.slots)
    text = introduction(plan=plan)
    return Action(OPENING, -1, text, reason=f"The interview begins; {topics} topics.")


def has_enough_evidence(assessment: Assessment) -> bool:
    """Return whether nothing required is missing and the verdict is sure enough."""
    return (
        assessment.state == result.OBSERVED
        and assessment.confidence >= SURE_ENOUGH
        and all(p.status == result.HIT for p in assessment.points if p.must_have)
        and all(part.found for part in assessment.star if part.required)
    )


def decide(
    *,
    plan: Plan,
    questions: Mapping[int, BankQuestion],
    progress: Progress,
    intent: Intent,
    assessment: Assessment | None,
    remaining_seconds: float | None,
    mode: str,
    reply: str = "",
) -> Action:
    """Return the next action.

    questions: slot index → the rubric frozen with the session
    reply: to what the candidate asked; empty when nothing was asked
    assessment: of all answers to the open slot; its gate is that of the latest one;
    None when there was nothing to judge
    """
    turn = _Turn(
        plan, questions, progress, intent, assessment, remaining_seconds, mode, reply
    )
    for rule in _RULES:
        action = rule(turn)
        if action is not None:
            return _with_notice(turn, action)
    return _with_notice(turn, _advance(turn, "No further follow-up applies."))


# The rules, in the order in which they are tried.


def _stop_when_over(turn: _Turn) -> Action | None:
    if turn.progress.is_closed:
        return _close(turn, "The interview has already been closed.")
    if timing.is_over(turn.remaining_seconds):
        return _close(turn, "The time is over.")
    return None


def _begin(turn: _Turn) -> Action | None:
    if turn.progress.slot_index < 0:
        # Even a very short interview asks one question.
        return _ask(turn.plan.slots[0], "The interview begins.")
    return None


def _candidates_questions(turn: _Turn) -> Action | None:
    if not turn.progress.is_invited:
        return None
    if turn.intent in ("repeat", "clarify", "hint"):
        return _again(turn, REPEAT, "The candidate is asked again for questions.")
    if not turn.reply:
        return _close(turn, "The candidate has nothing to ask.")
    is_last = turn.progress.inquiries >= inquiries.MAX_EXCHANGES
    if is_last or timing.is_closing_time(turn.remaining_seconds):
        closing = _close(turn, "The candidate's last question is replied to.")
        return dataclasses.replace(closing, text=turn.reply)
    return Action(
        REPLY,
        turn.progress.slot_index,
        f"{turn.reply} {inquiries.ANYTHING_ELSE}",
        reason="The candidate asked; the reply is of the job description.",
    )


def _repair(turn: _Turn) -> Action | None:
    if turn.intent == "answer":
        return None
    if turn.intent == "skip":
        return _advance(turn, "The candidate skipped the question.", "Let us leave it.")
    if turn.intent == "hint":
        return _hint(turn)
    if turn.intent == "clarify":
        reason = "The candidate asked what the question means."
        lead_in = guidance.lead_into(exchange=turn.exchange)
        return _again(turn, CLARIFY, reason, lead_in=lead_in)
    return _again(turn, REPEAT, "The candidate asked to hear the question again.")


def _gated(turn: _Turn) -> Action | None:
    if turn.gate == result.PASSED:
        return None
    if turn.gate == result.REFUSAL:
        reason = "The candidate would rather not answer; nobody is pressed."
        return _advance(turn, reason, "That is fine, we will leave it.")
    if turn.gate == result.DONT_KNOW:
        return _after_not_knowing(turn)
    unusable = f"The answer could not be scored ({turn.gate.replace('_', ' ')})"
    if turn.progress.reasks_used or timing.is_closing_time(turn.remaining_seconds):
        reason = f"{unusable}; it is not asked for again."
        return _advance(turn, reason, "I will leave that answer unscored.")
    reason = f"{unusable}; it is asked for once more."
    return _again(turn, REASK, reason, lead_in=turn.gate_reason)


def _close_or_hurry(turn: _Turn) -> Action | None:
    if timing.is_closing_time(turn.remaining_seconds):
        return _invite_or_close(turn, "Less than a minute is left.")
    if turn.unasked and turn.is_pressed:
        return _advance(turn, "The remaining topics need the time that is left.")
    return None


def _respect_the_allowance(turn: _Turn) -> Action | None:
    if turn.slot.phase == "warm_up":
        return _advance(turn, "A warm-up question has no follow-ups.")
    used = turn.progress.probes_used
    if used >= turn.max_probes:
        return _advance(
            turn, f"The follow-up budget of this question is used ({used})."
        )
    return None


def _enough(turn: _Turn) -> Action | None:
    if turn.assessment is None or not has_enough_evidence(turn.assessment):
        return None
    musts = len(turn.unasked_musts)
    deeper = (
        turn.plan.level in DEPTH_LEVELS
        and not turn.is_assessment
        and timing.allows_depth(turn.remaining_seconds, must_slots=musts)
    )
    if deeper and not turn.progress.probes_used:
        probe = probes.depth_probe(exchange=turn.exchange)
        if probe is not None:
            return _probe(turn, probe)
    return _advance(turn, "The answer covers what the question needs.")


def _follow_up(turn: _Turn) -> Action | None:
    if turn.assessment is None:
        return None
    probe = probes.next_probe(
        exchange=turn.exchange,
        assessment=turn.assessment,
        only=CLARIFYING if turn.is_assessment else (),
    )
    return _probe(turn, probe) if probe is not None else None


_RULES = (
    _stop_when_over,
    _begin,
    _candidates_questions,
    _repair,
    _gated,
    _close_or_hurry,
    _respect_the_allowance,
    _enough,
    _follow_up,
)


# The moves.


def _with_notice(turn: _Turn, action: Action) -> Action:
    """Return the action, saying first what was left out of a scored answer."""
    if turn.gate != result.PASSED or action.lead_in or turn.assessment is None:
        return action
    return dataclasses.replace(action, lead_in=turn.assessment.gate.reason)


def _advance(turn: _Turn, reason: str, lead_in: str = "") -> Action:
    """Return the next question, or the closing when none is left or fits."""
    if timing.is_closing_time(turn.remaining_seconds):
        return _invite_or_close(turn, f"{reason} Less than a minute is left.", lead_in)
    ahead = turn.unasked
    if turn.is_pressed:
        ahead = turn.unasked_musts or ahead
    if not ahead:
        return _invite_or_close(turn, f"{reason} That was the last topic.", lead_in)
    slot = _least_known(turn, ahead)
    if slot is not ahead[0]:
        reason = f"{reason} Nothing has been said yet on “{slot.requirement}”."
    return _ask(slot, reason, lead_in)


def _least_known(turn: _Turn, ahead: Sequence[Slot]) -> Slot:
    """Return the next topic; in the deep dive a need comes first that is still open.

    The order of a plan that the person made is kept.
    """
    if turn.plan.is_edited or ahead[0].phase != DEEP_DIVE:
        return ahead[0]
    told = {turn.plan.slots[i].requirement for i in turn.progress.answered_slots}
    deep = [slot for slot in ahead if slot.phase == DEEP_DIVE]
    is_open = (s for s in deep if s.requirement and s.requirement not in told)
    return next(is_open, ahead[0])


def _ask(slot: Slot, reason: str, lead_in: str = "") -> Action:
    return Action(QUESTION, slot.index, slot.question, reason=reason, lead_in=lead_in)


def _invite_or_close(turn: _Turn, reason: str, lead_in: str = "") -> Action:
    """Return the invitation to ask, where there is time for it, or the closing."""
    is_fit = not turn.is_assessment and not is_drill(plan=turn.plan)
    if (
        not is_fit
        or turn.progress.is_invited
        or not timing.allows_invitation(turn.remaining_seconds)
    ):
        return _close(turn, reason, lead_in)
    return Action(
        INVITE,
        turn.progress.slot_index,
        inquiries.INVITATION,
        reason=reason,
        lead_in=lead_in,
    )


def _close(turn: _Turn, reason: str, lead_in: str = "") -> Action:
    return Action(CLOSING, turn.progress.slot_index, "", reason=reason, lead_in=lead_in)


def _again(turn: _Turn, kind: str, reason: str, *, lead_in: str = "") -> Action:
    return Action(
        kind,
        turn.progress.slot_index,
        turn.progress.open_question,
        reason=reason,
        lead_in=lead_in,
    )


def _probe(turn: _Turn, probe: Probe) -> Action:
    number = turn.progress.probes_used + 1
    return Action(
        PROBE,
        turn.slot.index,
        probe.text,
        probe_kind=probe.kind,
        target=probe.target,
        reason=f"{probe.reason} This is follow-up {number} of {turn.max_probes}.",
    )


def _after_not_knowing(turn: _Turn) -> Action:
    angle = _other_angle(turn)
    if angle is None:
        reason = "The candidate does not know, and no other angle is left."
        return _advance(turn, reason, "That is fine, let us move on.")
    return Action(
        REASK,
        turn.slot.index,
        angle.text,
        probe_kind=OTHER_ANGLE,
        target=angle.target,
        reason="The candidate does not know; one other angle is offered.",
        lead_in="Let us come at it from another side.",
    )


def _other_angle(turn: _Turn) -> Probe | None:
    """Return one other way into the question; a follow-up gets none."""
    tried = turn.progress.angles_used or turn.progress.is_probe
    if turn.is_assessment or tried or timing.is_closing_time(turn.remaining_seconds):
        return None
    return probes.other_angle(exchange=turn.exchange)


def _hint(turn: _Turn) -> Action:
    if turn.mode != "practice":
        reason = "Hints belong to practice; the question stays open."
        declined = _again(turn, REPEAT, reason)
        return dataclasses.replace(declined, target=NO_HINTS)
    used = turn.progress.hints_used
    text = guidance.hint(exchange=turn.exchange, assessment=turn.assessment, step=used)
    number = min(used + 1, guidance.HINT_STEPS)
    reason = f"The candidate asked for a hint; step {number} of {guidance.HINT_STEPS}."
    return Action(HINT, turn.slot.index, text, reason=reason)
