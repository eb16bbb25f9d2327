"""Graded answers to other people's questions, for measuring the scorer.

Read from a folder that is passed in; nothing of it ever enters the project. The
questions have a model answer but no rubric, so its clauses serve as points, and an
answer may follow whichever of several model answers it fits best.
"""

from __future__ import annotations

import dataclasses
import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from interviewer.bank.model import BankQuestion
from interviewer.scoring.comparison import Comparison, compare
from interviewer.scoring.encoder import Encoder
from interviewer.scoring.sentences import split_clauses, split_sentences
from interviewer.scoring.words import content_words, find_words

SUITES = ("mohler", "saf", "scientsbank", "beetle")
CRITERION = "knowledge"
MIN_POINT_WEIGHT = 0.5


@dataclasses.dataclass(frozen=True, slots=True)
class Graded:
    """An answer with its human grade, and what one way of scoring sees in it."""

    question_id: str
    grade: float  # 0.0–1.0
    label: str  # correct, contradictory, incorrect, partially correct, or empty
    log_words: float
    recall: float  # stemmed recall of the model answer beyond the question's words
    cosine: float  # of whole answer and model answer; 0 without an encoder
    support: float  # mean support of the points before calibration
    coverage: float  # mean credited coverage: the score
    is_contradicted: bool
    seconds: tuple[float, float]  # wall, CPU


def read_suite(*, folder: Path, suite: str) -> list[dict[str, Any]]:
    """Return the suite's rows without blank submissions; raises OSError."""
    lines = (folder / f"{suite}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines)
    return [row for row in rows if not row.get("blank")]


def judge_rows(
    *, rows: Sequence[Mapping[str, Any]], encoder: Encoder | None
) -> list[Graded]:
    """Return what the scorer makes of each row."""
    questions: dict[str, BankQuestion] = {}
    for row in rows:
        if row["question_id"] not in questions:
            question = as_question(row)
            questions[row["question_id"]] = question
            compare(question=question, answer="warm", encoder=encoder)
    return [_judge(row, questions[row["question_id"]], encoder) for row in rows]


def as_question(row: Mapping[str, Any]) -> BankQuestion:
    """Return a question whose points are the clauses of the model answers.

    A point's id starts with the number of its model answer.
    """
    references = [text.strip().rstrip(".") + "." for text in row["reference"]]
    return BankQuestion.from_dict(
        {
            "id": f"{row['suite']}.{row['question_id']}",
            "version": 1,
            "licence": "not ours",
            "type": "technical",
            "families": [],
            "skills": [],
            "level": "mid",
            "difficulty_b": 0.0,
            "time_limit_s": 60,
            "question": row["question"],
            "reference": " ".join(references),
            "criteria": {CRITERION: 1},
            "points": [
                {
                    "id": f"{number}.{place}",
                    "criterion": CRITERION,
                    "weight": max(MIN_POINT_WEIGHT, _weight(clause)),
                    "text": clause,
                }
                for number, reference in enumerate(references)
                for place, clause in enumerate(_clauses(reference))
            ],
            "anchors": {},
            "exemplars": [],
        }
    )


def _clauses(text: str) -> Iterator[str]:
    for sentence in split_sentences(text=text):
        for clause in split_clauses(text=text, sentence=sentence) or (sentence,):
            yield clause.of(text)


def _weight(text: str) -> float:
    return sum(word.weight for word in find_words(text=text))


def _judge(
    row: Mapping[str, Any], question: BankQuestion, encoder: Encoder | None
) -> Graded:
    wall, cpu = time.perf_counter(), time.process_time()
    seen = compare(question=question, answer=row["answer"], encoder=encoder)
    seconds = time.perf_counter() - wall, time.process_time() - cpu
    return Graded(
        question_id=row["question_id"],
        grade=float(row["score"]),
        label=row.get("label", ""),
        log_words=math.log1p(len(row["answer"].split())),
        recall=max(_recall(row, reference) for reference in row["reference"]),
        cosine=_cosine(row, encoder),
        support=_best_reference(seen, [c.support for c in seen.coverages]),
        coverage=_best_reference(seen, [c.credit for c in seen.coverages]),
        is_contradicted=any(c.contradiction for c in seen.coverages),
        seconds=seconds,
    )


def _best_reference(seen: Comparison, values: Sequence[float]) -> float:
    """Return the weighted mean over the points of the best met model answer."""
    sums: dict[str, tuple[float, float]] = {}
    for point, value in zip(seen.question.points, values, strict=False):
        number = point.id.partition(".")[0]
        total, weight = sums.get(number, (0.0, 0.0))
        sums[number] = total + point.weight * value, weight + point.weight
    return max((total / weight for total, weight in sums.values()), default=0.0)


def _recall(row: Mapping[str, Any], reference: str) -> float:
    asked = {word.stem for word in content_words(text=row["question"])}
    wanted = {word.stem for word in content_words(text=reference)} - asked
    said = {word.stem for word in content_words(text=row["answer"])}
    return len(wanted & said) / max(1, len(wanted))


def _cosine(row: Mapping[str, Any], encoder: Encoder | None) -> float:
    if encoder is None:
        return 0.0
    vectors = encoder.encode([row["answer"], *row["reference"]])
    return float(np.max(vectors[1:] @ vectors[0]))
