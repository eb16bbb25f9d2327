"""Doing things at the same moment, each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

START_SECONDS = 10
END_SECONDS = 60


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run the jobs together; return what each returned, or the exception it raised."""
    barrier = threading.Barrier(len(jobs))
    outcomes: list[Any] = [None] * len(jobs)

    def run(number: int, job: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=START_SECONDS)
            outcomes[number] = job()
        except Exception as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=numbered) for numbered in enumerate(jobs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=END_SECONDS)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes
