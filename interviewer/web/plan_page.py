"""The plan as its page shows it: topics, time, and what the job asks for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from interviewer.bank.loader import load_bank
from interviewer.bank.model import ANY_FAMILY
from interviewer.policy.own_questions import is_own
from interviewer.policy.plan import Plan, Slot
from interviewer.policy.question_lint import Remark, lint
from interviewer.reading.job import read_job
from sessions_app.models import InterviewSession, PlanDraft
from sessions_app.services.plan_drafts import setup_of

PHASE_LABELS = {
    "warm_up": "Warm-up",
    "exploration": "Main part",
    "deep_dive": "Deep dive",
}
TYPE_LABELS = {
    "technical": "technical",
    "behavioural": "behavioral",
    "system_design": "system design",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TopicView:
    """One topic of the plan; of the bank's questions it never shows the words."""

    index: int
    number: int
    label: str
    competency: str
    phase: str
    kind: str
    minutes: str
    is_must: bool
    is_pinned: bool
    is_first: bool
    is_last: bool
    requirement: str
    claim: str
    own_question: str
    remarks: Sequence[str]


@dataclasses.dataclass(frozen=True, slots=True)
class NeedView:
    """A requirement of the job, and the topics that ask for it."""

    text: str
    topics: Sequence[int]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """Everything `interview/plan.html` shows."""

    draft: PlanDraft
    title: str
    topics: Sequence[TopicView]
    time_sentence: str
    is_too_long: bool
    needs: Sequence[NeedView]
    level_sentence: str


def plan_page(*, draft: PlanDraft, plan: Plan) -> PlanPage:
    """Return the page of a plan that has not begun; no query."""
    setup = setup_of(draft)
    last = len(plan.slots) - 1
    return PlanPage(
        draft=draft,
        title=setup.role_title,
        topics=[_topic(plan, slot, last=last) for slot in plan.slots],
        time_sentence=_time_sentence(plan),
        is_too_long=plan.minutes is not None and plan.seconds > 60 * plan.minutes,
        needs=[_need(plan, text) for text in plan.requirements],
        level_sentence=_level_sentence(plan, setup.job_description),
    )


def remarks_on(*, text: str, plan: Plan) -> tuple[Remark, ...]:
    """Return what is wrong with a question for this plan."""
    asked = [slot.question for slot in plan.slots if slot.question != text]
    families = {plan.role, ANY_FAMILY}
    known = (q.question for q in load_bank().questions if families & set(q.families))
    return lint(text=text, others=[*asked, *known])


def _topic(plan: Plan, slot: Slot, *, last: int) -> TopicView:
    own = slot.question if is_own(slot) else ""
    remarks = remarks_on(text=own, plan=plan) if own else ()
    return TopicView(
        index=slot.index,
        number=slot.index + 1,
        label=slot.label,
        competency="" if own or slot.competency == slot.label else slot.competency,
        phase=PHASE_LABELS[slot.phase],
        kind=TYPE_LABELS[slot.type],
        minutes=_minutes(slot.target_seconds),
        is_must=slot.is_must,
        is_pinned=slot.is_pinned,
        is_first=slot.index == 0,
        is_last=slot.index == last,
        requirement=slot.requirement,
        claim=slot.claim,
        own_question=own,
        remarks=[remark.sentence for remark in remarks],
    )


def _minutes(seconds: int) -> str:
    halves = max(1, round(seconds / 30)) / 2
    return f"{halves:g} min"


def _time_sentence(plan: Plan) -> str:
    minutes = max(1, round(plan.seconds / 60))
    topics = "1 topic" if len(plan.slots) == 1 else f"{len(plan.slots)} topics"
    if plan.minutes is None:
        return f"{topics}, about {minutes} minutes. There is no time limit."
    if plan.seconds > 60 * plan.minutes:
        return (
            f"{topics}, about {minutes} minutes for an interview of {plan.minutes}. "
            "When time runs short, topics marked “if time allows” are left out first."
        )
    return f"{topics}, about {minutes} of your {plan.minutes} minutes."


def _need(plan: Plan, text: str) -> NeedView:
    return NeedView(text, [s.index + 1 for s in plan.slots if s.requirement == text])


def _level_sentence(plan: Plan, job_description: str) -> str:
    job = read_job(job_description)
    if not job.level or job.level == plan.level:
        return ""
    read = InterviewSession.Level(job.level).label.lower()
    chosen = InterviewSession.Level(plan.level).label.lower()
    return (
        f"The description says “{job.level_quote}”, which reads as {read}. "
        f"You chose {chosen}."
    )
