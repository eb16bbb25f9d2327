"""A person's interviews, page by page: one query for the rows, one to count them."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef

from sessions_app.models import InterviewSession, Message, OwnedQuerySet
from sessions_app.services.labels import NO_SCORE_YET, role_label, score_label

PAGE_SIZE = 20
# Whether some of a session's messages are not archived: its score is not known yet.
HAS_BACKLOG = Exists(
    Message.objects.filter(session=OuterRef("pk"), archived_at__isnull=True)
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One interview in the list."""

    id: uuid.UUID
    role_title: str
    role_label: str
    level: str
    level_label: str
    mode: str
    mode_label: str
    state: str
    state_label: str
    is_ended: bool
    created_at: datetime.datetime
    answered_count: int
    question_count: int
    minutes_spent: int | None  # None before the start
    score_label: str  # "68 ± 7", "Not enough evidence", or a dash when not known yet
    is_score_changed: bool  # by a reviewer
    original_label: str  # the score as it was before


def list_sessions(
    *, sessions: OwnedQuerySet, filters: Mapping[str, str], page_number: str | None
) -> Page[SessionRow]:
    """Return one page of these sessions, newest first; a wrong number is corrected.

    filters: field → wanted value; empty values are no filter
    """
    wanted = {field: value for field, value in filters.items() if value}
    rows = (
        sessions.filter(**wanted)
        .defer("plan", "versions", "job_description", "resume")
        .annotate(has_backlog=HAS_BACKLOG)
        .order_by("-id")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(page_number)
    page.object_list = [
        session_row(session=row, has_backlog=row.has_backlog)
        for row in page.object_list
    ]
    return page


def session_row(*, session: InterviewSession, has_backlog: bool) -> SessionRow:
    """Return the interview as the list shows it.

    has_backlog: see HAS_BACKLOG
    """
    return SessionRow(
        id=session.pk,
        role_title=session.role_title,
        role_label=role_label(role=session.role),
        level=session.level,
        level_label=session.get_level_display(),
        mode=session.mode,
        mode_label=session.get_mode_display(),
        state=session.state,
        state_label=session.get_state_display(),
        is_ended=session.is_ended,
        created_at=session.created_at,
        answered_count=session.answered_count,
        question_count=session.question_count,
        minutes_spent=minutes_spent(session=session),
        score_label=current_score(session=session, has_backlog=has_backlog),
        is_score_changed=session.is_score_changed,
        original_label=score_label(score=session.original_score, error=None),
    )


def current_score(*, session: InterviewSession, has_backlog: bool) -> str:
    """Return the score with its band, or a dash before the end or the archive.

    A score that has not been computed is not one for which the evidence is missing.
    """
    if not session.is_ended or has_backlog:
        return NO_SCORE_YET
    return score_label(score=session.score, error=session.score_error)


def minutes_spent(*, session: InterviewSession) -> int | None:
    """Return how long the interview took or takes so far; None before its start."""
    if session.started_at is None:
        return None
    ended_at = session.finished_at or session.last_activity_at
    return max(0, round((ended_at - session.started_at).total_seconds() / 60))
