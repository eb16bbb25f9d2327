"""What the product does most, by operation: time, queries, commits, Redis round trips.

Messages answered from the cache of models' answers are measured by `responses`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from interviewer.benchmarks.sessions.counting import costs
from interviewer.benchmarks.sessions.rows import (
    make_person,
    make_sessions,
    own_redis,
    say,
    start,
)
from interviewer.benchmarks.suite import SuiteResult, measure_in_turn
from sessions_app.models import InterviewSession, User
from sessions_app.services.kept_sessions import PageKey, list_place, session_place
from sessions_app.services.listing import list_sessions
from sessions_app.services.session_reads import find_session

ROUNDS = 40
FIRST = PageKey()


def measure() -> SuiteResult:
    """Measure each operation of the table in turn."""
    user = make_person()
    sessions = make_sessions(user=user, count=100, messages=20)
    reader, writer = make_person(), make_person()
    own = make_sessions(user=reader, count=3, messages=20)
    unread = make_sessions(user=writer, count=3, messages=20)
    work: dict[str, Callable[[], object]] = {
        "session creation": lambda: start(make_person()),
        "session retrieval, not kept": lambda: _state(user, sessions[0], is_kept=False),
        "session retrieval, kept": lambda: _state(user, sessions[0]),
        "session listing, not kept": lambda: _list(user, is_kept=False),
        "session listing, kept": lambda: _list(user),
        "message stored, nobody reads": lambda: say(unread[0]),
        "message stored, list and state kept": lambda: _read_and_say(reader, own[0]),
    }
    for operation in work.values():
        operation()
    counted = {name: costs(operation) for name, operation in work.items()}
    arms = [
        dataclasses.replace(arm, counts=counted[arm.name])
        for arm in measure_in_turn(arms=work, rounds=ROUNDS)
    ]
    commits = {arm.name: arm.counts["commits"] for arm in arms}
    return SuiteResult(
        suite="sessions",
        arms=arms,
        ratios={},
        checks={
            "a message is one commit": commits["message stored, nobody reads"]
            == commits["message stored, list and state kept"]
            == 1,
        },
    )


def _state(user: User, session: InterviewSession, *, is_kept: bool = True) -> object:
    if not is_kept:
        own_redis().delete(session_place(user_id=user.pk, session_id=session.pk).key)
    return find_session(user=user, session_id=session.pk)


def _list(user: User, *, is_kept: bool = True) -> object:
    if not is_kept:
        own_redis().delete(list_place(user_id=user.pk, page=FIRST).key)
    return list_sessions(user=user, page=FIRST)


def _read_and_say(user: User, session: InterviewSession) -> None:
    _list(user)
    _state(user, session)
    say(session)
