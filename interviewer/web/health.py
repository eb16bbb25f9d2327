"""Health for people and supervisors: alive is not the same as ready."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from sessions_app.models import WorkerHeartbeat

REDIS_TIMEOUT_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Check:
    """What one part answered; the detail never names a host or a person."""

    ok: bool
    detail: str


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; it touches nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether every part works: 200, or 503 and which part does not."""
    now = timezone.now()
    checks = {
        "database": _guarded(_check_database),
        "redis": _guarded(_check_redis),
        "worker": _guarded(functools.partial(check_worker, now=now)),
    }
    is_ready = all(check.ok for check in checks.values())
    return JsonResponse(
        {
            "status": "ok" if is_ready else "not ready",
            "checks": {name: asdict(check) for name, check in checks.items()},
        },
        status=200 if is_ready else 503,
    )


def _guarded(check: Callable[[], Check]) -> Check:
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError) as error:
        return Check(ok=False, detail=f"no answer ({type(error).__name__})")


def _check_database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check(ok=True, detail=connection.vendor)


def _check_redis() -> Check:
    _redis_client().ping()
    return Check(ok=True, detail="answers")


@functools.cache
def _redis_client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
    )


def check_worker(*, now: datetime) -> Check:
    """Judge the worker by the last task that made the round trip."""
    beat_at = WorkerHeartbeat.objects.values_list("beat_at", flat=True).first()
    if beat_at is None:
        return Check(ok=False, detail="no task has run yet")
    age_seconds = max(0, round((now - beat_at).total_seconds()))
    return Check(
        ok=age_seconds <= settings.HEARTBEAT_STALE_SECONDS,
        detail=f"last task {age_seconds} s ago",
    )
