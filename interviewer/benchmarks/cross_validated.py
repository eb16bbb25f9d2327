"""Score graded answers as if their questions had never been seen.

For every fold of questions the whole model is fitted anew on the others; the answers
are then judged by the very path that the product uses.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np

from interviewer.benchmarks.agreement import folds
from interviewer.benchmarks.graded_data import Row, question_for
from interviewer.benchmarks.train_scorer import Table, fit_model
from interviewer.scoring.assess import assess
from interviewer.scoring.encoder import Encoder, load_encoder
from interviewer.scoring.feature_model import FeatureModel

FOLDS = {"mohler": 12, "saf": 9, "scientsbank": 10, "beetle": 10}


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """A graded answer and what the scorer made of it; no score counts as 0."""

    question_id: str
    grade: float  # 0.0–1.0
    label: str
    log_words: float
    state: str
    score: float
    error: float | None  # half width of the 80 % band
    seconds: tuple[float, float]  # wall, CPU


def models_by_question(
    *, tables: Mapping[str, Table], suite: str
) -> dict[str, FeatureModel]:
    """Return for each question of a suite a model fitted without its fold."""
    table = tables[suite]
    fold = folds(table.numbers, FOLDS[suite])
    found: dict[str, FeatureModel] = {}
    for held_out in np.unique(fold).tolist():
        rest = {**tables, suite: table.rows(fold != held_out)}
        fitted = fit_model(tables=rest, version=f"{suite}-{held_out}")
        for name in np.unique(table.questions[fold == held_out]).tolist():
            found[name] = fitted
    return found


def without(*, tables: Mapping[str, Table], suite: str) -> FeatureModel:
    """Return the model as if a suite had never been seen."""
    others = {name: table for name, table in tables.items() if name != suite}
    return fit_model(tables=others, version=f"without-{suite}")


def with_graded(
    rows: Sequence[Row], count: int, draws: int
) -> Iterator[dict[str, Any]]:
    """Yield the rows with so many other answers to their question, drawn anew."""
    by_question: dict[str, list[Row]] = {}
    for row in rows:
        by_question.setdefault(row["question_id"], []).append(row)
    for draw in range(draws):
        generator = np.random.default_rng(draw)
        for answers in by_question.values():
            order = generator.permutation(len(answers)).tolist()
            graded = [_graded(answers[place]) for place in order[:count]]
            for place in order[count:]:
                yield {**answers[place], "exemplars": graded}


def with_training_answers(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield the new answers with the graded ones of the training split."""
    graded: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["split"] == "train":
            graded.setdefault(row["question_id"], []).append(_graded(row))
    for row in rows:
        if row["split"] != "train":
            yield {**row, "exemplars": graded.get(row["question_id"], [])}


def _graded(row: Row) -> dict[str, Any]:
    return {"answer": row["answer"], "score": row["score"]}


def judge_rows(
    *,
    rows: Sequence[Row],
    is_encoded: bool,
    models: Mapping[str, FeatureModel],
    pool: Executor,
) -> list[Judged]:
    """Return what the product's scorer makes of the rows, question by question.

    models: by question; the shipped one judges the others
    """
    by_question: dict[str, list[Row]] = {}
    for row in rows:
        by_question.setdefault(row["question_id"], []).append(row)
    tasks = [
        (answers, is_encoded, models.get(name)) for name, answers in by_question.items()
    ]
    return [judged for answers in pool.map(_judge, tasks) for judged in answers]


def _judge(
    task: tuple[Sequence[Row], bool, FeatureModel | None],
) -> list[Judged]:
    rows, is_encoded, model = task
    encoder = load_encoder() if is_encoded else None
    return [_judge_row(row, encoder, model) for row in rows]


def _judge_row(row: Row, encoder: Encoder | None, model: FeatureModel | None) -> Judged:
    wall, cpu = time.perf_counter(), time.process_time()
    question = question_for(row=row, encoder=encoder)
    verdict = assess(
        question=question, answer=row["answer"], encoder=encoder, model=model
    )
    return Judged(
        question_id=row["question_id"],
        grade=float(row["score"]),
        label=row.get("label") or "",
        log_words=math.log1p(len(row["answer"].split())),
        state=verdict.state,
        score=verdict.score or 0.0,
        error=verdict.error,
        seconds=(time.perf_counter() - wall, time.process_time() - cpu),
    )
