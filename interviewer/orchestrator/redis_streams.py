"""The copy of turn logs in Redis Streams, for readers in other processes.

Every call has a short deadline and none raises: Redis may vanish at any moment,
and then readers elsewhere follow the database. The breaker of the shared client
opens at the first failure, so that a black hole costs one deadline and not one per
event.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import uuid
from collections.abc import AsyncGenerator
from typing import Any

import redis
import redis.asyncio
from django.conf import settings

from interviewer.guarded_redis import DEADLINE_SECONDS
from interviewer.orchestrator.events import Event, EventId
from interviewer.orchestrator.shared_redis import shared_redis

EXPIRE_SECONDS = 300
BLOCK_MS = 100  # a new reader waits for the running read to end
QUEUE_LENGTH = 1_000  # events a slow reader may lag; beyond it starts anew


def _key(turn_id: uuid.UUID) -> str:
    return f"mi:{settings.ENVIRONMENT}:turn:{{{turn_id}}}"


def is_open() -> bool:
    """Say whether Redis failed a moment ago and is left alone."""
    return shared_redis().connection_pool.is_left_alone


async def publish(*, turn_id: uuid.UUID, event: Event) -> None:
    """Copy the event; lost silently, but for a log line, when Redis is away."""
    if not is_open():
        await asyncio.to_thread(_publish, turn_id, event)


def _publish(turn_id: uuid.UUID, event: Event) -> None:
    key = _key(turn_id)
    fields: dict[Any, Any] = {"type": event.type, "data": json.dumps(event.data)}
    try:
        with shared_redis().pipeline(transaction=False) as pipeline:
            if event.id.number == 1:
                pipeline.delete(key)  # what an earlier claim left unfinished
            pipeline.xadd(key, fields, id=str(event.id))
            pipeline.expire(key, EXPIRE_SECONDS)
            pipeline.execute()
    except (redis.RedisError, OSError):
        # Away, or a greater id is there: a later claim took this turn over.
        return


@dataclasses.dataclass(slots=True, eq=False)
class _Reader:
    """What one reader has been given so far, and what it has not taken yet."""

    after: EventId
    queue: asyncio.Queue[Event | None] = dataclasses.field(
        default_factory=asyncio.Queue
    )

    def give(self, event: Event) -> bool:
        """Hand the event over, unless it has it; False when it takes too slowly."""
        if event.id <= self.after:
            return True
        if self.queue.qsize() >= QUEUE_LENGTH:
            self.close()
            return False
        self.after = event.id
        self.queue.put_nowait(event)
        return True

    def close(self) -> None:
        self.queue.put_nowait(None)

    async def next(self, timeout: float) -> Any:
        """Return the next event, None when there is none in time, or _CLOSED."""
        try:
            event = await asyncio.wait_for(self.queue.get(), timeout)
        except TimeoutError:
            return None
        return _CLOSED if event is None else event


_CLOSED: Any = object()


class StreamHub:
    """One blocking read per process, fanned out to this process's readers."""

    def __init__(self) -> None:
        self._readers: dict[str, set[_Reader]] = {}
        self._positions: dict[str, str] = {}
        self._pump: asyncio.Task[None] | None = None

    async def follow(
        self, *, turn_id: uuid.UUID, after: EventId, timeout: float
    ) -> AsyncGenerator[Event | None, None]:
        """Yield the turn's events after this position, None for each quiet timeout.

        Ends when the reader is too slow or Redis is away: it may come back with
        its last event id, or follow the database.
        """
        key, reader = _key(turn_id), _Reader(after)
        self._readers.setdefault(key, set()).add(reader)
        # The log is read from its beginning again; each reader skips what it has,
        # so that several readers of one turn share one position.
        self._positions[key] = "0"
        self._ensure_pump()
        try:
            while (event := await reader.next(timeout)) is not _CLOSED:
                yield event
        finally:
            self._forget(key, reader)

    def _forget(self, key: str, reader: _Reader) -> None:
        readers = self._readers.get(key, set())
        readers.discard(reader)
        if not readers:
            self._readers.pop(key, None)
            self._positions.pop(key, None)

    def _ensure_pump(self) -> None:
        if self._pump is None or self._pump.done():
            self._pump = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=BLOCK_MS / 1000 + 1,
            socket_connect_timeout=DEADLINE_SECONDS,
            decode_responses=True,
        )
        try:
            while self._readers:
                await self._read_once(client)
        except (redis.RedisError, OSError, ValueError, KeyError) as error:
            # The last two: an entry that is damaged or not ours.
            shared_redis().connection_pool.note_trouble(error)
            self._close_readers()
        finally:
            with contextlib.suppress(redis.RedisError, OSError):
                await client.aclose()

    async def _read_once(self, client: redis.asyncio.Redis) -> None:
        watched: dict[Any, Any] = dict(self._positions)
        found: Any = await client.xread(watched, count=200, block=BLOCK_MS)
        for key, entries in found or []:
            # Somebody who came while this read waited needs the log from its start.
            if self._positions.get(key) == watched[key]:
                for entry_id, fields in entries:
                    self._hand_out(key, _event(entry_id, fields))
                    self._advance(key, entry_id)

    def _advance(self, key: str, entry_id: str) -> None:
        if key in self._positions:
            self._positions[key] = entry_id

    def _hand_out(self, key: str, event: Event) -> None:
        for reader in list(self._readers.get(key, ())):
            if not reader.give(event):
                self._forget(key, reader)  # it comes back for the rest

    def _close_readers(self) -> None:
        for readers in self._readers.values():
            for reader in readers:
                reader.close()


def _event(entry_id: str, fields: dict[str, str]) -> Event:
    return Event(EventId.parse(entry_id), fields["type"], json.loads(fields["data"]))
