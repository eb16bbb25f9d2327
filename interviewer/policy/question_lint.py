"""What is wrong with a question that somebody wrote, in sentences that say why."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from interviewer.policy import wording

MAX_WORDS = 40

_LEADING = re.compile(
    r"\b(?:don't you|do you not|isn't it|wouldn't you|aren't you|shouldn't|surely"
    r"|obviously|of course|you (?:would |will )?agree|as we all know|clearly)\b"
    r"|,\s*right\s*\?\s*$",
    re.IGNORECASE,
)
_SECOND_QUESTION = re.compile(
    r"\s(?:and|or)\s+(?:also\s+)?(?:(?:how|what|why|when|where|who|which)\s+(?:\w+\s+)?)?"
    r"(?:do|did|does|are|is|was|were|can|could|would|should|have|has)\s+"
    r"(?:you|it|they|he|she|your|the|that)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^\W*(?:tell|describe|explain|walk|give|show|talk|compare|name|list|outline|discuss"
    r"|how|what|why|when|where|who|which|design|imagine|suppose|sketch|estimate)\b",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is wrong, and why it matters; `is_refused`: it is never asked."""

    kind: str
    sentence: str
    is_refused: bool = False


def lint(*, text: str, others: Iterable[str]) -> tuple[Remark, ...]:
    """Return what is wrong with the question; nothing when it may be asked as it is.

    others: questions that have a rubric, or that the plan asks already
    """
    checks = (_private(text), *_form(text), _known(text, others))
    return tuple(remark for remark in checks if remark is not None)


def _private(text: str) -> Remark | None:
    found = wording.PRIVATE_TOPIC.search(text)
    if found is None:
        return None
    return Remark(
        "private",
        f"“{found.group()}” touches a private or protected matter. Interviewers must "
        "not ask about it, so it is not asked here either.",
        is_refused=True,
    )


def _form(text: str) -> Iterable[Remark | None]:
    words = wording.word_count(text)
    if words > MAX_WORDS:
        yield Remark(
            "long",
            f"It has {words} words. Above {MAX_WORDS}, people lose track of what is "
            "asked.",
        )
    if text.count("?") > 1 or _SECOND_QUESTION.search(text):
        yield Remark(
            "double",
            "It asks two things at once, and answers tend to cover only one. Make it "
            "two questions.",
        )
    if found := _LEADING.search(text):
        yield Remark(
            "leading",
            f"“{found.group().strip(' ,?')}” suggests the answer. Ask it openly, to "
            "hear what you really would say.",
        )
    if "?" not in text and not _ASKS.search(text):
        yield Remark(
            "no_question",
            "It does not ask anything. Begin with “How”, “What” or “Tell me about”.",
        )


def _known(text: str, others: Iterable[str]) -> Remark | None:
    same = wording.near_duplicate(text, others)
    if same is None:
        return None
    return Remark(
        "known",
        f"It is almost this question, which has a rubric and would be scored: “{same}”",
    )
