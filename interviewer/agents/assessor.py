"""Judge the answers to one question: the main answer and those to its follow-ups."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.bank.model import BankQuestion
from interviewer.scoring.assess import assess
from interviewer.scoring.encoder import Encoder
from interviewer.scoring.result import Assessment

SEPARATOR = "\n\n"


def join_answers(answers: Sequence[str]) -> str:
    """Return the text that is judged; evidence spans are offsets into it."""
    return SEPARATOR.join(answers)


def judge(
    *, question: BankQuestion, answers: Sequence[str], encoder: Encoder | None
) -> Assessment:
    """Return the verdict on all answers together."""
    return assess(question=question, answer=join_answers(answers), encoder=encoder)
