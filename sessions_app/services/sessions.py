"""Creating, pausing and ending interview sessions; each call is one transaction."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from sessions_app.models import InterviewSession, RubricVersion, User
from sessions_app.services.journal import NewMessage, append_message, lock_session


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a person chose before the start; frozen on the session."""

    role: str
    role_title: str
    level: str
    kind: str
    style: str
    mode: str
    minutes: int | None
    company: str = ""
    job_description: str = ""
    resume: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """A bank question to freeze: its content digest and its full body."""

    digest: str
    bank_id: str
    version: int
    body: Mapping[str, Any]


def start_session(
    *,
    user: User,
    setup: Setup,
    plan: Mapping[str, Any],
    question_count: int,
    rubrics: Sequence[Rubric],
    versions: Mapping[str, str],
    opening: Sequence[NewMessage],
    now: datetime.datetime,
) -> InterviewSession:
    """Create a running session with its frozen plan and first messages."""
    session = InterviewSession(
        user=user,
        plan=dict(plan),
        versions=dict(versions),
        question_count=question_count,
        created_at=now,
        last_activity_at=now,
        **dataclasses.asdict(setup),
    )
    session.start(now=now)
    with transaction.atomic():
        freeze_rubrics(rubrics=rubrics)
        session.save(force_insert=True)
        for message in opening:
            append_message(session=session, message=message, now=now)
    return session


def freeze_rubrics(*, rubrics: Sequence[Rubric]) -> None:
    """Store each rubric once, however many sessions ask it."""
    RubricVersion.objects.bulk_create(
        [RubricVersion(**dataclasses.asdict(rubric)) for rubric in rubrics],
        ignore_conflicts=True,
    )


@transaction.atomic
def pause_session(*, session_id: uuid.UUID, now: datetime.datetime) -> InterviewSession:
    """Stop the clock; raises UnableToChangeState when not allowed."""
    session = lock_session(session_id=session_id)
    session.pause(now=now)
    _save_state(session)
    return session


@transaction.atomic
def resume_session(
    *, session_id: uuid.UUID, now: datetime.datetime
) -> InterviewSession:
    """Go on with the time that was left; raises UnableToChangeState."""
    session = lock_session(session_id=session_id)
    session.resume_clock(now=now)
    _save_state(session)
    return session


@transaction.atomic
def finish_session(
    *, session_id: uuid.UUID, closing: NewMessage, now: datetime.datetime
) -> InterviewSession:
    """End the interview with the interviewer's last words; again is harmless."""
    session = lock_session(session_id=session_id)
    if session.is_ended:
        return session
    append_message(session=session, message=closing, now=now)
    session.finish(now=now)
    _save_state(session)
    return session


def questions_asked(*, user: User, since: datetime.datetime) -> frozenset[str]:
    """Return the bank ids that this person's interviews planned since then."""
    plans = (
        InterviewSession.objects.visible_to(user)
        .filter(created_at__gte=since)
        .values_list("plan", flat=True)
    )
    return frozenset(slot["bank_id"] for plan in plans for slot in plan["slots"])


def sessions_out_of_time(
    *, before: datetime.datetime, limit: int
) -> Sequence[InterviewSession]:
    """Return running sessions whose time ended before this and that owe no reply."""
    return list(
        InterviewSession.objects.filter(
            state=InterviewSession.State.IN_PROGRESS, ends_at__lt=before
        )
        .exclude(turns__state="pending")
        .order_by("ends_at")[:limit]
    )


def _save_state(session: InterviewSession) -> None:
    session.revision += 1
    session.save(
        update_fields=[
            "state",
            "ends_at",
            "paused_at",
            "pause_count",
            "finished_at",
            "last_activity_at",
            "revision",
        ]
    )
