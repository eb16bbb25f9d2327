"""Creating, reading and listing sessions, and their figures, as data grow."""

from __future__ import annotations

import dataclasses
import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from unittest import mock

from django.db import connection, transaction
from django.db.models import Avg, Count, Max, Min, Q
from django.db.models.functions import Length
from django.utils import timezone

from interviewer.benchmarks.overview.ways import (
    BY_ROW,
    CACHED,
    CREATION,
    LISTING,
    MESSAGES,
    METRICS,
    ORDINARY,
    RETRIEVAL,
    ROUNDS,
    SESSIONS,
    SESSIONS_WITH_MESSAGES,
    UNCACHED,
    Work,
    size_name,
)
from interviewer.benchmarks.persistence.rows import make_sessions as make_journals
from interviewer.benchmarks.sessions.counting import costs
from interviewer.benchmarks.sessions.rivals import (
    found_by_join,
    found_by_row,
    listed_by_join,
    listed_by_row,
)
from interviewer.benchmarks.sessions.rows import (
    make_person,
    make_sessions,
    own_redis,
    start,
)
from interviewer.benchmarks.suite import Arm, arm_of
from interviewer.orchestrator import start as starting
from sessions_app.models import (
    Evaluation,
    InterviewSession,
    Message,
    RubricVersion,
    SessionMetrics,
    User,
)
from sessions_app.services.journal import NewMessage
from sessions_app.services.kept_sessions import PageKey, list_place, session_place
from sessions_app.services.listing import list_sessions
from sessions_app.services.metrics import metrics_for, refresh_metrics
from sessions_app.services.session_reads import find_session
from sessions_app.services.sessions import Rubric, Setup

FIRST = PageKey()


def measure_operations() -> list[Arm]:
    """Measure every operation in every way at every size, in turn."""
    works: dict[str, Work] = {}
    for number in SESSIONS:
        user, newest = _person(sessions=number, messages=10)
        size = size_name(number, "sessions")
        works |= _named({**_reads(user, newest), **_creations(number)}, size)
    for number in MESSAGES:
        user, newest = _person(sessions=SESSIONS_WITH_MESSAGES, messages=number)
        size = size_name(number, "messages")
        works |= _named({**_reads(user, newest), **_figures(number)}, size)
    return measured_in_turn(works)


def measured_in_turn(works: Mapping[str, Work]) -> list[Arm]:
    """Return the works' arms with their counts; each runs once unmeasured first."""
    counts = {}
    for name, work in works.items():
        work.prepare()
        work.do()
        work.prepare()
        counts[name] = costs(work.do)
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            work.prepare()
            wall, cpu = time.perf_counter(), time.process_time()
            work.do()
            measured = time.perf_counter() - wall, time.process_time() - cpu
            seconds[name].append(measured)
    return [
        arm_of(name=name, seconds=measured, counts=counts[name])
        for name, measured in seconds.items()
    ]


def _named(ways: Mapping[tuple[str, str], Work], size: str) -> dict[str, Work]:
    return {
        f"{connection.vendor}, {operation}, {way}, {size}": work
        for (operation, way), work in ways.items()
    }


def _person(*, sessions: int, messages: int) -> tuple[User, InterviewSession]:
    user = make_person()
    rows = make_sessions(user=user, count=sessions, messages=messages)
    return user, rows[0]


def _reads(user: User, newest: InterviewSession) -> dict[tuple[str, str], Work]:
    state = session_place(user_id=user.pk, session_id=newest.pk).key
    page = list_place(user_id=user.pk, page=FIRST).key

    def found() -> object:
        return find_session(user=user, session_id=newest.pk)

    def listed() -> object:
        return list_sessions(user=user, page=FIRST)

    return {
        (RETRIEVAL, UNCACHED): Work(found, lambda: own_redis().delete(state)),
        # Read once more before: the other ways take longer than an entry lives.
        (RETRIEVAL, CACHED): Work(found, found),
        (RETRIEVAL, ORDINARY): Work(lambda: found_by_join(user, newest.pk)),
        (RETRIEVAL, BY_ROW): Work(lambda: found_by_row(user, newest.pk)),
        (LISTING, UNCACHED): Work(listed, lambda: own_redis().delete(page)),
        (LISTING, CACHED): Work(listed, listed),
        (LISTING, ORDINARY): Work(lambda: listed_by_join(user)),
        (LISTING, BY_ROW): Work(lambda: listed_by_row(user)),
    }


