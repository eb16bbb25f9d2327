"""Long work in shares, one for each core: processes over one database and one cache.

A process of its own for each share, because the interpreter's lock lets threads take
turns; each starts afresh, because connections cannot be inherited.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import django

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Work = Callable[[Sequence[Item]], list[Outcome]]


def in_shares(
    *, work: Work[Item, Outcome], items: Sequence[Item], least: int
) -> list[Outcome]:
    """Return the outcomes of all items in order; raises what the work raises.

    work: can be pickled, as can its items and outcomes
    least: items that are worth a process; fewer are worked on in this one
    """
    count = min(os.cpu_count() or 1, len(items) // least)
    if count < 2:
        return work(items)
    bounds = [len(items) * number // count for number in range(count + 1)]
    shares = [items[start:end] for start, end in zip(bounds, bounds[1:], strict=False)]
    with ProcessPoolExecutor(
        max_workers=count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=django.setup,
    ) as processes:
        return [each for done in processes.map(work, shares) for each in done]
