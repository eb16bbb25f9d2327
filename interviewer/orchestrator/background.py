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
from collections.abc import Iterable

import structlog
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connections

from interviewer.bank.model import BankQuestion
from interviewer.orchestrator.orchestrator import complete_turn
from interviewer.scoring.encoder import load_encoder
from interviewer.scoring.rubric import prepare
from sessions_app.tasks import ring_archive

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
    context = contextvars.Context()
    context.run(
        structlog.contextvars.bind_contextvars,
        **structlog.contextvars.get_contextvars(),
    )
    future = context.run(asyncio.run_coroutine_threadsafe, _run(turn_id), _loop)
    # Held, because the loop keeps only a weak reference to a running task.
    _running.add(future)
    future.add_done_callback(_running.discard)
    return True


async def finish_launched_turns(*, seconds: float) -> None:
    """Wait so long for the turns that are being made; the sweep makes the others."""
    if turns := [asyncio.wrap_future(future) for future in list(_running)]:
        await asyncio.wait(turns, timeout=seconds)


async def _run(turn_id: uuid.UUID) -> None:
    # A thread of its own: database work of one turn never waits for another's.
    async with ThreadSensitiveContext():
        try:
            is_ours = await complete_turn(turn_id=turn_id)
        finally:
            await sync_to_async(connections.close_all)()
    if is_ours:
        ring_archive()


def launch_preparation(*, questions: Iterable[BankQuestion]) -> None:
    """Read the rubrics while the candidate reads the first question.

    A rubric costs a tenth of a second on first use; no answer should wait for it.
    """
    if _loop is not None:
        _loop.call_soon_threadsafe(
            _loop.run_in_executor, None, _prepare, list(questions)
        )


def _prepare(questions: list[BankQuestion]) -> None:
    encoder = load_encoder()
    for question in questions:
        prepare(question=question, encoder=encoder)
