"""From a decided action to journal messages, by way of an engine's words."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

from interviewer.agents.embedded import EmbeddedEngine
from interviewer.agents.engine import Engine, TurnContext, acknowledges
from interviewer.agents.feedback_coach import CoachAnswer
from interviewer.agents.tokens import estimate_tokens
from interviewer.bank.model import BankQuestion
from interviewer.orchestrator.scene import Scene
from interviewer.orchestrator.speaking import Words
from interviewer.policy import next_action
from interviewer.policy.next_action import Action
from interviewer.policy.plan import Plan
from interviewer.policy.progress import Progress
from sessions_app.models import Message
from sessions_app.services.journal import NewMessage

# Each opens a number of its own: what answers the one before comes too late.
NUMBERED = (
    next_action.QUESTION,
    next_action.PROBE,
    next_action.INVITE,
    next_action.REPLY,
)


@functools.cache
def conversation_engine() -> Engine:
    """Return the engine that words the conversation."""
    return EmbeddedEngine()


def turn_context(*, scene: Scene, progress: Progress, action: Action) -> TurnContext:
    """Return what the engine may know when it words this action."""
    session = scene.session
    # The mode may have been switched since the plan was made.
    plan = dataclasses.replace(scene.conversation.plan, mode=session.mode)
    return opening_context(
        plan=plan,
        role_title=session.role_title,
        company=session.company,
        candidate_name=session.user.name,
        progress=progress,
        action=action,
    )


def opening_context(
    *,
    plan: Plan,
    role_title: str,
    company: str,
    candidate_name: str,
    progress: Progress,
    action: Action,
) -> TurnContext:
    """Return the same before there is a turn."""
    return TurnContext(
        role_title=role_title,
        level=plan.level,
        company=company,
        style=plan.style,
        mode=plan.mode,
        language=plan.language,
        candidate_name=candidate_name,
        minutes=plan.minutes,
        question_count=len(plan.slots),
        question_no_in_plan=max(action.slot, 0) + 1,
        last_answer=progress.answers[-1] if progress.answers else "",
        acknowledge=acknowledges(seed=plan.seed, question_no=progress.question_no + 1),
        seed=plan.seed,
    )


def reply_message(
    *,
    action: Action,
    words: Words,
    progress: Progress,
    questions: Mapping[int, BankQuestion],
) -> NewMessage:
    """Return the journal message for an action that was worded like this."""
    is_hint = action.kind == next_action.HINT
    return NewMessage(
        role=Message.Role.COACH if is_hint else Message.Role.INTERVIEWER,
        agent="coach" if is_hint else "interviewer",
        kind=action.kind,
        content=words.content,
        tokens=estimate_tokens(words.content),
        origin=words.origin,
        question_no=_question_no(action, progress),
        details={
            **action.details(),
            **_question_details(action, questions),
            **_provenance(words),
        },
    )


def coaching_message(
    *, scene: Scene, action: Action, answer: CoachAnswer, words: Words
) -> NewMessage:
    """Return the coach's answer to a question about the ended interview."""
    return NewMessage(
        role=Message.Role.COACH,
        agent="coach",
        kind=Message.Kind.COACHING,
        content=words.content,
        tokens=estimate_tokens(words.content),
        origin=words.origin,
        question_no=scene.message.question_no,
        details={
            "reason": action.reason,
            "cites": [dataclasses.asdict(cite) for cite in answer.cites],
            **_provenance(words),
        },
    )


def built_in_words(*, content: str) -> Words:
    """Return words that the built-in engine says outside of a turn."""
    return Words(
        content=content,
        origin=Message.Origin.EMBEDDED,
        engine="",
        source="",
        calls=(),
        first_words_ms=None,
    )


def _provenance(words: Words) -> dict[str, str]:
    """Return who worded it; of a stand-in also why, and of kept words whose."""
    engine = conversation_engine()
    facts = {"engine": words.engine or f"{engine.name} {engine.version}"}
    if words.source:
        facts["source"] = words.source
    if words.stand_in:
        facts["stand_in"] = words.stand_in
    return facts


def _question_no(action: Action, progress: Progress) -> int | None:
    if action.kind in NUMBERED:
        return progress.question_no + 1
    return progress.question_no or None


def _question_details(
    action: Action, questions: Mapping[int, BankQuestion]
) -> dict[str, Any]:
    if action.kind != next_action.QUESTION:
        return {}
    question = questions[action.slot]
    return {
        "bank_id": question.id,
        "rubric": question.digest,
        "type": question.type,
        "competency": question.skills[0] if question.skills else "",
        "difficulty": question.difficulty_b,
    }