# Creating


def _creations(sessions: int) -> dict[tuple[str, str], Work]:
    """Return creations for people of their own: they change what is measured."""

    def creating(store: Callable[..., InterviewSession] | None) -> Callable[[], object]:
        user, _ = _person(sessions=sessions, messages=10)

        def create() -> object:
            if store is None:
                return start(user)
            with mock.patch.object(starting, "start_session", store):
                return start(user)

        return create

    return {
        (CREATION, UNCACHED): Work(creating(None)),
        (CREATION, ORDINARY): Work(creating(_store_in_bulk)),
        (CREATION, BY_ROW): Work(creating(_store_row_by_row)),
    }


@transaction.atomic
def _store_in_bulk(
    *, rubrics: Sequence[Rubric], opening: Sequence[NewMessage], **given: Any
) -> InterviewSession:
    session = _stored(opening=opening, **given)
    RubricVersion.objects.bulk_create(
        [RubricVersion(**dataclasses.asdict(rubric)) for rubric in rubrics],
        ignore_conflicts=True,
    )
    Message.objects.bulk_create(_messages(session, opening))
    return session


def _store_row_by_row(
    *, rubrics: Sequence[Rubric], opening: Sequence[NewMessage], **given: Any
) -> InterviewSession:
    session = _stored(opening=opening, **given)
    for rubric in rubrics:
        values = dataclasses.asdict(rubric)
        RubricVersion.objects.get_or_create(
            digest=values.pop("digest"), defaults=values
        )
    for message in _messages(session, opening):
        message.save()
    return session


def _stored(
    *,
    user: User,
    setup: Setup,
    plan: Mapping[str, Any],
    question_count: int,
    versions: Mapping[str, str],
    opening: Sequence[NewMessage],
    now: datetime.datetime,
    **_: Any,
) -> InterviewSession:
    session: InterviewSession = InterviewSession.objects.create(
        user=user,
        plan=plan,
        versions=versions,
        question_count=question_count,
        message_count=len(opening),
        state=InterviewSession.State.IN_PROGRESS,
        created_at=now,
        started_at=now,
        last_activity_at=now,
        **dataclasses.asdict(setup),
    )
    return session


def _messages(
    session: InterviewSession, opening: Sequence[NewMessage]
) -> list[Message]:
    return [
        Message(
            user_id=session.user_id,
            session=session,
            seq=seq,
            created_at=session.created_at,
            **dataclasses.asdict(said),
        )
        for seq, said in enumerate(opening, 1)
    ]


# Figures


def _figures(messages: int) -> dict[tuple[str, str], Work]:
    user = make_person()
    make_journals(user=user, count=2, messages=messages)
    stored, bare = InterviewSession.objects.filter(user=user)
    refresh_metrics(sessions=[stored], now=timezone.now())
    bare.running_figures = {}
    SessionMetrics.objects.filter(session=bare).delete()
    return {
        (METRICS, UNCACHED): Work(lambda: metrics_for(session=bare)),
        (METRICS, CACHED): Work(lambda: metrics_for(session=stored)),
        (METRICS, ORDINARY): Work(lambda: _aggregated(stored)),
        (METRICS, BY_ROW): Work(lambda: _judged_one_by_one(stored)),
    }


def _aggregated(session: InterviewSession) -> object:
    is_answer = Q(kind="answer")
    said = Message.objects.filter(session=session).aggregate(
        messages=Count("pk"),
        answers=Count("pk", filter=is_answer),
        questions=Count("pk", filter=Q(kind="question")),
        letters=Avg(Length("content"), filter=is_answer),
        first=Min("created_at"),
        last=Max("created_at"),
    )
    judged = Evaluation.objects.filter(session=session, is_counted=True).aggregate(
        mean=Avg("score"), scored=Count("score")
    )
    return {**said, **judged}


def _judged_one_by_one(session: InterviewSession) -> object:
    return [
        (len(message.content.split()), message.evaluations.first())
        for message in session.messages.filter(kind="answer")
    ]
