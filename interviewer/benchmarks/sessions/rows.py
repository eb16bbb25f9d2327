"""People with as many sessions and messages as a benchmark wants, as rows."""

from __future__ import annotations

import datetime
import functools
import itertools
from collections.abc import Iterator, Sequence

import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from interviewer.orchestrator.start import begin_interview
from sessions_app.models import InterviewSession, Message, User
from sessions_app.services.journal import NewMessage, append_message, lock_session
from sessions_app.services.sessions import Setup

SETUP = Setup(
    role="backend",
    role_title="Backend engineer",
    level="mid",
    kind="technical",
    style="formal",
    mode="practice",
    minutes=30,
)
TEXT = "I read the query plan first, because a missing index and a lock look alike. "
_numbers = itertools.count()


@functools.cache
def own_redis() -> redis.Redis:
    """Return a client for the benchmark's own doings and for rivals: it may wait."""
    return redis.Redis.from_url(settings.REDIS_CACHE_URL)


def make_person() -> User:
    """Create an account holder without any session."""
    return User.objects.create_user(f"person-{next(_numbers)}@example.org")


def make_sessions(
    *, user: User, count: int, messages: int, spoken: int = 20
) -> Sequence[InterviewSession]:
    """Create running sessions, the last `spoken` of them with so many messages."""
    now = timezone.now()
    # Ids grow with time: the spoken ones are the newest, on the first page.
    silent = max(0, count - spoken)
    sessions = [
        _session(user, now, 0 if n < silent else messages) for n in range(count)
    ]
    InterviewSession.objects.bulk_create(sessions, batch_size=500)
    Message.objects.bulk_create(_messages(sessions, now), batch_size=1_000)
    return sessions[::-1]


def _session(user: User, now: datetime.datetime, messages: int) -> InterviewSession:
    return InterviewSession(
        user=user,
        role="backend",
        role_title="Backend engineer",
        level="mid",
        kind="mixed",
        style="formal",
        mode="interview",
        state=InterviewSession.State.IN_PROGRESS,
        plan={"slots": []},
        created_at=now,
        started_at=now,
        last_activity_at=now,
        message_count=messages,
        revision=messages,
        question_count=8,
        answered_count=messages // 2,
        resume=TEXT * 40,
    )


def _messages(
    sessions: Sequence[InterviewSession], now: datetime.datetime
) -> Iterator[Message]:
    for session in sessions:
        for seq in range(1, session.message_count + 1):
            is_answer = seq % 2 == 0
            yield Message(
                user_id=session.user_id,
                session=session,
                seq=seq,
                role="candidate" if is_answer else "interviewer",
                kind="answer" if is_answer else "question",
                content=TEXT,
                question_no=(seq + 1) // 2,
                digest="",
                origin="person" if is_answer else "embedded",
                created_at=now,
            )


def say(session: InterviewSession) -> None:
    """Add one message as the product does: locked, counted, told; one commit."""
    with transaction.atomic():
        append_message(
            session=lock_session(session_id=session.pk),
            message=NewMessage(
                role="candidate", kind="answer", content=TEXT, origin="person"
            ),
            now=timezone.now(),
        )


def start(user: User) -> InterviewSession:
    """Start an interview as the set-up form does."""
    return begin_interview(user=user, setup=SETUP, seed=1, now=timezone.now())
