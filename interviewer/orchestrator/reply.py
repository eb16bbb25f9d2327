"""Making one reply: read the scene, judge, decide, put into words."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import uuid
from collections.abc import Mapping
from typing import cast

from asgiref.sync import sync_to_async
from django.utils import timezone

from interviewer.agents import feedback_coach
from interviewer.bank.model import BankQuestion
from interviewer.orchestrator.coaching import load_evidence
from interviewer.orchestrator.conversation import (
    Conversation,
    journal_entry,
    load_conversation,
)
from interviewer.orchestrator.judging import Judgement, judge_answer
from interviewer.orchestrator.rubrics import frozen_questions
from interviewer.orchestrator.turn_log import TurnLog
from interviewer.orchestrator.wording import (
    conversation_engine,
    reply_message,
    turn_context,
)
from interviewer.policy.intent import Intent
from interviewer.policy.next_action import CLOSING, Action, decide
from interviewer.policy.progress import Progress, advance
from sessions_app.models import Message, Turn
from sessions_app.services.journal import NewMessage
from sessions_app.services.turns import TurnResult, milliseconds


@dataclasses.dataclass(frozen=True, slots=True)
class _Scene:
    """Everything one turn looks at, read once."""

    conversation: Conversation  # as it was before the message
    questions: Mapping[int, BankQuestion]  # by slot index
    message: Message
    received_at: datetime.datetime


async def make_reply(*, turn_id: uuid.UUID, turn_log: TurnLog) -> TurnResult:
    """Return what completing the turn writes; its words are streamed meanwhile."""
    scene = await sync_to_async(_load_scene)(turn_id)
    if scene.message.kind == Message.Kind.ASK:
        return await _coach(scene, turn_log)
    judgement = await _judge(scene)
    progress = _progress_after(scene, judgement)
    action = _decide(scene, judgement, progress)
    await turn_log.append("reset", {})
    content, first_words_ms = await _speak(scene, action, progress, turn_log)
    reply = reply_message(
        action=action, content=content, progress=progress, questions=scene.questions
    )
    return TurnResult(
        replies=[reply],
        evaluation=judgement.evaluation if judgement else None,
        gate=judgement.assessment.gate.outcome if judgement else None,
        answered_count=len(progress.answered_slots),
        skipped_count=len(progress.skipped_slots),
        closes=action.kind == CLOSING,
        first_words_ms=first_words_ms,
    )


async def _coach(scene: _Scene, turn_log: TurnLog) -> TurnResult:
    conversation = scene.conversation
    evidence = await sync_to_async(load_evidence)(session=conversation.session)
    said = feedback_coach.answer(
        asked=scene.message.content,
        evidence=evidence,
        earlier=[m.content for m in conversation.messages if m.kind == "coaching"],
    )
    await turn_log.append("reset", {})
    await turn_log.append("delta", {"text": said.text})
    reply = NewMessage(
        role=Message.Role.COACH,
        agent="coach",
        kind=Message.Kind.COACHING,
        content=said.text,
        origin=Message.Origin.EMBEDDED,
        question_no=scene.message.question_no,
        details={"cites": [dataclasses.asdict(cite) for cite in said.cites]},
    )
    return TurnResult(
        replies=[reply],
        evaluation=None,
        gate=None,
        answered_count=len(conversation.progress.answered_slots),
        skipped_count=len(conversation.progress.skipped_slots),
        closes=False,
        first_words_ms=0,
    )


def _load_scene(turn_id: uuid.UUID) -> _Scene:
    turn = Turn.objects.select_related("message", "session__user").get(pk=turn_id)
    conversation = load_conversation(session=turn.session, before_seq=turn.message.seq)
    return _Scene(
        conversation=conversation,
        questions=frozen_questions(plan=conversation.plan),
        message=turn.message,
        received_at=turn.received_at,
    )


async def _judge(scene: _Scene) -> Judgement | None:
    if scene.message.kind != Message.Kind.ANSWER:
        return None
    progress = scene.conversation.progress
    return await asyncio.to_thread(
        judge_answer,
        question=scene.questions[progress.slot_index],
        progress=progress,
        text=scene.message.content,
        seq=scene.message.seq,
    )


def _progress_after(scene: _Scene, judgement: Judgement | None) -> Progress:
    entry = journal_entry(message=scene.message)
    if judgement is not None:
        gate = judgement.assessment.gate.outcome
        entry = dataclasses.replace(entry, details={**entry.details, "gate": gate})
    return advance(progress=scene.conversation.progress, entry=entry)


def _decide(scene: _Scene, judgement: Judgement | None, progress: Progress) -> Action:
    session = scene.conversation.session
    return decide(
        plan=scene.conversation.plan,
        questions=scene.questions,
        progress=progress,
        intent=cast(Intent, scene.message.kind),
        assessment=judgement.assessment if judgement else None,
        # As of the answer's arrival: our own delay costs the candidate nothing.
        remaining_seconds=session.remaining_seconds(now=scene.received_at),
        mode=session.mode,
    )


async def _speak(
    scene: _Scene, action: Action, progress: Progress, turn_log: TurnLog
) -> tuple[str, int | None]:
    """Return the whole message, and the milliseconds until its first words."""
    session = scene.conversation.session
    context = turn_context(
        plan=scene.conversation.plan,
        role_title=session.role_title,
        company=session.company,
        candidate_name=session.user.name,
        progress=progress,
        action=action,
    )
    pieces: list[str] = []
    first_words_ms = None
    async for piece in conversation_engine().words(action=action, context=context):
        if not pieces:
            first_words_ms = milliseconds(since=scene.received_at, now=timezone.now())
        pieces.append(piece)
        await turn_log.append("delta", {"text": piece})
    return "".join(pieces), first_words_ms
