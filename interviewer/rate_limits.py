"""Counting how often something is done in a while, for limits.

Counted in Redis, for all processes together; in this process alone while Redis is
away. That refuses nobody and costs one short deadline now and then.
"""

from __future__ import annotations

import functools
import time

import structlog
from django.conf import settings
from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from interviewer.breaker import Breaker

log = structlog.get_logger(__name__)

DEADLINE_SECONDS = 0.05
OPEN_SECONDS = 5.0
LEAST_WAIT_SECONDS = 1.0


class Counter:
    """Counts under names of its own; safe to share between threads."""

    def __init__(self, *, name: str) -> None:
        self._name = name
        self._redis = Breaker(
            failures=1, window_seconds=OPEN_SECONDS, open_seconds=OPEN_SECONDS
        )

    def seconds_to_wait(self, *, limit: RateLimitItem, who: str) -> float:
        """Count one more and return 0, or how long to wait until that is allowed."""
        if not self._redis.allows():
            return _wait(self._own_memory, limit, who)
        try:
            seconds = _wait(self._shared_memory, limit, who)
        except RedisError as error:
            if self._redis.failed():
                log.warning("limits_unavailable", error=type(error).__name__)
            return _wait(self._own_memory, limit, who)
        self._redis.succeeded()
        return seconds

    @functools.cached_property
    def _shared_memory(self) -> MovingWindowRateLimiter:
        storage = RedisStorage(
            settings.REDIS_CACHE_URL,
            key_prefix=f"mi:{settings.ENVIRONMENT}:{self._name}",
            socket_timeout=DEADLINE_SECONDS,
            socket_connect_timeout=DEADLINE_SECONDS,
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]
        )
        return MovingWindowRateLimiter(storage)

    @functools.cached_property
    def _own_memory(self) -> MovingWindowRateLimiter:
        return MovingWindowRateLimiter(MemoryStorage())


def _wait(memory: MovingWindowRateLimiter, limit: RateLimitItem, who: str) -> float:
    if memory.hit(limit, who):
        return 0.0
    reset_at = memory.get_window_stats(limit, who).reset_time
    return max(LEAST_WAIT_SECONDS, reset_at - time.time())
