"""A Redis client that leaves a server alone which has just failed.

Redis may vanish at any moment. Without this every command would wait for its deadline
in vain; with it a few do, and then the rest fail at once until the server is back.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

import redis
import structlog
from redis.client import Pipeline

from interviewer.breaker import OPEN, Breaker

log = structlog.get_logger(__name__)

DEADLINE_SECONDS = 0.1  # to connect, and for each command
OPEN_SECONDS = 2.0
WINDOW_SECONDS = 60.0  # failures in a row count together for so long

# The server is away, or does not answer; a ResponseError is an answer.
TROUBLES = (redis.ConnectionError, redis.TimeoutError, OSError)

Outcome = TypeVar("Outcome")


class LeftAlone(redis.ConnectionError):
    """The server was not asked, because it failed a moment ago."""


def packed_command(*words: str) -> bytes:
    """Return the command as Redis reads it."""
    parts = [word.encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(
        b"$%d\r\n%b\r\n" % (len(part), part) for part in parts
    )


class GuardedPool(redis.ConnectionPool):
    """The connections to one server, and the breaker that tells how it fares.

    `role` names the server in the log; `failures` in a row open the breaker.
    """

    def __init__(self, *, role: str, failures: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._role = role
        self.breaker = Breaker(
            failures=failures,
            window_seconds=WINDOW_SECONDS,
            open_seconds=OPEN_SECONDS,
        )

    @property
    def is_left_alone(self) -> bool:
        """Say whether the server failed a moment ago and is not asked."""
        return self.breaker.state == OPEN

    def reset(self) -> None:
        """Start without connections; also called in the child after a fork."""
        super().reset()
        self._readers: deque[Any] = deque()

    def fetch(self, command: bytes) -> Any:
        """Return the answer to a packed command that only reads.

        Costs half of redis-py's own way: its connections stay borrowed from the pool
        and are not looked at before use. One that has died meanwhile is replaced once.
        """
        if self.pid != os.getpid():
            self._checkpid()
        try:
            reader = self._readers.pop()
        except IndexError:
            return self._fetch_over(self.get_connection(), command)
        try:
            return self._fetch_over(reader, command)
        except redis.TimeoutError:
            raise  # a second deadline would be too long
        except TROUBLES:
            return self._fetch_over(self.get_connection(), command)

    def _fetch_over(self, reader: Any, command: bytes) -> Any:
        try:
            reader.send_packed_command((command,), check_health=False)
            answer = reader.read_response()
        except redis.ResponseError:
            self._readers.append(reader)  # it was an answer, and was read whole
            raise
        except BaseException:
            reader.disconnect()  # what it says next would answer this command
            self.release(reader)
            raise
        self._readers.append(reader)
        return answer

    def guard(self, work: Callable[..., Outcome], *args: Any, **kwargs: Any) -> Outcome:
        """Return what the work returns, and learn from it how the server fares.

        Raises LeftAlone without trying while the breaker is open.
        """
        if not self.breaker.allows():
            raise LeftAlone(self._role)
        try:
            outcome = work(*args, **kwargs)
        except TROUBLES as error:
            self.note_trouble(error)
            raise
        except redis.ResponseError:
            self.breaker.succeeded()
            raise
        self.breaker.succeeded()
        return outcome

    def note_trouble(self, error: Exception) -> None:
        """Count a failure; the one that opens the breaker is logged."""
        if self.breaker.failed():
            log.warning("redis_away", role=self._role, error=type(error).__name__)


class GuardedRedis(redis.Redis):
    """Commands under the guard of the pool, which must be a GuardedPool."""

    connection_pool: GuardedPool

    def execute_command(self, *args: Any, **options: Any) -> Any:
        return self.connection_pool.guard(super().execute_command, *args, **options)

    def get(self, name: Any) -> Any:
        """Return the value of the key: what is asked most often takes a short way."""
        if not isinstance(name, str):
            return super().get(name)
        return self._fetched("GET", name)

    def mget(self, keys: Any, *args: Any) -> Any:
        """Return the values of the keys in order, by the same short way."""
        if not isinstance(keys, list) or args:
            return super().mget(keys, *args)
        return self._fetched("MGET", *keys)

    def _fetched(self, *words: str) -> Any:
        pool = self.connection_pool
        return pool.guard(pool.fetch, packed_command(*words))

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Pipeline:
        return _GuardedPipeline(
            self.connection_pool, self.response_callbacks, transaction, shard_hint
        )


class _GuardedPipeline(Pipeline):
    connection_pool: GuardedPool

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        outcome: list[Any] = self.connection_pool.guard(super().execute, raise_on_error)
        return outcome
