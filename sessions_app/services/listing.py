"""A person's interviews, page by page: no query when they are kept, one when not.

Pages go on from an id, not from a number: ids grow with time, so a page costs the same
however far back it lies, and what is added or deleted meanwhile moves nothing.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef

from sessions_app.models import InterviewSession, Message, User
from sessions_app.services.generations import Entry, Filled, read_through
from sessions_app.services.kept_sessions import (
    COLUMNS,
    PageKey,
    SessionInfo,
    SessionPage,
    decoded_page,
    encoded,
    list_place,
    session_info,
)

PAGE_SIZE = 20
# Whether some of a session's messages are not archived: its score is not known yet.
HAS_BACKLOG = Exists(
    Message.objects.filter(session=OuterRef("pk"), archived_at__isnull=True)
)


def list_sessions(*, user: User, page: PageKey) -> SessionPage:
    """Return one page of this person's own interviews, newest first."""
    return decoded_page(list_entry(user=user, page=page).body)


def list_entry(*, user: User, page: PageKey) -> Entry:
    """Return the page as JSON that may be sent; raises ValueError without a person."""
    entry = read_through(
        place=list_place(user_id=user.pk, page=page),
        fill=lambda: Filled(body=encoded(_load(user, page))),
    )
    assert entry is not None  # a page may be empty, but there is one
    return entry


def _load(user: User, page: PageKey) -> SessionPage:
    rows = (
        InterviewSession.objects.visible_to(user)
        .filter(**dict(page.filters))
        .only(*COLUMNS)
        .annotate(has_backlog=HAS_BACKLOG)
    )
    if page.after is not None:
        # Towards the present: the nearest ones, which come last on their page.
        found = list(rows.filter(pk__gt=page.after).order_by("pk")[: PAGE_SIZE + 1])
        infos = _infos(found[:PAGE_SIZE])[::-1]
        return _page(infos, has_newer=len(found) > PAGE_SIZE, has_older=True)
    if page.before is not None:
        rows = rows.filter(pk__lt=page.before)
    found = list(rows.order_by("-pk")[: PAGE_SIZE + 1])
    return _page(
        _infos(found[:PAGE_SIZE]),
        has_newer=page.before is not None,
        has_older=len(found) > PAGE_SIZE,
    )


def _infos(rows: list[Any]) -> tuple[SessionInfo, ...]:
    return tuple(session_info(session=row, has_backlog=row.has_backlog) for row in rows)


def _page(
    sessions: tuple[SessionInfo, ...], *, has_newer: bool, has_older: bool
) -> SessionPage:
    return SessionPage(
        sessions=sessions,
        newer=sessions[0].id if sessions and has_newer else None,
        older=sessions[-1].id if sessions and has_older else None,
    )
