"""What a hundred identical requests in four processes cost, and a killed leader."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import uuid

from django.conf import settings
from django.core.cache import cache

from interviewer.benchmarks.responses.coalescing_worker import (
    CALL_SECONDS,
    CALLS_KEY,
    DEATH_SECONDS,
)
from interviewer.benchmarks.suite import Arm, SuiteResult, arm_of, percentile_ms
from interviewer.orchestrator.lease import LEASE_SECONDS

PROCESSES = 4
REQUESTS = 25  # in each process
ROUNDS = 3
START_SECONDS = 6.0  # until every process has loaded
P99_LIMIT = 1.15  # times the call
WORKER = "from interviewer.benchmarks.responses.coalescing_worker import main; main()"
WAYS = ("flight", "lock", "naive")


def measure() -> SuiteResult:
    """Measure the ways in turn, then a flight whose leader is killed."""
    waits: dict[str, list[float]] = {way: [] for way in WAYS}
    calls: dict[str, list[int]] = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way in WAYS:
            waited, called = _requests(way)
            waits[way] += waited
            calls[way].append(called)
    orphaned, calls_after_death = _requests("flight", is_deadly=True)
    arms = [_arm(f"100 at once: {way}", waits[way], max(calls[way])) for way in WAYS]
    arms.append(_arm("100 at once: leader killed", orphaned, calls_after_death))
    p99_ms = percentile_ms(sorted(waits["flight"]), 0.99)
    delay = max(orphaned) - DEATH_SECONDS
    return SuiteResult(
        suite="responses",
        arms=arms,
        ratios={
            "p99 of a flight : one call": p99_ms / (CALL_SECONDS * 1000),
            "polling lock : flight, p50": arms[1].p50_ms / arms[0].p50_ms,
        },
        checks={
            "100 identical requests make 1 call": max(calls["flight"]) == 1,
            "every request is answered": len(waits["flight"])
            == PROCESSES * REQUESTS * ROUNDS,
            f"p99 within {P99_LIMIT} calls": p99_ms <= P99_LIMIT * CALL_SECONDS * 1000,
            "leader killed: 2 calls": calls_after_death == 2,
            "leader killed: all others are answered": len(orphaned)
            == (PROCESSES - 1) * REQUESTS,
            "leader killed: within its lease and one call": delay
            <= LEASE_SECONDS + CALL_SECONDS,
        },
    )


def _requests(way: str, *, is_deadly: bool = False) -> tuple[list[float], int]:
    """Return the seconds that each request took, and the calls that were made."""
    key = f"flight-{uuid.uuid4()}"
    start_at = time.time() + START_SECONDS
    arguments = [way, key, str(start_at), str(REQUESTS), str(int(is_deadly))]
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, *arguments],
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]
    outputs = [worker.communicate()[0] for worker in workers]
    # A killed worker says nothing.
    seconds = [s for output in outputs if output for s in json.loads(output)]
    return seconds, int(cache.get(CALLS_KEY.format(key=key), 0))


def _arm(name: str, seconds: list[float], calls: int) -> Arm:
    # The work is done in other processes: this one's CPU time says nothing.
    measured = [(wait, 0.0) for wait in seconds]
    return arm_of(name=name, seconds=measured, counts={"llm_calls": calls})
