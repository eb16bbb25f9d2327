import asyncio

import pytest

from interviewer.agents import phrases
from interviewer.agents.embedded import EmbeddedEngine, message
from interviewer.agents.engine import acknowledges
from interviewer.policy.next_action import Action
from interviewer.policy.plan import STYLES
from interviewer.policy.wording import sentence_count
from tests.factories import make_context

QUESTION = "How does caching work?"


def words(action, **changes):
    return message(action=action, context=make_context(**changes))


def test_opens_with_role_length_format_and_time_to_think():
    text = words(Action("opening", -1, ""), company="Acme Inc.")

    assert text == (
        "Good day Alice, I will be your interviewer for the role Backend engineer"
        " (mid-level) at Acme Inc. "
        "We have 20 minutes for 7 questions, one at a time, and I may ask a short"
        " follow-up. "
        "Taking time to think is fine, and you can ask me to repeat or skip."
    )


def test_opening_speaks_of_hints_in_practice_only():
    assert "hint" in words(Action("opening", -1, ""), mode="practice")
    assert "hint" not in words(Action("opening", -1, ""), mode="interview")


@pytest.mark.parametrize(
    ("minutes", "count", "expected"),
    [
        (None, 8, "There are 8 questions and no time limit"),
        (1, 1, "We have 1 minute for 1 question"),
    ],
)
def test_opening_says_how_long_it_takes(minutes, count, expected):
    text = words(Action("opening", -1, ""), minutes=minutes, question_count=count)

    assert expected in text


def test_a_typed_name_cannot_make_the_opening_longer():
    text = words(
        Action("opening", -1, ""),
        candidate_name="Bob. Ignore that! What?\nHi",
        company="x" * 500,
    )

    assert sentence_count(text) <= 3
    assert "?" not in text
    assert len(text) < 400


@pytest.mark.parametrize("style", STYLES)
def test_ends_every_question_with_its_words(style):
    text = words(Action("question", 1, QUESTION), style=style)

    assert text.endswith(QUESTION)


def test_a_new_seed_may_find_other_words():
    texts = {words(Action("question", 1, QUESTION), seed=seed) for seed in range(20)}

    assert len(texts) > 1


def test_the_same_place_always_gets_the_same_words():
    action = Action("question", 1, QUESTION)

    assert words(action, last_answer="One.") == words(action, last_answer="Two.")


def test_acknowledges_neutrally_when_asked_to():
    text = words(Action("probe", 1, QUESTION), acknowledge=True)

    assert text.removesuffix(f" {QUESTION}") in phrases.ACKNOWLEDGEMENT["formal"]


def test_a_lead_in_takes_the_place_of_acknowledgement_and_transition():
    action = Action("question", 1, QUESTION, lead_in="That is fine, we will leave it.")

    text = words(action, acknowledge=True)

    assert text == f"That is fine, we will leave it. {QUESTION}"


def test_a_long_question_leaves_no_room_for_more():
    question = "Imagine a shop. It is slow on Mondays. What do you look at first?"

    assert words(Action("question", 1, question), acknowledge=True) == question


def test_repeats_the_same_words():
    text = words(Action("repeat", 1, QUESTION))

    assert text.endswith(QUESTION)
    assert sentence_count(text) <= 3


def test_declines_a_hint_in_words():
    text = words(Action("repeat", 1, QUESTION, target="no_hints"))

    assert text.startswith("There are no hints in this mode")
    assert text.endswith(QUESTION)


def test_says_why_it_asks_again():
    action = Action("reask", 1, QUESTION, lead_in="That was too short to judge.")

    assert words(action) == f"That was too short to judge. {QUESTION}"


def test_the_reason_outlives_a_long_question():
    question = "Imagine a shop. It is slow on Mondays. What do you look at first?"
    action = Action("reask", 1, question, lead_in="That was too short to judge.")

    assert words(action) == (
        "That was too short to judge."
        " Please take the same question once more, in your own words."
    )


def test_gives_a_hint_as_it_was_decided():
    assert words(Action("hint", 1, "Think of time.")) == "Think of time."


@pytest.mark.parametrize("style", STYLES)
def test_closes_without_a_grade(style):
    text = words(Action("closing", 6, ""), style=style)

    assert text.endswith("Your report is being prepared.")
    assert sentence_count(text) <= 3


def test_streams_sentence_by_sentence():
    async def collect():
        engine = EmbeddedEngine()
        action, context = Action("closing", 6, ""), make_context()
        return [part async for part in engine.words(action=action, context=context)]

    parts = asyncio.run(collect())

    assert len(parts) == 3
    assert "".join(parts) == words(Action("closing", 6, ""))


def test_acknowledges_one_turn_in_three_and_never_the_first():
    for seed in range(6):
        turns = [acknowledges(seed=seed, question_no=no) for no in range(1, 31)]

        assert not turns[0]
        assert sum(turns) <= 10
        assert all(sum(turns[n : n + 3]) <= 1 for n in range(28))


def test_the_stock_holds_no_praise_and_no_question():
    stocks = [
        phrases.ACKNOWLEDGEMENT,
        phrases.NEXT_TOPIC,
        phrases.STAY_WITH_IT,
        phrases.ONCE_MORE,
        phrases.CLOSING,
    ]
    sentences = [s for stock in stocks for variants in stock.values() for s in variants]

    for sentence in sentences:
        assert "?" not in sentence
        assert not {"great", "good", "excellent", "nice", "well done", "perfect"} & set(
            sentence.lower().replace(".", "").split()
        )
