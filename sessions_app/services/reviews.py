"""What reviewers do with an interview: mark it as read, note, change a score.

Scores are changed by adding a row; what the engine found is never touched. The
caller checks rights and keeps the log.
"""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction

from sessions_app.models import (
    Evaluation,
    InterviewSession,
    Message,
    Review,
    ReviewNote,
    ScoreOverride,
    User,
)
from sessions_app.services.invalidation import note_changes
from sessions_app.services.journal import lock_session
from sessions_app.services.metrics import (
    metrics_for,
    original_score,
    refresh_metrics,
)


class UnableToReview(Exception):
    """It cannot be done now; the text is for the reviewer."""


class StillRunning(UnableToReview):
    """Scores of a running interview are not final."""

    def __init__(self) -> None:
        super().__init__("The interview has not ended yet.")


class ChangedMeanwhile(UnableToReview):
    """Somebody else changed the same thing since the reviewer looked."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else has changed this score since the page was opened. Look at "
            "the history, then send your change again if it is still right."
        )


class NothingToChange(UnableToReview):
    """There is no reviewer's score to take back."""

    def __init__(self) -> None:
        super().__init__("The original score is in force already.")


def mark_reviewed(
    *, session: InterviewSession, reviewer: User, now: datetime.datetime
) -> Review:
    """Note that this person has read the interview; again, as of now."""
    review, _ = Review.objects.update_or_create(
        session=session,
        reviewer=reviewer,
        defaults={"reviewed_at": now},
        create_defaults={"user_id": session.user_id, "reviewed_at": now},
    )
    return review


def unmark_reviewed(*, session: InterviewSession, reviewer: User) -> bool:
    """Take this person's own mark back; say whether there was one."""
    deleted, _ = Review.objects.filter(session=session, reviewer=reviewer).delete()
    return bool(deleted)


def add_note(
    *, message: Message, author: User, text: str, now: datetime.datetime
) -> ReviewNote:
    """Add a remark, for staff only, to this message."""
    note: ReviewNote = ReviewNote.objects.create(
        user_id=message.user_id,
        session_id=message.session_id,
        message=message,
        author=author,
        text=text,
        created_at=now,
    )
    return note


@transaction.atomic
def override_score(
    *,
    session_id: uuid.UUID,
    evaluation_id: uuid.UUID | None,
    value: float | None,
    reason: str,
    author: User,
    expected: uuid.UUID | None,
    now: datetime.datetime,
) -> ScoreOverride:
    """Put a reviewer's score in force; figures and the list have it at once.

    evaluation_id: the judgement that counts for a question; None: the interview's score
    value: 0–100; None puts the original back in force
    expected: the newest override that the reviewer saw, or None
    Raises UnableToReview, or DoesNotExist for what is not in this session; then
    nothing is written. Constant queries.
    """
    session = lock_session(session_id=session_id)
    if not session.is_ended:
        raise StillRunning
    latest = newest_override(session=session, evaluation_id=evaluation_id)
    if (latest.pk if latest else None) != expected:
        raise ChangedMeanwhile
    if value is None and (latest is None or latest.value is None):
        raise NothingToChange
    before = _put_in_force(session, evaluation_id, value)
    override = ScoreOverride.objects.create(
        user_id=session.user_id,
        session=session,
        evaluation_id=evaluation_id,
        value=value,
        value_before=before,
        reason=reason,
        author=author,
        created_at=now,
    )
    _note_change(session)
    raise_revision(session=session, now=now)
    return override


def raise_revision(*, session: InterviewSession, now: datetime.datetime) -> None:
    """Make what is kept of the locked session, such as its report, out of date.

    Its figures are stored anew: nothing else would, now that it has ended.
    """
    session.revision += 1
    session.save(update_fields=["revision"])
    refresh_metrics(sessions=[session], now=now)
    note_changes(user_ids=[session.user_id])


def newest_override(
    *, session: InterviewSession, evaluation_id: uuid.UUID | None
) -> ScoreOverride | None:
    """Return the change that is in force; one query."""
    changes = ScoreOverride.objects.filter(session=session)
    if evaluation_id is None:
        changes = changes.filter(evaluation__isnull=True)
    else:
        changes = changes.filter(evaluation=evaluation_id)
    return changes.order_by("-created_at", "-pk").first()


def _note_change(session: InterviewSession) -> None:
    """Note on the session, for lists, whether reviewers changed its score."""
    evaluations = list(
        Evaluation.objects.filter(session=session, is_counted=True).select_related(
            "message"
        )
    )
    session.is_score_changed = session.score_override is not None or any(
        row.override is not None for row in evaluations
    )
    session.original_score = original_score(evaluations=evaluations)
    session.save(update_fields=["score_override", "is_score_changed", "original_score"])


def _put_in_force(
    session: InterviewSession, evaluation_id: uuid.UUID | None, value: float | None
) -> float | None:
    """Note the value where figures read it; return what was shown until now."""
    if evaluation_id is None:
        before = metrics_for(session=session)[0].score
        session.score_override = value
        return before
    evaluation = Evaluation.objects.get(
        pk=evaluation_id, session=session, is_counted=True
    )
    before = evaluation.score if evaluation.override is None else evaluation.override
    evaluation.override = None if value is None else value / 100
    evaluation.save(update_fields=["override"])
    return None if before is None else 100 * before
