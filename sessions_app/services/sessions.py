"""Creating, pausing and ending interview sessions; each call is one transaction."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import F

from sessions_app.models import (
    InterviewSession,
    Message,
    RubricVersion,
    SessionMetrics,
    User,
)
from sessions_app.services.bulk_insert import insert_missing
from sessions_app.services.invalidation import note_change
from sessions_app.services.journal import (
    NewMessage,
    append_message,
    last_said,
    lock_session,
)


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
    purpose: str = InterviewSession.Purpose.INTERVIEW.value


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
    start_id: uuid.UUID | None = None,
) -> InterviewSession:
    """Create a running session with its frozen plan and first messages.

    Of callers with the same `start_id` one creates it; the others get that one.
    """
    session = InterviewSession(
        user=user,
        plan=dict(plan),
        versions=dict(versions),
        question_count=question_count,
        start_id=start_id,
        setup_digest=setup_digest(setup=setup, plan=plan),
        created_at=now,
        last_activity_at=now,
        **dataclasses.asdict(setup),
    )
    session.start(now=now)
    try:
        with transaction.atomic():
            freeze_rubrics(rubrics=rubrics)
            session.save(force_insert=True)
            for message in opening:
                append_message(session=session, message=message, now=now)
    except IntegrityError:
        earlier = session_started_by(start_id=start_id)
        if earlier is None:
            raise
        return earlier
    return session


def session_started_by(*, start_id: uuid.UUID | None) -> InterviewSession | None:
    """Return the session that was started under this id, if any."""
    if start_id is None:
        return None
    started = InterviewSession.objects.filter(start_id=start_id)
    return cast("InterviewSession | None", started.select_related("user").first())


def setup_digest(*, setup: Setup, plan: Mapping[str, Any]) -> str:
    """Return what stands for set-up and plan in the keys of what depends on them."""
    text = json.dumps([dataclasses.asdict(setup), plan], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def freeze_rubrics(*, rubrics: Sequence[Rubric]) -> None:
    """Store each rubric once, however many ask it. Call it in a transaction."""
    insert_missing(
        # In one order for everybody: two starts at once must not wait for each other.
        rows=[
            RubricVersion(**dataclasses.asdict(rubric))
            for rubric in sorted(rubrics, key=lambda rubric: rubric.digest)
        ]
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
    stood = session.resume_clock(now=now)
    # A reply owed since before the pause waited for it, not for us.
    session.turns.exclude(state="done").update(received_at=F("received_at") + stood)
    _save_state(session)
    return session


@transaction.atomic
def switch_mode(
    *,
    session_id: uuid.UUID,
    mode: str,
    notice: str,
    now: datetime.datetime,
) -> InterviewSession:
    """Go on in another mode and say so; raises UnableToChangeState; again is harmless.

    A reply that is being made meanwhile is made in the old one.
    """
    session = lock_session(session_id=session_id)
    if session.mode == mode and not session.is_ended:
        return session
    session.switch_mode(mode=mode)
    message = NewMessage(
        role=Message.Role.INTERVIEWER,
        agent="interviewer",
        kind=Message.Kind.NOTICE,
        content=notice,
        origin=Message.Origin.EMBEDDED,
        question_no=last_said(session=session).question_no,
        details={"reason": f"The candidate switched to {mode}.", "mode": mode},
    )
    append_message(session=session, message=message, now=now)
    session.save(update_fields=["mode", "config_revision"])
    return session


@transaction.atomic
def restart_session(
    *, session_id: uuid.UUID, opening: Sequence[NewMessage], now: datetime.datetime
) -> InterviewSession:
    """Forget everything that was said and ask the first question again.

    Raises UnableToChangeState once it has ended. Turns that are being answered are
    forgotten too: their commit finds nothing.
    """
    session = lock_session(session_id=session_id)
    session.start_over(now=now)
    session.messages.all().delete()  # and, with them, all that was derived from them
    session.epochs.all().delete()
    SessionMetrics.objects.filter(session=session).delete()
    session.save()
    for message in opening:
        append_message(session=session, message=message, now=now)
    return session


@transaction.atomic
def finish_session(
    *,
    session_id: uuid.UUID,
    closing: NewMessage,
    now: datetime.datetime,
    overdue_since: datetime.datetime | None = None,
) -> InterviewSession:
    """End the interview with the interviewer's last words; again is harmless.

    With `overdue_since` only if its time was up by then: it may have been paused or
    answered since somebody looked.
    """
    session = lock_session(session_id=session_id)
    if session.is_ended or not _is_overdue(session, overdue_since):
        return session
    append_message(session=session, message=closing, now=now)
    session.finish(now=now)
    _save_state(session)
    return session


def questions_asked(*, user: User, since: datetime.datetime) -> frozenset[str]:
    """Return the bank ids of the questions that this person was asked since then."""
    asked = Message.objects.filter(
        session__user=user, kind=Message.Kind.QUESTION, created_at__gte=since
    )
    return frozenset(asked.values_list("details__bank_id", flat=True))


def last_set_up(*, user: User | AnonymousUser) -> InterviewSession | None:
    """Return the interview that this person set up last; drills have no set-up."""
    chosen = InterviewSession.objects.visible_to(user).filter(
        purpose=InterviewSession.Purpose.INTERVIEW
    )
    return cast("InterviewSession | None", chosen.first())


def sessions_out_of_time(
    *, before: datetime.datetime, limit: int
) -> Sequence[InterviewSession]:
    """Return running sessions whose time ended before this and that owe no reply."""
    return list(
        InterviewSession.objects.filter(
            state=InterviewSession.State.IN_PROGRESS, ends_at__lt=before
        )
        .exclude(turns__state__in=("pending", "failed"))
        .order_by("ends_at")[:limit]
    )


def _is_overdue(session: InterviewSession, since: datetime.datetime | None) -> bool:
    if since is None:
        return True
    is_running = session.state == InterviewSession.State.IN_PROGRESS
    return is_running and session.ends_at is not None and session.ends_at < since


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
            "config_revision",
            "revision",
        ]
    )
    note_change(session=session)
