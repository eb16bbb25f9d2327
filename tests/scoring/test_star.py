import pytest

from interviewer.scoring.reading import read_answer
from interviewer.scoring.star import find_parts
from tests.scoring.samples import STORY

REQUIRED = ("situation", "action", "result")


def parts(text):
    reading = read_answer(text=text, ignored=(), encoder=None)
    return {part.part: part for part in find_parts(reading=reading, required=REQUIRED)}


def found(text):
    return {name for name, part in parts(text).items() if part.found}


def test_finds_all_parts_of_a_story_and_quotes_them():
    assert found(STORY) == set(REQUIRED)
    assert all(
        STORY[part.evidence.start : part.evidence.end] == part.evidence.quote
        for part in parts(STORY).values()
    )


@pytest.mark.parametrize(
    "text",
    [
        "I would talk to them and I would propose a test.",
        "We discussed it and the team decided together.",
        "I think that respect is important and I value it.",
        "I did not propose anything.",
    ],
)
def test_no_action_without_a_deed_of_ones_own(text):
    assert "action" not in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "I rewrote the import in two days.",
        "Then I quickly measured both versions.",
        "Benchmarked both, showed the slow query.",
        "I got them to agree on a trial.",
    ],
)
def test_a_concrete_verb_in_the_past_is_an_action(text):
    assert "action" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Failures fell from 30 to 4 a week.",
        "In the end the customer stayed with us.",
        "Since then nobody has lost a file.",
    ],
)
def test_how_it_ended_is_a_result(text):
    assert "result" in found(text)


def test_theory_has_no_part():
    theory = "Disagreement is the engine of innovation and turns friction into synergy."

    assert found(theory) == set()


def test_a_name_is_no_verb():
    assert found("My name is Aisha Mohammed.") == set()
