"""Draining a backlog: what a message costs the worker, however many wait."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from interviewer.benchmarks.persistence.rows import make_backlog
from interviewer.benchmarks.suite import Arm, arm_of
from sessions_app.models import Answer, Message, User
from sessions_app.services.archive import drain

SMALLEST = 1_000


def measure_backlogs(
    *, user: User, largest: int
) -> tuple[list[Arm], dict[int, float], bool]:
    """Return the arms, CPU in µs per message by backlog, and whether all was stored."""
    arms: list[Arm] = []
    cpu_us: dict[int, float] = {}
    is_whole = True
    for size in _sizes(largest):
        # A short drain is measured more often, after one that warms up.
        tries = [_make_and_drain(user, size) for _ in range(4 if size < 5_000 else 1)]
        arm = min((arm for arm, _ in tries), key=lambda arm: arm.cpu_ms)
        arms.append(arm)
        cpu_us[size] = arm.counts["cpu_us_per_message"]
        is_whole = is_whole and all(is_stored for _, is_stored in tries)
    return arms, cpu_us, is_whole


def _make_and_drain(user: User, size: int) -> tuple[Arm, bool]:
    known = Answer.objects.count()
    made = make_backlog(user=user, messages=size)
    answers = Message.objects.filter(kind="answer", archived_at=None).count()
    wall, cpu = time.perf_counter(), time.process_time()
    drained = 0
    while messages := drain(now=timezone.now()).messages:
        drained += messages
    elapsed = time.perf_counter() - wall, time.process_time() - cpu
    arm = arm_of(
        name=f"{connection.vendor}, backlog of {made}: drained",
        seconds=[elapsed],
        counts={
            "messages_per_s": round(made / elapsed[0]),
            "cpu_us_per_message": round(elapsed[1] / made * 1e6, 1),
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        },
    )
    return arm, drained == made and Answer.objects.count() == known + answers


def _sizes(largest: int) -> Sequence[int]:
    sizes, size = [], SMALLEST
    while size < largest:
        sizes.append(size)
        size *= 10
    return [*sizes, largest]
