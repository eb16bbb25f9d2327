"""The feature model: what graders of course answers gave answers like this one.

Trees taught by several collections of graded answers, each collection by as many and
on its own scale: what all of them see holds for questions that none of them knows. A
straight line turns their mean into a grade. Trees and numbers are read from
`feature_model.npz`, written by `manage.py train_scorer`; numpy is all it needs.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from interviewer.scoring.phrases import Matrix

PATH = Path(__file__).with_name("feature_model.npz")
PROVENANCE = Path(__file__).with_name("feature_model.json")
LEAF = -1

Integers = npt.NDArray[np.int32]


@dataclasses.dataclass(frozen=True)
class Forest:
    """Trees as flat arrays; a leaf's feature is LEAF and its value counts."""

    roots: Integers
    feature: Integers
    threshold: Matrix
    left: Integers
    right: Integers
    value: Matrix  # in standard deviations from the mean grade of its collection

    def predict(self, features: Matrix) -> float:
        """Return the mean of the trees' values for one answer."""
        places = self.roots
        while True:
            asked = self.feature[places]
            inner = asked != LEAF
            if not inner.any():
                return float(self.value[places].mean())
            goes_left = features[asked] <= self.threshold[places]
            after = np.where(goes_left, self.left[places], self.right[places])
            places = np.where(inner, after, places)


@dataclasses.dataclass(frozen=True)
class FeatureModel:
    """The trees and the scale on which their mean is a grade."""

    version: str
    forest: Forest
    line: Matrix  # slope and offset from the trees' mean to a grade
    knots: Matrix  # what the trees say …
    errors: Matrix  # … and within what four of five grades lie then

    def predict(self, *, features: Matrix) -> tuple[float, float]:
        """Return score and half width of the 80 % band, both from 0 to 1."""
        raw = self.forest.predict(features)
        slope, offset = self.line
        score = float(np.clip(slope * raw + offset, 0.0, 1.0))
        return score, float(np.interp(raw, self.knots, self.errors))


@functools.cache
def load_model() -> FeatureModel:
    """Return the shipped model, read on the first call."""
    provenance = json.loads(PROVENANCE.read_text(encoding="utf-8"))
    with np.load(PATH, allow_pickle=False) as stored:
        return unpacked(dict(stored), version=provenance["version"])


FOREST_FIELDS = tuple(field.name for field in dataclasses.fields(Forest))
REAL_FIELDS = ("threshold", "value")
SCALE_FIELDS = ("line", "knots", "errors")


def packed(model: FeatureModel) -> dict[str, npt.NDArray[np.generic]]:
    """Return the model's arrays by name."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        name: getattr(model, name).astype(np.float32) for name in SCALE_FIELDS
    }
    for name in FOREST_FIELDS:
        kind = np.float32 if name in REAL_FIELDS else np.int32
        arrays[name] = getattr(model.forest, name).astype(kind)
    return arrays


def unpacked(
    arrays: dict[str, npt.NDArray[np.generic]], *, version: str
) -> FeatureModel:
    """Return the model of these arrays."""
    forest: dict[str, Any] = {
        name: arrays[name].astype(np.float64 if name in REAL_FIELDS else np.int32)
        for name in FOREST_FIELDS
    }
    scale = [arrays[name].astype(np.float64) for name in SCALE_FIELDS]
    return FeatureModel(version, Forest(**forest), *scale)
