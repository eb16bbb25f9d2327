"""One computation for any number of equal requests at the same time, in one process.

A request enters under a key. The first gets a ticket and computes; the others get its
future. What must be agreed upon between processes is not decided here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

MAX_FLIGHTS = 1_000  # requests under way in this process; beyond, each goes alone
WAIT_SECONDS = 5.0  # for another thread's computation; then each goes alone

V = TypeVar("V")

_under_way: dict[Hashable, Future[Any]] = {}
_lock = threading.Lock()


class Ticket:
    """The first request's entry in the map; it goes when the future is resolved."""

    def __init__(self, key: Hashable) -> None:
        self._key = key
        self.future: Future[Any] = Future()
        # A running future cannot be canceled by one of those who wait for it.
        self.future.set_running_or_notify_cancel()

    def resolve(self, value: Any) -> None:
        """Hand the value to those who wait."""
        leave(self._key, self.future)
        self.future.set_result(value)

    def fail(self, error: BaseException) -> None:
        """Tell those who wait that there is no value."""
        leave(self._key, self.future)
        self.future.set_exception(error)


def enter(key: Hashable) -> Ticket | Future[Any] | None:
    """Return a ticket to the first, the first's future to others, None when full."""
    with _lock:
        if (future := _under_way.get(key)) is not None:
            return future
        if len(_under_way) >= MAX_FLIGHTS:
            return None
        ticket = Ticket(key)
        _under_way[key] = ticket.future
        return ticket


def leave(key: Hashable, future: Future[Any]) -> None:
    """Take the future off the map; the next request is a first one again."""
    with _lock:
        if _under_way.get(key) is future:
            del _under_way[key]


def share(*, key: Hashable, compute: Callable[[], V]) -> V:
    """Return what `compute` returns, computed once for callers at the same time.

    A caller whose leader fails or takes too long computes by itself.
    """
    entered = enter(key)
    if isinstance(entered, Ticket):
        return _lead(entered, compute)
    if entered is not None:
        try:
            shared: V = entered.result(timeout=WAIT_SECONDS)
            return shared
        except Exception:
            leave(key, entered)
    return compute()


def _lead(ticket: Ticket, compute: Callable[[], V]) -> V:
    try:
        value = compute()
    except BaseException as error:
        ticket.fail(error)
        raise
    ticket.resolve(value)
    return value
