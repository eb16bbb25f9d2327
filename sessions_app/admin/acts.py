"""What each form of the review page does: one call of a service, said in one line.

The line goes into the admin's log and to the reviewer; it holds no candidate's words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from sessions_app.models import Dispute, InterviewSession, Message, User
from sessions_app.services.disputes import answer_dispute
from sessions_app.services.redacting import redact
from sessions_app.services.reviews import (
    add_note,
    mark_reviewed,
    override_score,
    unmark_reviewed,
)

# Takes the fields of a valid form; returns (the line, the place on the page).
Act = Callable[[InterviewSession, User, dict[str, Any]], tuple[str, str]]


def note(session: InterviewSession, by: User, sent: dict[str, Any]) -> tuple[str, str]:
    """Add a note to a message."""
    message = get_object_or_404(Message, pk=sent["message"], session=session)
    note = add_note(message=message, author=by, text=sent["text"], now=timezone.now())
    return f"Added a note to message {message.seq}.", f"note-{note.pk}"


def change_score(
    session: InterviewSession, by: User, sent: dict[str, Any]
) -> tuple[str, str]:
    """Put a score in force, or the original again."""
    if sent["evaluation"] is not None:
        get_object_or_404(session.evaluations, pk=sent["evaluation"], is_counted=True)
    change = override_score(
        session_id=session.pk,
        evaluation_id=sent["evaluation"],
        value=sent["value"],
        reason=sent["reason"],
        author=by,
        expected=sent["seen"],
        now=timezone.now(),
    )
    what = "an answer" if change.evaluation_id else "the interview"
    score = "the original" if change.value is None else f"{change.value:g}"
    place = f"score-{change.evaluation_id or ''}"
    return f"Changed the score of {what} to {score}.", place


def redact_words(
    session: InterviewSession, by: User, sent: dict[str, Any]
) -> tuple[str, str]:
    """Black out words of a message wherever the interview holds them."""
    get_object_or_404(Message, pk=sent["message"], session=session)
    message = redact(
        session_id=session.pk,
        message_id=sent["message"],
        passage=sent["passage"],
        now=timezone.now(),
    )
    said = f"Blacked out words of message {message.seq}. Reason: {sent['reason']}"
    return said, f"message-{message.seq}"


def answer(
    session: InterviewSession, by: User, sent: dict[str, Any]
) -> tuple[str, str]:
    """Answer a dispute."""
    dispute = get_object_or_404(Dispute, pk=sent["dispute"], session=session)
    answered = answer_dispute(
        dispute_id=dispute.pk,
        words=sent["words"],
        value=sent["value"],
        author=by,
        now=timezone.now(),
    )
    outcome = answered.get_state_display().lower()
    return f"Answered a dispute: {outcome}.", f"dispute-{dispute.pk}"


def mark(session: InterviewSession, by: User, sent: dict[str, Any]) -> tuple[str, str]:
    """Mark the interview as read, or take the mark back."""
    if sent["is_reviewed"]:
        mark_reviewed(session=session, reviewer=by, now=timezone.now())
        return "Marked as reviewed.", "reviewed"
    unmark_reviewed(session=session, reviewer=by)
    return "Took the mark as reviewed back.", "reviewed"
