"""Sessions as they are kept and sent: one shape for list, report, page and JSON."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

import msgspec
import redis
from django.conf import settings

from sessions_app.models import InterviewSession
from sessions_app.services.generations import (
    Filled,
    Place,
    generation_key,
    lifetime_seconds,
    packed,
    renewed,
    verified,
)
from sessions_app.services.labels import NO_SCORE_YET, role_label, score_label

FILTERS: Final = ("role", "state", "mode")


class SessionInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of an interview; without its plan, its texts and what was said."""

    id: uuid.UUID
    revision: int
    role_title: str
    role_label: str
    company: str
    level: str
    level_label: str
    mode: str
    mode_label: str
    state: str
    state_label: str
    is_ended: bool
    created_at: datetime.datetime
    last_activity_at: datetime.datetime
    ends_at: datetime.datetime | None
    paused_at: datetime.datetime | None
    message_count: int
    answered_count: int
    skipped_count: int
    question_count: int
    minutes_spent: int | None  # None before the start
    score_label: str  # "68 ± 7", "Not enough evidence", or a dash when not known yet
    is_score_changed: bool  # by a reviewer
    original_label: str  # the score as it was before


# What `session_info` reads of a row.
COLUMNS: Final = (
    "user_id",
    "revision",
    "role",
    "role_title",
    "company",
    "level",
    "mode",
    "state",
    "created_at",
    "started_at",
    "finished_at",
    "last_activity_at",
    "ends_at",
    "paused_at",
    "message_count",
    "answered_count",
    "skipped_count",
    "question_count",
    "score",
    "score_error",
    "is_score_changed",
    "original_score",
)


class SessionPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a person's interviews, newest first, and how to go on from it."""

    sessions: tuple[SessionInfo, ...]
    newer: uuid.UUID | None  # the page after this id, towards the present
    older: uuid.UUID | None  # the page before this id


class PageKey(msgspec.Struct, frozen=True, kw_only=True):
    """Which page: filters that are set, and at most one of two ids to go on from."""

    filters: tuple[tuple[str, str], ...] = ()
    before: uuid.UUID | None = None
    after: uuid.UUID | None = None

    @classmethod
    def of(
        cls, *, filters: Mapping[str, str], before: str = "", after: str = ""
    ) -> PageKey:
        """Return the key; what is no id is none, and empty filters are no filter."""
        wanted = sorted((name, value) for name, value in filters.items() if value)
        older = _id_or_none(before)
        return cls(
            filters=tuple(wanted),
            before=older,
            after=None if older else _id_or_none(after),
        )


def session_info(*, session: InterviewSession, has_backlog: bool) -> SessionInfo:
    """Return the interview as it is told.

    has_backlog: some of its messages are not archived, so its score is not known yet
    """
    return SessionInfo(
        id=session.pk,
        revision=session.revision,
        role_title=session.role_title,
        role_label=role_label(role=session.role),
        company=session.company,
        level=session.level,
        level_label=session.get_level_display(),
        mode=session.mode,
        mode_label=session.get_mode_display(),
        state=session.state,
        state_label=session.get_state_display(),
        is_ended=session.is_ended,
        created_at=session.created_at,
        last_activity_at=session.last_activity_at,
        ends_at=session.ends_at,
        paused_at=session.paused_at,
        message_count=session.message_count,
        answered_count=session.answered_count,
        skipped_count=session.skipped_count,
        question_count=session.question_count,
        minutes_spent=minutes_spent(session=session),
        score_label=current_score(session=session, has_backlog=has_backlog),
        is_score_changed=session.is_score_changed,
        original_label=score_label(score=session.original_score, error=None),
    )


def current_score(*, session: InterviewSession, has_backlog: bool) -> str:
    """Return the score with its band, or a dash before the end or the archive.

    A score that has not been computed is not one for which the evidence is missing.
    """
    if not session.is_ended or has_backlog:
        return NO_SCORE_YET
    return score_label(score=session.score, error=session.score_error)


def session_place(*, user_id: uuid.UUID, session_id: uuid.UUID) -> Place:
    """Return where the state of this session is kept for this person."""
    return Place("sess", user_id, session_id.hex)


