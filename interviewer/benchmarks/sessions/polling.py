"""How many reads of lists are avoided while everybody is active, and how many are old.

The clock is the benchmark's own, and what has lived long enough is deleted by it. Each
person looks every ten seconds, says something every 45 on average and starts a new
interview every twenty minutes. The rivals are the usual ways to keep a list.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.test import override_settings

from interviewer.benchmarks.sessions.rows import (
    make_person,
    make_sessions,
    own_redis,
    say,
    start,
)
from interviewer.benchmarks.suite import Arm, SuiteResult
from sessions_app.models import InterviewSession, User
from sessions_app.services import invalidation, listing
from sessions_app.services.generations import generation_key, was_read
from sessions_app.services.kept_sessions import PageKey, list_place
from sessions_app.services.listing import list_sessions

PEOPLE = 12
MINUTES = 30
POLL_SECONDS = 10
SAYS_EVERY_SECONDS = 45
STARTS_EVERY_SECONDS = 1_200
LONG_SECONDS = 3_600
LEAST_AVOIDED = {60: 0.80, LONG_SECONDS: 0.90}
FIRST = PageKey()


@dataclasses.dataclass
class Outcome:
    """What readers got; `filled` reads went to the database."""

    reads: int = 0
    filled: int = 0
    stale: int = 0

    @property
    def avoided(self) -> float:
        return 1 - self.filled / self.reads


class Kept:
    """A way to keep lists: `read` and what it does about a change."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.fills = 0
        self._kept: dict[object, tuple[Any, float]] = {}

    def read(self, user: User, now: float) -> Any:
        key = self.key(user)
        value, until = self._kept.get(key, (None, 0.0))
        if now >= until:
            self.fills += 1
            value = listing._load(user, FIRST)
            self._kept[key] = value, now + self.seconds
        return value

    def key(self, user: User) -> object:
        return user.pk

    def changed(self, user: User) -> None:
        """Only time ends an entry."""


class DeletedOnWrite(Kept):
    def changed(self, user: User) -> None:
        self._kept.pop(user.pk, None)


class VersionOfTable(Kept):
    """Any change of anybody ends all entries."""

    version = 0

    def key(self, user: User) -> object:
        return user.pk, self.version

    def changed(self, user: User) -> None:
        self.version += 1


class Ours(Kept):
    """The product's own service, on Redis; this clock decides what has expired."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self._until: dict[str, tuple[bytes, float]] = {}
        was_read.connect(self._count)

    def _count(self, result: str, **_: Any) -> None:
        self.fills += result != "hit"

    def read(self, user: User, now: float) -> Any:
        key = list_place(user_id=user.pk, page=FIRST).key
        self._note(key, now)
        if key in self._until and now >= self._until[key][1]:
            own_redis().delete(key)
            del self._until[key]  # what is filled next may be the same bytes
        page = list_sessions(user=user, page=FIRST)
        self._note(key, now)
        return page

    def _note(self, key: str, now: float) -> None:
        """An entry that was stored anew lives as long as Redis was told."""
        raw = own_redis().get(key)
        if raw is not None and self._until.get(key, (b"", 0.0))[0] != raw:
            self._until[key] = cast(bytes, raw), now + own_redis().ttl(key)

    def close(self) -> None:
        was_read.disconnect(self._count)


class OnlyTokens(Ours):
    """Ours without writing through: each change ends the person's entries."""

    def changed(self, user: User) -> None:
        invalidation._apply(user_id=user.pk, outbox_id=None, ends_access=False)


def measure() -> SuiteResult:
    """Play the same half an hour with each way to keep lists."""
    bound = settings.READ_CACHE_SECONDS
    outcomes = {
        "time to live only": _play(Kept, bound),
        "deleted on write": _play(DeletedOnWrite, bound),
        "version of the table": _play(VersionOfTable, bound),
        "ours, tokens only": _play(OnlyTokens, bound),
        "ours": _play(Ours, bound),
        f"ours, {LONG_SECONDS} s": _play(Ours, LONG_SECONDS),
    }
    ours = {bound: outcomes["ours"], LONG_SECONDS: outcomes[f"ours, {LONG_SECONDS} s"]}
    checks = {
        f"{share:.0%} of list reads avoided within {seconds} s": (
            ours[seconds].avoided >= share
        )
        for seconds, share in LEAST_AVOIDED.items()
        if seconds in ours
    }
    return SuiteResult(
        suite="sessions",
        arms=[_arm(f"polling: {name}", outcome) for name, outcome in outcomes.items()],
        ratios={f"avoided, {name}": o.avoided for name, o in outcomes.items()},
        checks=checks | {"no stale list": not any(o.stale for o in ours.values())},
    )


def _play(kind: Callable[[int], Kept], seconds: int) -> Outcome:
    own_redis().flushdb()
    with override_settings(READ_CACHE_SECONDS=seconds):
        kept, dice, outcome = kind(seconds), random.Random(1), Outcome()
        users = [make_person() for _ in range(PEOPLE)]
        people = {user: _sessions(user) for user in users}
        for now in range(MINUTES * 60):
            for number, (user, sessions) in enumerate(people.items()):
                if dice.random() < 1 / SAYS_EVERY_SECONDS:
                    say(sessions[0])
                    kept.changed(user)
                if dice.random() < 1 / STARTS_EVERY_SECONDS:
                    sessions.insert(0, start(user))
                    kept.changed(user)
                if now % POLL_SECONDS == number % POLL_SECONDS:
                    outcome.reads += 1
                    outcome.stale += kept.read(user, now) != listing._load(user, FIRST)
    if isinstance(kept, Ours):
        kept.close()
    outcome.filled = kept.fills
    return outcome


def _sessions(user: User) -> list[InterviewSession]:
    own_redis().delete(generation_key(user_id=user.pk))
    return list(make_sessions(user=user, count=3, messages=4))


def _arm(name: str, outcome: Outcome) -> Arm:
    return Arm(
        name=name,
        n=outcome.reads,
        p50_ms=0.0,
        p95_ms=0.0,
        cpu_ms=0.0,
        counts={"filled": outcome.filled, "stale": outcome.stale},
    )
