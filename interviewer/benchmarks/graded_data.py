"""Graded answers to other people's questions, for measuring and fitting the scorer.

Read from a folder that is passed in; nothing of it ever enters the project. Most of
these questions have a model answer but no rubric, so its clauses serve as points. Where
there are several model answers, an answer follows the one that it resembles most.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from interviewer.bank.model import QUESTION_TYPES, BankQuestion
from interviewer.scoring.encoder import Encoder
from interviewer.scoring.features import resemblance
from interviewer.scoring.rubric import prepare
from interviewer.scoring.sentences import split_clauses, split_sentences
from interviewer.scoring.words import find_words

SUITES = ("mohler", "saf", "scientsbank", "beetle")
BY_DEGREE = ("mohler", "saf")  # the others are graded as correct or not
CRITERION = "knowledge"
MIN_POINT_WEIGHT = 0.5

Row = Mapping[str, Any]


def read_suite(*, folder: Path, suite: str) -> list[dict[str, Any]]:
    """Return the suite's rows; raises OSError."""
    lines = (folder / f"{suite}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def question_for(*, row: Row, encoder: Encoder | None) -> BankQuestion:
    """Return the row's question with the model answer that its answer resembles most.

    row: question, answer, and as given reference (texts), rubric_points (text,
    weight), exemplars (answer, score), question_type
    """
    exemplars = [
        {"kind": "graded", "score": float(e["score"]), "text": e["answer"], "why": ""}
        for e in row.get("exemplars") or ()
    ]
    questions = [
        _as_question(row, reference, exemplars) for reference in _references(row)
    ]
    if len(questions) == 1 or encoder is None:
        return questions[0]

    def nearness(question: BankQuestion) -> float:
        reference = prepare(question=question, encoder=encoder).reference
        if reference is None:  # a text without words
            return -1.0
        return resemblance(answer=row["answer"], reference=reference, encoder=encoder)

    return max(questions, key=nearness)


def _references(row: Row) -> list[str]:
    return [text for text in row.get("reference") or () if text.strip()] or [""]


def _as_question(
    row: Row, reference: str, exemplars: Sequence[Mapping[str, Any]]
) -> BankQuestion:
    written = row.get("rubric_points") or ()
    points = [(str(point["text"]), float(point["weight"])) for point in written]
    kind = row.get("question_type")
    return BankQuestion.from_dict(
        {
            "id": f"graded.{row.get('question_id', '')}",
            "version": 1,
            "licence": "not ours",
            "type": kind if kind in QUESTION_TYPES else "technical",
            "families": [],
            "skills": [],
            "level": "mid",
            "difficulty_b": 0.0,
            "time_limit_s": 60,
            "question": row["question"],
            "reference": reference.strip() or ". ".join(text for text, _ in points),
            "criteria": {CRITERION: 1},
            "points": [
                {
                    "id": str(place),
                    "criterion": CRITERION,
                    "weight": weight,
                    "text": text,
                }
                for place, (text, weight) in enumerate(points or _clauses(reference))
            ],
            "anchors": {},
            "exemplars": list(exemplars),
        }
    )


def _clauses(text: str) -> Iterator[tuple[str, float]]:
    """Yield the clauses of a model answer with their weights."""
    for sentence in split_sentences(text=text):
        for clause in split_clauses(text=text, sentence=sentence) or (sentence,):
            words = find_words(text=clause.of(text))
            weight = sum(word.weight for word in words)
            yield clause.of(text), max(MIN_POINT_WEIGHT, weight)
