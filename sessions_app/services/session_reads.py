"""A session's state and its report: no query when they are kept, few when not."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from typing import Any, Final

import msgspec
from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery

from sessions_app.models import (
    Evaluation,
    InterviewSession,
    ModelCall,
    SessionMetrics,
    Turn,
    User,
)
from sessions_app.services.generations import (
    Entry,
    Filled,
    read_fixed,
    read_through,
)
from sessions_app.services.kept_sessions import (
    SessionInfo,
    decoded_session,
    encoded,
    report_place,
    session_info,
    session_place,
)
from sessions_app.services.listing import HAS_BACKLOG
from sessions_app.services.report_types import Report
from sessions_app.services.reports import build_report

REPORT_VERSION: Final = 2  # raised when a report shows the same rows differently
REPORT_SECONDS: Final = 600


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FoundSession:
    """A session as it is told, and what its report needs."""

    info: SessionInfo
    fingerprint: str  # of the report; empty while none would last
    row: InterviewSession | None  # when it had to be loaded


def session_entry(*, user: User, session_id: uuid.UUID) -> Entry | None:
    """Return the state of this person's own session as JSON; None when unknown.

    Its version is the report's fingerprint. No query on a hit, two at most on a miss.
    """
    return read_through(
        place=session_place(user_id=user.pk, session_id=session_id),
        fill=lambda: _filled(_load(user, session_id)),
    )


def find_session(*, user: User, session_id: uuid.UUID) -> FoundSession:
    """Return the session; raises DoesNotExist. Queries as `session_entry`."""
    loaded: list[InterviewSession] = []

    def fill() -> Filled | None:
        row = _load(user, session_id)
        if row is not None:
            loaded.append(row)
        return _filled(row)

    place = session_place(user_id=user.pk, session_id=session_id)
    entry = read_through(place=place, fill=fill)
    if entry is None:
        raise InterviewSession.DoesNotExist
    return FoundSession(
        info=decoded_session(entry.body),
        fingerprint=entry.version,
        row=loaded[0] if loaded else None,
    )


def find_report(*, user: User, found: FoundSession, practice_url: str) -> Report:
    """Return the report of an ended session; raises DoesNotExist.

    A report is fixed by its fingerprint: what changes it gives another one.
    """

    def build() -> Filled:
        row = found.row or InterviewSession.objects.visible_to(user).get(
            pk=found.info.id
        )
        report = build_report(session=row, practice_url=practice_url)
        return Filled(body=_report_encoder.encode(report))

    body = read_fixed(
        place=report_place(user_id=user.pk, session_id=found.info.id),
        fingerprint=found.fingerprint,
        seconds=REPORT_SECONDS,
        fill=build,
    )
    return _report_decoder.decode(body)


def _load(user: User, session_id: uuid.UUID) -> Any:
    rows = InterviewSession.objects.visible_to(user).filter(pk=session_id)
    return rows.annotate(has_backlog=HAS_BACKLOG).first()


def _filled(row: Any) -> Filled | None:
    if row is None:
        return None
    info = session_info(session=row, has_backlog=row.has_backlog)
    may_last = row.is_ended and not row.has_backlog
    return Filled(body=encoded(info), version=_fingerprint(row) if may_last else "")


def _fingerprint(session: InterviewSession) -> str:
    """Return the digest of all that the report depends on; empty while a reply is owed.

    The rolling digest stands for the words, `revision` for times and states.
    """
    depends_on = (
        InterviewSession.objects.filter(pk=session.pk)
        .values_list(
            Exists(_of_session(Turn).exclude(state=Turn.State.DONE)),
            _latest(ModelCall),
            _latest(Evaluation, is_counted=True),
            Subquery(_of_session(SessionMetrics).values("fingerprint")[:1]),
        )
        .first()
    )
    if depends_on is None or depends_on[0]:
        return ""
    read = [
        REPORT_VERSION,
        session.digest,
        session.message_count,
        session.revision,
        *map(str, depends_on),
        # These decide what is said of engines and prices.
        bool(settings.INTERVIEWER_MODEL),
        settings.MODEL_PRICES,
    ]
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()


def _of_session(model: Any) -> Any:
    return model.objects.filter(session=OuterRef("pk"))


def _latest(model: Any, **conditions: Any) -> Subquery:
    rows = _of_session(model).filter(**conditions)
    return Subquery(rows.order_by("-pk").values("pk")[:1])


_report_encoder = msgspec.json.Encoder()
_report_decoder = msgspec.json.Decoder(Report)
