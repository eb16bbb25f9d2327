"""Making one reply: judge, decide, put into words; or, after the end, explain."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from typing import cast

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone

from interviewer.agents import feedback_coach
from interviewer.agents.chat_model import ChatModel
from interviewer.agents.providers import UnableToUseModel
from interviewer.orchestrator.coaching import load_evidence
from interviewer.orchestrator.conversation import journal_entry
from interviewer.orchestrator.judging import Judgement, judge_answer
from interviewer.orchestrator.models import model_within
from interviewer.orchestrator.reply_requests import coaching_request, reply_request
from interviewer.orchestrator.scene import Scene
from interviewer.orchestrator.speaking import (
    Fits,
    Landing,
    Request,
    Words,
    kept_words,
    speak,
)
from interviewer.orchestrator.turn_log import TurnLog
from interviewer.orchestrator.wording import (
    coaching_message,
    reply_message,
    turn_context,
)
from interviewer.policy import inquiries, next_action
from interviewer.policy.intent import Intent
from interviewer.policy.next_action import Action, decide
from interviewer.policy.progress import Progress, advance
from sessions_app.models import Message
from sessions_app.services.budgets import BudgetLevel, budget_level
from sessions_app.services.journal import NewMessage
from sessions_app.services.turns import TurnResult

log = structlog.get_logger(__name__)

# Requests whose replies depend on nothing that has to be judged or looked up first.
ABOUT_THE_QUESTION = (Message.Kind.CLARIFY, Message.Kind.SKIP)


@dataclasses.dataclass(frozen=True, slots=True)
class MadeReply:
    """What completing the turn writes, and what to share once it is written."""

    result: TurnResult
    landing: Landing | None
    model: ChatModel | None  # that could have been asked


@dataclasses.dataclass(frozen=True, slots=True)
class _Voice:
    """Who may word this turn: a model, or why none although one is configured."""

    model: ChatModel | None
    bypass: str = ""
    is_compact: bool = False


async def make_reply(
    *,
    scene: Scene,
    turn_log: TurnLog,
    flights: contextlib.AsyncExitStack,
    fits: Fits | None = None,
) -> MadeReply:
    """Return what completing the turn writes; its words are streamed meanwhile.

    fits: stands in for the rules that a model's words must keep
    """
    voice = await sync_to_async(_voice)(scene)
    if scene.message.kind == Message.Kind.ASK:
        return await _explain(scene, voice, turn_log, flights)
    judgement = await _judge(scene)
    progress = _progress_after(scene, judgement)
    action = _decide(scene, judgement, progress)
    context = turn_context(scene=scene, progress=progress, action=action)
    request = await sync_to_async(reply_request)(
        scene=scene,
        action=action,
        progress=progress,
        context=context,
        needs_history=voice.model is not None,
        is_compact=voice.is_compact,
        fits=fits,
    )
    words = await _speak(request, voice, turn_log, flights)
    reply = reply_message(
        action=action, words=words, progress=progress, questions=scene.questions
    )
    reply = _with_rating(reply, scene)
    return _made(scene, progress, reply, words, judgement, action, voice.model)


def _with_rating(reply: NewMessage, scene: Scene) -> NewMessage:
    """Return the reply; to a question of the candidate's, with what that shows."""
    if not _is_asked(scene):
        return reply
    session = scene.session
    rating = inquiries.rate(
        question=scene.message.content,
        job_description=session.job_description,
        company=session.company,
        said=[row.content for row in scene.conversation.messages],
    )
    details = {**reply.details, "inquiry": rating.to_dict()}
    return dataclasses.replace(reply, details=details)


def _is_asked(scene: Scene) -> bool:
    """Say whether the candidate asks the interviewer something."""
    message = scene.message
    return message.kind == Message.Kind.INQUIRY and bool(message.content)


def kept_reply(*, scene: Scene) -> MadeReply | None:
    """Return what completing the turn writes when a model's words for it are kept.

    None for whatever takes longer, such as judging. One command to Redis: what is kept
    costs nothing, so no budget is asked.
    """
    voice = _voice_within("full")
    if voice.model is None or scene.message.kind not in ABOUT_THE_QUESTION:
        return None
    progress = _progress_after(scene, None)
    action = _decide(scene, None, progress)
    request = reply_request(
        scene=scene,
        action=action,
        progress=progress,
        context=turn_context(scene=scene, progress=progress, action=action),
        needs_history=False,  # a key holds its digest only
        is_compact=voice.is_compact,
    )
    words = kept_words(request=request, model=voice.model)
    if words is None:
        return None
    reply = reply_message(
        action=action, words=words, progress=progress, questions=scene.questions
    )
    return _made(scene, progress, reply, words, None, action, voice.model)


