"""The feature model: what graders of course answers gave answers like this one.

Four groups of trees, each taught by one collection of graded answers, and a gate that
says which collection a question resembles. Trees and numbers are read from
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
from interviewer.scoring.reference import Reference

PATH = Path(__file__).with_name("feature_model.npz")
PROVENANCE = Path(__file__).with_name("feature_model.json")
QUESTION_VECTOR_SCALE = 3.0  # beside the logs of lengths
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
    value: Matrix

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
class Expert:
    """What one collection of graded answers teaches."""

    forest: Forest
    score_knots: Matrix  # what the trees say …
    score_values: Matrix  # … and what graders gave then, never falling
    error_values: Matrix  # at each knot: four of five grades lie within this

    def predict(self, features: Matrix) -> tuple[float, float]:
        """Return score and half width of the 80 % band, both from 0 to 1."""
        raw = self.forest.predict(features)
        score = np.interp(raw, self.score_knots, self.score_values)
        return float(score), float(np.interp(raw, self.score_knots, self.error_values))


@dataclasses.dataclass(frozen=True)
class FeatureModel:
    """Experts, and the gate that says how far each is asked."""

    version: str
    experts: tuple[Expert, ...]
    gate: Matrix  # input × expert
    gate_offset: Matrix

    def shares(self, *, reference: Reference) -> Matrix:
        """Return how far the question resembles each expert's; they sum to 1."""
        logits = gate_inputs(reference=reference) @ self.gate + self.gate_offset
        odds = np.exp(logits - logits.max())
        shares: Matrix = odds / odds.sum()
        return shares

    def predict(self, *, features: Matrix, reference: Reference) -> tuple[float, float]:
        """Return score and half width of the 80 % band, both from 0 to 1."""
        told = np.array([expert.predict(features) for expert in self.experts])
        score, error = self.shares(reference=reference) @ told
        return float(np.clip(score, 0.0, 1.0)), float(error)


def gate_inputs(*, reference: Reference) -> Matrix:
    """Return what the gate looks at: the question's meaning and both lengths."""
    lengths = (
        np.log1p(len(reference.question.stems)),
        np.log1p(len(reference.wording.stems)),
    )
    vector = QUESTION_VECTOR_SCALE * reference.question_vector.astype(float)
    return np.concatenate([np.round(vector, 4), lengths])


@functools.cache
def load_model() -> FeatureModel:
    """Return the shipped model, read on the first call."""
    provenance = json.loads(PROVENANCE.read_text(encoding="utf-8"))
    with np.load(PATH, allow_pickle=False) as stored:
        return unpacked(dict(stored), version=provenance["version"])


FOREST_FIELDS = tuple(field.name for field in dataclasses.fields(Forest))
CURVE_FIELDS = ("score_knots", "score_values", "error_values")


def packed(model: FeatureModel) -> dict[str, npt.NDArray[np.generic]]:
    """Return the model's arrays by name."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "gate": model.gate.astype(np.float32),
        "gate_offset": model.gate_offset.astype(np.float32),
    }
    for number, expert in enumerate(model.experts):
        for name in FOREST_FIELDS:
            values = getattr(expert.forest, name)
            kind = np.float32 if name in ("threshold", "value") else np.int16
            arrays[f"{number}.{name}"] = values.astype(kind)
        for name in CURVE_FIELDS:
            arrays[f"{number}.{name}"] = getattr(expert, name).astype(np.float32)
    return arrays


def unpacked(
    arrays: dict[str, npt.NDArray[np.generic]], *, version: str
) -> FeatureModel:
    """Return the model of these arrays."""
    experts: list[Expert] = []
    while f"{len(experts)}.roots" in arrays:
        prefix = f"{len(experts)}."
        forest: dict[str, Any] = {
            name: arrays[prefix + name].astype(
                np.float64 if name in ("threshold", "value") else np.int32
            )
            for name in FOREST_FIELDS
        }
        curves = [arrays[prefix + name].astype(np.float64) for name in CURVE_FIELDS]
        experts.append(Expert(Forest(**forest), *curves))
    return FeatureModel(
        version=version,
        experts=tuple(experts),
        gate=arrays["gate"].astype(np.float64),
        gate_offset=arrays["gate_offset"].astype(np.float64),
    )
