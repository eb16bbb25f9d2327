"""What an operation costs in queries, commits and round trips to Redis."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock

from django.db import connection
from django.test.utils import CaptureQueriesContext

from interviewer.guarded_redis import GuardedPool

TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def costs(operation: Callable[[], object]) -> Mapping[str, float]:
    """Return queries, commits and Redis round trips of one run of the operation."""
    with counted() as found:
        operation()
    return found


@contextlib.contextmanager
def counted() -> Iterator[dict[str, float]]:
    """Yield what will hold queries, commits and Redis round trips of the block."""
    found: dict[str, float] = {}
    with _round_trips() as trips, CaptureQueriesContext(connection) as captured:
        yield found
    statements = [query["sql"].strip().upper() for query in captured.captured_queries]
    found["queries"] = sum(not sql.startswith(TRANSACTION) for sql in statements)
    found["commits"] = sum(sql.startswith("COMMIT") for sql in statements)
    found["redis"] = len(trips)


@contextlib.contextmanager
def _round_trips() -> Iterator[list[str]]:
    """Collect what goes to Redis through the product's clients meanwhile."""
    trips: list[str] = []
    guard: Any = GuardedPool.guard

    def counted(pool: GuardedPool, *args: Any, **kwargs: Any) -> Any:
        trips.append("round trip")
        return guard(pool, *args, **kwargs)

    with mock.patch.object(GuardedPool, "guard", counted):
        yield trips
