"""The live sample on the front page: a short answer, judged as one types it."""

from __future__ import annotations

import functools

from interviewer.bank.loader import load_bank
from interviewer.bank.model import BankQuestion
from interviewer.orchestrator.judging import judge_text
from sessions_app.services.attempts import Attempt, read_attempt

QUESTION_ID = "backend.orm.n-plus-one"
SAMPLE_MAX_CHARACTERS = 1_000


def sample_question() -> BankQuestion:
    """Return the question of the live sample."""
    return load_bank().get(QUESTION_ID)


@functools.cache
def our_sample() -> Attempt:
    """Return the judgement on our own middling answer."""
    exemplars = sample_question().exemplars
    return score_sample(next(e.text for e in exemplars if e.kind == "middle"))


def score_sample(answer: str) -> Attempt:
    """Return the judgement on this answer to the sample question; kept nowhere."""
    evaluation = judge_text(question=sample_question(), text=answer)
    return read_attempt(evaluation=evaluation, label="The sample", prefix="sample")
