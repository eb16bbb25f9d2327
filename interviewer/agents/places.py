"""A bound on calls under way, shared by every event loop and thread of a process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import AsyncIterator

_Waiter = tuple[asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class NoPlace(Exception):
    """Nobody left in time."""


class Places:
    """So many may be inside at once; whoever waits longest is let in next.

    An asyncio semaphore belongs to one loop; requests without a stream run each on
    a loop of its own.
    """

    def __init__(self, *, count: int) -> None:
        self._free = count
        self._waiting: deque[_Waiter] = deque()
        self._lock = threading.Lock()

    @contextlib.asynccontextmanager
    async def place(self, *, wait_seconds: float) -> AsyncIterator[None]:
        """Hold a place; raise NoPlace when none gets free within the time."""
        await self._take(wait_seconds)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, wait_seconds: float) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            loop = asyncio.get_running_loop()
            waiter = (loop, loop.create_future())
            self._waiting.append(waiter)
        try:
            async with asyncio.timeout(wait_seconds):
                await waiter[1]
        except TimeoutError:
            self._leave(waiter)
            raise NoPlace from None
        except asyncio.CancelledError:
            self._leave(waiter)
            raise

    def _leave(self, waiter: _Waiter) -> None:
        """Stop waiting; a place that was handed over meanwhile is passed on."""
        with self._lock:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
                return
        self._give_back()

    def _give_back(self) -> None:
        with self._lock:
            while self._waiting:
                loop, future = self._waiting.popleft()
                # A loop that was closed meanwhile has nobody to let in.
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(_let_in, future)
                    return
            self._free += 1


def _let_in(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
