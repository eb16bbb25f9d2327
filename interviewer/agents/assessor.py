"""Judge the answers to one question: the main answer and those to its follow-ups."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from interviewer.bank.model import BankQuestion
from interviewer.scoring import result
from interviewer.scoring.assess import assess
from interviewer.scoring.encoder import Encoder
from interviewer.scoring.gate import check_answer
from interviewer.scoring.result import Assessment, GateOutcome

SEPARATOR = "\n\n"

# A follow-up may be answered in two words, far from the words of the main question.
_FINE_AFTER_AN_ANSWER = (result.EMPTY, result.ECHO, result.OFF_TOPIC)


def join_answers(answers: Sequence[str]) -> str:
    """Return the text that is judged; evidence spans are offsets into it."""
    return SEPARATOR.join(answers)


def judge(
    *, question: BankQuestion, answers: Sequence[str], encoder: Encoder | None
) -> Assessment:
    """Return the verdict on all answers together."""
    return assess(question=question, answer=join_answers(answers), encoder=encoder)


def check_reply(
    *,
    question: BankQuestion,
    earlier: Sequence[str],
    reply: str,
    encoder: Encoder | None,
) -> GateOutcome:
    """Return whether a reply counts, given the scored answers before it."""
    gate = check_answer(question=question, answer=reply, encoder=encoder)
    if earlier and reply.strip() and gate.outcome in _FINE_AFTER_AN_ANSWER:
        return dataclasses.replace(gate, outcome=result.PASSED, reason="")
    return gate
