"""Fit the feature model on graded answers; `manage.py train_scorer` writes it.

scikit-learn grows the trees; what is kept are arrays that numpy reads. Every
collection grows as many trees on its own scale; line and error are fitted on answers
to questions that the trees of their collection had not seen. No text and no row is
kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import ExtraTreesRegressor

from interviewer.benchmarks.agreement import Values, folds
from interviewer.benchmarks.graded_data import BY_DEGREE, Row, question_for
from interviewer.scoring.comparison import compare
from interviewer.scoring.encoder import Encoder
from interviewer.scoring.feature_model import LEAF, FeatureModel, Forest
from interviewer.scoring.features import features_of
from interviewer.scoring.phrases import Matrix

TREES = 40  # per collection
MAX_LEAVES = 90
MIN_LEAF = 8
FEATURE_SHARE = 0.4
INNER_FOLDS = 5
KNOTS = 9
BAND = 0.8
SEED = 0


@dataclasses.dataclass(frozen=True)
class Table:
    """A collection's answers as the model sees them."""

    features: Matrix  # answer × feature
    grades: Values
    questions: npt.NDArray[np.str_]  # their ids

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
    features, grades, names = [], [], []
    for row in rows:
        question = question_for(row=row, encoder=encoder)
        seen = compare(question=question, answer=row["answer"], encoder=encoder)
        reference = seen.rubric.reference
        if row.get("blank") or seen.match is None or reference is None:
            continue
        features.append(
            features_of(comparison=seen, reference=reference, encoder=encoder)
        )
        grades.append(float(row["score"]))
        names.append(row["question_id"])
    return Table(np.array(features), np.array(grades), np.array(names))


def fit_model(*, tables: Mapping[str, Table], version: str) -> FeatureModel:
    """Return the model that these tables teach; equal tables give equal models.

    Its scale is the one of the collections that are graded by degree.
    """
    grown = {name: _grow(table) for name, table in tables.items()}
    by_degree = [name for name in tables if name in BY_DEGREE]
    told = np.concatenate([_unseen(grown, tables, name) for name in by_degree])
    grades = np.concatenate([tables[name].grades for name in by_degree])
    line = np.asarray(np.round(np.polyfit(told, grades, 1), 4), dtype=np.float64)
    knots, errors = _band(told, np.abs(np.clip(np.polyval(line, told), 0, 1) - grades))
    return FeatureModel(version, _flattened(list(grown.values())), line, knots, errors)


def _grow(table: Table) -> ExtraTreesRegressor:
    trees = ExtraTreesRegressor(
        TREES,
        max_leaf_nodes=MAX_LEAVES,
        min_samples_leaf=MIN_LEAF,
        max_features=FEATURE_SHARE,
        random_state=SEED,
    )
    grades = table.grades
    return trees.fit(table.features, (grades - grades.mean()) / grades.std())


def _unseen(
    grown: Mapping[str, ExtraTreesRegressor], tables: Mapping[str, Table], name: str
) -> Values:
    """Return what all trees say to a collection's questions if they were new."""
    own = tables[name]
    fold = folds(own.numbers, INNER_FOLDS)
    total = np.zeros(len(own.grades))
    for held_out in range(INNER_FOLDS):
        trees = _grow(own.rows(fold != held_out))
        total[fold == held_out] = trees.predict(own.features[fold == held_out])
    for other, trees in grown.items():
        if other != name:
            total += trees.predict(own.features)
    mean: Values = total / len(grown)
    return mean


def _flattened(forests: Sequence[ExtraTreesRegressor]) -> Forest:
    roots, parts, first = [], [], 0
    for estimator in (tree for forest in forests for tree in forest.estimators_):
        tree = estimator.tree_
        inner = tree.children_left >= 0
        parts.append(
            (
                np.where(inner, tree.feature, LEAF),
                # Features are rounded to 4 places, so nothing lies between.
                np.where(inner, tree.threshold, 0.0),
                np.where(inner, tree.children_left + first, 0),
                np.where(inner, tree.children_right + first, 0),
                np.where(inner, 0.0, np.round(tree.value[:, 0, 0], 3)),
            )
        )
        roots.append(first)
        first += tree.node_count
    arrays = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Forest(np.array(roots), *arrays)


def _band(told: Values, errors: Values) -> tuple[Values, Values]:
    """Return knots and within what four of five grades lie around each."""
    knots = np.unique(np.round(np.quantile(told, np.linspace(0.0, 1.0, KNOTS)), 3))
    reach = max(1, len(told) // KNOTS)
    widths = []
    for knot in knots:
        near = np.argsort(np.abs(told - knot), kind="stable")[:reach]
        widths.append(np.quantile(errors[near], BAND))
    return knots, np.round(widths, 3)
