"""The owner's table, and what becomes of its costs as data grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interviewer.benchmarks.overview.ways import (
    BASE,
    BY_ROW,
    CACHED,
    CREATION,
    MESSAGES,
    OPERATIONS,
    ORDINARY,
    SESSIONS,
    UNCACHED,
    size_name,
)
from interviewer.benchmarks.suite import Arm, Table, exponent

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
NOTHING = "–"
UNITS: Mapping[str, Sequence[int]] = {"sessions": SESSIONS, "messages": MESSAGES}
Arms = Mapping[tuple[str, ...], Arm]  # (database, operation, way, size)


def owners_table(*, arms: Sequence[Arm]) -> Table:
    """Return each operation at the ordinary size, on each database."""
    by_key = _by_key(arms)
    return Table(
        title="Each operation at its ordinary size",
        heads=(
            "operation",
            "database",
            "uncached, ms",
            "cached, ms",
            "ratio",
            "good ordinary Django, ms",
            "N+1, ms",
            "queries, uncached / cached",
            "Redis round trips, uncached / cached",
        ),
        rows=[
            _row(by_key, database, operation)
            for operation in OPERATIONS
            for database in DATABASES
            if (database, operation, UNCACHED, _base_of(operation)) in by_key
        ],
    )


def growth_table(*, arms: Sequence[Arm]) -> Table:
    """Return each way's time at each size, with the exponents."""
    by_key = _by_key(arms)
    ways = dict.fromkeys(key[:3] for key in by_key)
    sizes = [size_name(n, unit) for unit in UNITS for n in UNITS[unit]]
    return Table(
        title="The same at other sizes, in ms",
        heads=(
            "operation",
            "database",
            "way",
            *sizes,
            *(f"exponent over {unit}" for unit in UNITS),
        ),
        rows=[
            [
                operation,
                DATABASES[database],
                way,
                *(_time(by_key.get((database, operation, way, s))) for s in sizes),
                *(_exponent(by_key, (database, operation, way), unit)
                  for unit in UNITS),
            ]
            for database, operation, way in sorted(
                ways, key=lambda key: OPERATIONS.index(key[1])
            )
        ],
    )  # fmt: skip


def _by_key(arms: Sequence[Arm]) -> Arms:
    return {tuple(arm.name.split(", ")): arm for arm in arms}


def _base_of(operation: str) -> str:
    return size_name(BASE, "sessions" if operation == CREATION else "messages")


def _row(arms: Arms, database: str, operation: str) -> list[str]:
    def arm(way: str) -> Arm | None:
        return arms.get((database, operation, way, _base_of(operation)))

    uncached, cached = arm(UNCACHED), arm(CACHED)
    return [
        operation,
        DATABASES[database],
        _time(uncached),
        _time(cached),
        f"{uncached.p50_ms / cached.p50_ms:.3g}" if uncached and cached else NOTHING,
        _time(arm(ORDINARY)),
        _time(arm(BY_ROW)),
        f"{_count(uncached, 'queries')} / {_count(cached, 'queries')}",
        f"{_count(uncached, 'redis')} / {_count(cached, 'redis')}",
    ]


def _time(arm: Arm | None) -> str:
    return f"{arm.p50_ms:.3g}" if arm else NOTHING


def _count(arm: Arm | None, what: str) -> str:
    return f"{arm.counts[what]:g}" if arm else NOTHING


def _exponent(arms: Arms, way: tuple[str, ...], unit: str) -> str:
    """Return the exponent from the second size of sessions on: one is a short page."""
    sizes = [n for n in UNITS[unit] if n >= min(MESSAGES)]
    found = [arms.get((*way, size_name(n, unit))) for n in sizes]
    costs = [arm.p50_ms for arm in found if arm]
    return f"{exponent(sizes=sizes, costs=costs):.2f}" if all(found) else NOTHING
