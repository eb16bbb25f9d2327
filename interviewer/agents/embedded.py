"""The embedded interviewer: words from a fixed stock, without model or network.

At most three sentences and one question per turn, in the tone of the style. The
variant depends on the seed and the place in the interview only, so the same
interview is worded the same way twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Callable

from interviewer.agents import phrases
from interviewer.agents.engine import TurnContext
from interviewer.policy import next_action
from interviewer.policy.next_action import Action
from interviewer.policy.wording import sentence_count
from interviewer.scoring.sentences import split_sentences

MAX_SENTENCES = 3
MAX_NAME_CHARACTERS = 60


class EmbeddedEngine:
    """Words actions from `phrases`; always available."""

    name = "embedded"
    version = "1"

    async def words(
        self, *, action: Action, context: TurnContext
    ) -> AsyncIterator[str]:
        """Yield the message sentence by sentence."""
        for sentence in deltas(message(action=action, context=context)):
            yield sentence


def message(*, action: Action, context: TurnContext) -> str:
    """Return the whole message for this action."""
    return _WORDINGS[action.kind](action, context)


def deltas(text: str) -> list[str]:
    """Return the text cut after each sentence; joined, it is the text again."""
    starts = [stretch.start for stretch in split_sentences(text=text)]
    cuts = [0, *starts[1:], len(text)]
    return [text[a:b] for a, b in zip(cuts, cuts[1:], strict=False) if a < b]


def _opening(action: Action, context: TurnContext) -> str:
    greeting = phrases.GREETING.get(context.style, phrases.DEFAULT_GREETING)
    name = _plain(context.candidate_name)
    if action.text:  # a drill says how it goes
        return f"{greeting}{f' {name}' if name else ''}. {action.text}"
    return " ".join(
        [
            f"{greeting}{f' {name}' if name else ''}, I will be your interviewer for"
            f" the role {_role(context)}.",
            f"{_length(context)}, one at a time, and I may ask a short follow-up.",
            _manner(context),
        ]
    )


def _question(action: Action, context: TurnContext) -> str:
    if action.lead_in:
        return _fit([action.lead_in], action.text)
    is_first = context.question_no_in_plan <= 1
    transitions = phrases.FIRST_TOPIC if is_first else phrases.NEXT_TOPIC
    transition = _variant(transitions, action, context)
    return _fit([_acknowledgement(action, context), transition], action.text)


def _probe(action: Action, context: TurnContext) -> str:
    lead_in = action.lead_in or _acknowledgement(action, context)
    return _fit(
        [lead_in or _variant(phrases.STAY_WITH_IT, action, context)], action.text
    )


def _repeat(action: Action, context: TurnContext) -> str:
    declined = action.target == next_action.NO_HINTS
    lead_in = phrases.NO_HINTS if declined else phrases.ONCE_MORE
    return _fit([_variant(lead_in, action, context)], action.text)


def _reask(action: Action, context: TurnContext) -> str:
    whole = _fit([action.lead_in], action.text)
    if action.lead_in in whole:
        return whole
    # The reason matters more than hearing a long question again: it stays in view.
    return f"{action.lead_in} {_variant(phrases.PLEASE_TRY_AGAIN, action, context)}"


def _with_lead_in(action: Action, _context: TurnContext) -> str:
    return _fit([action.lead_in], action.text)


def _closing(action: Action, context: TurnContext) -> str:
    farewell = _variant(phrases.CLOSING, action, context)
    if action.text:  # the reply to the candidate's last question
        return f"{action.text} {farewell}"
    return _fit([action.lead_in], farewell, phrases.NEXT_STEP)


_WORDINGS: dict[str, Callable[[Action, TurnContext], str]] = {
    next_action.OPENING: _opening,
    next_action.QUESTION: _question,
    next_action.PROBE: _probe,
    next_action.REPEAT: _repeat,
    next_action.REASK: _reask,
    next_action.CLARIFY: _with_lead_in,
    next_action.HINT: _with_lead_in,
    next_action.INVITE: _with_lead_in,
    next_action.REPLY: _with_lead_in,
    next_action.CLOSING: _closing,
}


def _fit(before: list[str], text: str, after: str = "") -> str:
    """Return the text with as many of the other sentences as the turn has room for."""
    room = MAX_SENTENCES - sentence_count(text)
    kept = []
    for part in before:
        size = sentence_count(part)
        if part and size <= room:
            kept.append(part)
            room -= size
    tail = [after] if after and sentence_count(after) <= room else []
    return " ".join([*kept, text, *tail])


def _acknowledgement(action: Action, context: TurnContext) -> str:
    if not context.acknowledge:
        return ""
    return _variant(phrases.ACKNOWLEDGEMENT, action, context)


def _variant(stock: phrases.ByStyle, action: Action, context: TurnContext) -> str:
    """Return the sentence that this place of this interview always gets."""
    variants = stock.get(context.style, stock["formal"])
    place = f"{context.seed}:{context.question_no_in_plan}:{action.kind}:{action.text}"
    digest = hashlib.sha256(place.encode("utf-8", "replace")).digest()
    return variants[digest[0] % len(variants)]


def _role(context: TurnContext) -> str:
    level = phrases.LEVELS.get(context.level, context.level)
    company = _plain(context.company)
    return (
        f"{_plain(context.role_title)} ({level}){f' at {company}' if company else ''}"
    )


def _length(context: TurnContext) -> str:
    count = context.question_count
    questions = "1 question" if count == 1 else f"{count} questions"
    if context.minutes is None:
        return f"There are {questions} and no time limit"
    minutes = "1 minute" if context.minutes == 1 else f"{context.minutes} minutes"
    return f"We have {minutes} for {questions}"


def _manner(context: TurnContext) -> str:
    if context.mode == "practice":
        return "Taking time to think is fine, and you can ask for a hint or skip."
    return "Taking time to think is fine, and you can ask me to repeat or skip."


def _plain(name: str) -> str:
    """Return a typed-in name on one line, without marks that end a sentence."""
    line = " ".join(name.split())[:MAX_NAME_CHARACTERS]
    return re.sub(r"[.!?:;]+(?=\s|$)", "", line).strip()
