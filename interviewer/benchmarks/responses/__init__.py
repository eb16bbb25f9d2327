"""What the cache of models' answers costs, saves and survives."""

from __future__ import annotations

import importlib

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
    parts: list[SuiteResult] = [
        importlib.import_module(f"{__name__}.{name}").measure() for name in PARTS
    ]
    return SuiteResult(
        suite="responses",
        arms=[arm for part in parts for arm in part.arms],
        ratios={name: ratio for part in parts for name, ratio in part.ratios.items()},
        checks={name: check for part in parts for name, check in part.checks.items()},
    )
