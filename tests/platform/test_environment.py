import pytest
from django.core.exceptions import ImproperlyConfigured

from interviewer.environment import env_bool, env_int, env_list, env_str


@pytest.mark.parametrize("value", [None, "", "  "])
def test_takes_the_default_when_unset_or_empty(monkeypatch, value):
    if value is None:
        monkeypatch.delenv("NAME", raising=False)
    else:
        monkeypatch.setenv("NAME", value)

    assert env_str("NAME", "fallback") == "fallback"
    assert env_int("NAME", 7) == 7
    assert env_bool("NAME", True) is True
    assert env_list("NAME", "a,b") == ["a", "b"]


@pytest.mark.parametrize(
    ("word", "claim"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False)]
)
def test_reads_yes_and_no_words(monkeypatch, word, claim):
    monkeypatch.setenv("NAME", word)

    assert env_bool("NAME", not claim) is claim


def test_drops_empty_parts_of_a_list(monkeypatch):
    monkeypatch.setenv("NAME", "a, ,b,")

    assert env_list("NAME", "") == ["a", "b"]


def test_names_the_variable_that_is_no_yes_or_no(monkeypatch):
    monkeypatch.setenv("IS_FINE", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="IS_FINE must be yes or no"):
        env_bool("IS_FINE", True)


@pytest.mark.parametrize("text", ["ten", "1.5", "0x10"])
def test_names_the_variable_that_is_no_whole_number(monkeypatch, text):
    monkeypatch.setenv("POOL_SIZE", text)

    with pytest.raises(ImproperlyConfigured, match="POOL_SIZE must be a whole number"):
        env_int("POOL_SIZE", 1)


def test_names_the_variable_that_is_too_small(monkeypatch):
    monkeypatch.setenv("POOL_SIZE", "0")

    with pytest.raises(ImproperlyConfigured, match="POOL_SIZE must be at least 1"):
        env_int("POOL_SIZE", 5, least=1)