async def _explain(
    scene: Scene,
    voice: _Voice,
    turn_log: TurnLog,
    flights: contextlib.AsyncExitStack,
) -> MadeReply:
    """Answer a question about the ended interview from what is stored of it."""
    evidence = await sync_to_async(load_evidence)(session=scene.session)
    # Asked again at once, a model's answer is the same; the rules have more to say.
    upto = scene.parent.seq if voice.model else scene.message.seq
    earlier = [
        row.content
        for row in scene.conversation.messages
        if row.kind == Message.Kind.COACHING and row.seq <= upto
    ]
    answer = feedback_coach.answer(
        asked=scene.message.content, evidence=evidence, earlier=earlier
    )
    reason = "The candidate asked the coach."
    action = Action(Message.Kind.COACHING, -1, answer.text, reason=reason)
    request = await sync_to_async(coaching_request)(
        scene=scene,
        action=action,
        answer=answer,
        evidence=evidence,
        needs_history=voice.model is not None,
        is_compact=voice.is_compact,
    )
    words = await _speak(request, voice, turn_log, flights)
    reply = coaching_message(scene=scene, action=action, answer=answer, words=words)
    progress = scene.conversation.progress
    return _made(scene, progress, reply, words, None, action, voice.model)


async def _speak(
    request: Request,
    voice: _Voice,
    turn_log: TurnLog,
    flights: contextlib.AsyncExitStack,
) -> Words:
    await turn_log.append("reset", {})
    return await speak(
        request=request,
        model=voice.model,
        bypass=voice.bypass,
        turn_log=turn_log,
        flights=flights,
    )


def _made(
    scene: Scene,
    progress: Progress,
    reply: NewMessage,
    words: Words,
    judgement: Judgement | None,
    action: Action,
    model: ChatModel | None,
) -> MadeReply:
    result = TurnResult(
        replies=[reply],
        evaluation=judgement.evaluation if judgement else None,
        gate=judgement.assessment.gate.outcome if judgement else None,
        answered_count=len(progress.answered_slots),
        skipped_count=len(progress.skipped_slots),
        closes=action.kind == next_action.CLOSING,
        first_words_ms=words.first_words_ms,
        parent_digest=scene.parent.digest,
        calls=words.calls,
    )
    return MadeReply(result, words.landing, model)


def _voice(scene: Scene) -> _Voice:
    """Return the model that the budgets allow."""
    if not settings.INTERVIEWER_MODEL:
        return _Voice(None)
    return _voice_within(budget_level(session=scene.session, now=timezone.now()))


def _voice_within(level: BudgetLevel) -> _Voice:
    """Return the model of this level; the first call builds it."""
    try:
        model = model_within(level=level)
    except UnableToUseModel:
        log.warning("model_unusable")
        return _Voice(None, bypass="unreachable")
    if model is None:
        return _Voice(None, bypass="over_budget")
    return _Voice(model, is_compact=level != "full")


async def _judge(scene: Scene) -> Judgement | None:
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


def _progress_after(scene: Scene, judgement: Judgement | None) -> Progress:
    entry = journal_entry(message=scene.message)
    if judgement is not None:
        gate = judgement.assessment.gate.outcome
        entry = dataclasses.replace(entry, details={**entry.details, "gate": gate})
    return advance(progress=scene.conversation.progress, entry=entry)


def _decide(scene: Scene, judgement: Judgement | None, progress: Progress) -> Action:
    return decide(
        plan=scene.conversation.plan,
        questions=scene.questions,
        progress=progress,
        intent=cast(Intent, scene.message.kind),
        assessment=judgement.assessment if judgement else None,
        # As of the answer's arrival: our own delay costs the candidate nothing.
        remaining_seconds=scene.session.remaining_seconds(now=scene.received_at),
        mode=scene.session.mode,
        reply=_reply(scene),
    )


def _reply(scene: Scene) -> str:
    """Return what is known of what the candidate asks; empty when nothing is asked."""
    if not _is_asked(scene):
        return ""
    return inquiries.reply(
        question=scene.message.content,
        job_description=scene.session.job_description,
    )
