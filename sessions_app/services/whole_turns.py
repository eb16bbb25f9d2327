"""A message and the reply to it in one commit, when the reply is known beforehand.

The reply was decided for the session as somebody read it. Every write raises its
`revision`, and calls in the background are counted, so the commit requires what was
read of both, and locks the row thereby.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
from collections.abc import Sequence

from django.db import transaction

from sessions_app.models import InterviewSession, Message, Turn
from sessions_app.services.invalidation import note_change
from sessions_app.services.journal import SAID, NewMessage
from sessions_app.services.model_calls import COUNTERS, add_counts, insert_calls
from sessions_app.services.turns import (
    COUNTED,
    FIRST_CLAIM,
    Receipt,
    TurnResult,
    count_turn,
    ending_of,
    is_sent_again,
    next_replies,
    open_turn,
)

WRITTEN = frozenset({*SAID, *COUNTED, *COUNTERS})  # of the session


@dataclasses.dataclass(frozen=True, slots=True)
class Opening:
    """A turn that could be received now, unsaved, and the session with it counted."""

    turn: Turn
    last_turn: Turn | None
    session: InterviewSession
    revision: int  # of the session as it was read


def open_beforehand(
    *,
    session: InterviewSession,
    messages: Sequence[Message],
    message: NewMessage,
    now: datetime.datetime,
) -> Opening | None:
    """Return the message's turn as if it were received; None when it would not be.

    messages: the session's, in order, read after it. One query.
    """
    last_turn = _last_turn(messages)
    last_asked = next(m for m in reversed(messages) if m.role != Message.Role.CANDIDATE)
    if (
        session.state != InterviewSession.State.IN_PROGRESS
        or any(m.client_message_id == message.client_message_id for m in messages)
        or last_asked.question_no != message.question_no
        or (last_turn is not None and not _is_followed(last_turn, message, now))
    ):
        return None
    counted = copy.copy(session)
    turn = open_turn(session=counted, message=message, last_asked=last_asked, now=now)
    return Opening(turn, last_turn, counted, session.revision)


def _last_turn(messages: Sequence[Message]) -> Turn | None:
    candidate = Message.Role.CANDIDATE
    said = next((m for m in reversed(messages) if m.role == candidate), None)
    if said is None:
        return None
    turn: Turn = Turn.objects.get(message_id=said.pk)
    reply = next((m for m in messages if m.pk == turn.last_reply_id), None)
    turn.message, turn.last_reply = said, reply
    return turn


def _is_followed(last: Turn, message: NewMessage, now: datetime.datetime) -> bool:
    is_again = is_sent_again(last=last, message=message, now=now)
    return last.state == Turn.State.DONE and not is_again


def commit_whole_turn(
    *, opening: Opening, result: TurnResult, now: datetime.datetime
) -> Receipt | None:
    """Write message, turn, replies and counters in one commit of five statements.

    None, and nothing is written, when the session has changed since it was read.
    """
    turn, session = opening.turn, opening.session
    replies = next_replies(session=session, turn=turn, result=result, now=now)
    turn.fence = FIRST_CLAIM
    for name, value in ending_of(turn, result, replies, now=now).items():
        setattr(turn, name, value)
    count_turn(session=session, turn=turn, result=result, now=now)
    # As read, before this turn's calls are counted: every call counts in it.
    unchanged = InterviewSession.objects.filter(
        pk=session.pk,
        revision=opening.revision,
        calls_by_outcome=session.calls_by_outcome,
    )
    add_counts(session=session, calls=result.calls)
    with transaction.atomic():
        if not unchanged.update(**{name: getattr(session, name) for name in WRITTEN}):
            return None
        Message.objects.bulk_create([turn.message, *replies])
        turn.save(force_insert=True)
        insert_calls(session=session, turn=turn, calls=result.calls, now=now)
        note_change(session=session)
    return Receipt(message=turn.message, turn=turn, is_replay=False)
