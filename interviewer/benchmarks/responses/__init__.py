"""What the cache of models' answers costs, saves and survives."""

from __future__ import annotations

import importlib
import time

from interviewer.benchmarks.suite import SuiteOptions, SuiteResult

# Imported when they are measured: a worker of coalescing needs none of the others.
PARTS = (
    "hit_latency",
    "coalescing",
    "outage",
    "wrong_serves",
    "avoided_calls",
    "http_turns",
)


def run(*, options: SuiteOptions) -> SuiteResult:
    """Measure hits, coalescing, outages, wrong serves and what a day saves."""
    parts, took = [], []
    for name in PARTS:
        started = time.monotonic()
        part: SuiteResult = importlib.import_module(f"{__name__}.{name}").measure()
        parts.append(part)
        took.append(f"{name} {time.monotonic() - started:.0f} s")
    return SuiteResult(
        suite="responses",
        arms=[arm for part in parts for arm in part.arms],
        ratios={name: ratio for part in parts for name, ratio in part.ratios.items()},
        checks={name: check for part in parts for name, check in part.checks.items()},
        notes=[
            *(note for part in parts for note in part.notes),
            f"The parts took: {', '.join(took)}.",
        ],
    )
