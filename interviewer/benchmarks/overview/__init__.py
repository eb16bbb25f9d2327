"""What the product does most, by operation: not kept, kept, and done the usual way.

Measured on SQLite, and again in a process of its own on PostgreSQL.
"""

from __future__ import annotations

from django.db import connection

from interviewer.benchmarks.overview.messages import measure_messages
from interviewer.benchmarks.overview.operations import measure_operations
from interviewer.benchmarks.overview.tables import growth_table, owners_table
from interviewer.benchmarks.overview.ways import CACHED, UNCACHED
from interviewer.benchmarks.postgresql import measured_on_postgresql
from interviewer.benchmarks.suite import Arm, SuiteOptions, SuiteResult

NOTES = (
    "A person with 100 sessions, or a session with 100 messages; the second table "
    "tells of other sizes. Times are medians, in ms. Exponents: 0 does not grow, 1 "
    "grows like the size; over sessions from 100 on.",
    "Good ordinary Django: a well-indexed query that counts; for a creation the same "
    "plan in as few statements; for figures two aggregates, which tell less than "
    "ours; for a message a lock, the last 20 messages, the model and two commits. "
    "N+1: the same by a query per row.",
    "The model answers at once: what a real one takes comes on top wherever it is "
    "asked. A message is an open question's “What do you mean?”, cached when it is "
    "asked again.",
    "Figures, uncached: counted from the whole journal; cached: as the worker stored "
    "them, found true by their fingerprint. A creation is never cached.",
)


def run(*, options: SuiteOptions) -> SuiteResult:
    """Measure on this database; on SQLite also on PostgreSQL."""
    arms = [*measure_operations(), *measure_messages()]
    if connection.vendor != "sqlite":
        return _judged(arms)
    there = measured_on_postgresql(suite="overview", options=options)
    return _judged([*arms, *there.arms])


def _judged(arms: list[Arm]) -> SuiteResult:
    by_name = {arm.name: arm for arm in arms}
    hits = [
        arm
        for name, arm in by_name.items()
        if f", {CACHED}, " in name and ("listing" in name or "retrieval" in name)
    ]
    return SuiteResult(
        suite="overview",
        arms=arms,
        ratios={
            name.replace(f", {CACHED}, ", ", uncached : cached, "): by_name[
                name.replace(f", {CACHED}, ", f", {UNCACHED}, ")
            ].p50_ms
            / arm.p50_ms
            for name, arm in by_name.items()
            if f", {CACHED}, " in name
        },
        checks={
            "a kept list or session: no query, one round trip to Redis": all(
                (arm.counts["queries"], arm.counts["redis"]) == (0, 1) for arm in hits
            ),
            "no operation of ours makes more queries as data grow": (
                _has_constant_queries(arms)
            ),
            "a message answered from the cache is one commit": all(
                arm.counts["commits"] == 1
                for name, arm in by_name.items()
                if f"message processing, {CACHED}" in name
            ),
        },
        notes=NOTES,
        tables=[owners_table(arms=arms), growth_table(arms=arms)],
    )


def _has_constant_queries(arms: list[Arm]) -> bool:
    found: dict[str, set[float]] = {}
    for arm in arms:
        if f", {CACHED}, " in arm.name or f", {UNCACHED}, " in arm.name:
            what = arm.name.rpartition(", ")[0]
            found.setdefault(what, set()).add(arm.counts["queries"])
    return all(len(counts) == 1 for counts in found.values())
