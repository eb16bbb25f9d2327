"""Fit the feature model on graded answers; `manage.py train_scorer` writes it.

scikit-learn grows the trees; what is kept are arrays that numpy reads. Every
collection teaches one expert, whose curve and error are fitted on answers to
questions that its trees had not seen. No text and no row is kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from interviewer.benchmarks.agreement import Values, folds
from interviewer.benchmarks.graded_data import SUITES, Row, question_for
from interviewer.scoring.comparison import compare
from interviewer.scoring.encoder import Encoder
from interviewer.scoring.feature_model import Expert, FeatureModel, Forest, gate_inputs
from interviewer.scoring.features import features_of
from interviewer.scoring.phrases import Matrix

TREES = 40
MAX_LEAVES = 90
MIN_LEAF = 8
FEATURE_SHARE = 0.4
# Beside its own answers, so many of each other collection's are looked at, as a share:
# only Mohler gains from others, which are then held against their own scale.
BORROWED = {"mohler": 0.5}
INNER_FOLDS = 5
KNOTS = 9
GATE_PENALTY = 1.0
BAND = 0.8
SEED = 0


@dataclasses.dataclass(frozen=True)
class Table:
    """A collection's answers as the model sees them."""

    features: Matrix  # answer × feature
    grades: Values
    questions: npt.NDArray[np.str_]  # their ids
    gate: Matrix  # answer × gate input

    @property
    def numbers(self) -> Values:
        """Return a number per question for each answer."""
        _, numbers = np.unique(self.questions, return_inverse=True)
        return np.asarray(numbers, dtype=np.float64)

    def rows(self, chosen: npt.NDArray[np.bool_]) -> Table:
        """Return the table of these answers."""
        fields = dataclasses.fields(self)
        return Table(*(getattr(self, field.name)[chosen] for field in fields))


def make_table(*, rows: Sequence[Row], encoder: Encoder) -> Table:
    """Return what the model sees of graded answers, blank ones left out."""
    features, gate, grades, names = [], [], [], []
    for row in rows:
        question = question_for(row=row, encoder=encoder)
        seen = compare(question=question, answer=row["answer"], encoder=encoder)
        reference = seen.rubric.reference
        if row.get("blank") or seen.match is None or reference is None:
            continue
        features.append(
            features_of(comparison=seen, reference=reference, encoder=encoder)
        )
        gate.append(gate_inputs(reference=reference))
        grades.append(float(row["score"]))
        names.append(row["question_id"])
    return Table(np.array(features), np.array(grades), np.array(names), np.array(gate))


def fit_model(*, tables: Mapping[str, Table], version: str) -> FeatureModel:
    """Return the model that these tables teach; equal tables give equal models."""
    gate, offset = fit_gate(tables=tables)
    experts = tuple(fit_expert(tables=tables, suite=suite) for suite in SUITES)
    return FeatureModel(version, experts, gate, offset)


def fit_gate(*, tables: Mapping[str, Table]) -> tuple[Matrix, Matrix]:
    """Return weights and offsets that tell the collections apart by the question."""
    inputs, labels = [], []
    for number, suite in enumerate(SUITES):
        table = tables[suite]
        _, first = np.unique(table.questions, return_index=True)
        inputs.append(table.gate[first])
        labels += [number] * len(first)
    fitted = LogisticRegression(C=GATE_PENALTY, max_iter=5000)
    fitted.fit(np.concatenate(inputs), labels)
    return fitted.coef_.T, fitted.intercept_


def fit_expert(*, tables: Mapping[str, Table], suite: str) -> Expert:
    """Return what one collection teaches."""
    own = tables[suite]
    fold = folds(own.numbers, INNER_FOLDS)
    unseen = np.zeros(len(own.grades))
    for held_out in range(INNER_FOLDS):
        train = {**tables, suite: own.rows(fold != held_out)}
        trees = _grow(train, suite)
        unseen[fold == held_out] = trees.predict(own.features[fold == held_out])
    return Expert(_flattened(_grow(tables, suite)), *_curve(unseen, own.grades))


def _grow(tables: Mapping[str, Table], suite: str) -> ExtraTreesRegressor:
    own = tables[suite]
    mean, deviation = own.grades.mean(), own.grades.std()
    features, targets = [own.features], [own.grades]
    weights = [np.ones(len(own.grades))]
    share = BORROWED.get(suite, 0.0) / (len(tables) - 1)
    for other, table in tables.items():
        if other != suite and share:
            scaled = (table.grades - table.grades.mean()) / table.grades.std()
            features.append(table.features)
            targets.append(scaled * deviation + mean)
            count = len(table.grades)
            weights.append(np.full(count, share * len(own.grades) / count))
    trees = ExtraTreesRegressor(
        TREES,
        max_leaf_nodes=MAX_LEAVES,
        min_samples_leaf=MIN_LEAF,
        max_features=FEATURE_SHARE,
        random_state=SEED,
    )
    trees.fit(
        np.concatenate(features),
        np.concatenate(targets),
        sample_weight=np.concatenate(weights),
    )
    return trees


def _flattened(trees: ExtraTreesRegressor) -> Forest:
    roots, parts, first = [], [], 0
    for estimator in trees.estimators_:
        tree = estimator.tree_
        inner = tree.children_left >= 0
        parts.append(
            (
                np.where(inner, tree.feature, -1),
                # Features are rounded to 4 places, so nothing lies between.
                np.where(inner, tree.threshold, 0.0),
                np.where(inner, tree.children_left + first, 0),
                np.where(inner, tree.children_right + first, 0),
                np.where(inner, 0.0, np.round(tree.value[:, 0, 0], 4)),
            )
        )
        roots.append(first)
        first += tree.node_count
    arrays = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Forest(np.array(roots), *arrays)


def _curve(unseen: Values, grades: Values) -> tuple[Values, Values, Values]:
    """Return knots, the grades given there, and the error that holds four of five."""
    knots = np.unique(np.round(np.quantile(unseen, np.linspace(0.0, 1.0, KNOTS)), 3))
    rising = IsotonicRegression(out_of_bounds="clip").fit(unseen, grades)
    # The step function in few straight lines: its mean around each knot.
    width = max(1, len(unseen) // KNOTS)
    ordered = np.sort(unseen)
    values, errors = [], []
    for knot in knots:
        place = int(np.searchsorted(ordered, knot))
        low = max(0, place - width // 2)
        high = min(len(ordered), place + width // 2 + 1)
        values.append(float(np.mean(rising.predict(ordered[low:high]))))
        near = (unseen >= ordered[low]) & (unseen <= ordered[high - 1])
        errors.append(np.quantile(np.abs(grades[near] - unseen[near]), BAND))
    score_values = np.maximum.accumulate(np.round(values, 3))
    return knots, score_values, np.round(errors, 3)
