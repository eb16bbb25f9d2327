"""The log of a turn, served from memory by the process that generates it.

A copy goes to a Redis Stream for readers in other processes; without Redis those
readers follow the database instead.
"""

from __future__ import annotations

import asyncio
import bisect
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from interviewer.orchestrator import redis_streams
from interviewer.orchestrator.events import Event, EventId

KEEP_SECONDS = 120  # a reconnecting reader finds a finished log this long
MOST_LOGS = 2_000


class TurnLog:
    """The log of one claim of a turn; appended by its generator only."""

    def __init__(self, *, turn_id: uuid.UUID, fence: int) -> None:
        self.turn_id = turn_id
        self.finished_at: float | None = None
        self._fence = fence
        self._events: list[Event] = []
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock = threading.Lock()

    async def append(self, type_: str, data: Mapping[str, Any]) -> None:
        """Number the event and tell it to the readers."""
        number = len(self._events) + 1
        await self.add(Event(EventId(self._fence, number), type_, dict(data)))

    async def add(self, event: Event) -> None:
        """Tell local readers at once and copy the event for other processes."""
        with self._lock:
            self._events.append(event)
            if event.is_last:
                self.finished_at = time.monotonic()
            waiters = list(self._waiters)
        for loop, wake in waiters:
            loop.call_soon_threadsafe(wake.set)
        await redis_streams.publish(turn_id=self.turn_id, event=event)

    def is_over(self, *, after: EventId) -> bool:
        """Say whether a reader at this position has nothing to expect from this log."""
        with self._lock:
            return self.finished_at is not None and not self._beyond(after)

    async def after(self, position: EventId, *, timeout: float) -> list[Event]:
        """Return the events after this position; empty when none come in time."""
        wake = asyncio.Event()
        waiter = (asyncio.get_running_loop(), wake)
        with self._lock:
            found = self._beyond(position)
            if not found:
                self._waiters.add(waiter)
        if found:
            return found
        try:
            await asyncio.wait_for(wake.wait(), timeout)
        except TimeoutError:
            return []
        finally:
            with self._lock:
                self._waiters.discard(waiter)
        with self._lock:
            return self._beyond(position)

    def _beyond(self, position: EventId) -> list[Event]:
        start = bisect.bisect_right(self._events, position, key=lambda event: event.id)
        return self._events[start:]


_logs: OrderedDict[uuid.UUID, TurnLog] = OrderedDict()
_logs_lock = threading.Lock()


def open_log(*, turn_id: uuid.UUID, fence: int) -> TurnLog:
    """Return a new log for this claim, served to this process's readers."""
    turn_log = TurnLog(turn_id=turn_id, fence=fence)
    with _logs_lock:
        _forget_old_logs()
        _logs[turn_id] = turn_log
        _logs.move_to_end(turn_id)
    return turn_log


def local_log(*, turn_id: uuid.UUID) -> TurnLog | None:
    """Return the log if this process is, or lately was, the turn's generator."""
    with _logs_lock:
        return _logs.get(turn_id)


def drop_log(*, turn_log: TurnLog) -> None:
    """Stop serving a log whose claim was lost."""
    with _logs_lock:
        if _logs.get(turn_log.turn_id) is turn_log:
            del _logs[turn_log.turn_id]


def _forget_old_logs() -> None:
    limit = time.monotonic() - KEEP_SECONDS
    while _logs:
        oldest = next(iter(_logs.values()))
        is_old = oldest.finished_at is not None and oldest.finished_at < limit
        if not is_old and len(_logs) < MOST_LOGS:
            return
        _logs.popitem(last=False)
