import pytest

from interviewer.policy.intent import read_intent


@pytest.mark.parametrize(
    "text",
    [
        "repeat",
        "Could you repeat the question?",
        "Can you please say that again?",
        "Sorry, what was the question again?",
        "Pardon me?",
        "I didn't catch that",
        "I didn’t catch that.",
    ],
)
def test_reads_a_request_to_repeat(text):
    assert read_intent(text) == "repeat"


@pytest.mark.parametrize(
    "text",
    [
        "skip",
        "Skip this question, please",
        "Let's move on.",
        "can we skip that one",
        "I'd like to skip this one",
        "next question please",
    ],
)
def test_reads_a_request_to_skip(text):
    assert read_intent(text) == "skip"


@pytest.mark.parametrize(
    "text", ["hint", "Could I have a hint?", "give me a hint please", "I need a hint"]
)
def test_reads_a_request_for_a_hint(text):
    assert read_intent(text) == "hint"


@pytest.mark.parametrize(
    "text",
    [
        "What do you mean?",
        "what do you mean by that",
        "Could you clarify the question?",
        "I don't understand the question.",
        "can you rephrase that please?",
    ],
)
def test_reads_a_request_to_clarify(text):
    assert read_intent(text) == "clarify"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?!",
        "no",
        "I would skip the cache and read from the primary.",
        "Skip lists are balanced in expectation.",
        "We repeat the request with exponential backoff.",
        "What do you mean by scale is the first thing I ask the product owner.",
        "pass",
        "I don't know",
        "Could you repeat the question? " * 10,
        "\x00\ud800",
    ],
)
def test_takes_anything_else_for_an_answer(text):
    assert read_intent(text) == "answer"


@pytest.mark.parametrize(
    "text",
    [
        "I didn't understand the question, could you explain what you mean by cancel?",
        "Do I need to write code?",
        "Could you rephrase it more simply please?",
        "Candidates for what? Do you mean other metrics?",
    ],
)
def test_a_question_back_about_the_question_asks_for_clarity(text):
    assert read_intent(text) == "clarify"


@pytest.mark.parametrize(
    "text",
    [
        "I would ask the customer: what do you mean by fast? And then I would measure.",
        "I would choose an index, because what else could explain the slow plan?",
    ],
)
def test_an_answer_that_contains_a_question_stays_an_answer(text):
    assert read_intent(text) == "answer"
