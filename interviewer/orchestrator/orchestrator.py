"""The orchestrator: a message in, a decided and worded reply out, exactly once.

process_message  stores what the candidate sent; names the turn that answers it
complete_turn    judges, decides, words and commits the reply; safe to call twice
"""

from __future__ import annotations

import asyncio
import datetime
import uuid

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError
from django.utils import timezone

from interviewer.agents.tokens import estimate_tokens
from interviewer.orchestrator.announcing import announce_failure, announce_outcome
from interviewer.orchestrator.reply import make_reply
from interviewer.orchestrator.turn_log import TurnLog, drop_log, open_log
from interviewer.policy.intent import Intent, read_intent
from sessions_app.models import InterviewSession, Message
from sessions_app.services import turns
from sessions_app.services.journal import NewMessage
from sessions_app.services.turns import Receipt

log = structlog.get_logger(__name__)

TURN_DEADLINE_SECONDS = 15
# Longer than the deadline: a live claimant is never overtaken, a dead one soon.
LEASE = datetime.timedelta(seconds=TURN_DEADLINE_SECONDS + 5)


def process_message(
    *,
    session: InterviewSession,
    text: str,
    intent: Intent,
    question_no: int,
    client_message_id: uuid.UUID,
    cut_by_timer: bool,
    now: datetime.datetime,
) -> Receipt:
    """Store the candidate's message; raises UnableToReceive and stores nothing.

    A resend returns the stored message and its turn. The reply is not made here.
    """
    is_typed = intent == "answer"
    left = session.remaining_seconds(now=now)
    message = NewMessage(
        role=Message.Role.CANDIDATE,
        kind=read_intent(text) if is_typed else intent,
        content=text if is_typed or intent == "ask" else "",
        origin=Message.Origin.PERSON,
        question_no=question_no,
        details={"cut_by_timer": cut_by_timer or (left is not None and left < 0)},
        client_message_id=client_message_id,
        tokens=estimate_tokens(text) if is_typed else 0,
    )
    return turns.receive_message(session_id=session.pk, message=message, now=now)


async def complete_turn(*, turn_id: uuid.UUID) -> bool:
    """Make and commit the turn's reply, unless it is made or being made elsewhere.

    Says whether this call was the one that worked on it.

    Never raises for a failed turn: it is given back, its readers are told, and a
    later call tries again.
    """
    try:
        fence = await sync_to_async(turns.claim_turn)(
            turn_id=turn_id, now=timezone.now(), lease=LEASE
        )
    except DatabaseError:
        log.exception("turn_not_claimed", turn_id=str(turn_id))  # the sweep will
        return False
    if fence is None:
        return False
    turn_log = open_log(turn_id=turn_id, fence=fence)
    try:
        async with asyncio.timeout(TURN_DEADLINE_SECONDS):
            await _reply_once(turn_id, fence, turn_log)
    except turns.TurnOvertaken:
        drop_log(turn_log=turn_log)
        log.warning("turn_overtaken", turn_id=str(turn_id), fence=fence)
    except Exception:
        # The edge of one turn: whatever went wrong, the answer is stored and the
        # person is told that the interview can go on.
        log.exception("turn_failed", turn_id=str(turn_id), fence=fence)
        await _give_back(turn_id, fence, turn_log)
    return True


async def _reply_once(turn_id: uuid.UUID, fence: int, turn_log: TurnLog) -> None:
    result = await make_reply(turn_id=turn_id, turn_log=turn_log)
    await sync_to_async(turns.commit_turn)(
        turn_id=turn_id, fence=fence, result=result, now=timezone.now()
    )
    await announce_outcome(turn_log=turn_log)


async def _give_back(turn_id: uuid.UUID, fence: int, turn_log: TurnLog) -> None:
    try:
        is_owed = await sync_to_async(turns.release_turn)(turn_id=turn_id, fence=fence)
    except DatabaseError:
        log.exception("turn_not_given_back", turn_id=str(turn_id), fence=fence)
        is_owed = True
    if is_owed:
        await announce_failure(turn_log=turn_log)
    else:
        # It failed after its commit: readers find the reply in the database.
        drop_log(turn_log=turn_log)
