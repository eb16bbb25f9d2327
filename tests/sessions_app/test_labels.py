import pytest

from interviewer.bank.loader import load_bank
from sessions_app.services.labels import (
    ROLE_LABELS,
    band_of,
    band_word,
    role_label,
    score_label,
)


def test_role_families_are_those_of_the_bank():
    families = {family.id: family.label for family in load_bank().families}

    assert families == ROLE_LABELS


def test_a_role_that_the_bank_has_dropped_still_has_a_name():
    assert role_label(role="site_reliability") == "Site reliability"


@pytest.mark.parametrize(
    ("score", "band", "word"),
    [
        (0.0, 1, "Needs work"),
        (0.2, 1, "Needs work"),
        (0.21, 2, "Needs work"),
        (0.5, 3, "Developing"),
        (0.6, 3, "Developing"),
        (0.1 + 0.5, 3, "Developing"),
        ((0.7 + 0.5) / 2, 3, "Developing"),
        (0.61, 4, "Solid"),
        (0.81, 5, "Strong"),
        (1.0, 5, "Strong"),
    ],
)
def test_every_score_has_a_band_and_a_word(score, band, word):
    assert (band_of(score=score), band_word(score=score)) == (band, word)


def test_no_score_has_words_of_its_own():
    assert band_word(score=None) == "Not enough evidence"
    assert score_label(score=None, error=None) == "Not enough evidence"


def test_a_score_is_shown_with_its_uncertainty():
    assert score_label(score=68.4, error=7.1) == "68 ± 7"
    assert score_label(score=68.4, error=None) == "68"
