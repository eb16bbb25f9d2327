"""What this process counts for /metrics: model calls, turns, caches, breakers.

Each process counts for itself. With PROMETHEUS_MULTIPROC_DIR, which the supervisor
sets, the figures live in files there and a scrape adds up those of all processes;
without it a scrape shows those of the process that answers.

Recording takes microseconds and never raises: a reply must not fail for a figure.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, ParamSpec

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.samples import Sample

from interviewer import breaker
from sessions_app.services.archive import DUPLICATES_SUPPRESSED
from sessions_app.services.model_calls import NewModelCall

log = structlog.get_logger(__name__)

Event = Literal[
    "singleflight_followers",
    "lease_takeovers",
    "fence_rejected",
    "compactions",
    "ledger_dropped",
    "generation_missing",
]

_registry = CollectorRegistry()
_registry.register(DUPLICATES_SUPPRESSED)
# Up to the deadline of a turn, finer where people notice a difference.
_SECONDS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 12, 20)
_STATES = {breaker.CLOSED: 0, breaker.TRIAL: 1, breaker.OPEN: 2}

_CALLS = Counter(
    "llm_calls",
    "Uses of a model task, by the path on which they were answered.",
    ["task", "outcome"],
    registry=_registry,
)
_FAILURES = Counter(
    "llm_failures",
    "Model calls that failed or were not made, by reason.",
    ["task", "failure"],
    registry=_registry,
)
_TOKENS = Counter(
    "llm_tokens",
    "Tokens used; those of kind cache_read are part of those of kind in.",
    ["task", "kind"],
    registry=_registry,
)
_COST = Counter(
    "llm_cost_micros",
    "Cost in millionths of the currency of MODEL_PRICES.",
    ["task"],
    registry=_registry,
)
_FIRST_TOKEN = Histogram(
    "llm_first_token_seconds",
    "From the start of a call to its first token.",
    ["outcome"],
    buckets=_SECONDS,
    registry=_registry,
)
_COMPLETE = Histogram(
    "llm_complete_seconds",
    "From the start of a call to its end.",
    ["outcome"],
    buckets=_SECONDS,
    registry=_registry,
)
_TURN_FIRST_WORDS = Histogram(
    "turn_first_words_seconds",
    "From the candidate's message to the first words of the reply.",
    ["origin"],
    buckets=_SECONDS,
    registry=_registry,
)
_TURN_COMPLETE = Histogram(
    "turn_complete_seconds",
    "From the candidate's message to the whole reply.",
    ["origin"],
    buckets=_SECONDS,
    registry=_registry,
)
_CACHE_OPS = Counter(
    "cache_ops",
    "Reads of a cache, by result.",
    ["namespace", "result"],
    registry=_registry,
)
_BREAKER = Gauge(
    "breaker_state",
    "0 closed, 1 on trial, 2 open; the worst of all processes.",
    ["name"],
    multiprocess_mode="livemax",
    registry=_registry,
)
_INVALIDATION_LAG = Histogram(
    "invalidation_lag_seconds",
    "From a change of somebody's data to the word that ends what is kept of it.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 60),
    registry=_registry,
)
_EVENTS: dict[Event, Counter] = {
    "singleflight_followers": Counter(
        "singleflight_followers",
        "Requests that waited for an equal one that was under way.",
        registry=_registry,
    ),
    "lease_takeovers": Counter(
        "lease_takeovers",
        "Leases of processes that died, taken over by others.",
        registry=_registry,
    ),
    "fence_rejected": Counter(
        "fence_rejected",
        "Commits that came too late and wrote nothing.",
        registry=_registry,
    ),
    "compactions": Counter(
        "compactions",
        "Blocks of a conversation that were folded into its record.",
        registry=_registry,
    ),
    "ledger_dropped": Counter(
        "ledger_dropped",
        "Facts that were proposed and not kept, because their quote was not found.",
        registry=_registry,
    ),
    "generation_missing": Counter(
        "generation_missing",
        "First reads of a person's data in a day, or after Redis lost the token.",
        registry=_registry,
    ),
}

_Args = ParamSpec("_Args")


def _harmless(record: Callable[_Args, None]) -> Callable[_Args, None]:
    """Log what goes wrong in recording a figure, and go on without it."""

    @functools.wraps(record)
    def recorded(*args: _Args.args, **kwargs: _Args.kwargs) -> None:
        try:
            record(*args, **kwargs)
        except Exception:
            log.warning("metric_not_recorded", exc_info=True)

    return recorded


@_harmless
def record_calls(calls: Iterable[NewModelCall]) -> None:
    """Count model calls: to be called once they are stored."""
    for call in calls:
        _CALLS.labels(call.task, call.outcome).inc()
        if call.failure:
            _FAILURES.labels(call.task, call.failure).inc()
        _TOKENS.labels(call.task, "in").inc(call.tokens_in)
        _TOKENS.labels(call.task, "cache_read").inc(call.tokens_cached)
        _TOKENS.labels(call.task, "out").inc(call.tokens_out)
        _COST.labels(call.task).inc(call.cost_micros)
        _observe(_FIRST_TOKEN.labels(call.outcome), call.first_token_ms)
        _observe(_COMPLETE.labels(call.outcome), call.complete_ms)


@_harmless
def record_turn(
    *, origin: str, first_words_ms: int | None, complete_ms: int | None
) -> None:
    """Count a committed turn; the origin is that of its last reply."""
    _observe(_TURN_FIRST_WORDS.labels(origin), first_words_ms)
    _observe(_TURN_COMPLETE.labels(origin), complete_ms)


@_harmless
def record_cache(
    namespace: str, result: Literal["hit", "miss", "stale", "error", "bypass"]
) -> None:
    """Count one read of a cache."""
    _CACHE_OPS.labels(namespace, result).inc()


@_harmless
def record_invalidation(*, lag_seconds: float) -> None:
    """Count a change that Redis was told of."""
    _INVALIDATION_LAG.observe(lag_seconds)


@_harmless
def record_event(event: Event, *, count: int = 1) -> None:
    """Count something that has no labels."""
    _EVENTS[event].inc(count)


@_harmless
def set_breaker(name: str, state: str) -> None:
    """Note the state of a breaker, in the words of `interviewer.breaker`."""
    _BREAKER.labels(name).set(_STATES[state])


def recorded() -> CollectorRegistry:
    """Return what was recorded, by all processes where they share a directory."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return _registry
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared


def breaker_states() -> Mapping[str, str]:
    """Return the worst state of each breaker of all processes, in words."""
    words = {number: word for word, number in _STATES.items()}
    return {
        sample.labels["name"]: words[int(sample.value)]
        for sample in _samples("breaker_state")
    }


def cache_reads() -> Mapping[str, Mapping[str, int]]:
    """Return cache → result → reads, since the processes started."""
    reads: dict[str, dict[str, int]] = {}
    for sample in _samples("cache_ops_total"):
        results = reads.setdefault(sample.labels["namespace"], {})
        results[sample.labels["result"]] = int(sample.value)
    return reads


def _samples(name: str) -> Iterator[Sample]:
    for family in recorded().collect():
        yield from (sample for sample in family.samples if sample.name == name)


def _observe(histogram: Histogram, milliseconds: int | None) -> None:
    if milliseconds is not None:
        histogram.observe(milliseconds / 1000)
