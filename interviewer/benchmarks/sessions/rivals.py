"""Reading sessions as good ordinary Django does, which keeps no counters."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet

from sessions_app.models import InterviewSession, User
from sessions_app.services.listing import PAGE_SIZE

Counted = tuple[InterviewSession, int, int]


def listed_by_join(user: User) -> Sequence[InterviewSession]:
    """Return a page with its counts: one query over the page's rows."""
    newest = InterviewSession.objects.filter(user=user).order_by("-pk")
    # The page's rows first, so that no other session's messages are counted.
    page = InterviewSession.objects.filter(pk__in=newest.values("pk")[:PAGE_SIZE])
    return list(_with_counts(page).order_by("-pk"))


def listed_by_row(user: User) -> Sequence[Counted]:
    """Return a page with its counts: two queries per row."""
    newest = InterviewSession.objects.filter(user=user).order_by("-pk")
    return [_counted(row) for row in newest[:PAGE_SIZE]]


def found_by_join(user: User, session_id: uuid.UUID) -> InterviewSession:
    """Return one session with its counts: one query."""
    rows = InterviewSession.objects.filter(user=user, pk=session_id)
    found: InterviewSession = _with_counts(rows).get()
    return found


def found_by_row(user: User, session_id: uuid.UUID) -> Counted:
    """Return one session with its counts: a query for each."""
    return _counted(InterviewSession.objects.get(user=user, pk=session_id))


def _with_counts(rows: QuerySet[InterviewSession]) -> QuerySet[InterviewSession]:
    return rows.defer("plan", "versions", "job_description", "resume").annotate(
        messages_said=Count("messages"),
        answers_given=Count("messages", filter=Q(messages__kind="answer")),
    )


def _counted(row: InterviewSession) -> Counted:
    return row, row.messages.count(), row.messages.filter(kind="answer").count()
