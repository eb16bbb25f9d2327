"""Lists and states, kept and not, as sessions and messages grow; good SQL beside them.

The rivals count messages, as a list that keeps no counters must: by one query per row,
and by one good query over the page's rows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from interviewer.benchmarks.responses.hit_latency import beside_redis
from interviewer.benchmarks.sessions.counting import costs
from interviewer.benchmarks.sessions.rivals import listed_by_join, listed_by_row
from interviewer.benchmarks.sessions.rows import make_person, make_sessions
from interviewer.benchmarks.suite import Arm, SuiteResult, exponent, measure_in_turn
from sessions_app.models import InterviewSession, User
from sessions_app.services import listing, session_reads
from sessions_app.services.kept_sessions import PageKey
from sessions_app.services.listing import list_sessions
from sessions_app.services.session_reads import find_session

SESSIONS = (1, 100, 1_000, 10_000)  # of one person; the page's have 10 messages each
MESSAGES = (10, 100, 1_000)  # in each of the page's sessions, of 50
BASE_MESSAGES = 100
ROUNDS = 15
SERIES = 20  # in a row; times are the mean of a series
HIT_LIMIT_MS = 0.3
LEAST_OVER_JOIN = 20
LEAST_OVER_OWN_QUERY = 2
FLAT = 1.5


@dataclasses.dataclass(frozen=True)
class Data:
    """One person's sessions at one size."""

    user: User
    newest: InterviewSession


def measure() -> SuiteResult:
    """Measure all sizes in one run."""
    sizes = {f"{n} sessions": _data(sessions=n, messages=10) for n in SESSIONS}
    sizes |= {f"{n} messages": _data(sessions=50, messages=n) for n in MESSAGES}
    work = {
        f"{name}, {size}": operation
        for size, data in sizes.items()
        for name, operation in _operations(data).items()
    }
    counted = {}
    for name, operation in work.items():
        operation()  # fills what is kept
        counted[name] = costs(operation)
    with beside_redis():
        measured = measure_in_turn(
            arms={name: _series(operation) for name, operation in work.items()},
            rounds=ROUNDS,
        )
    arms = {arm.name: _per_read(arm, counted[arm.name]) for arm in measured}
    return _judged(arms)


def _data(*, sessions: int, messages: int) -> Data:
    user = make_person()
    rows = make_sessions(user=user, count=sessions, messages=messages)
    return Data(user, rows[0])


def _operations(data: Data) -> dict[str, Callable[[], object]]:
    user, page = data.user, PageKey()
    return {
        "list, kept": lambda: list_sessions(user=user, page=page),
        "list, our query": lambda: listing._load(user, page),
        "list, one query that counts": lambda: listed_by_join(user),
        "list, a query per row": lambda: listed_by_row(user),
        "state, kept": lambda: find_session(user=user, session_id=data.newest.pk),
        "state, our query": lambda: session_reads._load(user, data.newest.pk),
    }


def _series(operation: Callable[[], object]) -> Callable[[], object]:
    def series() -> None:
        for _ in range(SERIES):
            operation()

    return series


def _per_read(arm: Arm, counts: Mapping[str, float]) -> Arm:
    return dataclasses.replace(
        arm,
        n=arm.n * SERIES,
        p50_ms=round(arm.p50_ms / SERIES, 4),
        p95_ms=round(arm.p95_ms / SERIES, 4),
        cpu_ms=round(arm.cpu_ms / SERIES, 4),
        counts=counts,
    )


def _judged(arms: Mapping[str, Arm]) -> SuiteResult:
    base = f"{BASE_MESSAGES} messages"
    hit = arms[f"list, kept, {base}"].p50_ms
    over_join = arms[f"list, one query that counts, {base}"].p50_ms / hit
    over_own = arms[f"list, our query, {base}"].p50_ms / hit
    ratios = {
        "list: one query that counts : kept": over_join,
        "list: our query : kept": over_own,
        "list: a query per row : kept": arms[f"list, a query per row, {base}"].p50_ms
        / hit,
    }
    growth, exponents = _growth(arms)
    hits = [arm for name, arm in arms.items() if ", kept," in name]
    return SuiteResult(
        suite="sessions",
        arms=list(arms.values()),
        ratios=ratios | growth | exponents,
        checks={
            f"a hit takes {HIT_LIMIT_MS} ms at most (p50)": (
                max(arm.p50_ms for arm in hits) <= HIT_LIMIT_MS
            ),
            "a hit makes no query and one round trip": all(
                (arm.counts["queries"], arm.counts["redis"]) == (0, 1) for arm in hits
            ),
            "a miss of a list is one query": all(
                arm.counts["queries"] == 1
                for name, arm in arms.items()
                if name.startswith("list, our query")
            ),
            f"kept list {LEAST_OVER_JOIN} times faster than one query that counts": (
                over_join >= LEAST_OVER_JOIN
            ),
            f"kept list {LEAST_OVER_OWN_QUERY} times faster than our own query": (
                over_own >= LEAST_OVER_OWN_QUERY
            ),
            f"costs grow {FLAT} times at most": max(growth.values()) <= FLAT,
        },
    )


def _growth(
    arms: Mapping[str, Arm],
) -> tuple[dict[str, float], dict[str, float]]:
    """Return how our costs grow from the second size to the last, and exponents.

    A person with one session has a shorter page, so growth is told from 100 on.
    """
    growth, exponents = {}, {}
    for name in ("list, kept", "list, our query", "state, kept", "state, our query"):
        for unit, sizes in (("sessions", SESSIONS[1:]), ("messages", MESSAGES)):
            cpu = [arms[f"{name}, {n} {unit}"].cpu_ms for n in sizes]
            label = f"{name}, {sizes[-1]} : {sizes[0]} {unit}"
            growth[label] = cpu[-1] / cpu[0]
            exponents[f"{name}, exponent over {unit}"] = exponent(
                sizes=sizes, costs=cpu
            )
    return growth, exponents
