"""What readers of a turn are told, with ids from which they can resume.

An event's id is `<fence>-<n>`: a turn taken over by a later claim continues
with greater ids, so any reader can say where it stopped.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any

_POSITION = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")


# Numbers of a turn's outcome start here, far above any that its words reach: the same
# event has the same id in a log and in the database, so readers may change over.
OUTCOME_FROM = 1_000_000


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class EventId:
    """A position in a turn's log."""

    fence: int
    number: int

    @classmethod
    def parse(cls, text: str | None) -> EventId:
        """Return the position that a `Last-Event-ID` names, or else the start."""
        match = _POSITION.fullmatch(text or "")
        return cls(int(match[1]), int(match[2])) if match else START

    def __str__(self) -> str:
        return f"{self.fence}-{self.number}"


START = EventId(0, 0)


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """Something a reader of the turn is told."""

    id: EventId
    type: str
    data: Mapping[str, Any]

    @property
    def is_last(self) -> bool:
        return self.type == "done"

    def encode(self) -> bytes:
        """Return the event as one server-sent event."""
        payload = json.dumps(self.data, separators=(",", ":"), ensure_ascii=False)
        return f"id: {self.id}\nevent: {self.type}\ndata: {payload}\n\n".encode()
