"""How well scores agree with grades, and how sure that figure is.

Answers to one question resemble each other, so intervals are drawn over questions
(a cluster bootstrap), and whatever is fitted is fitted on other questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Measure = Callable[[Values, Values], float]

RESAMPLES = 400
SEED = 20
CORRECT = 0.5  # a grade from which an answer counts as correct
TENTHS = 10


def pearson(scores: Values, grades: Values) -> float:
    """Return Pearson's r, 0 when either is constant."""
    if np.ptp(scores) == 0 or np.ptp(grades) == 0:
        return 0.0
    return float(np.corrcoef(scores, grades)[0, 1])


def spearman(scores: Values, grades: Values) -> float:
    """Return the correlation of ranks, equal values sharing their mean rank."""
    return pearson(_ranks(scores), _ranks(grades))


def _ranks(values: Values) -> Values:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means: Values = (ends - (counts - 1) / 2.0)[places]
    return means


def rmse(scores: Values, grades: Values) -> float:
    """Return the root of the mean squared difference."""
    return float(np.sqrt(np.mean((scores - grades) ** 2)))


def weighted_kappa(scores: Values, grades: Values) -> float:
    """Return Cohen's kappa with quadratic weights over tenths of the scale."""
    ours = np.rint(np.clip(scores, 0.0, 1.0) * TENTHS).astype(int)
    theirs = np.rint(np.clip(grades, 0.0, 1.0) * TENTHS).astype(int)
    observed = np.zeros((TENTHS + 1, TENTHS + 1))
    np.add.at(observed, (ours, theirs), 1.0)
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / len(scores)
    steps = np.arange(TENTHS + 1)
    cost = (steps[:, None] - steps[None, :]) ** 2.0
    return float(1.0 - (cost * observed).sum() / (cost * expected).sum())


def macro_f1(guesses: Values, grades: Values) -> float:
    """Return the mean F1 of "correct" and "not"; guesses are 0 or 1."""
    truth = grades >= CORRECT
    scores = []
    for positive in (True, False):
        ours, theirs = (guesses >= CORRECT) == positive, truth == positive
        both = float(np.sum(ours & theirs))
        scores.append(2.0 * both / max(1.0, float(ours.sum() + theirs.sum())))
    return sum(scores) / len(scores)


def auc(scores: Values, grades: Values) -> float:
    """Return how often a correct answer scores above one that is not."""
    truth = grades >= CORRECT
    ranks = _ranks(scores)
    positives = int(truth.sum())
    above = ranks[truth].sum() - positives * (positives + 1) / 2.0
    return float(above / (positives * (len(truth) - positives)))


def partial_r(scores: Values, grades: Values, lengths: Values) -> float:
    """Return Pearson's r with the log length held constant."""
    return pearson(_without(lengths, scores), _without(lengths, grades))


def _without(cause: Values, values: Values) -> Values:
    line = np.polyval(np.polyfit(cause, values, 1), cause)
    rest: Values = np.asarray(values - line, dtype=np.float64)
    return rest


def within_r(scores: Values, grades: Values, clusters: Values) -> float:
    """Return Pearson's r of the differences from the question's own means."""
    return pearson(_centered(scores, clusters), _centered(grades, clusters))


def _centered(values: Values, clusters: Values) -> Values:
    centered = values.copy()
    for members in groups(clusters):
        centered[members] -= values[members].mean()
    return centered


def groups(clusters: Values) -> Iterator[Places]:
    """Yield the places of each cluster's members."""
    for cluster in np.unique(clusters):
        yield np.flatnonzero(clusters == cluster)


def folds(clusters: Values, count: int) -> Values:
    """Return each answer's fold; a question is in one fold only."""
    names = np.unique(clusters)
    order = np.random.default_rng(SEED).permutation(len(names))
    fold_of = {names[place]: index % count for index, place in enumerate(order)}
    return np.array([fold_of[cluster] for cluster in clusters])


def predicted(
    features: Values, grades: Values, clusters: Values, *, count: int, penalty: float
) -> Values:
    """Return each answer's grade as a ridge on the other folds' questions sees it."""
    fold = folds(clusters, count)
    guesses = np.zeros(len(grades))
    for held_out in range(count):
        test, train = fold == held_out, fold != held_out
        guesses[test] = _ridge(features[train], grades[train], features[test], penalty)
    return np.clip(guesses, 0.0, 1.0)


def _ridge(known: Values, grades: Values, asked: Values, penalty: float) -> Values:
    mean, scale = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-9)
    inputs = (known - mean) / scale
    normal = inputs.T @ inputs + penalty * np.eye(inputs.shape[1])
    weights = np.linalg.solve(normal, inputs.T @ (grades - grades.mean()))
    guesses: Values = (asked - mean) / scale @ weights + grades.mean()
    return guesses


def decided(scores: Values, grades: Values, clusters: Values, *, count: int) -> Values:
    """Return 1 or 0 per answer, by a threshold found on the other folds' questions."""
    fold = folds(clusters, count)
    guesses = np.zeros(len(grades))
    for held_out in range(count):
        test, train = fold == held_out, fold != held_out
        candidates = np.quantile(scores[train], np.linspace(0.02, 0.98, 49))
        best = max(
            candidates,
            key=lambda cut: macro_f1((scores[train] >= cut) * 1.0, grades[train]),
        )
        guesses[test] = scores[test] >= best
    return guesses


def interval(
    measure: Callable[[Places], float], clusters: Values
) -> tuple[float, float]:
    """Return the 95 % interval of a measure over resampled questions."""
    members = list(groups(clusters))
    generator = np.random.default_rng(SEED)
    drawn = [
        measure(np.concatenate([members[i] for i in chosen]))
        for chosen in generator.integers(len(members), size=(RESAMPLES, len(members)))
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)
