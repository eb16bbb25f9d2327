"""How scores agree with grades on answers whose writer never saw the rubrics.

The answers are our own: for every question of the bank at least a strong, a middling
and a weak one, written and graded from the question and the anchors alone. One
grader's opinion, so nobody's truth; but no alias was tuned on them. The good ones are
longer, so length alone predicts their grades well: read the partial correlation, in
which length is held constant.
"""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import yaml

from interviewer.agents.assessor import judge
from interviewer.bank.loader import load_bank
from interviewer.bank.model import BankQuestion
from interviewer.benchmarks.suite import Arm, SuiteOptions, SuiteResult, arm_of
from interviewer.scoring.encoder import LEXICAL, Encoder, load_encoder

DIRECTORY = Path(__file__).resolve().parent / "data" / "natural_answers"
TOLD = "behavioural"
MIN_CORRELATION = 0.75  # over all; below it something has been broken
MIN_ORDERED = 0.9  # pairs of a strong and a weak answer to one question


@dataclasses.dataclass(frozen=True, slots=True)
class GradedAnswer:
    """An answer as a candidate would give it, with a human's grade from 0 to 1."""

    question: BankQuestion
    grade: float
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """A graded answer and what the scorer made of it; no score counts as 0."""

    answer: GradedAnswer
    score: float
    seconds: tuple[float, float]  # wall, CPU


@functools.cache
def natural_answers() -> tuple[GradedAnswer, ...]:
    """Return the graded answers to the questions that the bank still has."""
    bank = load_bank()
    known = {question.id for question in bank.questions}
    return tuple(
        GradedAnswer(bank.get(row["question"]), float(row["grade"]), row["text"])
        for path in sorted(DIRECTORY.glob("*.yaml"))
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))
        if row["question"] in known
    )


def run(*, options: SuiteOptions) -> SuiteResult:
    """Judge every answer, with the encoder and by words alone."""
    encoder = load_encoder()
    arms, checks = [], {}
    for name, found in (("encoder", encoder), (LEXICAL, None)):
        if name == "encoder" and encoder is None:
            continue
        judged = judge_all(natural_answers(), encoder=found)
        arms.append(_arm(name, judged))
        checks[f"{name}: correlation at least {MIN_CORRELATION}"] = (
            correlation(judged) >= MIN_CORRELATION
        )
        checks[f"{name}: strong above weak in {MIN_ORDERED:.0%} of pairs"] = (
            ordered_share(judged) >= MIN_ORDERED
        )
    return SuiteResult(
        suite="answers",
        arms=arms,
        ratios={"length alone: correlation": _length_correlation(natural_answers())},
        checks=checks,
    )


def judge_all(
    answers: Iterable[GradedAnswer], *, encoder: Encoder | None
) -> list[Judged]:
    """Return each answer with its score; rubrics are read outside the times."""
    judged = []
    for answer in answers:
        judge(question=answer.question, answers=["warm"], encoder=encoder)
        wall, cpu = time.perf_counter(), time.process_time()
        verdict = judge(
            question=answer.question, answers=[answer.text], encoder=encoder
        )
        seconds = time.perf_counter() - wall, time.process_time() - cpu
        judged.append(Judged(answer, verdict.score or 0.0, seconds))
    return judged


def correlation(judged: Sequence[Judged]) -> float:
    """Return Pearson's r between scores and grades."""
    scores, grades = _columns(judged)
    return float(np.corrcoef(scores, grades)[0, 1])


def partial_correlation(judged: Sequence[Judged]) -> float:
    """Return Pearson's r of scores and grades with the log length held constant."""
    scores, grades = _columns(judged)
    lengths = _log_lengths([item.answer for item in judged])
    return float(
        np.corrcoef(_without(lengths, scores), _without(lengths, grades))[0, 1]
    )


def ordered_share(judged: Sequence[Judged]) -> float:
    """Return how often a strong answer beats a weak one to the same question."""
    pairs = [
        strong.score > weak.score
        for strong in judged
        for weak in judged
        if strong.answer.question is weak.answer.question
        and strong.answer.grade >= 0.8
        and weak.answer.grade <= 0.3
    ]
    return sum(pairs) / len(pairs)


def _arm(name: str, judged: Sequence[Judged]) -> Arm:
    scores, grades = _columns(judged)
    told = [item for item in judged if item.answer.question.type == TOLD]
    technical = [item for item in judged if item.answer.question.type != TOLD]
    return arm_of(
        name=name,
        seconds=[item.seconds for item in judged],
        counts={
            "r": round(correlation(judged), 3),
            "partial_r": round(partial_correlation(judged), 3),
            "r_technical": round(correlation(technical), 3),
            "r_behavioural": round(correlation(told), 3),
            "rmse": round(float(np.sqrt(np.mean((scores - grades) ** 2))), 3),
            "bias": round(float(np.mean(scores - grades)), 3),
            "strong_above_weak": round(ordered_share(judged), 3),
        },
    )


def _columns(judged: Sequence[Judged]) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.array([item.score for item in judged]),
        np.array([item.answer.grade for item in judged]),
    )


def _log_lengths(answers: Sequence[GradedAnswer]) -> np.ndarray:
    return np.log([len(answer.text.split()) for answer in answers])


def _without(cause: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return what a straight line through the cause leaves of the values."""
    return values - np.polyval(np.polyfit(cause, values, 1), cause)


def _length_correlation(answers: Sequence[GradedAnswer]) -> float:
    grades = [answer.grade for answer in answers]
    return float(np.corrcoef(_log_lengths(answers), grades)[0, 1])
