import pytest

from interviewer.scoring.lexical import is_slip, said_in_order, trigram_overlap


@pytest.mark.parametrize(
    ("stem", "other"),
    [("multpili", "multipli"), ("loan", "laon"), ("bucket", "buket")],
)
def test_one_slip_of_the_keys_is_forgiven(stem, other):
    assert is_slip(stem=stem, other=other)


@pytest.mark.parametrize(
    ("stem", "other"), [("cach", "cash"), ("log", "lock"), ("rate", "race")]
)
def test_another_short_word_is_no_slip(stem, other):
    assert not is_slip(stem=stem, other=other)


def test_trigrams_tell_a_misspelt_word_from_another():
    assert trigram_overlap(first="authoriz", second="authoris") > 0.55
    assert trigram_overlap(first="insert", second="update") < 0.2


def test_a_wording_is_said_in_order_and_close_together():
    assert said_in_order(wanted=["i", "build"], stems=["then", "i", "quick", "build"])
    assert not said_in_order(wanted=["i", "build"], stems=["build", "i"])
    assert not said_in_order(wanted=["a", "b"], stems=["a", "x", "x", "x", "b"])
    assert not said_in_order(wanted=[], stems=["a"])
