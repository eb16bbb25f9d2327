"""Batch archiving: from unarchived messages to questions, answers and metrics.

Each batch is one transaction, so a killed worker leaves it whole or undone.
Unique keys make every insert safe to repeat: twice is the same as once.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection, Iterable, Sequence

import structlog
from django.db import OperationalError, transaction

from sessions_app.models import InterviewSession, Message
from sessions_app.services.archive_pairs import Journal, store_pairs
from sessions_app.services.extraction import extract_pairs
from sessions_app.services.invalidation import note_changes
from sessions_app.services.metrics import load_facts, refresh_metrics

log = structlog.get_logger(__name__)

MAX_MESSAGES_PER_BATCH = 500
MAX_SESSIONS_PER_BATCH = 100
MAX_BATCHES = 200  # of one drain; the next sweep takes the rest


@dataclasses.dataclass(frozen=True, slots=True)
class Drained:
    """What one drain did; sessions set aside are tried again by the next."""

    messages: int
    set_aside: frozenset[uuid.UUID]


def drain(*, now: datetime.datetime) -> Drained:
    """Archive every unarchived message, batch by batch.

    A session whose journal cannot be archived does not hold up the others. One
    that another process holds is left to it. Safe to run at any time, anywhere.
    """
    archived = 0
    held: set[uuid.UUID] = set()
    set_aside: set[uuid.UUID] = set()
    for _ in range(MAX_BATCHES):
        waiting = _waiting_sessions(excluding=held | set_aside)
        if not waiting:
            break
        count, failed = _archive_apart(waiting, now)
        archived += count
        set_aside |= failed
        if not count and not failed:
            held.update(waiting)
    return Drained(messages=archived, set_aside=frozenset(set_aside))


def _waiting_sessions(*, excluding: Collection[uuid.UUID]) -> list[uuid.UUID]:
    unarchived = (
        Message.objects.filter(archived_at__isnull=True)
        .exclude(session_id__in=excluding)
        .order_by("session_id", "seq")
        .values_list("session_id", flat=True)[:MAX_MESSAGES_PER_BATCH]
    )
    return list(dict.fromkeys(unarchived))[:MAX_SESSIONS_PER_BATCH]


def _archive_apart(
    session_ids: Sequence[uuid.UUID], now: datetime.datetime
) -> tuple[int, set[uuid.UUID]]:
    """Return (messages archived, sessions that failed); a failing batch is halved."""
    try:
        return _archive_batch(session_ids, now), set()
    except OperationalError:
        raise  # the database is away or busy: no session is to blame
    except Exception:
        if len(session_ids) == 1:
            log.exception("archive_set_aside", session_id=str(session_ids[0]))
            return 0, set(session_ids)
    middle = len(session_ids) // 2
    first, failed_first = _archive_apart(session_ids[:middle], now)
    second, failed_second = _archive_apart(session_ids[middle:], now)
    return first + second, failed_first | failed_second


@transaction.atomic
def _archive_batch(session_ids: Sequence[uuid.UUID], now: datetime.datetime) -> int:
    locked = {session.pk: session for session in _lock(session_ids)}
    batch = _next_messages(locked)
    if not batch:
        return 0
    sessions = [locked[pk] for pk in dict.fromkeys(row.session_id for row in batch)]
    facts = load_facts(sessions=sessions)
    store_pairs(
        journals=[
            Journal(session, extract_pairs(messages=facts[session.pk].messages))
            for session in sessions
        ],
        batch=batch,
    )
    refresh_metrics(sessions=sessions, facts=facts, now=now)
    note_changes(user_ids=[session.user_id for session in sessions])
    return _mark_archived(batch, now)


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
        .only("session", "seq", "question_no", "created_at")
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
