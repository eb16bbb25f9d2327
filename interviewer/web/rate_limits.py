"""How much one person may ask of the machine in a while.

Counted in Redis, for all processes together; in this process alone while Redis is
away. That refuses nobody and costs one short deadline now and then.
"""

from __future__ import annotations

import functools
import ipaddress
import math
import time

import structlog
from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from interviewer.breaker import Breaker

log = structlog.get_logger(__name__)

ANSWERS_PER_MINUTE = 20
INTERVIEWS_PER_HOUR = 10
# Of one address, which a whole class may share: only from visitors who are new.
NEW_VISITORS_PER_HOUR = 300
DEADLINE_SECONDS = 0.05
OPEN_SECONDS = 5.0
IPV6_NETWORK_BITS = 64  # what one household or machine gets

_answers = RateLimitItemPerMinute(ANSWERS_PER_MINUTE, namespace="answers")
_interviews = RateLimitItemPerHour(INTERVIEWS_PER_HOUR, namespace="interviews")
_visitors = RateLimitItemPerHour(NEW_VISITORS_PER_HOUR, namespace="visitors")
_redis = Breaker(failures=1, window_seconds=OPEN_SECONDS, open_seconds=OPEN_SECONDS)


class TooMany(Exception):
    """The person has to wait for `seconds`."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def count_answer(request: HttpRequest) -> None:
    """Count a message to the interviewer; raises TooMany."""
    _count(_answers, str(request.user.pk))


def count_interview(request: HttpRequest) -> None:
    """Count an interview that is about to begin; raises TooMany."""
    if request.user.is_authenticated:
        _count(_interviews, str(request.user.pk))
    else:
        _count(_visitors, _network(request.META.get("REMOTE_ADDR", "")))


def _count(limit: RateLimitItem, who: str) -> None:
    if not _redis.allows():
        return _count_in(_own_memory(), limit, who)
    try:
        _count_in(_shared_memory(), limit, who)
    except RedisError as error:
        if _redis.failed():
            log.warning("limits_unavailable", error=type(error).__name__)
        return _count_in(_own_memory(), limit, who)
    except TooMany:
        _redis.succeeded()
        raise
    _redis.succeeded()


def _count_in(memory: MovingWindowRateLimiter, limit: RateLimitItem, who: str) -> None:
    if memory.hit(limit, who):
        return
    reset_at = memory.get_window_stats(limit, who).reset_time
    raise TooMany(seconds=max(1, math.ceil(reset_at - time.time())))


@functools.cache
def _shared_memory() -> MovingWindowRateLimiter:
    storage = RedisStorage(
        settings.REDIS_CACHE_URL,
        key_prefix=f"mi:{settings.ENVIRONMENT}:limits",
        socket_timeout=DEADLINE_SECONDS,
        socket_connect_timeout=DEADLINE_SECONDS,
        retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]
    )
    return MovingWindowRateLimiter(storage)


@functools.cache
def _own_memory() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def _network(address: str) -> str:
    """Return what stands for the visitor: the address, or an IPv6 network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address  # a socket has none
    if ip.version == 4:
        return str(ip)
    return str(ipaddress.ip_network((int(ip), IPV6_NETWORK_BITS), strict=False))
