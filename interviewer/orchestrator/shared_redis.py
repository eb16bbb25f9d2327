"""The Redis that processes share for streams and leases; it may vanish any moment."""

from __future__ import annotations

import functools

from django.conf import settings

from interviewer.guarded_redis import DEADLINE_SECONDS, GuardedPool, GuardedRedis

# Each event of a reply is copied there: a black hole costs one deadline, not one each.
FAILURES = 1


def shared_redis() -> GuardedRedis:
    """Return this process's client; it may be used from any thread."""
    return _client(settings.REDIS_URL)


@functools.lru_cache(maxsize=8)  # one address, but for tests
def _client(url: str) -> GuardedRedis:
    pool = GuardedPool.from_url(
        url,
        role="streams",
        failures=FAILURES,
        socket_timeout=DEADLINE_SECONDS,
        socket_connect_timeout=DEADLINE_SECONDS,
        decode_responses=True,
    )
    return GuardedRedis(connection_pool=pool)
