"""Readers and writers that meet at the worst moment, and processes that die there.

Each race puts a write at one point of a read: before it, before the database is read,
after that and before it is stored, or after it, and sometimes lets the hooks of two
writes run in the wrong order. Then somebody reads: what was committed must be there.
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast
from unittest import mock

from django.db import connection, transaction
from django.utils import timezone

from interviewer.benchmarks.sessions.rows import (
    make_person,
    make_sessions,
    own_redis,
    say,
)
from interviewer.benchmarks.suite import Arm, SuiteResult, arm_of
from sessions_app.models import InterviewSession, Invalidation, User
from sessions_app.services import listing
from sessions_app.services.invalidation import sweep_invalidations
from sessions_app.services.kept_sessions import (
    PageKey,
    decoded_page,
    encoded,
    list_place,
)
from sessions_app.services.listing import list_sessions

RACES = 10_000
RIVAL_RACES = 2_000
KILLS = 20
SWEEP_SECONDS = 1.0  # as the schedule does
BOUND_SECONDS = 60
MEDIAN_LIMIT_SECONDS = 1.0
POINTS = ("before", "before the database", "before the store", "after", "two, reversed")
FIRST = PageKey()


def measure() -> SuiteResult:
    """Run the races with our service and with deletion on write, then the kills."""
    ours = _races(_our_read, count=RACES)
    rival = _races(_rival_read, count=RIVAL_RACES)
    delays, ttls = _killed_before_the_hook()
    return SuiteResult(
        suite="sessions",
        arms=[
            _count("races: ours", ours, RACES),
            _count("races: deleted on write", rival, RIVAL_RACES),
            arm_of(
                name="killed before the hook: seen after",
                seconds=[(delay, 0.0) for delay in delays],
                counts={"longest_kept_seconds": max(ttls)},
            ),
        ],
        ratios={"stale share, deleted on write": rival / RIVAL_RACES},
        checks={
            f"no stale read in {RACES} races": ours == 0,
            f"killed before the hook: kept {BOUND_SECONDS} s at most": (
                max(ttls) <= BOUND_SECONDS and max(delays) <= BOUND_SECONDS
            ),
            f"killed before the hook: seen within {MEDIAN_LIMIT_SECONDS} s (p50)": (
                statistics.median(delays) <= MEDIAN_LIMIT_SECONDS
            ),
        },
    )


Read = Callable[[User, Callable[[str], None]], Any]


def _races(read: Read, *, count: int) -> int:
    """Return how many reads after a race were stale."""
    own_redis().flushdb()
    dice, stale = random.Random(7), 0
    user = make_person()
    sessions = make_sessions(user=user, count=2, messages=2)
    for number in range(count):
        point = POINTS[number % len(POINTS)]
        is_kept = dice.random() < 0.5
        if not is_kept:
            _end_entry(user)
        session = dice.choice(sessions)

        def write_at(
            here: str, point: str = point, row: InterviewSession = session
        ) -> None:
            if here == point:
                _write(row)
            elif (here, point) == ("after", "two, reversed"):
                _write_twice_with_hooks_reversed(row)

        write_at("before")
        read(user, write_at)
        write_at("after")
        stale += read(user, lambda here: None) != listing._load(user, FIRST)
        if number % 1_000 == 0:
            Invalidation.objects.all().delete()
    return stale


def _end_entry(user: User) -> None:
    own_redis().delete(list_place(user_id=user.pk, page=FIRST).key, _rival_key(user))


def _write(session: InterviewSession) -> None:
    say(session)
    own_redis().delete(_rival_key(session.user))


def _write_twice_with_hooks_reversed(session: InterviewSession) -> None:
    hooks = []
    for _ in range(2):
        with _unheard() as unheard:
            say(session)
        hooks.append(unheard)
    for unheard in reversed(hooks):
        for hook in unheard:
            hook()
    own_redis().delete(_rival_key(session.user))


def _our_read(user: User, at: Callable[[str], None]) -> Any:
    load = listing._load

    def between(user: User, page: PageKey) -> Any:
        at("before the database")
        rows = load(user, page)
        at("before the store")
        return rows

    with mock.patch.object(listing, "_load", between):
        return list_sessions(user=user, page=FIRST)


def _rival_read(user: User, at: Callable[[str], None]) -> Any:
    """A careful program's way: get, else read and set; writers delete after commit."""
    raw = own_redis().get(_rival_key(user))
    if raw is not None:
        return decoded_page(cast(bytes, raw))
    at("before the database")
    page = listing._load(user, FIRST)
    at("before the store")
    own_redis().set(_rival_key(user), encoded(page), ex=60)
    return page


def _rival_key(user: User) -> str:
    return f"rival:{user.pk.hex}"


@contextmanager
def _unheard() -> Iterator[list[Callable[[], None]]]:
    """Collect the hooks of commits instead of running them, as if the process died."""
    hooks: list[Callable[[], None]] = []

    def collected(hook: Callable[[], None], *, robust: bool) -> None:
        hooks.append(hook)

    with mock.patch.object(transaction, "on_commit", collected):
        yield hooks


def _killed_before_the_hook() -> tuple[list[float], list[int]]:
    """Return how long each change went unseen, and how long its old list might live."""
    own_redis().flushdb()
    Invalidation.objects.all().delete()
    user = make_person()
    (session,) = make_sessions(user=user, count=1, messages=2)
    dice, delays, ttls = random.Random(3), [], []
    with _sweeping():
        for _ in range(KILLS):
            list_sessions(user=user, page=FIRST)
            time.sleep(dice.random() * SWEEP_SECONDS)
            with _unheard():
                say(session)
            died = time.monotonic()
            ttls.append(own_redis().ttl(list_place(user_id=user.pk, page=FIRST).key))
            truth = listing._load(user, FIRST)
            while list_sessions(user=user, page=FIRST) != truth:
                time.sleep(0.005)
            delays.append(time.monotonic() - died)
    return delays, ttls


@contextmanager
def _sweeping() -> Iterator[None]:
    """Sweep as the worker does, at its times."""
    is_over = threading.Event()

    def sweep() -> None:
        while not is_over.wait(SWEEP_SECONDS):
            sweep_invalidations(now=timezone.now())
        connection.close()

    thread = threading.Thread(target=sweep)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _count(name: str, stale: int, races: int) -> Arm:
    counts = {"stale": stale}
    return Arm(name=name, n=races, p50_ms=0.0, p95_ms=0.0, cpu_ms=0.0, counts=counts)
