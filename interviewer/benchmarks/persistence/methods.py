"""Storing n rows: ways of writing them, on rows as the archive writes them."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping, Sequence

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from interviewer.benchmarks.persistence.rows import make_sessions
from interviewer.benchmarks.suite import Arm, arm_of
from sessions_app.models import Answer, InterviewSession, Message, Question, User
from sessions_app.services.bulk_insert import insert_missing

# Rows → rounds: what is slow is measured less often.
ROUNDS = {20: 15, 100: 9, 500: 5, 2_000: 3, 5_000: 2}
SAVE, ATOMIC, BULK = "save() loop", "save() in one atomic", "bulk_create"
OURS, UNNEST, COPY, PLAIN_COPY = (
    "insert_missing",
    "unnest, ON CONFLICT",
    "COPY, temporary table, ON CONFLICT",
    "plain COPY",
)
NEVER, ALWAYS = 1_000_000, 0

Insert = Callable[[Sequence[Answer]], object]


def measure_methods(*, user: User) -> tuple[list[Arm], dict[str, float], bool]:
    """Return the arms, p50 by "n: method", and whether all stored the same."""
    answers = _answers_to_store(user, max(ROUNDS))
    arms: list[Arm] = []
    p50: dict[str, float] = {}
    is_equal = True
    for count, rounds in ROUNDS.items():
        seconds: dict[str, list[tuple[float, float]]] = {}
        queries: dict[str, int] = {}
        stored = set()
        for number in range(rounds + 1):
            for name, insert in _methods().items():
                measured = _measure(insert, answers[:count])
                stored.add(_fingerprint())
                if number:  # the first round warms up
                    seconds.setdefault(name, []).append(measured)
                Answer.objects.all()._raw_delete(connection.alias)
        for name, insert in _methods().items():
            queries[name] = _count_queries(insert, answers[:count])
            label = f"{connection.vendor}, {count} rows: {name}"
            arm = arm_of(
                name=label,
                seconds=seconds[name],
                counts={
                    "queries": queries[name],
                    "us_per_row": round(_median(seconds[name]) / count * 1e6, 1),
                },
            )
            arms.append(arm)
            p50[f"{count}: {name}"] = arm.p50_ms
        is_equal = is_equal and len(stored) == 1
    return arms, p50, is_equal


def _methods() -> Mapping[str, Insert]:
    portable: dict[str, Insert] = {
        SAVE: _save_each,
        ATOMIC: transaction.atomic(_save_each),
        BULK: functools.partial(Answer.objects.bulk_create, ignore_conflicts=True),
        OURS: _in_transaction(insert_missing),
    }
    if connection.vendor != "postgresql":
        return portable
    return {
        **portable,
        UNNEST: _in_transaction(
            functools.partial(insert_missing, copy_from_rows=NEVER)
        ),
        COPY: _in_transaction(functools.partial(insert_missing, copy_from_rows=ALWAYS)),
        PLAIN_COPY: _plain_copy,
    }


def _save_each(rows: Sequence[Answer]) -> None:
    for row in rows:
        row.save(force_insert=True)


def _in_transaction(insert: Callable[..., int]) -> Insert:
    @transaction.atomic
    def inserted(rows: Sequence[Answer]) -> None:
        insert(rows=rows)

    return inserted


def _plain_copy(rows: Sequence[Answer]) -> None:
    """Write what can never conflict: the least that PostgreSQL asks for."""
    fields = Answer._meta.concrete_fields
    names = ", ".join(str(field.column) for field in fields)
    statement = f"COPY {Answer._meta.db_table} ({names}) FROM STDIN"
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(
                [
                    field.get_db_prep_save(getattr(row, field.attname), connection)
                    for field in fields
                ]
            )


def _measure(insert: Insert, rows: Sequence[Answer]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    insert(rows)
    return time.perf_counter() - wall, time.process_time() - cpu


def _count_queries(insert: Insert, rows: Sequence[Answer]) -> int:
    with CaptureQueriesContext(connection) as captured:
        insert(rows)
    Answer.objects.all()._raw_delete(connection.alias)
    return len(captured)


def _fingerprint() -> int:
    fields = ("id", "text", "attempt", "seconds", "answered_at", "message_id")
    return hash(tuple(Answer.objects.order_by("id").values_list(*fields)))


def _median(seconds: Sequence[tuple[float, float]]) -> float:
    return sorted(wall for wall, _ in seconds)[len(seconds) // 2]


def _answers_to_store(user: User, count: int) -> list[Answer]:
    """Return unsaved answers, each to a message of its own, in one session."""
    session = _session_with_messages(user, count)
    messages = list(Message.objects.filter(session=session).order_by("seq"))
    question = Question.objects.create(
        user=user,
        session=session,
        position=1,
        slot=0,
        message=messages[0],
        kind="technical",
        text="What did you measure?",
        asked_at=messages[0].created_at,
    )
    return [
        Answer(
            user_id=user.pk,
            session=session,
            question=question,
            attempt=message.seq,
            message=message,
            text=message.content,
            seconds=20.5,
            answered_at=message.created_at,
        )
        for message in messages[1 : count + 1]
    ]


def _session_with_messages(user: User, count: int) -> InterviewSession:
    make_sessions(user=user, count=1, messages=count + 1)
    session: InterviewSession = InterviewSession.objects.latest("id")
    # Whoever drains must not find them.
    Message.objects.filter(session=session).update(archived_at=session.created_at)
    return session
