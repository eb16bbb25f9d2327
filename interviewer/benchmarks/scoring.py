"""Whether the sentence encoder earns its place: coverage against human grades.

Reads short answers with human scores (JSON lines, one file per suite, named by
`--data`); none of them belongs to the project. They have reference answers and no
rubrics, so each clause of a reference becomes a point. Nothing is fitted on them.
"""

from __future__ import annotations

import collections
import dataclasses
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from interviewer.bank.model import BankQuestion
from interviewer.benchmarks.suite import (
    Arm,
    SuiteOptions,
    SuiteResult,
    UnableToRun,
    arm_of,
)
from interviewer.scoring.comparison import compare
from interviewer.scoring.encoder import LEXICAL, Encoder, load_encoder
from interviewer.scoring.sentences import split_clauses, split_sentences
from interviewer.scoring.words import find_words

MAIN_SUITE = "mohler"  # computing answers, the nearest to ours
OTHER_SUITES = ("saf", "scientsbank", "beetle")
MIN_GAIN = 0.02  # of r on the main suite
MAX_LOSS = 0.01  # of r on any other
MAX_MS = 50.0
RESAMPLES = 1_000
SEED = 20_260_301
MIN_WORD_WEIGHT = 0.5


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One answer with a human's score from 0 to 1."""

    question: BankQuestion
    answer: str
    grade: float


def run(*, options: SuiteOptions) -> SuiteResult:
    """Compare encoder and words alone on every suite; raises UnableToRun."""
    encoder = load_encoder()
    if options.data is None or encoder is None:
        raise UnableToRun(
            "name the folder of graded answers with --data, and have the "
            "sentence encoder installed"
        )
    arms, gains, lengths = [], {}, {}
    intervals = {}
    for suite in (MAIN_SUITE, *OTHER_SUITES):
        rows = read_rows(options.data / f"{suite}.jsonl")
        with_vectors, arm = _measure(f"{suite}: encoder", rows, encoder)
        with_words, words_arm = _measure(f"{suite}: {LEXICAL}", rows, None)
        arms += [arm, words_arm]
        gains[suite] = _r(with_vectors, rows) - _r(with_words, rows)
        intervals[suite] = _interval(rows, with_vectors, with_words)
        lengths[suite] = _r([np.log1p(len(row.answer.split())) for row in rows], rows)
    slowest = max(arm.p95_ms for arm in arms)
    return SuiteResult(
        suite="scoring",
        arms=arms,
        ratios=_figures(gains, intervals, lengths),
        checks=_adoption(gains, intervals, slowest),
    )


def _adoption(
    gains: Mapping[str, float],
    intervals: Mapping[str, tuple[float, float]],
    slowest_ms: float,
) -> dict[str, bool]:
    """Return the rule by which the encoder is used, condition by condition."""
    return {
        f"{MAIN_SUITE}: the encoder adds at least {MIN_GAIN} of r": (
            gains[MAIN_SUITE] >= MIN_GAIN
        ),
        f"{MAIN_SUITE}: the interval of the gain excludes 0": (
            intervals[MAIN_SUITE][0] > 0
        ),
        **{
            f"{suite}: it loses less than {MAX_LOSS} of r": gains[suite] > -MAX_LOSS
            for suite in OTHER_SUITES
        },
        f"an answer takes at most {MAX_MS:.0f} ms (p95)": slowest_ms <= MAX_MS,
    }


def _figures(
    gains: Mapping[str, float],
    intervals: Mapping[str, tuple[float, float]],
    lengths: Mapping[str, float],
) -> dict[str, float]:
    figures = {}
    for suite, gain in gains.items():
        low, high = intervals[suite]
        figures[f"{suite}: gain of r by the encoder"] = round(gain, 3)
        figures[f"{suite}: gain, 95 % interval from"] = round(low, 3)
        figures[f"{suite}: gain, 95 % interval to"] = round(high, 3)
        figures[f"{suite}: r of length alone"] = round(lengths[suite], 3)
    return figures


