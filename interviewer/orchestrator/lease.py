"""A lease between processes, kept in Redis, and the wait for somebody else's.

No call raises: with Redis away everybody has the lease.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

import redis
import redis.asyncio
from django.conf import settings

from interviewer.guarded_redis import DEADLINE_SECONDS, TROUBLES
from interviewer.orchestrator.shared_redis import shared_redis

LEASE_SECONDS = 3.0

# Take it or, when it is held, tell for how many milliseconds more.
_TAKE: Final = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return -1 end
return redis.call('PTTL', KEYS[1])
"""
# Only its owner renews or gives back a lease; anybody else's is left as it is.
_RENEW: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
_RELEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return redis.call('PUBLISH', ARGV[2], '')
"""


def _lease_key(key: str) -> str:
    return f"mi:{settings.ENVIRONMENT}:lease:{key}"


def _channel(key: str) -> str:
    return f"mi:{settings.ENVIRONMENT}:landed:{key}"


class Lease:
    """A claim on a key, renewed while it is held; one use, on one event loop."""

    def __init__(self, *, key: str, token: str) -> None:
        self.key = key
        self.held_seconds = LEASE_SECONDS  # how long another's may still last
        self._token = token
        self._is_taken = False
        self._renewal: asyncio.Task[None] | None = None

    async def take(self) -> bool:
        """Take the lease unless somebody has it; True when nobody can tell."""
        self._is_taken = True  # from here on there may be something to give back
        remaining_ms = await asyncio.to_thread(
            self._run, _TAKE, self._token, _milliseconds(LEASE_SECONDS)
        )
        if remaining_ms is None:
            return True
        if remaining_ms == -1:
            self._renewal = asyncio.create_task(self._keep_renewing())
            return True
        self._is_taken = False
        self.held_seconds = max(remaining_ms, 1) / 1000
        return False

    async def release(self) -> None:
        """Give it back and wake those who wait; done even if the caller is canceled."""
        if self._renewal is not None:
            self._renewal.cancel()
        if self._is_taken:
            self._is_taken = False
            # A thread goes on when its caller is canceled.
            await asyncio.to_thread(
                self._run, _RELEASE, self._token, _channel(self.key)
            )

    async def _keep_renewing(self) -> None:
        renewed: Any = None
        while renewed != 0:  # lost: somebody else may have it
            await asyncio.sleep(LEASE_SECONDS / 3)
            renewed = await asyncio.to_thread(
                self._run, _RENEW, self._token, _milliseconds(LEASE_SECONDS)
            )

    def _run(self, script: str, *arguments: str | int) -> Any:
        try:
            return shared_redis().eval(script, 1, _lease_key(self.key), *arguments)
        except (redis.RedisError, OSError):
            return None


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


class Waiter:
    """Waits for the word that a flight has landed; `wait` may return early or late.

    The connection is its own and is closed in any case: one that was left in
    mid-reply could hand the reply to somebody else.
    """

    def __init__(self, *, key: str) -> None:
        self._channel = _channel(key)
        self._client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=DEADLINE_SECONDS,
            socket_connect_timeout=DEADLINE_SECONDS,
        )
        self._words = self._client.pubsub(ignore_subscribe_messages=False)

    async def __aenter__(self) -> Waiter:
        try:
            await self._words.subscribe(self._channel)
            await self._words.get_message(timeout=DEADLINE_SECONDS)
        except TROUBLES as error:
            shared_redis().connection_pool.note_trouble(error)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(redis.RedisError, OSError):
            await self._words.aclose()
            await self._client.aclose()

    async def wait(self, seconds: float) -> None:
        """Return at the next word, or after so many seconds."""
        if not self._words.subscribed:
            await asyncio.sleep(seconds)
            return
        try:
            await self._words.get_message(timeout=seconds)
        except TROUBLES as error:
            shared_redis().connection_pool.note_trouble(error)
