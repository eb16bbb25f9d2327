"""Blacking out what must not be kept, such as a name, wherever an interview holds it.

Letters are replaced one by one, so every quote keeps its place and every figure its
count: verdicts and scores stay, with nothing to read where the words stood. Facts and
folded records of what was said there go. The words cannot be brought back.
"""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.db import models, transaction
from django.db.models import F

from sessions_app.models import (
    Answer,
    Dispute,
    Evaluation,
    Fact,
    InterviewSession,
    Message,
    Question,
    ReviewNote,
    User,
)
from sessions_app.services.invalidation import note_changes
from sessions_app.services.journal import lock_session
from sessions_app.services.metrics import refresh_metrics
from sessions_app.services.rebuilding import rechain, recount
from sessions_app.services.reviews import UnableToReview
from sessions_app.services.turns import owed_turn

BLACK: Final = "█"
LEAST_CHARACTERS: Final = 3  # shorter ones stand in too many other words
# Of a verdict's explanation: what may hold words of the interview.
_TEXTS: Final = frozenset({"advice", "gap", "quote", "reason", "replaces", "text"})
_DERIVED: Final[Sequence[tuple[type[models.Model], str]]] = (
    (Question, "text"),
    (Answer, "text"),
    (Dispute, "reason"),
    (Dispute, "answer"),
    (ReviewNote, "text"),
)

Blacken = Callable[[str], str]


class NothingToRedact(UnableToReview):
    """The words do not stand in the message."""

    def __init__(self) -> None:
        super().__init__(
            "These words do not stand in the message. Copy them exactly as they do, "
            f"at least {LEAST_CHARACTERS} characters."
        )


class ReplyOwed(UnableToReview):
    """The words are being answered at this moment."""

    def __init__(self) -> None:
        super().__init__("A reply is being made. Try again in a moment.")


@transaction.atomic
def redact(
    *,
    session_id: uuid.UUID,
    message_id: uuid.UUID,
    passage: str,
    now: datetime.datetime,
) -> Message:
    """Black out the passage of this message, or all of it, in the whole interview.

    passage: as it stands in the message; empty for the whole message
    Raises UnableToReview and changes nothing, or DoesNotExist. Figures are stored anew
    and nothing that is kept is served any more. Constant queries.
    """
    session = lock_session(session_id=session_id)
    if owed_turn(session=session) is not None:
        raise ReplyOwed
    messages: list[Message] = list(session.messages.order_by("seq"))
    message = next((row for row in messages if row.pk == message_id), None)
    if message is None:
        raise Message.DoesNotExist
    passage = passage or message.content
    is_long_enough = len(passage.replace(BLACK, "").strip()) >= LEAST_CHARACTERS
    if not is_long_enough or passage not in message.content:
        raise NothingToRedact
    touched = [row.seq for row in messages if passage in row.content]

    def blacken(text: str) -> str:
        return text.replace(passage, _blacked(passage))

    _blacken_messages(messages, blacken)
    _blacken_verdicts(session, blacken)
    for model, field in _DERIVED:
        _blacken_column(model, session, field, passage, blacken)
    _forget_memories(session, touched)
    _derive_anew(session, from_seq=touched[0], now=now)
    return message


def _blacked(text: str) -> str:
    return re.sub(r"\S", BLACK, text)


def _blacken_messages(messages: Iterable[Message], blacken: Blacken) -> None:
    changed = []
    for row in messages:
        content, details = blacken(row.content), _in_texts(row.details, blacken)
        if (content, details) != (row.content, row.details):
            row.content, row.details = content, details
            changed.append(row)
    Message.objects.bulk_update(changed, ["content", "details"], batch_size=200)


def _blacken_verdicts(session: InterviewSession, blacken: Blacken) -> None:
    changed = []
    for row in Evaluation.objects.filter(session=session):
        before = row.text
        row.text = blacken(before)
        if row.text == before:
            continue

        def as_it_stands(text: str, *, before: str = before, row: Any = row) -> str:
            """Return a quote as it now stands in the text, also if cut by the edge."""
            start = before.find(text)
            if start < 0:
                return blacken(text)
            return str(row.text[start : start + len(text)])

        row.result = _in_texts(row.result, as_it_stands)
        row.feedback = _in_texts(row.feedback, as_it_stands)
        row.outline = _in_texts(row.outline, as_it_stands)
        changed.append(row)
    Evaluation.objects.bulk_update(
        changed, ["text", "result", "feedback", "outline"], batch_size=200
    )


def _in_texts(value: Any, blacken: Blacken, *, key: str = "") -> Any:
    """Return the JSON value with its texts blacked out; names of things stay."""
    if isinstance(value, dict):
        return {
            name: _in_texts(inner, blacken, key=name) for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_in_texts(inner, blacken, key=key) for inner in value]
    if isinstance(value, str) and value and key in _TEXTS:
        return blacken(value)
    return value


def _blacken_column(
    model: Any, session: InterviewSession, field: str, passage: str, blacken: Blacken
) -> None:
    rows = list(
        model.objects.filter(session=session, **{f"{field}__contains": passage})
    )
    for row in rows:
        setattr(row, field, blacken(getattr(row, field)))
    model.objects.bulk_update(rows, [field], batch_size=200)


def _forget_memories(session: InterviewSession, touched: Sequence[int]) -> None:
    """Drop facts of these messages and the folded records that hold them."""
    Fact.objects.filter(session=session, seq__in=touched).delete()
    session.epochs.filter(upto_seq__gte=touched[0]).delete()
    last = session.epochs.order_by("number").last()
    session.history_epoch = min(session.history_epoch, last.number if last else 0)


def _derive_anew(
    session: InterviewSession, *, from_seq: int, now: datetime.datetime
) -> None:
    rechain(session=session, from_seq=from_seq)
    recount(session=session)
    session.revision += 1
    session.config_revision += 1  # what was said before is not repeated
    session.save(
        update_fields=[
            "digest",
            "history_epoch",
            "running_figures",
            "revision",
            "config_revision",
        ]
    )
    refresh_metrics(sessions=[session], now=now)
    note_changes(user_ids=[session.user_id])
    # What models said for this person is out of reach.
    User.objects.filter(pk=session.user_id).update(
        cache_generation=F("cache_generation") + 1
    )
