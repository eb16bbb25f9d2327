"""What a cache call costs while Redis is away."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache

from interviewer.benchmarks.suite import SuiteResult, measure_in_turn
from interviewer.cache import ForgivingRedisCache

ROUNDS = 1_000
ADDED_LIMIT_MS = 2.0
FAILURES = 3  # open the breaker


def measure() -> SuiteResult:
    """Measure a look-up with Redis there, and with it gone and the breaker open."""
    nowhere = f"unix://{settings.DATA_DIR}/nobody-listens.sock"
    lost = ForgivingRedisCache(nowhere, settings.CACHES["default"])
    for _ in range(FAILURES):
        lost.get("key")
    cache.set("key", "value", 600)
    there, gone = measure_in_turn(
        arms={
            "look-up, Redis there": lambda: cache.get("key"),
            "look-up, Redis gone": lambda: lost.get("key"),
        },
        rounds=ROUNDS,
    )
    added_ms = gone.p50_ms - there.p50_ms
    return SuiteResult(
        suite="responses",
        arms=[there, gone],
        ratios={"Redis gone : there": gone.p50_ms / there.p50_ms},
        checks={
            f"an outage adds at most {ADDED_LIMIT_MS} ms": added_ms <= ADDED_LIMIT_MS
        },
    )
