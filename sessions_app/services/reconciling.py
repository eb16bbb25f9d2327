"""Proof that the archive is the journal's: what is stored against what should be.

Every session's questions, answers, their states, its counters and its figures are
derived once more and compared. A difference names places and kinds, never words.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Iterator, Sequence

from django.db import transaction

from sessions_app.models import InterviewSession, SessionMetrics
from sessions_app.services.archive import archive_session
from sessions_app.services.comparing import BROKEN, COMPARISONS, Part, load_stored
from sessions_app.services.invalidation import note_changes
from sessions_app.services.journal import lock_session
from sessions_app.services.metrics import load_facts, refresh_metrics
from sessions_app.services.model_calls import COUNTERS, count_calls
from sessions_app.services.rebuilding import forget_archive, rechain, recount
from sessions_app.services.running import compute_metrics

MAX_MESSAGES_AT_ONCE = 5_000
MAX_SESSIONS_AT_ONCE = 100


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """Something stored that is not what the journal says."""

    session_id: uuid.UUID
    part: Part
    what: str

    @property
    def is_mendable(self) -> bool:
        """Say whether the journal, as it is, says what should be there."""
        return not self.what.startswith(BROKEN)


@dataclasses.dataclass(frozen=True, slots=True)
class Checked:
    """The sessions of one step and what was found in them."""

    sessions: int
    messages: int
    waiting: int  # messages that are not archived yet, which is no difference
    differences: Sequence[Difference]


def check_archive() -> Iterator[Checked]:
    """Compare every session, a bounded number of messages at a time."""
    for ids in _groups():
        sessions = list(InterviewSession.objects.filter(pk__in=ids).order_by("pk"))
        yield _check(sessions)


def mend(*, session_id: uuid.UUID, now: datetime.datetime) -> Sequence[Difference]:
    """Derive a session's archive anew where it differs; return what still does.

    A journal with gaps, or against its own conventions, stays as it is.
    """
    with transaction.atomic():
        session = lock_session(session_id=session_id)
        found = _check([session]).differences
        if not all(difference.is_mendable for difference in found):
            return found
        parts = {difference.part for difference in found}
        if "journal" in parts:
            rechain(session=session)
        if "pairs" in parts:
            forget_archive(session=session)
        if parts:
            recount(session=session)
            _count_anew(session)
            session.save()
            note_changes(user_ids=[session.user_id])
    archive_session(session_id=session_id, now=now)
    with transaction.atomic():
        session = lock_session(session_id=session_id)
        if parts and not session.messages.filter(archived_at=None).exists():
            SessionMetrics.objects.filter(session=session).delete()
            refresh_metrics(sessions=[session], now=now)
            note_changes(user_ids=[session.user_id])
        return _check([session]).differences


def _groups() -> Iterator[list[uuid.UUID]]:
    group: list[uuid.UUID] = []
    size = 0
    rows = InterviewSession.objects.order_by("pk").values_list("pk", "message_count")
    for pk, count in rows.iterator(chunk_size=1_000):
        group.append(pk)
        size += count
        if size >= MAX_MESSAGES_AT_ONCE or len(group) >= MAX_SESSIONS_AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group


def _count_anew(session: InterviewSession) -> None:
    session.message_count = session.messages.count()
    counts = count_calls(calls=session.model_calls.all())
    for name in COUNTERS:
        setattr(session, name, getattr(counts, name))
    view = compute_metrics(facts=load_facts(sessions=[session])[session.pk])
    session.answered_count, session.skipped_count = view.answered, view.skipped


def _check(sessions: Sequence[InterviewSession]) -> Checked:
    stored = list(load_stored(sessions=sessions))
    return Checked(
        sessions=len(sessions),
        messages=sum(len(each.messages) for each in stored),
        waiting=sum(each.waiting for each in stored),
        differences=[
            Difference(each.session.pk, part, what)
            for each in stored
            for part, compare in COMPARISONS.items()
            for what in compare(each)
        ],
    )
