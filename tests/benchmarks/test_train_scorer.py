"""Training on made-up tables: what is learned, and that it is learned alike."""

import numpy as np
import pytest

from interviewer.benchmarks.graded_data import SUITES
from interviewer.benchmarks.train_scorer import Table, fit_model
from interviewer.scoring.feature_model import packed, unpacked
from interviewer.scoring.features import NAMES

ANSWERS = 60
INPUTS = 6


def made_up(number):
    """Return answers whose grade follows one feature, another one per table."""
    generator = np.random.default_rng(number)
    features = np.round(generator.random((ANSWERS, len(NAMES))), 4)
    noise = generator.normal(0, 0.05, ANSWERS)
    questions = np.array([f"q{place % 12}" for place in range(ANSWERS)])
    gate = np.full((ANSWERS, INPUTS), 0.0)
    gate[:, number] = 5.0
    grades = np.clip(features[:, number] + noise, 0, 1)
    return Table(features, grades, questions, gate)


TABLES = {suite: made_up(number) for number, suite in enumerate(SUITES)}


@pytest.fixture(scope="module")
def model():
    return fit_model(tables=TABLES, version="v")


def test_equal_tables_teach_equal_models(model):
    first, again = packed(model), packed(fit_model(tables=TABLES, version="v"))

    assert set(first) == set(again)
    assert all(np.array_equal(first[name], again[name]) for name in first)


def test_every_expert_learns_its_own_collection(model):
    for number, (suite, expert) in enumerate(zip(SUITES, model.experts, strict=True)):
        low, high = np.full(len(NAMES), 0.5), np.full(len(NAMES), 0.5)
        low[number], high[number] = 0.05, 0.95
        assert expert.predict(high)[0] > expert.predict(low)[0] + 0.2, suite


def test_the_gate_knows_a_collection_by_its_questions(model):
    for number, suite in enumerate(SUITES):
        logits = TABLES[suite].gate[0] @ model.gate + model.gate_offset
        assert int(np.argmax(logits)) == number


def test_what_is_stored_predicts_the_same(model):
    stored = unpacked(packed(model), version="v")

    for features in TABLES["saf"].features[:20]:
        for before, after in zip(model.experts, stored.experts, strict=True):
            assert np.allclose(
                before.predict(features), after.predict(features), atol=1e-3
            )
