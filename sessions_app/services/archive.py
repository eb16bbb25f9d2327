"""Batch archiving: from unarchived messages to questions, answers and metrics.

Each batch is one transaction, so a killed worker leaves it whole or undone.
Unique keys make every insert safe to repeat: twice is the same as once. A batch reads
its own messages and what is stored of their questions, never a whole journal.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection, Iterable, Sequence

import structlog
from django.db import OperationalError, transaction
from prometheus_client import Counter

from sessions_app.models import InterviewSession, Message
from sessions_app.services.archive_faults import (
    note_fault,
    note_recovery,
    parked_sessions,
)
from sessions_app.services.archive_pairs import store_pairs
from sessions_app.services.invalidation import note_changes
from sessions_app.services.metrics import refresh_metrics
from sessions_app.services.practice import take_in_answers

log = structlog.get_logger(__name__)

# Batches of thousands cost the worker a tenth less CPU, and hold the sessions in them
# for seconds, in which nobody can answer there.
MAX_MESSAGES_PER_BATCH = 500
MAX_SESSIONS_PER_BATCH = 100
_BEFORE_ALL = uuid.UUID(int=0)
MAX_BATCHES = 200  # of one drain; the next sweep takes the rest

DUPLICATES_SUPPRESSED = Counter(
    "archive_duplicates_suppressed",
    "Questions and answers that were stored already when they were archived.",
    registry=None,  # the project's registry takes it in
)


@dataclasses.dataclass(frozen=True, slots=True)
class Drained:
    """What one drain did; sessions set aside are tried again by the next."""

    messages: int
    set_aside: frozenset[uuid.UUID]


@dataclasses.dataclass(frozen=True, slots=True)
class _Batch:
    messages: int = 0
    suppressed: int = 0  # rows that were stored already
    failed: frozenset[uuid.UUID] = frozenset()

    def __add__(self, other: _Batch) -> _Batch:
        return _Batch(
            self.messages + other.messages,
            self.suppressed + other.suppressed,
            self.failed | other.failed,
        )


def drain(*, now: datetime.datetime) -> Drained:
    """Archive every unarchived message, batch by batch.

    A session whose journal cannot be archived does not hold up the others, and is
    parked when it has failed too often (`archive_faults.py`). One that another process
    holds is left to it. Safe to run at any time, anywhere.
    """
    total, this_pass = _Batch(), 0
    held: set[uuid.UUID] = set()
    # Session by session, from where the last batch ended: what was archived a moment
    # ago still lies in the index, and would be read over and over.
    after = _BEFORE_ALL
    for _ in range(MAX_BATCHES):
        waiting = _waiting_sessions(after=after, excluding=held | total.failed)
        if not waiting and not this_pass:
            break
        if not waiting:
            after, this_pass = _BEFORE_ALL, 0
            continue
        batch = _archive_apart(waiting, now)
        DUPLICATES_SUPPRESSED.inc(batch.suppressed)
        total += batch
        this_pass += batch.messages
        after = waiting[-1]
        if not batch.messages and not batch.failed:
            held.update(waiting)
    return Drained(messages=total.messages, set_aside=total.failed)


def archive_session(*, session_id: uuid.UUID, now: datetime.datetime) -> bool:
    """Archive what waits in one session, parked or not; say whether all of it was."""
    while (batch := _archive_apart([session_id], now)).messages:
        DUPLICATES_SUPPRESSED.inc(batch.suppressed)
    return not batch.failed


def _waiting_sessions(
    *, after: uuid.UUID, excluding: Collection[uuid.UUID]
) -> list[uuid.UUID]:
    unarchived = (
        Message.objects.filter(archived_at__isnull=True, session_id__gt=after)
        .exclude(session_id__in=excluding)
        .exclude(session_id__in=parked_sessions())
        .order_by("session_id", "seq")
        .values_list("session_id", flat=True)[:MAX_MESSAGES_PER_BATCH]
    )
    return list(dict.fromkeys(unarchived))[:MAX_SESSIONS_PER_BATCH]


def _archive_apart(session_ids: Sequence[uuid.UUID], now: datetime.datetime) -> _Batch:
    """Archive these sessions; a batch that fails is halved."""
    try:
        return _archive_batch(session_ids, now)
    except OperationalError:
        raise  # the database is away or busy: no session is to blame
    except Exception as error:
        if len(session_ids) == 1:
            return _set_aside(session_ids[0], error, now)
    middle = len(session_ids) // 2
    return _archive_apart(session_ids[:middle], now) + _archive_apart(
        session_ids[middle:], now
    )


def _set_aside(
    session_id: uuid.UUID, error: Exception, now: datetime.datetime
) -> _Batch:
    log.exception("archive_set_aside", session_id=str(session_id))
    fault = note_fault(session_id=session_id, error=error, now=now)
    if fault is not None and fault.is_parked:
        log.error("archive_parked", session_id=str(session_id), error=fault.error)
    return _Batch(failed=frozenset({session_id}))


@transaction.atomic
def _archive_batch(session_ids: Sequence[uuid.UUID], now: datetime.datetime) -> _Batch:
    locked = {session.pk: session for session in _lock(session_ids)}
    batch = _next_messages(locked)
    if not batch:
        return _Batch()
    sessions = {
        pk: locked[pk] for pk in dict.fromkeys(message.session_id for message in batch)
    }
    suppressed = store_pairs(sessions=sessions, batch=batch)
    refresh_metrics(sessions=list(sessions.values()), now=now)
    # A judgement is committed with a reply, which is archived after it: here by then.
    take_in_answers(sessions=sessions.values())
    note_changes(user_ids=[session.user_id for session in sessions.values()])
    note_recovery(session_ids=list(sessions), now=now)
    return _Batch(messages=_mark_archived(batch, now), suppressed=suppressed)


def _lock(session_ids: Sequence[uuid.UUID]) -> Iterable[InterviewSession]:
    # Skipping what is locked needs PostgreSQL; on SQLite the transaction, which
    # begins IMMEDIATE, is the lock.
    return (
        InterviewSession.objects.select_for_update(skip_locked=True)
        .filter(pk__in=session_ids)
        .defer("job_description", "resume")
        .order_by("pk")
    )


def _next_messages(session_ids: Iterable[uuid.UUID]) -> Sequence[Message]:
    """Return the next unarchived messages, up to the end of a pair."""
    rows = list(
        Message.objects.filter(session_id__in=session_ids, archived_at__isnull=True)
        .only(
            "session",
            "seq",
            "role",
            "kind",
            "content",
            "question_no",
            "details",
            "created_at",
        )
        .order_by("session_id", "seq")[: MAX_MESSAGES_PER_BATCH + 1]
    )
    batch, beyond = rows[:MAX_MESSAGES_PER_BATCH], rows[MAX_MESSAGES_PER_BATCH:]
    if not beyond or beyond[0].question_no is None:
        return batch
    whole = list(batch)
    while whole and _pair_of(whole[-1]) == _pair_of(beyond[0]):
        whole.pop()
    # Answers find their question by number, so a pair that is longer than a whole
    # batch may be cut after all.
    return whole or batch


def _pair_of(message: Message) -> tuple[uuid.UUID, int | None]:
    return message.session_id, message.question_no


def _mark_archived(batch: Sequence[Message], now: datetime.datetime) -> int:
    ids = [message.pk for message in batch]
    return Message.objects.filter(pk__in=ids).update(archived_at=now)
