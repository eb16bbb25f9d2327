"""Sessions whose journal cannot be archived: counted, parked, shown and released.

A fault tells the class of the error and where it came up, never its text, which may
hold what a person said.
"""

from __future__ import annotations

import datetime
import traceback
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from sessions_app.models import MAX_ARCHIVE_TRIES, ArchiveFault, InterviewSession
from sessions_app.services.extraction import MalformedJournal

PARKED = Q(resolved_at__isnull=True, tries__gte=MAX_ARCHIVE_TRIES)


def parked_sessions() -> QuerySet[ArchiveFault, Any]:
    """Return the ids of the sessions that the archive leaves alone, as a subquery."""
    return ArchiveFault.objects.filter(PARKED).order_by().values("session")


def list_faults(*, limit: int = 100) -> Sequence[ArchiveFault]:
    """Return the unresolved faults with their sessions, the latest first; one query."""
    rows = ArchiveFault.objects.filter(resolved_at=None).select_related("session")
    return list(rows.defer("session__plan", "session__resume")[:limit])


@transaction.atomic
def note_fault(
    *, session_id: uuid.UUID, error: Exception, now: datetime.datetime
) -> ArchiveFault | None:
    """Count a failed attempt; None when the session is gone.

    A fault that had been resolved begins anew.
    """
    session = (
        InterviewSession.objects.select_for_update()
        .only("pk", "user_id")
        .filter(pk=session_id)
        .first()
    )
    if session is None:
        return None
    known = ArchiveFault.objects.filter(session=session).first()
    fault = known or ArchiveFault(user_id=session.user_id, session=session)
    if known is None or fault.resolved_at is not None:
        fault.first_seen_at, fault.tries, fault.resolved_at = now, 0, None
    fault.seq = error.seq if isinstance(error, MalformedJournal) else None
    fault.error = type(error).__name__[:80]
    fault.problem = _problem(error)[:240]
    fault.tries += 1
    fault.last_seen_at = now
    fault.save()
    return fault


def note_recovery(
    *, session_ids: Collection[uuid.UUID], now: datetime.datetime
) -> None:
    """Mark the faults of these sessions as resolved; one query."""
    ArchiveFault.objects.filter(session__in=session_ids, resolved_at=None).update(
        resolved_at=now
    )


def release_faults(*, session_ids: Collection[uuid.UUID]) -> int:
    """Let the archive try these sessions again, from the first try; return how many."""
    return ArchiveFault.objects.filter(
        session__in=session_ids, resolved_at=None
    ).update(tries=0)


def _problem(error: Exception) -> str:
    if isinstance(error, MalformedJournal):
        return str(error)  # our own words
    ours = [
        f"in {frame.f_globals['__name__']}, line {line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals["__name__"].startswith("sessions_app.")
    ]
    return ours[-1] if ours else ""
