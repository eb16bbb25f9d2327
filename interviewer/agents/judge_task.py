"""The task of judging an answer: its key is per answer, a request is for several."""

from __future__ import annotations

import dataclasses
from typing import Final

from interviewer.agents.judgement import Item, judgement_prompt
from interviewer.agents.model_tasks import Digested, ModelTask, register
from interviewer.agents.model_types import Prompt
from interviewer.agents.prompt_files import load_prompt
from interviewer.agents.response_key import normalize_message
from interviewer.bank.model import BankQuestion

TASK: Final = "answer.judge"
PROMPT: Final = "assessor"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReads:
    """What a verdict depends on; the answer is normalized."""

    question: Digested  # its text; the digest covers the whole rubric
    question_id: str
    rubric_version: int
    level: str
    language: str
    criteria: tuple[tuple[str, str], ...]  # name, and what it asks for
    answer: str


def judge_reads(
    *, question: BankQuestion, level: str, language: str, answer: str
) -> JudgeReads:
    """Return what the verdict on this answer depends on."""
    return JudgeReads(
        question=Digested(digest=question.digest, value=question.question),
        question_id=question.id,
        rubric_version=question.version,
        level=level,
        language=language,
        criteria=tuple((name, _wanted(question, name)) for name in question.criteria),
        answer=normalize_message(answer),
    )


def judge_item(*, reads: JudgeReads, item_id: str) -> Item:
    """Return the answer as an entry of a request."""
    return Item(
        id=item_id,
        question=reads.question.value,
        criteria=reads.criteria,
        answer=reads.answer,
    )


def prompt_version() -> str:
    """Return the version of the prompt that judges."""
    return load_prompt(PROMPT).version


def _wanted(question: BankQuestion, criterion: str) -> str:
    points = [point.text for point in question.points if point.criterion == criterion]
    # A criterion without points is about the form of what is told.
    return "; ".join(points) or f"tells {', '.join(question.star_required)}"


def _render(reads: JudgeReads) -> Prompt:
    return judgement_prompt(items=[judge_item(reads=reads, item_id="answer")])


JUDGE: Final = register(
    ModelTask(
        name=TASK,
        prompt=PROMPT,
        reads=JudgeReads,
        render=_render,
        scope="user",
        ttl_seconds=3_600,
    )
)