def read_rows(path: Path) -> list[Row]:
    """Return the graded answers of a file, blank submissions left out."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UnableToRun(f"{path} cannot be read: {error.strerror}") from None
    records = [record for record in map(json.loads, lines) if not record.get("blank")]
    questions: dict[str, BankQuestion] = {}
    for record in records:
        questions.setdefault(record["question_id"], _as_question(record))
    return [
        Row(questions[r["question_id"]], r["answer"], float(r["score"]))
        for r in records
    ]


def _as_question(record: Mapping[str, Any]) -> BankQuestion:
    """Return a question whose points are the clauses of its reference answers."""
    points = [
        {
            "id": f"{number}.{place}",
            "criterion": "content",
            "weight": _weight(clause),
            "text": clause,
        }
        for number, reference in enumerate(record["reference"])
        for place, clause in enumerate(_clauses(reference))
    ]
    return BankQuestion.from_dict(
        {
            "id": f"{record['suite']}.{record['question_id']}",
            "version": 1,
            "licence": "data",
            "type": "technical",
            "families": [],
            "skills": [],
            "level": "mid",
            "difficulty_b": 0.0,
            "time_limit_s": 60,
            "question": record["question"],
            "reference": " ".join(_sentence(text) for text in record["reference"]),
            "criteria": {"content": 1},
            "points": points,
            "anchors": {},
            "exemplars": [],
        }
    )


def _sentence(text: str) -> str:
    return text.strip().rstrip(".") + "."


def _clauses(text: str) -> list[str]:
    found = []
    for sentence in split_sentences(text=text):
        clauses = split_clauses(text=text, sentence=sentence)
        found += [part.of(text) for part in clauses or (sentence,)]
    return found or [text]


def _weight(clause: str) -> float:
    return sum(word.weight for word in find_words(text=clause)) or MIN_WORD_WEIGHT


def _measure(
    name: str, rows: Sequence[Row], encoder: Encoder | None
) -> tuple[list[float], Arm]:
    scores, seconds = [], []
    for row in rows:
        compare(question=row.question, answer="warm", encoder=encoder)
        wall, cpu = time.perf_counter(), time.process_time()
        found = compare(question=row.question, answer=row.answer, encoder=encoder)
        seconds.append((time.perf_counter() - wall, time.process_time() - cpu))
        # An answer without a readable word covers nothing.
        credits = [coverage.credit for coverage in found.coverages]
        scores.append(_best_reference(row.question, credits) if credits else 0.0)
    arm = arm_of(name=name, seconds=seconds, counts=_agreement(scores, rows))
    return scores, arm


def _best_reference(question: BankQuestion, credits: Iterable[float]) -> float:
    """Return the coverage of the reference answer that is covered best."""
    earned: dict[str, float] = collections.defaultdict(float)
    possible: dict[str, float] = collections.defaultdict(float)
    for point, credit in zip(question.points, credits, strict=True):
        reference = point.id.partition(".")[0]
        earned[reference] += point.weight * credit
        possible[reference] += point.weight
    return max(earned[reference] / possible[reference] for reference in possible)


def _agreement(scores: Sequence[float], rows: Sequence[Row]) -> dict[str, float]:
    grades = np.array([row.grade for row in rows])
    return {
        "r": round(_r(scores, rows), 3),
        "rmse": round(float(np.sqrt(np.mean((np.array(scores) - grades) ** 2))), 3),
        "questions": len({row.question.id for row in rows}),
    }


def _r(scores: Sequence[float], rows: Sequence[Row]) -> float:
    return float(np.corrcoef(scores, [row.grade for row in rows])[0, 1])


def _interval(
    rows: Sequence[Row], first: Sequence[float], second: Sequence[float]
) -> tuple[float, float]:
    """Return the 95 % interval of r(first) − r(second), resampling whole questions."""
    rng = np.random.default_rng(SEED)
    groups = list(_by_question(rows))
    grades = np.array([row.grade for row in rows])
    one, two = np.array(first), np.array(second)
    gains = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(len(groups), size=len(groups))
        index = np.concatenate([groups[place] for place in drawn])
        gains.append(
            np.corrcoef(one[index], grades[index])[0, 1]
            - np.corrcoef(two[index], grades[index])[0, 1]
        )
    low, high = np.quantile(gains, [0.025, 0.975])
    return float(low), float(high)


def _by_question(rows: Sequence[Row]) -> Iterator[np.ndarray]:
    places: dict[str, list[int]] = collections.defaultdict(list)
    for place, row in enumerate(rows):
        places[row.question.id].append(place)
    return (np.array(of_one) for of_one in places.values())
