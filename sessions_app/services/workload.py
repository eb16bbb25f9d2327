"""What waits to be done, for those who watch over an installation."""

from __future__ import annotations

import dataclasses
import datetime

from django.db.models import Count, Min

from sessions_app.models import Invalidation, Message, Turn
from sessions_app.models.base import earliest_id
from sessions_app.services.archive_faults import parked_sessions

FAILED_WITHIN = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Rows that wait, and for how long the oldest has."""

    unarchived_messages: int  # those that the archive will take
    oldest_unarchived_seconds: float
    parked_sessions: int  # whose messages it leaves alone, see archive_faults.py
    pending_turns: int
    failed_turns: int  # of the last day
    oldest_invalidation_seconds: float  # of changes that no sweep has seen yet


def current_workload(*, now: datetime.datetime) -> Workload:
    """Return what waits now. Five queries, each on an index."""
    backlog = (
        Message.objects.filter(archived_at=None)
        .exclude(session_id__in=parked_sessions())
        .aggregate(count=Count("pk"), oldest=Min("created_at"))
    )
    oldest = backlog["oldest"] or now
    recent = Turn.objects.filter(pk__gte=earliest_id(since=now - FAILED_WITHIN))
    return Workload(
        unarchived_messages=backlog["count"],
        oldest_unarchived_seconds=max(0.0, (now - oldest).total_seconds()),
        parked_sessions=parked_sessions().count(),
        pending_turns=Turn.objects.filter(state=Turn.State.PENDING).count(),
        failed_turns=recent.filter(state=Turn.State.FAILED).count(),
        oldest_invalidation_seconds=_outbox_age(now),
    )


def _outbox_age(now: datetime.datetime) -> float:
    oldest = Invalidation.objects.order_by("pk").first()
    if oldest is None:
        return 0.0
    return max(0.0, (now - oldest.noted_at).total_seconds())
