"""Running turns beside the requests that asked for them.

The web process lends its event loop at start-up. Elsewhere (a management
command, a worker, a test) there is none, and whoever needs the reply completes
the turn itself.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import uuid

import structlog
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connections

from interviewer.orchestrator.orchestrator import complete_turn

log = structlog.get_logger(__name__)

_loop: asyncio.AbstractEventLoop | None = None
_running: set[concurrent.futures.Future[None]] = set()


def lend_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Set the loop that background turns run on; None takes it back."""
    global _loop
    _loop = loop


def launch_turn(*, turn_id: uuid.UUID) -> bool:
    """Start completing the turn and return at once; False when there is no loop."""
    if _loop is None:
        return False
    # A context of its own: the request's names an executor that ends with the request.
    future = contextvars.Context().run(
        asyncio.run_coroutine_threadsafe, _run(turn_id), _loop
    )
    # Held, because the loop keeps only a weak reference to a running task.
    _running.add(future)
    future.add_done_callback(_running.discard)
    return True


async def _run(turn_id: uuid.UUID) -> None:
    # A thread of its own: database work of one turn never waits for another's.
    async with ThreadSensitiveContext():
        try:
            await complete_turn(turn_id=turn_id)
        finally:
            await sync_to_async(connections.close_all)()
