"""From a decided action to what a model may be asked: which task, reading what."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from interviewer.agents.coach_evidence import InterviewEvidence, evidence_text
from interviewer.agents.engine import TurnContext
from interviewer.agents.feedback_coach import CoachAnswer
from interviewer.agents.history_views import HistoryEntry
from interviewer.agents.model_tasks import Digested, ModelTask
from interviewer.agents.model_types import PromptMessage
from interviewer.agents.prompt_files import load_prompt
from interviewer.agents.prompt_layout import stable_part
from interviewer.agents.reply_rules import unfit_quotes, unfit_reason
from interviewer.agents.reply_tasks import (
    COACHING,
    QUESTION_CLARIFY,
    QUESTION_WORDING,
    REPLY,
    CoachingReads,
    Move,
    QuestionReads,
    ReplyReads,
    Talk,
)
from interviewer.agents.response_key import normalize_message
from interviewer.orchestrator.history import load_history
from interviewer.orchestrator.response_cache import Scope
from interviewer.orchestrator.scene import Scene
from interviewer.orchestrator.speaking import Fits, Request, digest_of
from interviewer.orchestrator.wording import conversation_engine
from interviewer.policy import next_action
from interviewer.policy.next_action import Action
from interviewer.policy.progress import Progress
from sessions_app.models import InterviewSession, Message

# Said in words that are fixed, or whose every word is decided.
BY_RULE = (
    next_action.REPEAT,
    next_action.REASK,
    next_action.HINT,
    next_action.INVITE,
    next_action.REPLY,
)
RECENT_MESSAGES = 6  # what a model sees of a conversation while a budget runs low
FINDINGS_CHARACTERS = 3_000
HALF_TIME = 0.5
FEW_SECONDS = 300


def reply_request(
    *,
    scene: Scene,
    action: Action,
    progress: Progress,
    context: TurnContext,
    needs_history: bool,
    is_compact: bool,
    fits: Fits | None = None,
) -> Request:
    """Return the request to word the interviewer's action.

    The history is read only when a model may need it. `fits` replaces the rules that
    a model's words must keep.
    """
    task: ModelTask[Any] = REPLY
    reads: ReplyReads | QuestionReads
    shared = _shared_question(scene, action)
    if shared is not None:
        task, reads, scope = shared
    else:
        reads = _reply_reads(scene, action, context, needs_history, is_compact)
        scope = scene.scope
    return Request(
        task=task,
        reads=reads,
        scope=scope,
        mode=scene.session.mode_in_force,
        language=context.language,
        chooser=f"{scene.session.user_id}:{scene.session.pk}",
        # A closing that replies to the candidate quotes, word for word.
        by_rule=action.kind in BY_RULE or _replies_at_last(action),
        embedded=lambda: conversation_engine().words(action=action, context=context),
        fits=fits or _reply_rules(scene, action, progress),
        opening=_opening(task, action),
        received_at=scene.received_at,
    )


def coaching_request(
    *,
    scene: Scene,
    action: Action,
    answer: CoachAnswer,
    evidence: InterviewEvidence,
    needs_history: bool,
    is_compact: bool,
) -> Request:
    """Return the request to word the coach's answer about an ended interview."""
    session = scene.session
    findings = evidence_text(evidence=evidence, max_characters=FINDINGS_CHARACTERS)
    findings = f"{answer.text}\n{findings}"
    reads = CoachingReads(
        setup=_setup(session),
        talk=_talk(scene, needs_history, is_compact),
        message=normalize_message(scene.message.content),
        move=Move.of(action=action, style=session.style, acknowledge=False),
        findings=findings,
    )
    return Request(
        task=COACHING,
        reads=reads,
        scope=scene.scope,
        mode=session.mode_in_force,
        language=session.language,
        chooser="",
        by_rule=False,
        embedded=lambda: _whole(answer.text),
        fits=lambda words, system: (
            unfit_reason(
                words=words,
                action_kind=action.kind,
                must_ask=findings,
                system_text=system,
            )
            or unfit_quotes(words=words, findings=findings)
        ),
        opening="",
        received_at=scene.received_at,
    )


def stable_prompt(session: InterviewSession) -> Sequence[PromptMessage]:
    """Return what the interviewer's next prompt begins with, whatever is to be done."""
    history = load_history(session=session, before_seq=session.message_count + 1)
    talk = Talk(history.relevant)
    return stable_part(
        system=load_prompt(REPLY.prompt).text,
        head=_setup(session).value,
        record=talk.record,
        messages=talk.messages,
    )


