"""Beginning an interview, or beginning it again: plan, freeze, say the first words."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from asgiref.sync import async_to_sync
from django.conf import settings

from interviewer.agents.engine import TurnContext
from interviewer.bank.loader import load_bank
from interviewer.orchestrator.rubrics import frozen_questions, rubrics_to_freeze
from interviewer.orchestrator.wording import (
    built_in_words,
    conversation_engine,
    opening_context,
    reply_message,
)
from interviewer.policy.next_action import Action, decide, opening
from interviewer.policy.plan import Plan, build_plan
from interviewer.policy.progress import fold
from sessions_app.models import InterviewSession, User
from sessions_app.services.journal import NewMessage
from sessions_app.services.sessions import (
    Setup,
    questions_asked,
    restart_session,
    start_session,
)

NOT_AGAIN_WITHIN = datetime.timedelta(days=60)


def begin_interview(
    *,
    user: User,
    setup: Setup,
    seed: int,
    now: datetime.datetime,
    start_id: uuid.UUID | None = None,
) -> InterviewSession:
    """Plan an interview for this set-up and begin it; raises UnableToPlan."""
    plan = build_plan(
        bank=load_bank(),
        role=setup.role,
        level=setup.level,
        kind=setup.kind,
        minutes=setup.minutes,
        job_description=setup.job_description,
        resume=setup.resume,
        style=setup.style,
        mode=setup.mode,
        seed=seed,
        exclude=questions_asked(user=user, since=now - NOT_AGAIN_WITHIN),
    )
    return begin_planned(user=user, setup=setup, plan=plan, now=now, start_id=start_id)


def begin_planned(
    *,
    user: User,
    setup: Setup,
    plan: Plan,
    now: datetime.datetime,
    start_id: uuid.UUID | None,
) -> InterviewSession:
    """Create a running interview by this plan, its first question asked.

    One transaction and no model call. An interview that has this `start_id` already,
    as after a double click, is returned instead.
    """
    return start_session(
        user=user,
        setup=setup,
        plan=plan.to_dict(),
        question_count=len(plan.slots),
        rubrics=rubrics_to_freeze(plan=plan),
        versions=_versions(),
        opening=_opening_messages(
            plan=plan,
            role_title=setup.role_title,
            company=setup.company,
            candidate_name=user.name,
        ),
        start_id=start_id,
        now=now,
    )


def restart_interview(
    *, session: InterviewSession, now: datetime.datetime
) -> InterviewSession:
    """Begin again with the same plan in the mode in force; raises UnableToChangeState.

    Everything that was said is gone.
    """
    plan = dataclasses.replace(Plan.from_dict(session.plan), mode=session.mode)
    opening_messages = _opening_messages(
        plan=plan,
        role_title=session.role_title,
        company=session.company,
        candidate_name=session.user.name,
    )
    return restart_session(session_id=session.pk, opening=opening_messages, now=now)


def _versions() -> dict[str, str]:
    engine = conversation_engine()
    versions = {"engine": f"{engine.name} {engine.version}"}
    if settings.INTERVIEWER_MODEL:
        versions["model"] = settings.INTERVIEWER_MODEL
    return versions


def _opening_messages(
    *, plan: Plan, role_title: str, company: str, candidate_name: str
) -> list[NewMessage]:
    nothing_asked = fold(plan=plan, entries=())
    questions = frozen_questions(plan=plan)
    first = decide(
        plan=plan,
        questions=questions,
        progress=nothing_asked,
        intent="answer",
        assessment=None,
        remaining_seconds=None,
        mode=plan.mode,
    )
    messages = []
    for action in (opening(plan=plan), first):
        context = opening_context(
            plan=plan,
            role_title=role_title,
            company=company,
            candidate_name=candidate_name,
            progress=nothing_asked,
            action=action,
        )
        content = async_to_sync(_whole)(action, context)
        messages.append(
            reply_message(
                action=action,
                words=built_in_words(content=content),
                progress=nothing_asked,
                questions=questions,
            )
        )
    return messages


async def _whole(action: Action, context: TurnContext) -> str:
    words = conversation_engine().words(action=action, context=context)
    return "".join([piece async for piece in words])
