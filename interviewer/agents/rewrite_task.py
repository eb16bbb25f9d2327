"""The task of writing out a stronger version of an answer from the person's facts."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from interviewer.agents.fencing import fence, leaks_prompt
from interviewer.agents.model_tasks import Digested, ModelTask, register
from interviewer.agents.model_types import Prompt, PromptMessage
from interviewer.agents.prompt_files import load_prompt
from interviewer.agents.response_key import normalize_message
from interviewer.agents.rewrite_check import invented
from interviewer.bank.model import BankQuestion

TASK: Final = "answer.rewrite"
PROMPT: Final = "rewriter"
MAX_TOKENS: Final = 700
MAX_WORDS: Final = 260
NOTHING_WRITTEN: Final = "it wrote nothing that could be used"


class Rewrite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model returns."""

    text: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RewriteReads:
    """What a stronger version depends on; the answer is normalized."""

    question: Digested  # its text; the digest covers the whole rubric
    answer: str
    gaps: tuple[str, ...]  # what the answer lacked
    resume: Digested
    level: str


def rewrite_reads(
    *,
    question: BankQuestion,
    answer: str,
    gaps: Sequence[str],
    resume: str,
    level: str,
) -> RewriteReads:
    """Return what the stronger version of this answer depends on."""
    digest = hashlib.sha256(resume.encode()).hexdigest()
    return RewriteReads(
        question=Digested(digest=question.digest, value=question.question),
        answer=normalize_message(answer),
        gaps=tuple(gaps),
        resume=Digested(digest=digest, value=resume),
        level=level,
    )


def trouble_with(*, text: str, reads: RewriteReads) -> str:
    """Return why a model's text is not shown, for the person; empty when it may be."""
    if not text.strip() or len(text.split()) > MAX_WORDS:
        return NOTHING_WRITTEN
    if leaks_prompt(words=text, system_text=load_prompt(PROMPT).text):
        return NOTHING_WRITTEN
    facts = (reads.answer, reads.resume.value)
    general = (reads.question.value, *reads.gaps)
    found = invented(text=text, sources=(*facts, *general))
    return f"it added what you did not say: {', '.join(found[:3])}" if found else ""


def prompt_version() -> str:
    """Return the version of the prompt that rewrites."""
    return load_prompt(PROMPT).version


def rewrite_prompt(reads: RewriteReads) -> Prompt:
    """Return the prompt for one stronger version."""
    parts = [
        fence(tag="question", text=reads.question.value),
        fence(tag="level", text=reads.level),
        fence(tag="answer", text=reads.answer),
        fence(tag="lacked", text="\n".join(f"- {gap}" for gap in reads.gaps)),
        fence(tag="resume", text=reads.resume.value),
    ]
    return Prompt(
        messages=[
            PromptMessage("system", load_prompt(PROMPT).text, ends_stable_part=True),
            PromptMessage("user", "\n".join(parts)),
        ],
        max_tokens=MAX_TOKENS,
    )


REWRITE: Final = register(
    ModelTask(
        name=TASK,
        prompt=PROMPT,
        reads=RewriteReads,
        render=rewrite_prompt,
        scope="user",
        ttl_seconds=3_600,
    )
)
