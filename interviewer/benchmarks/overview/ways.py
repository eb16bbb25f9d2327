"""How an operation is done, and at which sizes: what the parts of the suite share."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

UNCACHED, CACHED, ORDINARY, BY_ROW = "uncached", "cached", "good ordinary Django", "N+1"
SESSIONS = (1, 100, 1_000, 10_000)  # of one person
MESSAGES = (10, 100, 1_000)  # of one session
BASE = 100
SESSIONS_WITH_MESSAGES = 50  # of the person whose sessions' messages grow
ROUNDS = 15

CREATION, RETRIEVAL, LISTING, METRICS, MESSAGE = OPERATIONS = (
    "session creation",
    "session retrieval",
    "session listing",
    "metrics",
    "message processing",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Work:
    """What is measured, after what is not."""

    do: Callable[[], object]
    prepare: Callable[[], object] = lambda: None


def size_name(number: int, unit: str) -> str:
    return f"{number} {unit}"
