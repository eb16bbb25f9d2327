"""Storing n rows: ways of writing them.

Measured twice: on the product's answers, and on the same rows without foreign keys,
which tells the methods apart. With them every method, plain COPY too, spends most of
its time in the database's own look-ups, four for each row.
"""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from django.db import connection, models, transaction

from interviewer.benchmarks.persistence.rows import make_sessions
from interviewer.benchmarks.suite import Arm, arm_of
from sessions_app.models import Answer, InterviewSession, Message, Question, User
from sessions_app.services.bulk_insert import insert_missing

# Rows → rounds: what is slow is measured less often.
ROUNDS = {20: 15, 100: 9, 500: 5, 2_000: 3, 5_000: 2}
ROUNDS_WITH_KEYS = {20: 9, 2_000: 2}
SAVE, ATOMIC, BULK = "save() loop", "save() in one atomic", "bulk_create"
OURS, UNNEST, COPY, PLAIN_COPY = (
    "insert_missing",
    "unnest, ON CONFLICT",
    "COPY, temporary table, ON CONFLICT",
    "plain COPY",
)
NEVER, ALWAYS = 1_000_000, 0

Row: TypeAlias = "Answer | PlainAnswer"
Insert: TypeAlias = Callable[[Sequence[Any]], object]


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """The arms, and p50 by (rows, method), without and with foreign keys."""

    arms: Sequence[Arm]
    p50: Mapping[tuple[int, str], float]
    p50_with_keys: Mapping[tuple[int, str], float]
    is_equal: bool  # every method stored the same


def measure_methods(*, user: User) -> Measured:
    """Measure every method at every size; leaves nothing behind."""
    session = _session_with_messages(user, max(ROUNDS))
    answers = _answers_to_store(user, session)
    with connection.schema_editor() as editor:
        editor.create_model(PlainAnswer)
    try:
        plain_rows = [PlainAnswer.of(answer) for answer in answers]
        plain = _measure_sizes(plain_rows, ROUNDS, "rows")
        keyed = _measure_sizes(answers, ROUNDS_WITH_KEYS, "rows with foreign keys")
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(PlainAnswer)
        session.delete()
    return Measured(
        arms=[*plain.arms.values(), *keyed.arms.values()],
        p50={key: arm.p50_ms for key, arm in plain.arms.items()},
        p50_with_keys={key: arm.p50_ms for key, arm in keyed.arms.items()},
        is_equal=plain.is_equal and keyed.is_equal,
    )


class PlainAnswer(models.Model):
    """The columns and unique keys of `Answer`, without its foreign keys."""

    id = models.UUIDField(primary_key=True)
    user_id = models.UUIDField(db_index=True)
    session_id = models.UUIDField(db_index=True)
    question_id = models.UUIDField(db_index=True)
    attempt = models.PositiveSmallIntegerField()
    message_id = models.UUIDField(unique=True)
    text = models.TextField()
    seconds = models.FloatField(null=True)
    cut_by_timer = models.BooleanField(default=False)
    answered_at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        constraints = [
            models.UniqueConstraint(
                fields=["question_id", "attempt"], name="plain_attempt_unique"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def of(cls, answer: Answer) -> PlainAnswer:
        """Return the same row, unsaved."""
        names = [field.attname for field in cls._meta.concrete_fields]
        return cls(**{name: getattr(answer, name) for name in names})


@dataclasses.dataclass(frozen=True, slots=True)
class _Sizes:
    arms: Mapping[tuple[int, str], Arm]
    is_equal: bool


def _measure_sizes(rows: Sequence[Row], rounds: Mapping[int, int], what: str) -> _Sizes:
    model = type(rows[0])
    arms: dict[tuple[int, str], Arm] = {}
    is_equal = True
    for count in rounds:
        seconds: dict[str, list[tuple[float, float]]] = {}
        stored = set()
        for number in range(rounds[count] + 1):
            for name, insert in _methods(model).items():
                measured = _measure(insert, rows[:count])
                stored.add(_fingerprint(model))
                if number:  # the first round warms up
                    seconds.setdefault(name, []).append(measured)
                model._default_manager.all()._raw_delete(connection.alias)
        for name, measured_times in seconds.items():
            arms[count, name] = arm_of(
                name=f"{connection.vendor}, {count} {what}: {name}",
                seconds=measured_times,
                counts={"us_per_row": round(_median(measured_times) / count * 1e6, 1)},
            )
        is_equal = is_equal and len(stored) == 1
    return _Sizes(arms, is_equal)


def _methods(model: type[Row]) -> Mapping[str, Insert]:
    portable: dict[str, Insert] = {
        SAVE: _save_each,
        ATOMIC: transaction.atomic(_save_each),
        BULK: functools.partial(
            model._default_manager.bulk_create, ignore_conflicts=True
        ),
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


def _save_each(rows: Sequence[Row]) -> None:
    for row in rows:
        row.save(force_insert=True)


def _in_transaction(insert: Callable[..., int]) -> Insert:
    @transaction.atomic
    def inserted(rows: Sequence[Row]) -> None:
        insert(rows=rows)

    return inserted


def _plain_copy(rows: Sequence[Row]) -> None:
    """Write what can never conflict: the least that PostgreSQL asks for."""
    meta = type(rows[0])._meta
    columns = ", ".join(str(field.column) for field in meta.concrete_fields)
    names = [field.attname for field in meta.concrete_fields]
    statement = f"COPY {meta.db_table} ({columns}) FROM STDIN"
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row([getattr(row, name) for name in names])


def _measure(insert: Insert, rows: Sequence[Row]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    insert(rows)
    return time.perf_counter() - wall, time.process_time() - cpu


def _fingerprint(model: type[Row]) -> int:
    fields = ("id", "text", "attempt", "seconds", "answered_at", "message_id")
    return hash(tuple(model._default_manager.order_by("id").values_list(*fields)))


def _median(seconds: Sequence[tuple[float, float]]) -> float:
    return sorted(wall for wall, _ in seconds)[len(seconds) // 2]


def _answers_to_store(user: User, session: InterviewSession) -> list[Answer]:
    """Return unsaved answers, each to a message of its own."""
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
        for message in messages[1:]
    ]


def _session_with_messages(user: User, count: int) -> InterviewSession:
    make_sessions(user=user, count=1, messages=count + 1)
    session: InterviewSession = InterviewSession.objects.latest("id")
    # Whoever drains must not find them.
    Message.objects.filter(session=session).update(archived_at=session.created_at)
    return session