def time_phase(*, session: InterviewSession, remaining_seconds: float | None) -> str:
    """Return the time left in words that change twice at most, never a clock time."""
    if remaining_seconds is None or session.minutes is None:
        return "no limit"
    if remaining_seconds < FEW_SECONDS:
        return "the last minutes"
    is_early = remaining_seconds > HALF_TIME * 60 * session.minutes
    return "plenty" if is_early else "the second half"


async def _whole(text: str) -> AsyncIterator[str]:
    yield text


def _shared_question(
    scene: Scene, action: Action
) -> tuple[ModelTask[Any], QuestionReads, Scope] | None:
    """Return the public task, when the words depend on a question of the bank alone.

    After a skip nothing has been said that a transition could take up, and what a
    question means is the same for everybody. Words of the candidate, and questions
    that are not the bank's, are never public.
    """
    question = scene.questions.get(action.slot)
    if question is None or action.text != question.question or not question.is_shared:
        return None
    reads = QuestionReads(
        question=question.question,
        style=scene.session.style,
        level=scene.session.level,
    )
    if action.kind == next_action.CLARIFY:
        return QUESTION_CLARIFY, reads, Scope.public()
    after_skip = scene.message.kind == Message.Kind.SKIP
    if action.kind == next_action.QUESTION and after_skip:
        return QUESTION_WORDING, reads, Scope.public()
    return None


def _replies_at_last(action: Action) -> bool:
    return action.kind == next_action.CLOSING and bool(action.text)


def _opening(task: ModelTask[Any], action: Action) -> str:
    """Return what is said before public words: they know nothing of this moment."""
    if task is QUESTION_WORDING and action.lead_in:
        return f"{action.lead_in} "
    return ""


def _reply_reads(
    scene: Scene,
    action: Action,
    context: TurnContext,
    needs_history: bool,
    is_compact: bool,
) -> ReplyReads:
    session = scene.session
    remaining = session.remaining_seconds(now=scene.received_at)
    return ReplyReads(
        setup=_setup(session),
        talk=_talk(scene, needs_history, is_compact),
        message=normalize_message(scene.message.content),
        message_kind=scene.message.kind,
        move=Move.of(
            action=action, style=session.style, acknowledge=context.acknowledge
        ),
        time=time_phase(session=session, remaining_seconds=remaining),
    )


def _setup(session: InterviewSession) -> Digested:
    """Return the session head: what was fixed at the start, and is the same since."""
    head: Mapping[str, object] = {
        "role": session.role_title,
        "company": session.company,
        "level": session.level,
        "kind": session.kind,
        "job_description": session.job_description,
        "resume": session.resume,
    }
    digest = session.setup_digest or digest_of(json.dumps(head, sort_keys=True))
    return Digested(digest=digest, value=head)


def _talk(scene: Scene, needs_history: bool, is_compact: bool) -> Digested:
    """Return the conversation before the message; its words only when needed.

    A fold changes what is shown of it and a switch of modes how it is meant, so both
    are part of the digest.
    """
    session = scene.session
    digest = (
        f"{scene.parent.digest}:{session.history_epoch}:{session.config_revision}"
        f":{is_compact}"
    )
    if not needs_history:
        return Digested(digest=digest, value=None)
    history = load_history(session=session, before_seq=scene.parent.seq + 1)
    entries = history.relevant
    shown = _shortened(entries) if is_compact else entries
    return Digested(digest=digest, value=Talk(shown))


def _shortened(entries: Sequence[HistoryEntry]) -> tuple[HistoryEntry, ...]:
    """Return the summary and the last messages: they have to do on a low budget."""
    summary = (entry for entry in entries if entry.is_summary)
    spoken = [entry for entry in entries if not entry.is_summary]
    return (*summary, *spoken[-RECENT_MESSAGES:])


def _reply_rules(scene: Scene, action: Action, progress: Progress) -> Fits:
    question = scene.questions.get(action.slot)
    points = question.points if question else ()
    target = next((point for point in points if point.id == action.target), None)

    def fits(words: str, system_text: str) -> str | None:
        return unfit_reason(
            words=words,
            action_kind=action.kind,
            must_ask=action.text,
            lead_in=action.lead_in,
            system_text=system_text,
            last_answer=scene.message.content,
            asked=progress.asked,
            point=target,
            known=(question.question if question else "", *progress.answers),
        )

    return fits
