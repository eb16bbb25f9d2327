"""What the graded answers to the same question say about a new one.

Where graders saw more or less in an answer than this scorer does, they will in an
answer like it. The differences are carried over as a Gaussian process would: near
answers count more, few answers count little, and what all of them share counts as
a trait of the question. This replaces the plain mean over neighbors, shrunk by
n / (n + 3): on course answers it was clearly better.
"""

from __future__ import annotations

import collections
import dataclasses
import threading
from collections.abc import Callable, Sequence

import numpy as np

from interviewer.bank.model import BankQuestion, Exemplar
from interviewer.scoring import calibration as c
from interviewer.scoring.comparison import Comparison, compare
from interviewer.scoring.encoder import LEXICAL, Encoder
from interviewer.scoring.feature_model import FeatureModel
from interviewer.scoring.features import told_sentences
from interviewer.scoring.phrases import Matrix
from interviewer.scoring.standing import stand

MAX_KEPT = 20_000  # graded answers, about 3 kB each
MIN_GRADED = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """A text to a question: the scorer's own view of it, and what it resembles by."""

    score: float  # before graded answers are looked at; 0 where nothing is scored
    stems: frozenset[str]
    vector: Matrix | None


@dataclasses.dataclass(frozen=True, slots=True)
class Carried:
    """What graded answers add to a score, and how near the nearest one is."""

    step: float  # of the 0–1 scale
    nearness: float  # 0 to 1
    count: int


_kept: collections.OrderedDict[tuple[str, str, str], Known] = collections.OrderedDict()
_lock = threading.Lock()


def carried(
    *,
    comparison: Comparison,
    score: float,
    encoder: Encoder | None,
    model: FeatureModel,
) -> Carried:
    """Return what the question's graded answers say; the text itself left out.

    score: of the answer, before graded answers are looked at
    """
    question, text = comparison.question, comparison.reading.text.strip()
    graded = [e for e in question.exemplars if e.text.strip() != text]
    if len(graded) < MIN_GRADED:
        return Carried(0.0, 0.0, len(graded))
    known = [_known(question, exemplar, encoder, model) for exemplar in graded]
    answer = _seen(comparison, score)
    alike = _likeness([answer, *known])
    scores = np.array([item.score for item in (answer, *known)])
    covariance = (
        c.QUESTION_VARIANCE
        + c.ANSWER_VARIANCE * alike
        + c.SLOPE_VARIANCE * np.outer(scores - 0.5, scores - 0.5)
    )
    residuals = np.array([e.score for e in graded]) - scores[1:]
    among = covariance[1:, 1:] + c.GRADE_VARIANCE * np.eye(len(graded))
    step = float(covariance[0, 1:] @ np.linalg.solve(among, residuals))
    return Carried(step, float(alike[0, 1:].max()), len(graded))


def _known(
    question: BankQuestion,
    exemplar: Exemplar,
    encoder: Encoder | None,
    model: FeatureModel,
) -> Known:
    """Return the scorer's view of a graded answer, computed once in a process."""
    name = f"{encoder.name} {model.version}" if encoder else LEXICAL
    key = question.rubric_digest, name, exemplar.text
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    comparison = compare(question=question, answer=exemplar.text, encoder=encoder)
    score = 0.0
    if comparison.match is not None and question.points:
        standing = stand(comparison=comparison, encoder=encoder, model=model)
        score = standing.score
    known = _seen(comparison, score)
    with _lock:
        _kept[key] = known
        while len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
    return known


def _seen(comparison: Comparison, score: float) -> Known:
    reading = comparison.reading
    stems = frozenset(word.stem for word in reading.words if word.is_content)
    vector = None
    if reading.vectors is not None:
        # The sentences' mean: it is at hand, and their order does not matter.
        told = told_sentences(reading)
        lengths = np.array([len(reading.sentences[index].words) for index in told])
        vector = np.round(lengths @ reading.vectors[told] / max(1, lengths.sum()), 5)
    return Known(score, stems, vector)


def _likeness(texts: Sequence[Known]) -> Matrix:
    """Return text × text: how alike they are, by words and by vectors, 0 to 1."""
    shared = _pairwise(
        texts,
        lambda a, b: 2 * len(a.stems & b.stems) / max(1, len(a.stems) + len(b.stems)),
    )
    vectors = [text.vector for text in texts if text.vector is not None]
    if not vectors:
        return shared
    rows = np.stack(vectors).astype(float)
    rows = rows - rows[1:].mean(axis=0)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    alike: Matrix = np.clip((rows @ rows.T + shared) / 2, 0.0, 1.0)
    return alike


def _pairwise(
    texts: Sequence[Known], measure: Callable[[Known, Known], float]
) -> Matrix:
    table = np.ones((len(texts), len(texts)))
    for row in range(len(texts)):
        for column in range(row):
            value = measure(texts[row], texts[column])
            table[row, column] = table[column, row] = value
    return table
