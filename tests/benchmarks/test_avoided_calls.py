from collections import Counter
from collections.abc import Callable

import pytest
from django.core.cache import cache
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from interviewer.benchmarks.responses.avoided_calls import judged
from interviewer.benchmarks.responses.interview_day import (
    OUTCOME,
    WITH_JUDGEMENT,
    Tally,
    hold_day,
)
from interviewer.benchmarks.responses.plain_program import (
    calls_behind_langchain,
    calls_without_cache,
    dumped,
    prompt_of,
)
from interviewer.benchmarks.responses.workload import ScriptedSession, Step
from interviewer.benchmarks.suite import SuiteResult

ANSWER = (
    "In my last team we read the query plan and added an index on the orders table. "
    "It took 40 minutes and the report ran in 3 seconds afterwards, number {}."
)


def an_interview(*again: str) -> ScriptedSession:
    """Return an interview of one answer for each way in which it comes again."""
    steps = [Step("answer", ANSWER.format(n), way) for n, way in enumerate(again)]
    return ScriptedSession("backend", "mid", "Backend engineer", 1, steps)


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_again_is_never_put_to_a_model_twice() -> None:
    once = hold_day([an_interview("", "")])
    again = hold_day([an_interview("double_click", "resend")])

    assert again.made == once.made
    assert set(once.made) <= {OUTCOME.CALL, "judgement"}
    assert again.avoided - once.avoided == Counter({OUTCOME.REPLAYED: 6})


@pytest.mark.django_db(transaction=True)
def test_every_call_of_a_plain_program_is_made_or_avoided() -> None:
    clarify = Step("clarify", "", "resend")
    day = [
        an_interview("", "reconnect"),
        ScriptedSession("data", "senior", "Data engineer", 2, [clarify]),
    ]

    assert hold_day(day).total == calls_without_cache(day) == 1 + 3 + 6 + 1 + 2


def test_langchain_is_asked_for_the_prompts_that_its_models_make() -> None:
    messages = [SystemMessage("Ask."), HumanMessage("Hello, é."), AIMessage("Go on.")]
    cache.clear()
    asked: list[str] = []

    class Listening:
        def lookup(self, prompt: str, llm_string: str) -> None:
            asked.append(prompt)

        def update(self, prompt: str, llm_string: str, answer: object) -> None:
            pass

    _through_a_model(Listening(), messages)

    assert asked == [prompt_of([dumped(message) for message in messages])]


def _through_a_model(listening: object, messages: list) -> None:
    from langchain_core.caches import BaseCache

    class Cache(BaseCache):
        lookup = listening.lookup
        update = listening.update

        def clear(self, **kwargs: object) -> None:
            pass

    FakeListChatModel(responses=["Yes."], cache=Cache()).invoke(messages)


@pytest.mark.parametrize(
    ("again", "as_used", "at_best"),
    [("", 4, 4), ("resend", 7, 4), ("reconnect", 7, 4), ("double_click", 7, 7)],
)
def test_langchain_saves_what_comes_again_only_when_it_is_asked_alike(
    again: str, as_used: int, at_best: int
) -> None:
    day = [an_interview(again)]

    assert calls_behind_langchain(day, is_best=False) == as_used
    assert calls_behind_langchain(day, is_best=True) == at_best


def result(change: Callable[[Tally], Tally] = lambda tally: tally) -> SuiteResult:
    """Return the result of a day of 301 calls, 201 of which were made."""
    day = [an_interview(*[""] * 100)]
    ours = Tally(
        Counter({OUTCOME.CALL: 101, "judgement": 100}), Counter({WITH_JUDGEMENT: 100})
    )
    return judged(
        day=day,
        plain_day=day,
        ours=change(ours),
        without=ours,
        behind_langchain={"as used": 301, "at best": 280},
    )


def test_folds_count_against_the_product() -> None:
    ratios = result().ratios

    assert ratios["calls avoided, not counting folds"] == pytest.approx(100 / 301)
    assert ratios["calls avoided"] == pytest.approx(90 / 301)
    assert ratios["calls avoided, not counting facts with judgement"] == 0


def test_langchain_is_compared_at_its_best() -> None:
    ratios = result().ratios

    assert ratios["calls avoided by LangChain Redis"] == pytest.approx(21 / 301)


def test_a_failed_call_or_a_lost_turn_spoils_the_day() -> None:
    (name,) = [name for name in result().checks if name.startswith("the day is whole")]
    lost = Tally(Counter({OUTCOME.CALL: 100, "judgement": 100}), result_avoided())
    failed = Tally(
        Counter({OUTCOME.CALL: 100, OUTCOME.ERROR: 1, "judgement": 100}),
        result_avoided(),
    )

    assert result().checks[name]
    assert not result(lambda tally: lost).checks[name]
    assert not result(lambda tally: failed).checks[name]


def result_avoided() -> Counter[str]:
    return Counter({WITH_JUDGEMENT: 100})
