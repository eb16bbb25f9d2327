"""How many event streams one person, and all together, may hold open here."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

STREAMS_PER_PERSON = 2
STREAMS_PER_PROCESS = 500


class NoSlot(Exception):
    """Nothing is free; `is_own_doing` when the person holds the others."""

    def __init__(self, *, is_own_doing: bool) -> None:
        super().__init__(is_own_doing)
        self.is_own_doing = is_own_doing


class StreamSlots:
    """The open streams of this process; to be used on one event loop."""

    def __init__(self) -> None:
        self._open: Counter[uuid.UUID] = Counter()

    @contextmanager
    def held_by(self, user_id: uuid.UUID) -> Iterator[None]:
        """Count a stream while the block runs; raises NoSlot."""
        if self._open[user_id] >= STREAMS_PER_PERSON:
            raise NoSlot(is_own_doing=True)
        if self._open.total() >= STREAMS_PER_PROCESS:
            raise NoSlot(is_own_doing=False)
        self._open[user_id] += 1
        try:
            yield
        finally:
            self._open[user_id] -= 1
            # Whoever reads nothing leaves no trace.
            self._open += Counter()
