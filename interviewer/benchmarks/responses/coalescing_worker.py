"""A process that sends identical requests at an appointed time; a part of coalescing.

Prints the seconds that each request took. Its arguments: the way, the key, the time to
start, the number of requests, and whether the leader dies.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable

import django

CALL_SECONDS = 0.4
DEATH_SECONDS = 0.2  # into the first call
CALLS_KEY = "{key}-calls"


def main() -> None:
    """Send the requests that the command line asks for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interviewer.settings")
    django.setup()
    way, key, start_at, count, is_deadly = sys.argv[1:]
    asyncio.run(_send(way, key, float(start_at), int(count), bool(int(is_deadly))))


async def _send(
    way: str, key: str, start_at: float, count: int, is_deadly: bool
) -> None:
    from django.core.cache import cache

    import interviewer.orchestrator.single_flight  # noqa: F401 (loaded before)

    await asyncio.to_thread(cache.get, key)  # connected before

    async def call() -> str:
        cache.add(CALLS_KEY.format(key=key), 0)
        calls = cache.incr(CALLS_KEY.format(key=key))
        if is_deadly and calls == 1:
            await asyncio.sleep(DEATH_SECONDS)
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.sleep(CALL_SECONDS)
        return "answer"

    ask = {"flight": _by_flight, "lock": _by_polling_lock, "naive": _alone}[way]
    await asyncio.sleep(start_at - time.time())
    print(
        json.dumps(
            await asyncio.gather(*(_timed(ask, key, call) for _ in range(count)))
        )
    )


Call = Callable[[], Awaitable[str]]


async def _timed(
    ask: Callable[[str, Call], Awaitable[str]], key: str, call: Call
) -> float:
    started = time.perf_counter()
    if await ask(key, call) != "answer":
        raise AssertionError("a request was not answered")
    return time.perf_counter() - started


async def _by_flight(key: str, call: Call) -> str:
    from django.core.cache import cache

    from interviewer.orchestrator.single_flight import flight

    def find() -> str | None:
        found: str | None = cache.get(key)
        return found

    async with flight(key=key, find=find) as flown:
        if flown.value is not None:
            return flown.value
        answer = await call()
        await asyncio.to_thread(cache.set, key, answer, 60)
        await flown.publish(answer)
        return answer


async def _by_polling_lock(key: str, call: Call) -> str:
    """Take redis-py's lock as its documentation shows, and look again."""
    import redis.asyncio
    from django.conf import settings
    from django.core.cache import cache

    async with (
        redis.asyncio.Redis.from_url(settings.REDIS_URL) as client,
        client.lock(f"{key}-lock", timeout=10),
    ):
        if (kept := cache.get(key)) is not None:
            return str(kept)
        answer = await call()
        cache.set(key, answer, 60)
        return answer


async def _alone(key: str, call: Call) -> str:
    return await call()
