"""Writing the journal: the only place that numbers messages.

Callers hold the session's row lock (`lock_session` inside `atomic`), so that
sequence numbers have no gaps and the rolling digest has one history.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from sessions_app.models import InterviewSession, Message, rolling_digest
from sessions_app.services.counting import count_message
from sessions_app.services.invalidation import note_change

# What a message changes on its session.
SAID = (
    "message_count",
    "digest",
    "revision",
    "last_activity_at",
    "running_figures",
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """An utterance that is not in the journal yet."""

    role: str
    kind: str
    content: str
    origin: str
    agent: str = ""
    question_no: int | None = None
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    client_message_id: uuid.UUID | None = None
    tokens: int = 0  # as the caller estimates them


def lock_session(*, session_id: uuid.UUID) -> InterviewSession:
    """Return the session with its row locked until the transaction ends.

    On SQLite the transaction itself is the lock: it begins IMMEDIATE.
    """
    session: InterviewSession = InterviewSession.objects.select_for_update().get(
        pk=session_id
    )
    return session


def last_said(*, session: InterviewSession) -> Message:
    """Return what the candidate saw last; an interview begins with a question."""
    said: Message = (
        Message.objects.filter(session=session)
        .exclude(role=Message.Role.CANDIDATE)
        .latest("seq")
    )
    return said


def append_message(
    *, session: InterviewSession, message: NewMessage, now: datetime.datetime
) -> Message:
    """Add the message to the journal and count it on the session; saves both."""
    row = next_message(session=session, message=message, now=now)
    row.save(force_insert=True)
    session.save(update_fields=SAID)
    note_change(session=session)
    return row


def next_message(
    *, session: InterviewSession, message: NewMessage, now: datetime.datetime
) -> Message:
    """Return the message as the journal's next row, counted on the session; unsaved.

    Whoever saves the row saves the session's SAID with it.
    """
    row = Message(
        user_id=session.user_id,
        session=session,
        seq=session.message_count + 1,
        role=message.role,
        agent=message.agent,
        kind=message.kind,
        content=message.content,
        question_no=message.question_no,
        details=dict(message.details),
        client_message_id=message.client_message_id,
        digest=rolling_digest(
            previous=session.digest,
            role=message.role,
            agent=message.agent,
            kind=message.kind,
            content=message.content,
        ),
        tokens=message.tokens,
        origin=message.origin,
        created_at=now,
    )
    count_message(session=session, message=row, before=session.digest)
    session.message_count = row.seq
    session.digest = row.digest
    session.revision += 1
    session.last_activity_at = now
    return row
