"""Questions that a person writes for an interview of their own.

They have no rubric: an answer is followed up by its form, and gets no score.
Such a question is nothing but its slot, so it lives and goes with its session.
"""

from __future__ import annotations

import hashlib
import re
from types import MappingProxyType

from interviewer.bank.model import OWN_QUESTION, BankQuestion
from interviewer.policy.plan import MAX_PROBES, MUST, Slot

LABEL = "Your own question"
COMPETENCY = "Own questions"
MAX_CHARACTERS = 500
TARGET_SECONDS = 180
ID_CHARACTERS = 12

_STORY = re.compile(
    r"\b(?:tell (?:me|us) (?:about|of) (?:a|an|the|your|some|one)|(?:a|the last) time"
    r" (?:when|that|you)|describe (?:a|an) (?:situation|time|case|conflict|project)"
    r"|give (?:me |us )?an example)\b",
    re.IGNORECASE,
)


def own_slot(*, index: int, text: str, level: str) -> Slot:
    """Return the topic of a plan that asks this question."""
    question = _question(text=text, level=level, version=1)
    return Slot(
        index=index,
        bank_id=question.id,
        version=question.version,
        digest=question.digest,
        label=LABEL,
        question=question.question,
        competency=COMPETENCY,
        phase="exploration",
        priority=MUST,
        max_probes=MAX_PROBES[MUST],
        target_seconds=TARGET_SECONDS,
        difficulty=question.difficulty_b,
        level=level,
        type=question.type,
        requirement="",
        source="user",
    )


def is_own(slot: Slot) -> bool:
    """Say whether the person wrote this topic's question."""
    return slot.bank_id.startswith(OWN_QUESTION)


def question_of(slot: Slot) -> BankQuestion:
    """Return the question of an own slot, as it was made."""
    return _question(text=slot.question, level=slot.level, version=slot.version)


def _question(*, text: str, level: str, version: int) -> BankQuestion:
    text = " ".join(text.split())
    name = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:ID_CHARACTERS]
    return BankQuestion(
        id=f"{OWN_QUESTION}{name}",
        version=version,
        licence="own",
        type="behavioural" if _STORY.search(text) else "technical",
        families=("any",),
        skills=(),
        level=level,
        difficulty_b=0.0,
        time_limit_s=TARGET_SECONDS,
        question=text,
        reference="",
        criteria=MappingProxyType({}),
        points=(),
        anchors=MappingProxyType({}),
        exemplars=(),
    )
