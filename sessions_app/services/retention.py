"""What is not kept: guests who stayed away with what they said, and old failures."""

from __future__ import annotations

import datetime

from axes.models import AccessAttempt
from django.db.models import Exists, OuterRef

from sessions_app.models import InterviewSession, PlanDraft, User

BATCH = 200


def forget_guests(*, idle_since: datetime.datetime) -> int:
    """Delete guests without any activity since then; return how many.

    Their interviews go with them. A guest who signed up is no guest any more.
    """
    active = InterviewSession.objects.filter(
        user=OuterRef("pk"), last_activity_at__gte=idle_since
    )
    planning = PlanDraft.objects.filter(user=OuterRef("pk"), updated_at__gte=idle_since)
    idle = User.objects.filter(
        ~Exists(active), ~Exists(planning), is_guest=True, date_joined__lt=idle_since
    ).order_by("pk")
    ids = list(idle.values_list("pk", flat=True)[:BATCH])
    User.objects.filter(pk__in=ids, is_guest=True).delete()
    return len(ids)


def forget_plans(*, before: datetime.datetime) -> None:
    """Delete plans that were looked at, not begun, and left since then."""
    PlanDraft.objects.filter(updated_at__lt=before).delete()


def forget_login_failures(*, before: datetime.datetime) -> None:
    """Delete failed sign-ins that no longer count towards a lock."""
    AccessAttempt.objects.filter(attempt_time__lt=before).delete()
