"""What the feature model looks at: an answer beside the model answer.

Words say what is covered, vectors what is meant; both are taken beyond the question's
own words. Numbers of the question alone are left out: a few dozen questions teach
nothing about questions.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from interviewer.scoring import lexical
from interviewer.scoring.comparison import Comparison
from interviewer.scoring.contradiction import opposites
from interviewer.scoring.encoder import Encoder
from interviewer.scoring.phrases import Matrix
from interviewer.scoring.reading import Reading, squeezed
from interviewer.scoring.reference import Reference, Wording, read_wording
from interviewer.scoring.sentences import PAIR
from interviewer.scoring.word_vectors import vectors_of
from interviewer.scoring.words import Word

MAX_ALIGNED = 120  # words; longer texts are compared by their beginnings
SLIP_SIMILARITY = 0.9
HIT_FROM = 0.75

NAMES = (
    "recall_new",
    "recall_all",
    "precision_new",
    "precision_all",
    "novelty",
    "hits",
    "runs_3",
    "runs_4",
    "runs_question",
    "in_order",
    "pairs_recall",
    "pairs_precision",
    "meaning_loose",
    "meaning_strict",
    "meaning_all",
    "meaning_precision",
    "meaning_least",
    "log_words",
    "log_ratio",
    "negation_differs",
    "negation_share",
    "opposites",
    "numbers_shared",
    "numbers_foreign",
    "cosine",
    "cosine_question",
    "cosine_beyond_question",
    "sentences_mean",
    "sentences_least",
    "sentences_best",
    "clauses_mean",
    "backwards",
    "points_credit",
    "points_support",
    "points_words",
    "points_contradicted",
    "points_hit",
)


def features_of(
    *, comparison: Comparison, reference: Reference, encoder: Encoder
) -> Matrix:
    """Return the features by NAMES; equal inputs give equal numbers."""
    reading = comparison.reading
    spoken = _spoken_text(reading)
    said = read_wording(text=spoken)
    values = [
        *_by_words(said, reference),
        *_by_meaning(said, reference, encoder),
        *_by_form(said, reference),
        *_by_vectors(reading, spoken, reference, encoder),
        *_by_points(comparison),
    ]
    # Rounded: the last bits of a float32 product depend on the batch.
    return np.round(np.array(values), 4)


def told_sentences(reading: Reading) -> list[int]:
    """Return the indexes of the sentences that are scored; a repetition is left out."""
    first: dict[tuple[str, ...], int] = {}
    for index, unit in enumerate(reading.sentences):
        first.setdefault(tuple(word.stem for word in unit.words), index)
    return sorted(first.values())


def _spoken_text(reading: Reading) -> str:
    told = [reading.sentences[index] for index in told_sentences(reading)]
    return " ".join(squeezed(reading.text[unit.start : unit.end]) for unit in told)


def resemblance(*, answer: str, reference: Reference, encoder: Encoder) -> float:
    """Return how near an answer is to a model answer, to choose among several."""
    said = read_wording(text=answer)
    _, strict, *_ = _by_meaning(said, reference, encoder)
    cosine = float(encoder.encode([answer])[0] @ reference.vector)
    runs = _cosine(said.runs[1], reference.wording.runs[1])
    return 0.5 * strict + 0.5 * cosine + 0.25 * runs


def _by_words(said: Wording, reference: Reference) -> Sequence[float]:
    wanted = reference.wording
    asked = reference.question.content_stems
    wanted_new = [word for word in wanted.content if word.stem not in asked]
    said_new = [word for word in said.content if word.stem not in asked]
    wanted_stems, said_stems = wanted.content_stems, said.content_stems
    hits = _weight(word for word in wanted_new if word.stem in said_stems)
    return (
        _share(wanted_new, said_stems),
        _share(wanted.content, said_stems),
        _share(said_new, wanted_stems),
        _share(said.content, wanted_stems),
        _weight(said_new) / max(_weight(said.content), 1e-9),
        math.log1p(hits),
        _cosine(said.runs[0], wanted.runs[0]),
        _cosine(said.runs[1], wanted.runs[1]),
        _cosine(said.runs[1], reference.question.runs[1]),
        _in_order(said.stems[:MAX_ALIGNED], wanted.stems[:MAX_ALIGNED]),
        len(said.pairs & wanted.pairs) / max(1, len(wanted.pairs)),
        len(said.pairs & wanted.pairs) / max(1, len(said.pairs)),
    )


def _weight(words: Iterable[Word]) -> float:
    return math.fsum(word.weight for word in words)


def _share(words: Sequence[Word], stems: frozenset[str]) -> float:
    """Return the weight of the words whose stems occur, as a share."""
    total = _weight(words)
    return _weight([w for w in words if w.stem in stems]) / total if total else 0.0


def _cosine(ours: Counter[str], theirs: Counter[str]) -> float:
    if len(theirs) < len(ours):
        ours, theirs = theirs, ours
    shared = sum(count * theirs[run] for run, count in ours.items() if run in theirs)
    norms = sum(n * n for n in ours.values()) * sum(n * n for n in theirs.values())
    return shared / math.sqrt(norms) if norms else 0.0


def _in_order(said: Sequence[str], wanted: Sequence[str]) -> float:
    """Return the longest common subsequence as a share of what is wanted."""
    codes = {stem: code for code, stem in enumerate(sorted({*said, *wanted}))}
    theirs = np.array([codes[stem] for stem in wanted])
    before = np.zeros(len(wanted) + 1, dtype=int)
    for stem in said:
        # A row of the table at once: the best that ends here is a running maximum.
        row = np.maximum(before[1:], (before[:-1] + 1) * (theirs == codes[stem]))
        before[1:] = np.maximum.accumulate(row)
    return int(before[-1]) / max(1, len(wanted))


def _by_meaning(
    said: Wording, reference: Reference, encoder: Encoder
) -> Sequence[float]:
    """Return how well each word has a counterpart that means the same."""
    wanted = reference.wording.content
    if not wanted or not said.content:
        return (0.0,) * 5
    likeness = _likenesses(said.content, reference, encoder)
    asked = reference.question.content_stems
    best = likeness.max(axis=1)
    weights = np.array([word.weight for word in wanted])
    new = np.array([word.stem not in asked for word in wanted])
    said_new = np.array([word.stem not in asked for word in said.content])
    said_weights = np.array([word.weight for word in said.content])
    least = np.sort(best[new])[: max(1, int(new.sum()) // 3)]
    return (
        _mean(_ramp(best[new], 0.25, 0.7), weights[new]),
        _mean(_ramp(best[new], 0.4, 0.85), weights[new]),
        _mean(_ramp(best, 0.3, 0.8), weights),
        _mean(
            _ramp(likeness.max(axis=0)[said_new], 0.3, 0.8),
            said_weights[said_new],
        ),
        float(least.mean()) if new.any() else 0.0,
    )


def _likenesses(said: Sequence[Word], reference: Reference, encoder: Encoder) -> Matrix:
    """Return wanted × said: how alike two words are, by stem, spelling or vector."""
    rows = vectors_of(words=[word.lower for word in said], encoder=encoder)
    alike = (reference.content_vectors @ rows.T).astype(float)
    by_first: dict[str, list[tuple[int, str]]] = {}
    for column, word in enumerate(said):
        by_first.setdefault(word.stem[0], []).append((column, word.stem))
    for row, word in enumerate(reference.wording.content):
        for column, stem in by_first.get(word.stem[0], ()):
            if stem == word.stem:
                alike[row, column] = 1.0
            elif len(stem) >= lexical.MIN_SWAPPED_LENGTH and _is_slip(word.stem, stem):
                alike[row, column] = max(alike[row, column], SLIP_SIMILARITY)
    return alike


@functools.lru_cache(maxsize=100_000)
def _is_slip(stem: str, other: str) -> bool:
    return lexical.word_likeness(stem, other) >= lexical.MIN_TRIGRAM_OVERLAP


def _ramp(values: Matrix, start: float, stop: float) -> Matrix:
    return np.clip((values - start) / (stop - start), 0.0, 1.0)


def _mean(values: Matrix, weights: Matrix) -> float:
    return float(values @ weights / weights.sum()) if len(values) else 0.0


def _by_form(said: Wording, reference: Reference) -> Sequence[float]:
    wanted = reference.wording
    count = len(said.stems)
    foreign = said.numbers - wanted.numbers - reference.question.numbers
    turned = [
        stem
        for stem in wanted.content_stems - said.content_stems
        if opposites().get(stem, frozenset())
        & (said.content_stems - wanted.content_stems)
    ]
    shared = wanted.numbers & said.numbers
    return (
        math.log1p(count),
        math.log((count + 3) / (len(wanted.stems) + 3)),
        float(said.negations % 2 != wanted.negations % 2),
        min(said.negations, 3) / (1 + count / 10),
        float(min(len(turned), 2)),
        len(shared) / len(wanted.numbers) if wanted.numbers else 0.5,
        len(foreign) / max(1, len(said.numbers)),
    )


def _by_vectors(
    reading: Reading, spoken: str, reference: Reference, encoder: Encoder
) -> Sequence[float]:
    whole = encoder.encode([spoken])[0]
    assert reading.vectors is not None
    kinds = np.array([unit.kind for unit in reading.units])
    own = np.vstack([reading.vectors[kinds != PAIR], whole])
    sentences = reading.vectors[told_sentences(reading)]
    theirs = np.vstack([reference.clauses, reference.sentences, reference.vector])
    best = (reference.sentences @ own.T).max(axis=1)
    clauses = (reference.clauses @ own.T).max(axis=1)
    return (
        float(whole @ reference.vector),
        float(whole @ reference.question_vector),
        _beyond(whole, reference),
        float(best.mean()),
        float(best.min()),
        float(best.max()),
        float(clauses @ reference.clause_weights),
        float((sentences @ theirs.T).max(axis=1).mean()),
    )


def _beyond(whole: Matrix, reference: Reference) -> float:
    """Return the cosine of what answer and reference mean beyond the question."""
    asked = reference.question_vector
    ours = whole - (whole @ asked) * asked
    theirs = reference.vector - (reference.vector @ asked) * asked
    norm = float(np.linalg.norm(ours) * np.linalg.norm(theirs))
    return float(ours @ theirs) / max(norm, 1e-9)


def _by_points(comparison: Comparison) -> Sequence[float]:
    points, coverages = comparison.question.points, comparison.coverages
    weights = np.array([point.weight for point in points])
    weights = weights / weights.sum()
    return (
        float(weights @ np.array([c.credit for c in coverages])),
        float(weights @ np.array([c.support for c in coverages])),
        float(weights @ np.array([c.words_credit for c in coverages])),
        float(any(c.contradiction for c in coverages)),
        float(weights @ np.array([c.credit >= HIT_FROM for c in coverages])),
    )
