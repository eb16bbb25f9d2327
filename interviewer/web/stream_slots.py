"""How many event streams one person, and all together, may hold open here."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

STREAMS_PER_PERSON = 2
STREAMS_PER_PROCESS = 500


class NoSlot(Exception):
    """Nothing is free; `is_own_doing` when the person holds the others."""

    def __init__(self, *, is_own_doing: bool) -> None:
        super().__init__(is_own_doing)
        self.is_own_doing = is_own_doing


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One stream's place; `is_taken` once a newer stream of its turn has got it."""

    user_id: uuid.UUID
    turn_id: uuid.UUID
    is_taken: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)


class StreamSlots:
    """The open streams of this process; to be used on one event loop."""

    def __init__(self) -> None:
        # Oldest first; a dictionary as an ordered set.
        self._open: dict[Slot, None] = {}

    @contextmanager
    def held_by(self, *, user_id: uuid.UUID, turn_id: uuid.UUID) -> Iterator[Slot]:
        """Count a stream while the block runs; raises NoSlot.

        When all are in use, it takes the oldest one of the same person and turn: a
        reader who comes back may be faster than the end of its former connection.
        """
        slot = Slot(user_id, turn_id)
        self._make_room(slot)
        self._open[slot] = None
        try:
            yield slot
        finally:
            self._open.pop(slot, None)

    def _make_room(self, slot: Slot) -> None:
        own = [other for other in self._open if other.user_id == slot.user_id]
        is_own_doing = len(own) >= STREAMS_PER_PERSON
        if not is_own_doing and len(self._open) < STREAMS_PER_PROCESS:
            return
        oldest = next((it for it in own if it.turn_id == slot.turn_id), None)
        if oldest is None:
            raise NoSlot(is_own_doing=is_own_doing)
        del self._open[oldest]
        oldest.is_taken.set()
