"""Following a turn: from this process's log, from Redis, or from the database."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from interviewer.orchestrator import redis_streams
from interviewer.orchestrator.events import Event, EventId
from interviewer.orchestrator.redis_streams import StreamHub
from interviewer.orchestrator.turn_log import local_log

DATABASE_POLL_SECONDS = 0.5

StoredOutcome = Callable[[EventId], Awaitable[list[Event]]]


async def follow_turn(
    *,
    turn_id: uuid.UUID,
    after: EventId,
    hub: StreamHub,
    stored_outcome: StoredOutcome,
    quiet_seconds: float,
) -> AsyncGenerator[Event | None, None]:
    """Yield the turn's events after this position until its last one.

    None is yielded after each quiet spell, for a heartbeat. `stored_outcome`
    returns the events of an ended turn from the database, [] while it is
    pending: the way out when neither a log nor Redis has them.
    """
    position = after
    while True:
        async with aclosing(
            _live_events(turn_id, position, hub, quiet_seconds)
        ) as events:
            async for event in events:
                yield event
                if event is not None:
                    position = event.id
                    if event.is_last:
                        return
        for event in await stored_outcome(position):
            yield event
            if event.is_last:
                return


async def _live_events(
    turn_id: uuid.UUID, after: EventId, hub: StreamHub, quiet_seconds: float
) -> AsyncGenerator[Event | None, None]:
    turn_log = local_log(turn_id=turn_id)
    if turn_log is None or turn_log.is_over(after=after):
        async with aclosing(_remote_events(turn_id, after, hub)) as remote:
            async for event in remote:
                yield event
        return
    position = after
    while local_log(turn_id=turn_id) is turn_log:
        events = await turn_log.after(position, timeout=quiet_seconds)
        for event in events:
            position = event.id
            yield event
        if not events:
            yield None


async def _remote_events(
    turn_id: uuid.UUID, after: EventId, hub: StreamHub
) -> AsyncGenerator[Event | None, None]:
    if redis_streams.is_open():
        await asyncio.sleep(DATABASE_POLL_SECONDS)
        yield None
        return
    async with aclosing(
        hub.follow(turn_id=turn_id, after=after, timeout=DATABASE_POLL_SECONDS)
    ) as followed:
        async for event in followed:
            yield event
            if event is None:
                return  # quiet there: perhaps it is done already
