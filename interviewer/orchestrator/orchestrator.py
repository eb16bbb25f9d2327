"""The orchestrator: a message in, a decided and worded reply out, exactly once.

process_message  stores what the candidate sent; names the turn that answers it
complete_turn    judges, decides, words and commits the reply; safe to call twice
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime
import uuid
from collections.abc import AsyncGenerator

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from interviewer import telemetry
from interviewer.agents.tokens import estimate_tokens
from interviewer.orchestrator.announcing import announce_failure, announce_outcome
from interviewer.orchestrator.conversation import load_conversation
from interviewer.orchestrator.reply import (
    ABOUT_THE_QUESTION,
    MadeReply,
    kept_reply,
    make_reply,
)
from interviewer.orchestrator.scene import Scene, load_scene, scene_beforehand
from interviewer.orchestrator.turn_log import TurnLog, drop_log, open_log
from interviewer.policy.inquiries import declines
from interviewer.policy.intent import Intent, read_intent
from sessions_app.models import InterviewSession, Message
from sessions_app.services import turns
from sessions_app.services.journal import NewMessage
from sessions_app.services.turns import Receipt
from sessions_app.services.whole_turns import commit_whole_turn, open_beforehand

log = structlog.get_logger(__name__)

TURN_DEADLINE_SECONDS = 45  # above what waiting for a model and its reply may take
# Renewed while it is worked on: a live claimant is never overtaken, a dead one soon.
LEASE = datetime.timedelta(seconds=20)
RENEW_SECONDS = 5


def process_message(
    *,
    session: InterviewSession,
    text: str,
    intent: Intent,
    question_no: int,
    client_message_id: uuid.UUID,
    cut_by_timer: bool,
    now: datetime.datetime,
    is_waiting: bool = False,
) -> Receipt:
    """Store the candidate's message; raises UnableToReceive and stores nothing.

    A resend returns the stored message and its turn. The reply is not made here, but
    for somebody who is waiting for it: if it is at hand, it is stored with the message
    and the turn is done; otherwise the turn is claimed, and theirs to complete.
    """
    is_typed = intent == "answer"
    has_words = is_typed or intent == "ask"
    left = session.remaining_seconds(now=now)
    message = NewMessage(
        role=Message.Role.CANDIDATE,
        kind=read_intent(text) if is_typed else intent,
        content=text if has_words else "",
        origin=Message.Origin.PERSON,
        question_no=question_no,
        details={"cut_by_timer": cut_by_timer or (left is not None and left < 0)},
        client_message_id=client_message_id,
        tokens=estimate_tokens(text) if has_words else 0,
    )
    inquiry = _as_inquiry(message) if is_typed or intent == "skip" else None
    if not is_waiting:
        return turns.receive_message(
            session_id=session.pk, message=message, now=now, inquiry=inquiry
        )
    receipt = _answer_at_once(session=session, message=message, now=now)
    return receipt or turns.receive_message(
        session_id=session.pk, message=message, now=now, lease=LEASE, inquiry=inquiry
    )


def _as_inquiry(message: NewMessage) -> NewMessage:
    """Return the message as it is meant when the candidate was asked for questions."""
    content = "" if declines(message.content) else message.content
    kind = Message.Kind.INQUIRY
    return dataclasses.replace(message, kind=kind, content=content)


def _answer_at_once(
    *, session: InterviewSession, message: NewMessage, now: datetime.datetime
) -> Receipt | None:
    """Store the message with kept words in reply, or nothing at all."""
    if message.kind not in ABOUT_THE_QUESTION or not settings.INTERVIEWER_MODEL:
        return None
    conversation = load_conversation(session=session)
    if conversation.progress.is_invited:
        return None
    opening = open_beforehand(
        session=session, messages=conversation.messages, message=message, now=now
    )
    if opening is None:
        return None
    scene = scene_beforehand(opening=opening, conversation=conversation)
    made = kept_reply(scene=scene)
    if made is None:
        return None
    receipt = commit_whole_turn(opening=opening, result=made.result, now=timezone.now())
    if receipt is not None:
        _count(scene, made)
    return receipt


async def complete_turn(*, turn_id: uuid.UUID, claim: int | None = None) -> bool:
    """Make and commit the turn's reply, unless it is made or being made elsewhere.

    Says whether this call was the one that worked on it. `claim` is the fence of a
    claim that the caller has already.

    Never raises for a failed turn: it is given back, its readers are told, and a
    later call tries again.
    """
    fence = claim or await _claimed(turn_id)
    if fence is None:
        return False
    turn_log = open_log(turn_id=turn_id, fence=fence)
    try:
        async with asyncio.timeout(TURN_DEADLINE_SECONDS), _kept_claim(turn_id, fence):
            await _reply_once(turn_id, fence, turn_log)
    except turns.TurnOvertaken:
        telemetry.record_event("fence_rejected")
        drop_log(turn_log=turn_log)
        log.warning("turn_overtaken", turn_id=str(turn_id), fence=fence)
    except Exception:
        # The edge of one turn: whatever went wrong, the answer is stored and the
        # person is told that the interview can go on.
        log.exception("turn_failed", turn_id=str(turn_id), fence=fence)
        await _give_back(turn_id, fence, turn_log)
    return True


async def _claimed(turn_id: uuid.UUID) -> int | None:
    try:
        return await sync_to_async(turns.claim_turn)(
            turn_id=turn_id, now=timezone.now(), lease=LEASE
        )
    except DatabaseError:
        log.exception("turn_not_claimed", turn_id=str(turn_id))  # the sweep will
        return None


async def _reply_once(turn_id: uuid.UUID, fence: int, turn_log: TurnLog) -> None:
    async with contextlib.AsyncExitStack() as flights:
        scene = await sync_to_async(load_scene)(turn_id)
        made = await make_reply(scene=scene, turn_log=turn_log, flights=flights)
        await sync_to_async(turns.commit_turn)(
            turn_id=turn_id, fence=fence, result=made.result, now=timezone.now()
        )
        if made.landing is not None:
            # Not before: what was overtaken must not be served to anybody.
            await made.landing.land()
    await announce_outcome(turn_log=turn_log)
    _count(scene, made)


def _count(scene: Scene, made: MadeReply) -> None:
    telemetry.record_calls(made.result.calls)
    telemetry.record_turn(
        origin=made.result.replies[-1].origin,
        first_words_ms=made.result.first_words_ms,
        complete_ms=turns.milliseconds(since=scene.received_at, now=timezone.now()),
    )
    if made.model is not None:
        telemetry.set_breaker(made.model.name, made.model.breaker_state)


@contextlib.asynccontextmanager
async def _kept_claim(turn_id: uuid.UUID, fence: int) -> AsyncGenerator[None, None]:
    """Renew the turn's lease while it is worked on: a model may take its time."""
    renewal = asyncio.create_task(_renew_claim(turn_id, fence))
    try:
        yield
    finally:
        renewal.cancel()


async def _renew_claim(turn_id: uuid.UUID, fence: int) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        with contextlib.suppress(DatabaseError):
            await sync_to_async(turns.extend_claim)(
                turn_id=turn_id, fence=fence, until=timezone.now() + LEASE
            )


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
