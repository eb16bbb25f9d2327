"""Ending interviews: on the person's word, or when the time has long been up."""

from __future__ import annotations

import datetime

from interviewer.agents.tokens import estimate_tokens
from interviewer.policy.timing import GRACE_SECONDS
from sessions_app.models import InterviewSession, Message
from sessions_app.services.journal import NewMessage
from sessions_app.services.sessions import finish_session, sessions_out_of_time

ENDED_BY_PERSON = "You ended the interview here. Thank you for your time."
ENDED_BY_CLOCK = "The time is up, so we stop here. Thank you for your time."
SWEEP_LIMIT = 100


def end_interview(
    *, session: InterviewSession, now: datetime.datetime
) -> InterviewSession:
    """End the interview because the person said so; again is harmless."""
    closing = _closing(ENDED_BY_PERSON, reason="The candidate ended the interview.")
    return finish_session(session_id=session.pk, closing=closing, now=now)


def close_overdue(*, now: datetime.datetime) -> int:
    """End the interviews whose time and grace have passed; return how many."""
    before = now - datetime.timedelta(seconds=2 * GRACE_SECONDS)
    overdue = sessions_out_of_time(before=before, limit=SWEEP_LIMIT)
    closing = _closing(ENDED_BY_CLOCK, reason="The time was over.")
    for session in overdue:
        finish_session(
            session_id=session.pk, closing=closing, now=now, overdue_since=before
        )
    return len(overdue)


def _closing(content: str, *, reason: str) -> NewMessage:
    return NewMessage(
        role=Message.Role.INTERVIEWER,
        agent="interviewer",
        kind=Message.Kind.CLOSING,
        content=content,
        tokens=estimate_tokens(content),
        origin=Message.Origin.EMBEDDED,
        details={"slot": -1, "reason": reason, "text": ""},
    )
