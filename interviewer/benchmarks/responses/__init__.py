"""What the cache of models' answers costs, saves and survives."""

from __future__ import annotations

from interviewer.benchmarks.responses import (
    avoided_calls,
    coalescing,
    hit_latency,
    http_turns,
    outage,
    wrong_serves,
)
from interviewer.benchmarks.suite import SuiteOptions, SuiteResult


def run(*, options: SuiteOptions) -> SuiteResult:
    """Measure hits, coalescing, outages, wrong serves and what a day saves."""
    measured = (
        hit_latency,
        coalescing,
        outage,
        wrong_serves,
        avoided_calls,
        http_turns,
    )
    parts = [part.measure() for part in measured]
    return SuiteResult(
        suite="responses",
        arms=[arm for part in parts for arm in part.arms],
        ratios={name: ratio for part in parts for name, ratio in part.ratios.items()},
        checks={name: check for part in parts for name, check in part.checks.items()},
    )
