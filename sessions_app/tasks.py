"""Background tasks of the data app: doorbells without data.

What is to be done stands in the database; a lost or doubled ring changes nothing.
"""

from __future__ import annotations

import datetime
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import structlog
from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from kombu.exceptions import OperationalError

from sessions_app.models import WorkerHeartbeat
from sessions_app.services.archive import drain
from sessions_app.services.invalidation import sweep_invalidations
from sessions_app.services.retention import (
    forget_guests,
    forget_login_failures,
    forget_plans,
)

log = structlog.get_logger(__name__)

# So long a ring waits for others: what is said within it is archived in one batch, and
# whoever is writing meets the archive's own writing less often.
GATHER_SECONDS = 0.5

_ringer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="doorbell")
_is_rung = threading.Lock()


@shared_task(name="sessions.archive")
def archive() -> None:
    """Archive all messages that are not archived yet."""
    drain(now=timezone.now())


@shared_task(name="sessions.invalidate")
def invalidate() -> None:
    """Tell Redis of changes that the process which made them did not tell it."""
    sweep_invalidations(now=timezone.now())


@shared_task(name="sessions.forget_guests")
def forget_idle_guests() -> None:
    """Delete guests who stayed away for GUEST_RETENTION_DAYS, and what has lapsed."""
    now = timezone.now()
    kept = datetime.timedelta(days=settings.GUEST_RETENTION_DAYS)
    forget_guests(idle_since=now - kept)
    forget_plans(before=now - kept)
    forget_login_failures(before=now - settings.AXES_COOLOFF_TIME)
    call_command("clearsessions")


@shared_task(name="sessions.heartbeat")
def heartbeat() -> None:
    """Note that a task has made the round trip; readiness looks at its age."""
    WorkerHeartbeat.objects.update_or_create(
        name="worker", defaults={"beat_at": timezone.now()}
    )


def ring_archive() -> None:
    """Wake the archive worker; returns at once and never fails.

    Off the caller's path, because a broker that is away costs a time-out. A ring
    that waits to be published stands for later ones; a lost one is made good by
    the sweep.
    """
    if _is_rung.acquire(blocking=False):
        _ringer.submit(_ring)


def _ring() -> None:
    time.sleep(GATHER_SECONDS)
    _is_rung.release()
    try:
        # Expires: with no worker, rings must not pile up in the broker.
        archive.apply_async(retry=False, expires=settings.SWEEP_SECONDS)
    except (OperationalError, OSError) as error:
        log.warning("doorbell_not_rung", error=type(error).__name__)
