"""How scores agree with human grades, and whether they move when they should.

Grades: courses' answers that people graded, from the folder given by --data (not
ours, never stored). They validate technical explanations, not told cases and not
hiring. Robustness: the bank's own questions with answers changed in known ways.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from interviewer.agents.assessor import judge
from interviewer.bank.loader import load_bank
from interviewer.benchmarks import agreement as a
from interviewer.benchmarks.agreement import Places, Values
from interviewer.benchmarks.answers import natural_answers
from interviewer.benchmarks.graded_data import SUITES, Graded, judge_rows, read_suite
from interviewer.benchmarks.robustness import CASES, measure
from interviewer.benchmarks.suite import (
    Arm,
    SuiteOptions,
    SuiteResult,
    UnableToRun,
    arm_of,
    measure_in_turn,
)
from interviewer.scoring.encoder import LEXICAL, Encoder, load_encoder

FOLDS = {"mohler": 12, "saf": 9, "scientsbank": 10, "beetle": 10}
GRADED = ("mohler", "saf")  # by degree; the others as correct or not
PENALTY = 10.0
ENCODED = "encoder"
# The last pair decides: it is what is shipped. The first is fitted fold by fold.
PAIRS = (
    ("trained", "ridge, encoder", "ridge, words"),
    ("shipped", ENCODED, LEXICAL),
)
TIMED_WORDS = 200
TIMED_ROUNDS = 40
MAX_MS = 50.0
MIN_GAIN = 0.02  # of r on mohler, for which an encoder is worth having
MAX_LOSS = 0.01  # on the other suites

# Cases that hold for every question of the bank, with the encoder and without.
HARD_CASES = (
    "reference_is_strong",
    "nothing_is_gated",
    "echo_is_gated",
    "soup_earns_little",
    "fluent_wrong_is_low",
    "terse_right_is_high",
    "aliases_are_equal",
    "instructions_alone_are_gated",
    "verdicts_add_up",
)


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
    for suite in SUITES:
        measured = _measure_suite(options.data, suite, encoder)
        arms += measured[0]
        ratios |= measured[1]
        checks |= measured[2]
    robust, holds = _measure_robustness(encoder)
    for name, found in ((ENCODED, encoder), (LEXICAL, None)):
        ratios[f"{name}: natural answers within the 80 % band"] = _within_band(found)
    arms += _time_answers(encoder)
    checks["200 words within 50 ms"] = arms[-2].p50_ms <= MAX_MS
    return SuiteResult(
        suite="scoring", arms=arms, ratios=ratios | robust, checks=checks | holds
    )


def _measure_suite(
    folder: Path, suite: str, encoder: Encoder
) -> tuple[list[Arm], dict[str, float], dict[str, bool]]:
    try:
        rows = read_suite(folder=folder, suite=suite)
    except OSError as error:
        raise UnableToRun(f"{folder}: {error.strerror}: {suite}.jsonl") from None
    by_words = judge_rows(rows=rows, encoder=None)
    encoded = judge_rows(rows=rows, encoder=encoder)
    views = _views(suite, by_words, encoded)
    grades, clusters = _column(encoded, "grade"), _clusters(encoded)
    lengths = _column(encoded, "log_words")
    arms = [
        _arm(suite, name, scores, grades, clusters, lengths, judged)
        for name, (scores, judged) in views.items()
    ]
    ratios: dict[str, float] = {}
    for way, ours, theirs in PAIRS:
        gain, low, high = _gain(
            suite, views[ours][0], views[theirs][0], grades, clusters
        )
        name = f"{suite}: {way} gain of the encoder, {_measure_name(suite)}"
        ratios |= {name: gain, f"{name}, low": low, f"{name}, high": high}
    checks = {
        f"{suite}: better than length": arms[-1].counts[_measure_name(suite)]
        > arms[0].counts[_measure_name(suite)]
    }
    if suite == "mohler":
        checks[f"{suite}: encoder adds {MIN_GAIN}, surely something"] = (
            gain >= MIN_GAIN and low > 0
        )
    else:
        checks[f"{suite}: encoder loses less than {MAX_LOSS}"] = gain > -MAX_LOSS
    return arms, ratios, checks


def _views(
    suite: str, by_words: Sequence[Graded], encoded: Sequence[Graded]
) -> dict[str, tuple[Values, Sequence[Graded] | None]]:
    """Return the ways to score: name → scores, and the judged answers if timed."""
    grades, clusters = _column(encoded, "grade"), _clusters(encoded)
    words = [_column(by_words, n) for n in ("support", "coverage", "recall")]
    vectors = [_column(encoded, n) for n in ("support", "coverage", "cosine")]

    def trained(columns: Sequence[Values]) -> Values:
        features = np.stack(columns, axis=1)
        return a.predicted(
            features, grades, clusters, count=FOLDS[suite], penalty=PENALTY
        )

    return {
        "length alone": (_column(encoded, "log_words"), None),
        "recall": (words[2], None),
        "cosine": (vectors[2], None),
        "ridge, words": (trained(words), None),
        "ridge, encoder": (trained([*words, *vectors]), None),
        LEXICAL: (words[1], by_words),
        ENCODED: (vectors[1], encoded),
    }


def _arm(
    suite: str,
    name: str,
    scores: Values,
    grades: Values,
    clusters: Values,
    lengths: Values,
    judged: Sequence[Graded] | None,
) -> Arm:
    count = FOLDS[suite]
    # Every way to score gets its own straight line to the grades of other questions.
    placed = a.predicted(scores[:, None], grades, clusters, count=count, penalty=0.0)
    low, high = a.interval(lambda m: a.pearson(scores[m], grades[m]), clusters)
    counts = {
        "r": a.pearson(scores, grades),
        "r_low": low,
        "r_high": high,
        "spearman": a.spearman(scores, grades),
        "within_r": a.within_r(scores, grades, clusters),
        "partial_r": a.partial_r(scores, grades, lengths),
        "rmse": a.rmse(placed, grades),
    }
    if suite in GRADED:
        counts["qwk"] = a.weighted_kappa(placed, grades)
    else:
        guesses = a.decided(scores, grades, clusters, count=count)
        counts["f1"] = a.macro_f1(guesses, grades)
        counts["auc"] = a.auc(scores, grades)
    if judged is not None:
        counts |= _by_label(judged)
    seconds = [item.seconds for item in judged] if judged else [(0.0, 0.0)]
    arm = arm_of(name=f"{suite}: {name}", seconds=seconds)
    rounded = {key: round(value, 3) for key, value in counts.items()}
    return Arm(arm.name, len(grades), arm.p50_ms, arm.p95_ms, arm.cpu_ms, rounded)


def _by_label(judged: Sequence[Graded]) -> dict[str, float]:
    """Return the mean coverage per label, which contradiction has to put in order."""
    labels = sorted({item.label for item in judged if item.label})
    return {
        f"mean_{label.replace(' ', '_')}": float(
            np.mean([item.coverage for item in judged if item.label == label])
        )
        for label in labels
    }


def _gain(
    suite: str, ours: Values, theirs: Values, grades: Values, clusters: Values
) -> tuple[float, float, float]:
    """Return what the encoder adds, with its paired 95 % interval over questions."""
    count = FOLDS[suite]
    agree: Callable[[Values, Values], float] = a.pearson
    if suite not in GRADED:
        agree = a.macro_f1
        ours = a.decided(ours, grades, clusters, count=count)
        theirs = a.decided(theirs, grades, clusters, count=count)

    def difference(members: Places) -> float:
        held = grades[members]
        return agree(ours[members], held) - agree(theirs[members], held)

    low, high = a.interval(difference, clusters)
    return difference(np.arange(len(grades))), low, high


def _measure_name(suite: str) -> str:
    return "r" if suite in GRADED else "f1"


def _column(judged: Sequence[Graded], name: str) -> Values:
    return np.array([getattr(item, name) for item in judged], dtype=float)


def _clusters(judged: Sequence[Graded]) -> Values:
    names = {name: n for n, name in enumerate(sorted({i.question_id for i in judged}))}
    return np.array([names[item.question_id] for item in judged], dtype=float)


def _measure_robustness(
    encoder: Encoder,
) -> tuple[dict[str, float], dict[str, bool]]:
    questions = load_bank().questions
    rates: dict[str, float] = {}
    holds: dict[str, bool] = {}
    for name, found in ((ENCODED, encoder), (LEXICAL, None)):
        for case_name, case in CASES.items():
            rate = measure(case=case, questions=questions, encoder=found).rate
            rates[f"{name}: {case_name}"] = rate
            if case_name in HARD_CASES:
                holds[f"{name}: {case_name} always"] = rate == 1.0
    return rates, holds


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
            f"{TIMED_WORDS} words: {ENCODED}": judge_with(encoder),
            f"{TIMED_WORDS} words: {LEXICAL}": judge_with(None),
        },
        rounds=TIMED_ROUNDS,
    )


def _lengthened(text: str) -> str:
    words = (text.split() * (TIMED_WORDS // len(text.split()) + 1))[:TIMED_WORDS]
    return " ".join(words)
