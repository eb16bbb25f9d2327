"""What the cache of models' answers costs, saves and survives."""

from __future__ import annotations

from interviewer.benchmarks.responses import coalescing, hit_latency, outage
from interviewer.benchmarks.suite import SuiteOptions, SuiteResult


def run(*, options: SuiteOptions) -> SuiteResult:
    """Measure hits beside other caches, coalescing beside locks, and an outage."""
    parts = [hit_latency.measure(), coalescing.measure(), outage.measure()]
    return SuiteResult(
        suite="responses",
        arms=[arm for part in parts for arm in part.arms],
        ratios={name: ratio for part in parts for name, ratio in part.ratios.items()},
        checks={name: check for part in parts for name, check in part.checks.items()},
    )
