"""One call for any number of identical requests at the same time.

Within a process the first request leads and the others wait for its future; between
processes a lease in Redis decides, and a published word wakes who waits. Nobody polls.
With Redis away a process coordinates only itself. A lease can be lost: it saves calls,
and what must happen once is guarded by the database.

    async with flight(key=key, find=find) as flown:
        if flown.is_leader:
            value = await ask_the_model()
            keep(value)                 # where `find` finds it
            await flown.publish(value)
        else:
            value = flown.value

Whoever leaves without publishing has abandoned the flight; a follower leads at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from interviewer.orchestrator.lease import Lease, Waiter
from interviewer.telemetry import record_event
from sessions_app.services.flights import Ticket, enter, leave

WAIT_SECONDS = 60.0  # for somebody else's call; then each goes alone

V = TypeVar("V")
_ABANDONED: Any = object()


class Flight(Generic[V]):
    """A request's part in the flight: lead and publish, or take the value."""

    def __init__(
        self,
        *,
        value: V | None = None,
        ticket: Ticket | None = None,
        lease: Lease | None = None,
    ) -> None:
        self.value = value  # None for the leader
        self._ticket = ticket
        self._lease = lease

    @property
    def is_leader(self) -> bool:
        return self.value is None

    async def publish(self, value: V) -> None:
        """Hand the value to those who wait; it must be where `find` finds it."""
        await self._land(value)

    async def abandon(self) -> None:
        """Let somebody else lead; does nothing after publishing."""
        await self._land(_ABANDONED)

    async def _land(self, value: Any) -> None:
        ticket, self._ticket = self._ticket, None
        lease, self._lease = self._lease, None
        if ticket is not None:
            ticket.resolve(value)
        if lease is not None:
            await lease.release()


@contextlib.asynccontextmanager
async def flight(
    *, key: str, find: Callable[[], V | None], wait_seconds: float = WAIT_SECONDS
) -> AsyncGenerator[Flight[V], None]:
    """Join the flight of this key, as its leader or with its value.

    `find` reads what a leader has kept, in a thread and without raising. Whoever has
    waited for `wait_seconds` leads a flight of its own.
    """
    flown = await _join(key, find, time.monotonic() + wait_seconds)
    try:
        yield flown
    finally:
        await flown.abandon()


async def _join(key: str, find: Callable[[], V | None], deadline: float) -> Flight[V]:
    while time.monotonic() < deadline:
        joined = enter(key)
        if joined is None:
            break
        if isinstance(joined, Ticket):
            return await _with_ticket(joined, key, find, deadline)
        value = await _result(joined, deadline)
        if value is not _ABANDONED:
            record_event("singleflight_followers")
            return Flight(value=value)
        if not joined.done():
            leave(key, joined)  # its leader is stuck, or its loop has died
    return Flight()


async def _result(future: Future[Any], deadline: float) -> Any:
    remaining = deadline - time.monotonic()
    try:
        return await asyncio.wait_for(asyncio.wrap_future(future), remaining)
    except TimeoutError:
        return _ABANDONED


async def _with_ticket(
    ticket: Ticket, key: str, find: Callable[[], V | None], deadline: float
) -> Flight[V]:
    lease = Lease(key=key, token=secrets.token_hex(16))
    flown: Flight[V] = Flight(ticket=ticket, lease=lease)
    try:
        value = await _lead_or_find(lease, find, deadline)
        if value is not None:
            await flown.publish(value)
            return Flight(value=value)
        return flown
    except BaseException:
        await flown.abandon()
        raise


async def _lead_or_find(
    lease: Lease, find: Callable[[], V | None], deadline: float
) -> V | None:
    """Return what another process found out; None when this one leads."""
    if await lease.take():
        # Somebody may have landed between this request's look-up and its lease.
        return await asyncio.to_thread(find)
    async with Waiter(key=lease.key) as waiter:
        # Subscribed first: whoever lands from now on wakes us.
        while time.monotonic() < deadline:
            value = await asyncio.to_thread(find)
            if value is None and await lease.take():
                return await _take_over(find)
            if value is not None:
                record_event("singleflight_followers")
                return value
            await waiter.wait(min(lease.held_seconds, deadline - time.monotonic()))
    return None


async def _take_over(find: Callable[[], V | None]) -> V | None:
    value = await asyncio.to_thread(find)
    if value is None:
        record_event("lease_takeovers")
    return value
