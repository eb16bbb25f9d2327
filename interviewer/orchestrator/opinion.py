"""From a verified verdict to a second opinion and to facts: plain arithmetic."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, cast

from interviewer.agents import facts as pure
from interviewer.agents.extraction import answer_facts
from interviewer.agents.judge_task import prompt_version
from interviewer.agents.judgement import (
    MAX_SCORE,
    FoundFact,
    JudgedAnswer,
    JudgedCriterion,
)
from interviewer.bank.model import BankQuestion
from interviewer.scoring.instructions import find_instructions
from interviewer.scoring.result import (
    INSUFFICIENT,
    OBSERVED,
    PASSED,
    Assessment,
    CriterionResult,
    Evidence,
    GateOutcome,
)
from sessions_app.models import Evaluation
from sessions_app.services.opinions import NewOpinion

CONFIDENCE = 0.7  # of a model's facts: below that of the rules

# Stands for what is kept from the model. It can be no part of a quote.
_UNSEEN = "\ue000"


def shown_text(*, text: str) -> str:
    """Return the answer without sentences that address whoever judges it."""
    return _without_instructions(text, " ")


def quotable_text(*, text: str) -> str:
    """Return the answer as quotes are looked for; offsets are those of the answer."""
    return _without_instructions(text, _UNSEEN)


def opinion(
    *,
    evaluation: Evaluation,
    question: BankQuestion,
    judged: JudgedAnswer,
    engine: str,
) -> NewOpinion:
    """Return what is stored of the verdict: a score only where quotes carry one."""
    weights = question.criteria
    scored = {c.name: c.score for c in judged.criteria if c.score is not None}
    weight = sum(weights[name] for name in scored)
    earned = sum(weights[name] * score for name, score in scored.items())
    return NewOpinion(
        evaluation=evaluation,
        score=earned / weight / MAX_SCORE if weight else None,
        confidence=weight / sum(weights.values()),
        result=_result(evaluation, question, judged, engine),
    )


def proposed_facts(
    *, evaluation: Evaluation, judged: JudgedAnswer
) -> Iterator[pure.Fact]:
    """Yield what the verdict found in its own message and rules would not find.

    Earlier answers of the same text have had verdicts of their own.
    """
    message = evaluation.message
    by_rules = answer_facts(content=message.content, seq=message.seq)
    known = {_gist(fact) for fact in by_rules}
    offset = len(evaluation.text) - len(message.content)
    for found in judged.facts:
        fact = _fact(found, offset, message.seq)
        if fact.start >= 0 and _gist(fact) not in known:
            yield fact


def _without_instructions(text: str, filler: str) -> str:
    for start, end in find_instructions(text=text):
        text = text[:start] + filler * (end - start) + text[end:]
    return text


def _result(
    evaluation: Evaluation, question: BankQuestion, judged: JudgedAnswer, engine: str
) -> dict[str, Any]:
    """Return the explanation in the shape of every evaluation, and the quotes."""
    scored = any(criterion.score is not None for criterion in judged.criteria)
    assessment = Assessment(
        state=OBSERVED if scored else INSUFFICIENT,
        gate=GateOutcome(PASSED, ignored=find_instructions(text=evaluation.text)),
        criteria=tuple(_criterion(c, question) for c in judged.criteria),
        versions=(
            ("engine", engine),
            ("prompt", prompt_version()),
            ("rubric", f"{question.id} {question.version}"),
        ),
    )
    return {
        **assessment.to_dict(),
        "quotes": [dataclasses.asdict(quote) for quote in _quotes(judged.criteria)],
        "rejected": judged.rejected,
    }


def _criterion(judged: JudgedCriterion, question: BankQuestion) -> CriterionResult:
    return CriterionResult(
        name=judged.name,
        weight=question.criteria[judged.name],
        state=INSUFFICIENT if judged.score is None else OBSERVED,
        score=None if judged.score is None else judged.score / MAX_SCORE,
    )


def _quotes(criteria: Sequence[JudgedCriterion]) -> Iterator[Evidence]:
    for criterion in criteria:
        for quote in criterion.quotes:
            yield Evidence(
                quote.start, quote.end, quote.text, "supports", criterion.name
            )


def _fact(found: FoundFact, offset: int, seq: int) -> pure.Fact:
    return pure.Fact(
        kind=cast(pure.FactKind, found.kind),
        subject=found.subject.strip(),
        value=found.value.strip(),
        unit=found.unit.strip(),
        quote=found.quote.text,
        start=found.quote.start - offset,
        seq=seq,
        confidence=CONFIDENCE,
    )


def _gist(fact: pure.Fact) -> tuple[str, str]:
    return fact.kind, fact.value or fact.subject.casefold()
