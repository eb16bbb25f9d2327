import json

import numpy as np

from interviewer.scoring.comparison import compare
from interviewer.scoring.encoder import load_encoder
from interviewer.scoring.feature_model import LEAF, PATH, PROVENANCE, load_model
from interviewer.scoring.features import NAMES, features_of
from tests.scoring.samples import GOOD, INDEX


def seen(answer):
    encoder = load_encoder()
    comparison = compare(question=INDEX, answer=answer, encoder=encoder)
    reference = comparison.rubric.reference
    features = features_of(comparison=comparison, reference=reference, encoder=encoder)
    return dict(zip(NAMES, features.tolist(), strict=True)), features


def predicted(answer):
    _, features = seen(answer)
    return load_model().predict(features=features)


def test_the_model_file_holds_numbers_and_says_where_they_come_from():
    provenance = json.loads(PROVENANCE.read_text(encoding="utf-8"))

    assert set(provenance) >= {"version", "command", "answers", "date", "encoder"}
    with np.load(PATH, allow_pickle=False) as stored:
        assert all(stored[name].dtype.kind in "if" for name in stored.files)
    assert PATH.stat().st_size < 400_000


def test_every_tree_ends():
    forest = load_model().forest
    inner = forest.feature != LEAF
    # A branch only leads on, so no walk comes back.
    places = np.arange(len(forest.feature))
    assert (forest.left[inner] > places[inner]).all()
    assert (forest.right[inner] > places[inner]).all()
    assert forest.feature.max() < len(NAMES)


def test_a_model_answer_is_predicted_above_an_answer_about_something_else():
    other = "My favorite editor has many colors and I like its keyboard shortcuts."

    assert predicted(INDEX.reference)[0] > predicted(GOOD)[0] - 0.05
    assert predicted(GOOD)[0] > predicted(other)[0] + 0.1


def test_features_see_words_meaning_and_negation():
    good, _ = seen(GOOD)
    same, _ = seen(INDEX.reference)
    denied, _ = seen("It is not true that each insert must update the index.")

    assert same["recall_all"] == same["in_order"] == 1.0
    assert same["cosine"] > 0.999
    assert 0 < good["recall_new"] < good["meaning_loose"] < 1
    assert denied["negation_differs"] != same["negation_differs"]


def test_equal_texts_have_equal_features():
    assert np.array_equal(seen(GOOD)[1], seen(GOOD)[1])
