"""A circuit breaker: leaves alone what has just failed, and tries it again later."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

CLOSED = "closed"
OPEN = "open"
TRIAL = "trial"  # one caller is finding out whether it works again


class Breaker:
    """Opens after `failures` within `window_seconds`; one trial per `open_seconds`.

    Safe to share between threads. Whoever was allowed must report the outcome.
    """

    def __init__(
        self,
        *,
        failures: int,
        window_seconds: float,
        open_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures = failures
        self._window = window_seconds
        self._open = open_seconds
        self._clock = clock
        self._failed_at: deque[float] = deque(maxlen=failures)
        self._next_trial: float | None = None  # None while closed
        self._lock = threading.Lock()

    @property
    def state(self) -> str:
        """Return closed, open, or trial when the next caller will be let through."""
        with self._lock:
            if self._next_trial is None:
                return CLOSED
            return OPEN if self._clock() < self._next_trial else TRIAL

    @property
    def is_closed(self) -> bool:
        return self._next_trial is None

    def allows(self) -> bool:
        """Return whether to try now; while open, one caller per `open_seconds` may."""
        if self.is_closed:
            return True  # the usual case needs no lock
        with self._lock:
            if self._next_trial is None:
                return True
            now = self._clock()
            if now < self._next_trial:
                return False
            self._next_trial = now + self._open
            return True

    def succeeded(self) -> None:
        """Close: it works."""
        if self.is_closed and not self._failed_at:
            return  # the usual case needs no lock
        with self._lock:
            self._failed_at.clear()
            self._next_trial = None

    def failed(self) -> bool:
        """Note a failure; return whether this one opened the breaker."""
        with self._lock:
            now = self._clock()
            if self._next_trial is not None:
                self._next_trial = now + self._open
                return False
            self._failed_at.append(now)
            is_full = len(self._failed_at) == self._failures
            if is_full and now - self._failed_at[0] <= self._window:
                self._next_trial = now + self._open
                return True
            return False
