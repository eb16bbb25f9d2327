"""What kept lists and states cost and save, and whether one is ever stale.

Measured on SQLite, and again in a process of its own on PostgreSQL.
"""

from __future__ import annotations

import dataclasses
import importlib
import time
from collections.abc import Iterable

from django.db import connection

from interviewer.benchmarks.postgresql import measured_on_postgresql
from interviewer.benchmarks.suite import SuiteOptions, SuiteResult

ON_EACH_DATABASE = ("reads", "polling", "races")


def run(*, options: SuiteOptions) -> SuiteResult:
    """Measure on this database; on SQLite also on PostgreSQL, and over HTTP."""
    parts = [_part(name) for name in ON_EACH_DATABASE]
    if connection.vendor != "sqlite":
        return _merged(parts)
    there = measured_on_postgresql(suite="sessions", options=options)
    return _merged([*parts, _part("http_reads"), _named_there(there)])


def _part(name: str) -> SuiteResult:
    started = time.monotonic()
    part: SuiteResult = importlib.import_module(f"{__name__}.{name}").measure()
    took = f"{name} took {time.monotonic() - started:.0f} s."
    return dataclasses.replace(part, notes=[*part.notes, took])


def _merged(parts: Iterable[SuiteResult]) -> SuiteResult:
    found = list(parts)
    return SuiteResult(
        suite="sessions",
        arms=[arm for part in found for arm in part.arms],
        ratios={name: ratio for part in found for name, ratio in part.ratios.items()},
        checks={name: check for part in found for name, check in part.checks.items()},
        notes=[note for part in found for note in part.notes],
    )


def _named_there(result: SuiteResult) -> SuiteResult:
    def there(name: str) -> str:
        return f"PostgreSQL: {name}"

    return dataclasses.replace(
        result,
        arms=[dataclasses.replace(arm, name=there(arm.name)) for arm in result.arms],
        ratios={there(name): ratio for name, ratio in result.ratios.items()},
        checks={there(name): check for name, check in result.checks.items()},
        notes=[there(note) for note in result.notes],
    )
