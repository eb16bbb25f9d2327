"""Score graded answers as if their questions had never been seen.

For every fold of questions the collection's expert and the gate are fitted anew on
the others; the answers are then judged by the very path that the product uses.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from interviewer.benchmarks.agreement import folds
from interviewer.benchmarks.graded_data import Row, question_for
from interviewer.benchmarks.train_scorer import Table, fit_expert, fit_gate
from interviewer.scoring.assess import assess
from interviewer.scoring.encoder import Encoder
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
    *, model: FeatureModel, tables: Mapping[str, Table], suite: str, names: Sequence[str]
) -> dict[str, FeatureModel]:
    """Return for each question a model that was fitted without its fold.

    names: the question of each row of the suite's table
    """
    table = tables[suite]
    place = list(tables).index(suite)
    fold = folds(table.questions.astype(float), FOLDS[suite])
    found: dict[str, FeatureModel] = {}
    for held_out in np.unique(fold).tolist():
        rest = {**tables, suite: table.rows(fold != held_out)}
        gate, offset = fit_gate(tables=rest)
        experts = list(model.experts)
        experts[place] = fit_expert(tables=rest, suite=suite)
        without = FeatureModel(f"{suite}-{held_out}", tuple(experts), gate, offset)
        for index in np.flatnonzero(fold == held_out).tolist():
            found[names[index]] = without
    return found


def judge_rows(
    *,
    rows: Sequence[Row],
    encoder: Encoder | None,
    models: Mapping[str, FeatureModel] | None,
) -> Iterator[Judged]:
    """Yield what the product's scorer makes of each row, by its question's model."""
    for row in rows:
        wall, cpu = time.perf_counter(), time.process_time()
        question = question_for(row=row, encoder=encoder)
        verdict = assess(
            question=question,
            answer=row["answer"],
            encoder=encoder,
            model=models[row["question_id"]] if models else None,
        )
        yield Judged(
            question_id=row["question_id"],
            grade=float(row["score"]),
            label=row.get("label") or "",
            log_words=math.log1p(len(row["answer"].split())),
            state=verdict.state,
            score=verdict.score or 0.0,
            error=verdict.error,
            seconds=(time.perf_counter() - wall, time.process_time() - cpu),
        )
