"""The suite: on SQLite here, on PostgreSQL in a child process, one result."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from interviewer.benchmarks.persistence.backlog import measure_backlogs
from interviewer.benchmarks.persistence.kills import measure_kills
from interviewer.benchmarks.persistence.methods import (
    BULK,
    OURS,
    PLAIN_COPY,
    SAVE,
    measure_methods,
)
from interviewer.benchmarks.postgresql import measured_on_postgresql
from interviewer.benchmarks.suite import SuiteOptions, SuiteResult
from sessions_app.models import User

FLAT = 1.5


def run(*, options: SuiteOptions) -> SuiteResult:
    """Measure on both databases; raises UnableToRun where one of them is missing."""
    if connection.vendor == "postgresql":
        return _measure(options)
    on_postgresql = measured_on_postgresql(suite="persistence", options=options)
    on_sqlite = _measure(options)
    return SuiteResult(
        suite="persistence",
        arms=[*on_postgresql.arms, *on_sqlite.arms],
        ratios={**on_postgresql.ratios, **on_sqlite.ratios},
        checks={**on_postgresql.checks, **on_sqlite.checks},
    )


def _measure(options: SuiteOptions) -> SuiteResult:
    user = User.objects.create_guest()
    database = connection.vendor
    methods = measure_methods(user=user)
    backlogs, cpu_us, is_whole = measure_backlogs(user=user, largest=options.backlog)
    # Half of the kills on each database.
    killed = measure_kills(user=user, kills=options.kills // 2)
    growth = cpu_us[max(cpu_us)] / cpu_us[min(cpu_us)]
    ratios = {
        **_ratios(methods.p50, "rows"),
        **_ratios(methods.p50_with_keys, "rows with foreign keys"),
        f"CPU per message, backlog of {max(cpu_us)} : {min(cpu_us)}": growth,
    }
    checks = {
        "every method stores the same": methods.is_equal,
        "every backlog is archived whole": is_whole,
        f"a message costs at most {FLAT} times the CPU in the largest backlog": (
            growth <= FLAT
        ),
        **killed.checks,
    }
    if database == "postgresql":
        checks |= _targets(ratios)
    return SuiteResult(
        suite="persistence",
        arms=[*methods.arms, *backlogs, killed.arm],
        ratios={f"{database}, {name}": value for name, value in ratios.items()},
        checks={f"{database}: {name}": is_met for name, is_met in checks.items()},
    )


def _ratios(p50: Mapping[tuple[int, str], float], what: str) -> dict[str, float]:
    return {
        f"{count} {what}, {name} : {OURS}": theirs / p50[count, OURS]
        for (count, name), theirs in p50.items()
        if name in (SAVE, BULK, PLAIN_COPY)
    }


def _targets(ratios: Mapping[str, float]) -> dict[str, bool]:
    return {
        "20 rows at least 12 times as fast as save()": (
            ratios[f"20 rows, {SAVE} : {OURS}"] >= 12
        ),
        "2,000 rows at least 60 times as fast as save()": (
            ratios[f"2000 rows, {SAVE} : {OURS}"] >= 60
        ),
        "2,000 rows at least twice as fast as bulk_create": (
            ratios[f"2000 rows, {BULK} : {OURS}"] >= 2
        ),
        "2,000 rows at most twice as slow as plain COPY": (
            ratios[f"2000 rows, {PLAIN_COPY} : {OURS}"] >= 0.5
        ),
    }
