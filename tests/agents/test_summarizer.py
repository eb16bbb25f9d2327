from interviewer.agents.extraction import answer_facts
from interviewer.agents.history_views import HistoryMessage
from interviewer.agents.model_types import PromptMessage
from interviewer.agents.summarizer import (
    MAX_RECORD_TOKENS,
    accept_summary,
    make_record,
    roll_summary,
    shared_fold_prompt,
)
from interviewer.agents.tokens import estimate_tokens

TOPICS = ("billing", "search", "routing", "backup", "payroll", "archive", "chat")


def exchange(number, answer):
    return [
        HistoryMessage(2 * number, "interviewer", "question", f"Why {number}?", number),
        HistoryMessage(2 * number + 1, "candidate", "answer", answer, number),
    ]


def test_a_summary_says_what_was_asked_and_what_was_claimed():
    block = exchange(1, "It was late. We chose a queue because orders came in bursts.")

    summary = roll_summary(previous="", block=block)

    assert summary == "- Why 1? | We chose a queue because orders came in bursts"


def test_a_fold_carries_the_summary_before_it():
    first = roll_summary(previous="", block=exchange(1, "I led the rewrite."))
    second = roll_summary(previous=first, block=exchange(2, "I chose Go."))

    assert second.splitlines() == [
        "- Why 1? | I led the rewrite",
        "- Why 2? | I chose Go",
    ]


def test_a_skipped_question_is_remembered_as_skipped():
    skipped = HistoryMessage(3, "candidate", "skip", "", 1)

    assert roll_summary(previous="", block=[exchange(1, "")[0], skipped]).endswith(
        "| skipped"
    )


def test_a_record_stays_in_its_bound_and_keeps_every_number():
    texts = [
        f"The {topic} {part} group had {n + 10} engineers and {n + 200} alerts."
        for n, (topic, part) in enumerate(
            (topic, part) for topic in TOPICS for part in ("east", "west", "north")
        )
    ]
    facts = [f for n, t in enumerate(texts) for f in answer_facts(content=t, seq=n + 1)]
    summary = ""
    for number, text in enumerate(texts, 1):
        summary = roll_summary(previous=summary, block=exchange(number, text))

    record = make_record(summary=summary, facts=facts[:40])

    assert estimate_tokens(record.text) <= MAX_RECORD_TOKENS
    assert all(f"{fact.value} " in record.text for fact in facts[:40])


def test_a_models_summary_that_is_empty_or_too_long_is_refused():
    assert accept_summary(text=" \n ") is None
    assert accept_summary(text="word " * 5_000) is None
    assert accept_summary(text="They led it.\n\n Twice. ") == "They led it.\nTwice."


def test_the_conversations_own_model_folds_behind_its_cached_beginning():
    stable = (PromptMessage("system", "S", True), PromptMessage("user", "A", True))

    prompt = shared_fold_prompt(stable=stable, block=exchange(1, "I led it."))

    assert prompt.messages[:2] == stable
    assert "Why 1?" in prompt.messages[-1].content
