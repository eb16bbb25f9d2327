"""What is not kept: guests who have not come back, and everything they said."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef

from sessions_app.models import InterviewSession, User

BATCH = 200


def forget_guests(*, idle_since: datetime.datetime) -> int:
    """Delete guests without any activity since then; return how many.

    Their interviews go with them. A guest who signed up is no guest any more.
    """
    active = InterviewSession.objects.filter(
        user=OuterRef("pk"), last_activity_at__gte=idle_since
    )
    idle = User.objects.filter(
        ~Exists(active), is_guest=True, date_joined__lt=idle_since
    ).order_by("pk")
    ids = list(idle.values_list("pk", flat=True)[:BATCH])
    User.objects.filter(pk__in=ids, is_guest=True).delete()
    return len(ids)
