"""Training on made-up tables: what is learned, and that it is learned alike."""

import numpy as np
import pytest

from interviewer.benchmarks import train_scorer
from interviewer.benchmarks.cross_validated import FOLDS, models_by_question, without
from interviewer.benchmarks.graded_data import BY_DEGREE, SUITES
from interviewer.benchmarks.train_scorer import Table, fit_model
from interviewer.scoring.feature_model import packed, unpacked
from interviewer.scoring.features import NAMES

ANSWERS = 60


def made_up(number):
    """Return answers whose grade follows one feature, another one per table."""
    generator = np.random.default_rng(number)
    features = np.round(generator.random((ANSWERS, len(NAMES))), 4)
    noise = generator.normal(0, 0.05, ANSWERS)
    questions = np.array([f"q{place % 12}" for place in range(ANSWERS)])
    grades = np.clip(features[:, number] + noise, 0, 1)
    if SUITES[number] not in BY_DEGREE:
        grades = np.where(grades >= 0.9, 1.0, 0.0)  # few are right
    return Table(features, grades, questions)


TABLES = {suite: made_up(number) for number, suite in enumerate(SUITES)}


def at(value, number):
    """Return features that are middling but for one."""
    features = np.full(len(NAMES), 0.5)
    features[number] = value
    return features


@pytest.fixture(scope="module", autouse=True)
def _few_trees():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_scorer, "TREES", 15)
        patch.setitem(FOLDS, "saf", 3)
        yield


@pytest.fixture(scope="module")
def model():
    return fit_model(tables=TABLES, version="v")


def test_equal_tables_teach_equal_models(model):
    first, again = packed(model), packed(fit_model(tables=TABLES, version="v"))

    assert set(first) == set(again)
    assert all(np.array_equal(first[name], again[name]) for name in first)


def test_every_collection_has_its_say(model):
    for number, suite in enumerate(SUITES):
        low, _ = model.predict(features=at(0.05, number))
        high, _ = model.predict(features=at(0.95, number))
        assert high > low + 0.05, suite


def test_the_scale_is_that_of_grades_by_degree(model):
    for suite in BY_DEGREE:
        table = TABLES[suite]
        told = [model.predict(features=row)[0] for row in table.features]
        assert np.mean(told) == pytest.approx(table.grades.mean(), abs=0.1)


def test_a_model_left_without_a_collection_knows_nothing_of_it():
    changed = {**TABLES, "beetle": made_up(0)}
    before = packed(without(tables=TABLES, suite="beetle"))
    after = packed(without(tables=changed, suite="beetle"))

    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_a_question_is_judged_by_a_model_that_has_not_seen_it():
    table = TABLES["saf"]
    asked = table.questions == "q3"
    turned = np.where(asked, 1.0 - table.grades, table.grades)
    changed = {**TABLES, "saf": Table(table.features, turned, table.questions)}
    before = packed(models_by_question(tables=TABLES, suite="saf")["q3"])
    after = packed(models_by_question(tables=changed, suite="saf")["q3"])

    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_what_is_stored_predicts_the_same(model):
    stored = unpacked(packed(model), version="v")

    for features in TABLES["saf"].features[:20]:
        assert np.allclose(
            model.predict(features=features),
            stored.predict(features=features),
            atol=1e-3,
        )
