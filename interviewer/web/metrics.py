"""/metrics, in the text format of Prometheus: figures only, no names, no texts."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from interviewer.telemetry import recorded
from sessions_app.services.workload import Workload, current_workload

log = structlog.get_logger(__name__)


@require_safe
@cache_control(private=True, no_store=True)
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the figures to whoever has the token, and to staff; nobody else finds it."""
    if not (_has_token(request) or _is_staff(request)):
        raise Http404
    try:
        workload = current_workload(now=timezone.now())
    except DatabaseError as error:
        # The other figures matter most when something is broken.
        log.warning("workload_not_read", error=type(error).__name__)
        workload = None
    of_database = CollectorRegistry()
    of_database.register(_WorkloadCollector(workload))
    return HttpResponse(
        generate_latest(recorded()) + generate_latest(of_database),
        content_type=CONTENT_TYPE_LATEST,
    )


def _has_token(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return False
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), wanted.encode())


def _is_staff(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


class _WorkloadCollector(Collector):
    """What the database says at the time of the scrape; None when it says nothing."""

    def __init__(self, workload: Workload | None) -> None:
        self._workload = workload

    def collect(self) -> Iterator[GaugeMetricFamily]:
        workload = self._workload
        yield _gauge(
            "database_up", "1 when the database answers.", workload is not None
        )
        if workload is None:
            return
        yield _gauge(
            "archive_backlog",
            "Messages that are not archived, without those of parked sessions.",
            workload.unarchived_messages,
        )
        yield _gauge(
            "archive_oldest_seconds",
            "Age of the oldest message that is not archived.",
            workload.oldest_unarchived_seconds,
        )
        yield _gauge(
            "archive_parked",
            "Sessions that could not be archived and are left alone until released.",
            workload.parked_sessions,
        )
        yield _gauge(
            "turns_pending",
            "Messages whose reply is being made or waits to be.",
            workload.pending_turns,
        )
        yield _gauge(
            "turns_failed",
            "Messages of the last day whose reply waits for the person's retry.",
            workload.failed_turns,
        )
        yield _gauge(
            "outbox_age_seconds",
            "Age of the oldest change that no sweep has seen yet.",
            workload.oldest_invalidation_seconds,
        )


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)
