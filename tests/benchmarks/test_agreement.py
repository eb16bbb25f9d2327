import numpy as np
import pytest

from interviewer.benchmarks import agreement as a

GRADES = np.array([0.0, 0.2, 0.5, 0.7, 1.0, 1.0])
CLUSTERS = np.array([0.0, 0.0, 1.0, 1.0, 2.0, 2.0])


def test_equal_scores_agree_fully():
    assert a.pearson(GRADES, GRADES) == pytest.approx(1)
    assert a.spearman(GRADES, GRADES) == pytest.approx(1)
    assert a.rmse(GRADES, GRADES) == 0
    assert a.weighted_kappa(GRADES, GRADES) == pytest.approx(1)
    assert a.macro_f1((GRADES >= 0.5) * 1.0, GRADES) == 1
    assert a.auc(GRADES, GRADES) == 1


def test_a_constant_score_agrees_with_nothing():
    assert a.pearson(np.ones(6), GRADES) == 0
    assert a.auc(np.ones(6), GRADES) == 0.5


def test_spearman_sees_only_the_order():
    assert a.spearman(GRADES**3, GRADES) == pytest.approx(1)


def test_a_difference_between_questions_is_no_agreement_within_them():
    by_question = CLUSTERS.copy()

    assert a.pearson(by_question, GRADES) > 0.9
    assert a.within_r(by_question, GRADES, CLUSTERS) == 0


def test_length_held_constant_takes_away_what_length_explains():
    lengths = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    noise = np.array([0.0, 0.1, -0.1, 0.1, 0.0, -0.1])

    assert a.pearson(lengths, GRADES) > 0.9
    assert a.partial_r(lengths + noise, GRADES, lengths) < 0.9


def test_a_question_is_in_one_fold_only():
    fold = a.folds(CLUSTERS, 3)

    assert all(len({*fold[members]}) == 1 for members in a.groups(CLUSTERS))
    assert len({*fold}) == 3


def test_predictions_come_from_other_questions():
    rng = np.random.default_rng(1)
    clusters = np.repeat(np.arange(20.0), 10)
    feature = rng.uniform(size=200)
    per_question = np.repeat(rng.uniform(size=20), 10)

    seen = a.predicted(
        np.stack([feature, per_question], axis=1),
        0.8 * feature,
        clusters,
        count=5,
        penalty=1.0,
    )

    assert a.pearson(seen, feature) > 0.99


def test_an_interval_holds_the_figure_and_is_reproducible():
    def mean(members):
        return float(GRADES[members].mean())

    low, high = a.interval(mean, CLUSTERS)

    assert low <= GRADES.mean() <= high
    assert a.interval(mean, CLUSTERS) == (low, high)
