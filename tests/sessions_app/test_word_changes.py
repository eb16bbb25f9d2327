import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.services.word_changes import ADDED, LOST, SAME, Run, word_changes

WORDS = (
    "I",
    "measured",
    "it.",
    "then,",
    "it's",
    "שלום",
    "naïve",
    "40",
    "%",
    "\n",
    "<b>",
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)


def squeezed(runs, *kinds):
    return "".join("".join(run.text for run in runs if run.kind in kinds).split())


def test_names_the_words_that_came_and_went():
    runs = word_changes(
        before="I measured it. Then I fixed it.",
        after="I measured it twice. Then it was fixed.",
    )

    assert [(run.kind, run.text.strip()) for run in runs][:3] == [
        (SAME, "I measured it"),
        (ADDED, "twice"),
        (SAME, ". Then"),
    ]


@given(before=TEXTS, after=TEXTS)
@settings(max_examples=60, deadline=None)
def test_the_runs_give_both_texts_back(before, after):
    runs = word_changes(before=before, after=after)

    assert squeezed(runs, SAME, LOST) == "".join(before.split())
    assert squeezed(runs, SAME, ADDED) == "".join(after.split())


def test_equal_texts_are_one_run():
    assert word_changes(before="As it is.", after="As it is.") == (
        Run(SAME, "As it is."),
    )
    assert word_changes(before="", after="") == ()


def test_words_are_counted_without_punctuation():
    assert Run(ADDED, " I didn't, at 40 %! ").words == 4


@pytest.mark.parametrize("text", ["a " * 9_000, "a b c. " * 3_000])
def test_a_text_of_one_word_is_compared_as_a_whole(text):
    runs = word_changes(before=text, after=f"{text}And more.")

    assert {run.kind for run in runs} <= {LOST, ADDED, SAME}
    assert len(runs) <= 3
    assert squeezed(runs, SAME, ADDED).endswith("Andmore.")
