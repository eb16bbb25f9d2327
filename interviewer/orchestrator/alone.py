"""Work that one process does at a time, because doing it twice costs a call."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.core.cache import cache


@contextlib.contextmanager
def alone(*, name: str, seconds: int) -> Iterator[bool]:
    """Say whether nobody else does this now; `seconds` is the longest that it takes.

    With Redis away everybody may: it saves calls, and the database decides what counts.
    """
    key = f"alone:{name}"
    is_free = cache.add(key, True, timeout=seconds)
    try:
        yield is_free
    finally:
        if is_free:
            cache.delete(key)
