"""The owner's table: that it is made of what was measured, and counts what it says."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection

from interviewer.benchmarks import overview
from interviewer.benchmarks.document import as_document
from interviewer.benchmarks.overview import messages, operations
from interviewer.benchmarks.overview.tables import growth_table, owners_table
from interviewer.benchmarks.suite import Arm, arm_of


def arm(name: str, p50_ms: float, queries: float = 1, redis: float = 1) -> Arm:
    counts = {"queries": queries, "redis": redis, "commits": 1}
    return arm_of(name=name, seconds=[(p50_ms / 1_000, 0.0)], counts=counts)


LISTING = [
    arm("sqlite, session listing, uncached, 100 messages", 2.0, redis=2),
    arm("sqlite, session listing, cached, 100 messages", 0.1, queries=0),
    arm("sqlite, session listing, good ordinary Django, 100 messages", 5.0),
    arm("sqlite, session listing, N+1, 100 messages", 40.0, queries=41),
]


def test_the_table_has_a_row_per_operation_and_database() -> None:
    creation = arm("postgresql, session creation, uncached, 100 sessions", 7.0)

    table = owners_table(arms=[*LISTING, creation])

    assert [list(row) for row in table.rows] == [
        ["session creation", "PostgreSQL", "7", *"––––", "1 / –", "1 / –"],
        ["session listing", "SQLite", *["2", "0.1", "20", "5", "40"], "1 / 0", "2 / 1"],
    ]


def test_growth_tells_times_by_size_and_the_exponent() -> None:
    arms = [
        arm(f"sqlite, metrics, uncached, {n} messages", n / 10) for n in (10, 100, 1000)
    ]

    [row] = growth_table(arms=arms).rows

    assert list(row) == [
        *("metrics", "SQLite", "uncached"),
        *"––––",
        *("1", "10", "100"),
        *("–", "1.00"),
    ]


def test_a_query_more_for_more_data_fails_the_check() -> None:
    more = arm("sqlite, session listing, uncached, 1000 messages", 9.0, queries=2)
    kept = arm("sqlite, session listing, cached, 1000 messages", 0.1, queries=0)

    assert all(overview._judged(LISTING).checks.values())
    checks = overview._judged([*LISTING, more, kept]).checks
    assert [name for name, is_met in checks.items() if not is_met] == [
        "no operation of ours makes more queries as data grow"
    ]


def test_the_page_shows_the_tables_and_tells_of_both_runs() -> None:
    first = overview._judged(LISTING).to_dict()
    slower = [
        arm(a.name, 2 * a.p50_ms, a.counts["queries"], a.counts["redis"])
        for a in LISTING
    ]
    second = overview._judged(slower).to_dict()

    page = as_document(
        runs={"overview": [first, second]},
        today=datetime.date(2026, 1, 2),
        processor="a processor",
    )

    assert "| session listing | SQLite | 2 · 4 | 0.1 · 0.2 | 20 |" in page
    assert "| arm |" not in page


@pytest.mark.django_db(transaction=True)
def test_every_way_of_every_operation_runs_and_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (operations, messages):
        monkeypatch.setattr(module, "ROUNDS", 1)
        monkeypatch.setattr(module, "MESSAGES", (4,))
    monkeypatch.setattr(operations, "SESSIONS", (2,))
    monkeypatch.setattr(operations, "SESSIONS_WITH_MESSAGES", 3)

    arms = [*operations.measure_operations(), *messages.measure_messages()]

    queries = {
        a.name.removeprefix(f"{connection.vendor}, "): a.counts["queries"] for a in arms
    }
    assert len(arms) == 3 + 2 * 8 + 4 + 3
    assert queries["session listing, cached, 2 sessions"] == 0
    assert queries["session listing, uncached, 4 messages"] == 1
    assert queries["session listing, N+1, 4 messages"] == 7
    assert queries["metrics, uncached, 4 messages"] == 5
    assert queries["message processing, cached, 4 messages"] == 9
    assert all(overview._judged(arms).checks.values())