def list_place(*, user_id: uuid.UUID, page: PageKey) -> Place:
    """Return where this page of the person's list is kept."""
    key = [page.filters, page.before and page.before.hex, page.after and page.after.hex]
    text = json.dumps(key).encode()
    return Place("list", user_id, hashlib.blake2b(text, digest_size=12).hexdigest())


def report_place(*, user_id: uuid.UUID, session_id: uuid.UUID) -> Place:
    """Return where the report on this session is kept for this person."""
    return Place("report", user_id, session_id.hex)


def encoded(value: SessionInfo | SessionPage) -> bytes:
    """Return the JSON that is kept and sent."""
    return _encoder.encode(value)


def decoded_session(body: bytes) -> SessionInfo:
    return _session_decoder.decode(body)


def decoded_page(body: bytes) -> SessionPage:
    return _page_decoder.decode(body)


def erased_keys(*, user_id: uuid.UUID, ids: Iterable[uuid.UUID]) -> list[str]:
    """Return the keys that hold nothing but these sessions."""
    return [
        place.key
        for pk in ids
        for place in (
            session_place(user_id=user_id, session_id=pk),
            report_place(user_id=user_id, session_id=pk),
        )
    ]


def written_through(
    *,
    server: redis.Redis,
    user_id: uuid.UUID,
    sessions: Sequence[InterviewSession],
    token: str,
) -> tuple[str, list[tuple[str, bytes, int]]]:
    """Return what replaces entries that these rows changed, valid under `token`.

    Also the token that the entries had: they may be replaced only while it is still
    the current one. What is not replaced ends with it. One command; none for sessions
    that have ended, whose score and report depend on more than their row.
    """
    if not sessions or any(session.is_ended for session in sessions):
        return "", []
    rows = [session_info(session=row, has_backlog=True) for row in sessions]
    first_page = list_place(user_id=user_id, page=PageKey())
    places = [session_place(user_id=user_id, session_id=row.id) for row in rows]
    keys = [place.key for place in (*places, first_page)]
    raw_token, *values = cast(
        list[Any], server.mget([generation_key(user_id=user_id), *keys])
    )
    if raw_token is None:
        return "", []
    seen = raw_token.decode("latin-1")
    entries = []
    for place, value, row in zip(places, values, rows, strict=False):
        entry = verified(raw=value, place=place, token=seen)
        if entry is not None and decoded_session(entry.body).revision < row.revision:
            entries.append((place, renewed(entry=entry, token=token, filled=_of(row))))
    listed = verified(raw=values[-1], place=first_page, token=seen)
    page = None if listed is None else _with_rows(decoded_page(listed.body), rows)
    if listed is not None and page is not None:
        filled = Filled(body=encoded(page))
        entries.append((first_page, renewed(entry=listed, token=token, filled=filled)))
    bound = settings.READ_CACHE_SECONDS
    return seen, [
        (place.key, packed(entry), lifetime_seconds(bound=bound))
        for place, entry in entries
    ]


def _of(row: SessionInfo) -> Filled:
    return Filled(body=encoded(row))


def _with_rows(page: SessionPage, rows: Sequence[SessionInfo]) -> SessionPage | None:
    """Return the page with these rows renewed; None when it lacks one of them."""
    newer = {row.id: row for row in rows}
    known = {row.id: row.revision for row in page.sessions}
    if any(known.get(pk, row.revision) >= row.revision for pk, row in newer.items()):
        return None
    sessions = tuple(newer.get(row.id, row) for row in page.sessions)
    return msgspec.structs.replace(page, sessions=sessions)


def minutes_spent(*, session: InterviewSession) -> int | None:
    """Return how long the interview took or takes so far; None before its start."""
    if session.started_at is None:
        return None
    ended_at = session.finished_at or session.last_activity_at
    return max(0, round((ended_at - session.started_at).total_seconds() / 60))


def _id_or_none(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


_encoder = msgspec.json.Encoder()
_session_decoder = msgspec.json.Decoder(SessionInfo)
_page_decoder = msgspec.json.Decoder(SessionPage)
