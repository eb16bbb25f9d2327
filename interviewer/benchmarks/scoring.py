"""How scores agree with human grades, and whether they move when they should.

Grades: courses' answers that people graded, from the folder given by --data (not
ours, never stored). They validate technical explanations, not told cases and not
hiring. Every answer is judged by a model that has seen no answer to its question,
but for the arms whose names say otherwise. Robustness: the bank's own questions with
answers changed in known ways.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor

import numpy as np

from interviewer.agents.assessor import judge
from interviewer.bank.loader import load_bank
from interviewer.benchmarks import agreement as a
from interviewer.benchmarks import cross_validated as cv
from interviewer.benchmarks.agreement import Places, Values
from interviewer.benchmarks.answers import natural_answers
from interviewer.benchmarks.cross_validated import Judged
from interviewer.benchmarks.graded_data import BY_DEGREE, SUITES, Row, read_suite
from interviewer.benchmarks.robustness import CASES, HARD_CASES, measure
from interviewer.benchmarks.side_by_side import processes
from interviewer.benchmarks.suite import (
    Arm,
    SuiteOptions,
    SuiteResult,
    UnableToRun,
    arm_of,
    measure_in_turn,
)
from interviewer.benchmarks.train_scorer import Table, make_table
from interviewer.scoring.encoder import LEXICAL, Encoder, load_encoder
from interviewer.scoring.feature_model import FeatureModel

UNSEEN = "unseen"
# Every second answer of the large collections is judged; all of them teach.
JUDGED_EVERY = {"scientsbank": 2, "beetle": 2}
GRADED_ANSWERS = 10  # drawn per question
DRAWS = 2
MOST_QUESTIONS = 40  # of the bank that robustness is measured on, spread evenly
TIMED_WORDS = 200
TIMED_ROUNDS = 40
MAX_MS = 50.0
MIN_GAIN = 0.02  # of r on mohler, for which an encoder is worth having

# (arm, measure) → what it should reach.
AT_LEAST = {
    ("mohler: unseen", "r"): 0.67,
    ("mohler: 10 graded", "r"): 0.75,
    ("mohler: 10 graded", "qwk"): 0.72,
    ("saf: unseen", "r"): 0.55,
    ("saf: new answers", "r"): 0.72,
    ("scientsbank: unseen", "f1"): 0.76,
    ("beetle: unseen", "f1"): 0.76,
}
AT_MOST = {("mohler: unseen", "rmse"): 0.17}
MEAN_SHARE = 0.90  # of the error that saf's mean would make


@dataclasses.dataclass(frozen=True)
class Suite:
    """One collection with what the encoder and the model see of it."""

    name: str
    rows: Sequence[Row]  # that are judged, without blank submissions
    blank: Sequence[Row]
    models: Mapping[str, FeatureModel]  # by question, each without its fold
    foreign: FeatureModel  # fitted without the collection


def run(*, options: SuiteOptions) -> SuiteResult:
    """Measure agreement, robustness and time, with the encoder and by words alone."""
    if options.data is None:
        raise UnableToRun("name the folder of graded answers with --data")
    encoder = load_encoder()
    if encoder is None:
        raise UnableToRun("the sentence encoder cannot be loaded; see the log")
    arms: list[Arm] = []
    ratios: dict[str, float] = {}
    checks: dict[str, bool] = {}
    with processes() as pool:
        for suite in _prepared(options, pool):
            measured, found = _measure(suite, pool)
            arms += measured
            ratios |= found
            checks |= _checks(suite.name, {arm.name: arm for arm in measured}, found)
        robust, holds = _measure_robustness(pool)
    ratios["natural answers: grade within the band"] = _within_band(encoder)
    arms += _time_answers(encoder)
    checks[f"{TIMED_WORDS} words within {MAX_MS:.0f} ms"] = arms[-2].p50_ms <= MAX_MS
    return SuiteResult(
        suite="scoring",
        arms=arms,
        ratios=ratios | robust,
        checks=checks | holds,
        notes=(
            "Course answers validate explanations, not told cases and not hiring.",
            "unseen: model fitted without the question's fold; transfer: "
            "without the whole collection.",
            "f1: cut found on the other folds' questions.",
        ),
    )


def _prepared(options: SuiteOptions, pool: Executor) -> Iterator[Suite]:
    assert options.data is not None
    rows: dict[str, list[Row]] = {}
    for name in SUITES:
        try:
            rows[name] = list(read_suite(folder=options.data, suite=name))
        except OSError as error:
            raise UnableToRun(f"{options.data}: {error.strerror}: {name}") from None
    tables = dict(zip(SUITES, pool.map(_make_table, rows.values()), strict=True))
    fitted = pool.map(_fit, [(tables, name) for name in SUITES])
    for name, (models, foreign) in zip(SUITES, fitted, strict=True):
        said = [row for row in rows[name] if not row.get("blank")]
        said = said[:: JUDGED_EVERY.get(name, 1)]
        blank = [row for row in rows[name] if row.get("blank")]
        yield Suite(name, said, blank, models, foreign)


def _make_table(rows: Sequence[Row]) -> Table:
    encoder = load_encoder()
    assert encoder is not None
    return make_table(rows=rows, encoder=encoder)


def _fit(
    task: tuple[Mapping[str, Table], str],
) -> tuple[dict[str, FeatureModel], FeatureModel]:
    tables, name = task
    models = cv.models_by_question(tables=tables, suite=name)
    return models, cv.without(tables=tables, suite=name)


def _measure(suite: Suite, pool: Executor) -> tuple[list[Arm], dict[str, float]]:
    name, rows = suite.name, suite.rows

    def judge_by(
        answers: Sequence[Row],
        models: Mapping[str, FeatureModel],
        *,
        is_encoded: bool = True,
    ) -> list[Judged]:
        return cv.judge_rows(
            rows=answers, is_encoded=is_encoded, models=models, pool=pool
        )

    judged = judge_by(rows, suite.models)
    by_words = judge_by(rows, {}, is_encoded=False)
    transfer = judge_by(rows, {row["question_id"]: suite.foreign for row in rows})
    arms = [
        _arm(f"{name}: length alone", name, judged, _lengths(judged)),
        _arm(f"{name}: {LEXICAL}", name, by_words),
        _arm(f"{name}: transfer", name, transfer),
        _arm(f"{name}: {UNSEEN}", name, judged),
    ]
    ratios = {
        f"{name}: grade within the band": _inside(judged),
        f"{name}: error of the mean": float(np.std(_grades(judged))),
    }
    gain, low, high = _gain(judged, by_words)
    ratios |= {
        f"{name}: gain over words in r": gain,
        f"{name}: gain over words in r, low": low,
        f"{name}: gain over words in r, high": high,
    }
    if name == "mohler":
        drawn = list(cv.with_graded(suite.rows, GRADED_ANSWERS, DRAWS))
        told = judge_by(drawn, suite.models)
        arms.append(_arm(f"{name}: {GRADED_ANSWERS} graded", name, told))
        ratios[f"{name}: {GRADED_ANSWERS} graded, within the band"] = _inside(told)
    if name == "saf":
        new = list(cv.with_training_answers(suite.rows))
        told = judge_by(new, suite.models)
        arms.append(_arm(f"{name}: new answers", name, told))
        blank = judge_by(suite.blank, suite.models)
        ratios["saf: blank submissions without a score"] = float(
            np.mean([item.state != "observed" for item in blank])
        )
    return arms, ratios


def _arm(
    title: str, suite: str, judged: Sequence[Judged], scores: Values | None = None
) -> Arm:
    grades, clusters = _grades(judged), _clusters(judged)
    placed = _scores(judged)
    if scores is None:
        scores = placed
    else:  # what is no score gets a straight line to the grades of other questions
        placed = a.predicted(
            scores[:, None], grades, clusters, count=cv.FOLDS[suite], penalty=0.0
        )
    low, high = a.interval(lambda m: a.pearson(scores[m], grades[m]), clusters)
    counts = {
        "r": a.pearson(scores, grades),
        "r_low": low,
        "r_high": high,
        "spearman": a.spearman(scores, grades),
        "within_r": a.within_r(scores, grades, clusters),
        "partial_r": a.partial_r(scores, grades, _lengths(judged)),
        "rmse": a.rmse(placed, grades),
    }
    if suite in BY_DEGREE:
        counts["qwk"] = a.weighted_kappa(placed, grades)
    else:
        guesses = a.decided(scores, grades, clusters, count=cv.FOLDS[suite])
        counts["f1"] = a.macro_f1(guesses, grades)
        counts["f1_at_half"] = a.macro_f1(placed, grades)
        counts["auc"] = a.auc(scores, grades)
    counts |= _by_label(judged, scores)
    arm = arm_of(name=title, seconds=[item.seconds for item in judged])
    rounded = {key: round(value, 3) for key, value in counts.items()}
    return Arm(title, len(grades), arm.p50_ms, arm.p95_ms, arm.cpu_ms, rounded)


def _by_label(judged: Sequence[Judged], scores: Values) -> dict[str, float]:
    """Return the mean score per label, which contradiction has to put in order."""
    labels = np.array([item.label for item in judged])
    return {
        f"mean_{label.replace(' ', '_')}": float(scores[labels == label].mean())
        for label in sorted(set(labels.tolist()) - {""})
    }


def _gain(
    ours: Sequence[Judged], theirs: Sequence[Judged]
) -> tuple[float, float, float]:
    """Return what encoder and model add in r, with its paired interval."""
    grades, clusters = _grades(ours), _clusters(ours)
    our_scores, their_scores = _scores(ours), _scores(theirs)

    def difference(members: Places) -> float:
        held = grades[members]
        our_r = a.pearson(our_scores[members], held)
        return our_r - a.pearson(their_scores[members], held)

    low, high = a.interval(difference, clusters)
    return difference(np.arange(len(grades))), low, high


def _inside(judged: Sequence[Judged]) -> float:
    """Return the share of human grades within the band around the score."""
    inside = [
        abs(item.score - item.grade) <= item.error
        for item in judged
        if item.error is not None
    ]
    return float(np.mean(inside))


def _grades(judged: Sequence[Judged]) -> Values:
    return np.array([item.grade for item in judged])


def _scores(judged: Sequence[Judged]) -> Values:
    return np.array([item.score for item in judged])


def _lengths(judged: Sequence[Judged]) -> Values:
    return np.array([item.log_words for item in judged])


def _clusters(judged: Sequence[Judged]) -> Values:
    _, numbers = np.unique([item.question_id for item in judged], return_inverse=True)
    return np.asarray(numbers, dtype=np.float64)


def _checks(
    suite: str, arms: Mapping[str, Arm], ratios: Mapping[str, float]
) -> dict[str, bool]:
    checks = {}
    for (name, measure_name), least in AT_LEAST.items():
        if name in arms:
            reached = arms[name].counts[measure_name] >= least
            checks[f"{name}: {measure_name} ≥ {least}"] = reached
    for (name, measure_name), most in AT_MOST.items():
        if name in arms:
            checks[f"{name}: {measure_name} ≤ {most}"] = (
                arms[name].counts[measure_name] <= most
            )
    unseen, length = arms[f"{suite}: {UNSEEN}"], arms[f"{suite}: length alone"]
    checks[f"{suite}: better than length"] = unseen.counts["r"] > length.counts["r"]
    if suite == "saf":
        limit = MEAN_SHARE * ratios[f"{suite}: error of the mean"]
        checks[f"{suite}: rmse 10 % below the mean's"] = unseen.counts["rmse"] <= limit
    if suite == "mohler":
        low = ratios[f"{suite}: gain over words in r, low"]
        gain = ratios[f"{suite}: gain over words in r"]
        checks[f"{suite}: encoder and model add {MIN_GAIN}, surely something"] = (
            gain >= MIN_GAIN and low > 0
        )
    return checks


def _measure_robustness(pool: Executor) -> tuple[dict[str, float], dict[str, bool]]:
    tasks = [(name, case_name) for name in ("encoder", LEXICAL) for case_name in CASES]
    rates = dict(zip(tasks, pool.map(_rate, tasks), strict=True))
    return (
        {f"{name}: {case_name}": rate for (name, case_name), rate in rates.items()},
        {
            f"{name}: {case_name} always": rate == 1.0
            for (name, case_name), rate in rates.items()
            if case_name in HARD_CASES
        },
    )


def _rate(task: tuple[str, str]) -> float:
    """Return the share of trials over the bank that stay within bounds."""
    name, case_name = task
    encoder = None if name == LEXICAL else load_encoder()
    questions = load_bank().questions
    questions = questions[:: -(-len(questions) // MOST_QUESTIONS)]
    return measure(case=CASES[case_name], questions=questions, encoder=encoder).rate


def _within_band(encoder: Encoder | None) -> float:
    """Return the share of natural answers whose grade lies in the score's band."""
    inside = []
    for answer in natural_answers():
        verdict = judge(
            question=answer.question, answers=[answer.text], encoder=encoder
        )
        if verdict.score is not None and verdict.error is not None:
            inside.append(abs(verdict.score - answer.grade) <= verdict.error)
    return sum(inside) / len(inside)


def _time_answers(encoder: Encoder) -> list[Arm]:
    """Return the time of judging an answer of 200 words, rubric prepared before."""
    answers = natural_answers()[:: max(1, len(natural_answers()) // 8)]
    texts = [_lengthened(answer.text) for answer in answers]

    def judge_with(found: Encoder | None) -> Callable[[], object]:
        turns = iter(range(10**9))

        def judge_one() -> object:
            turn = next(turns) % len(texts)
            question = answers[turn].question
            return judge(question=question, answers=[texts[turn]], encoder=found)

        for _ in texts:
            judge_one()
        return judge_one

    return measure_in_turn(
        arms={
            f"{TIMED_WORDS} words: encoder": judge_with(encoder),
            f"{TIMED_WORDS} words: {LEXICAL}": judge_with(None),
        },
        rounds=TIMED_ROUNDS,
    )


def _lengthened(text: str) -> str:
    words = (text.split() * (TIMED_WORDS // len(text.split()) + 1))[:TIMED_WORDS]
    return " ".join(words)
