import asyncio

import pytest

from interviewer.agents.chat_model import Deadlines, new_breaker
from interviewer.agents.model_types import ModelFailure, Prompt, PromptMessage
from interviewer.agents.providers import (
    ModelSettings,
    ProviderModel,
    UnableToUseModel,
)
from interviewer.agents.reply_stream import CANCELED
from interviewer.benchmarks.fake_provider import Fault
from interviewer.benchmarks.fake_provider import faults as kinds
from tests.agents.models import PROMPT, make_model, read, stream

SAID = "What did you do next?"


def has_been_left(provider):
    """Wait until the client has hung up; earlier tests' calls may come first."""
    while provider.left.get(timeout=10) is not provider.requests[0]:
        pass
    return True


def status(code, retry_after=""):
    return Fault(kinds.STATUS, status=code, retry_after=retry_after)


def test_streams_the_words_and_keeps_what_they_cost(provider):
    provider.say(SAID)

    pieces, failure, record = stream(make_model(provider))

    assert (failure, "".join(pieces)) == ("", SAID)
    assert len(pieces) > 1
    assert record.finish_reason == "stop"
    assert record.usage.tokens_in > 1000
    assert record.usage.tokens_out > 0
    assert not record.usage.is_estimated
    assert 0 < record.first_token_seconds <= record.complete_seconds


def test_reports_what_the_provider_read_from_its_cache(provider):
    model = make_model(provider)
    stream(model)

    _, _, record = stream(model)

    assert record.usage.cached > 1000


def test_estimates_tokens_that_the_provider_keeps_to_itself(provider):
    model = make_model(provider, deadlines=Deadlines(between_tokens=0.05))
    provider.fail(Fault(kinds.STALL, after_pieces=1))

    _, failure, record = stream(model)

    assert failure == "stalled"
    assert record.usage.is_estimated
    assert record.usage.tokens_in == -(-len("Ask." + "My answer. " * 500) // 4)


# Faults: what it is called, how often the provider is asked, whether words came.

FAULTS = [
    (status(401), "unauthorized", 1, False),
    (status(403), "unauthorized", 1, False),
    (status(404), "provider_error", 1, False),
    (status(400), "provider_error", 1, False),
    (status(408), "provider_error", 2, False),
    (status(429), "rate_limited", 2, False),
    (status(429, "0"), "rate_limited", 2, False),
    (status(429, "3"), "rate_limited", 1, False),
    (status(429, "Fri, 01 Jan 2027 00:00:00 GMT"), "rate_limited", 1, False),
    (status(500), "provider_error", 2, False),
    (status(503), "provider_error", 2, False),
    (status(529), "provider_error", 2, False),
    (Fault(kinds.HTML), "provider_error", 2, False),
    (Fault(kinds.RESET_BEFORE), "unreachable", 2, False),
    (Fault(kinds.EMPTY_STREAM), "empty", 1, False),
    (Fault(kinds.TOOL_CALL), "empty", 1, False),
    (Fault(kinds.REFUSAL), "empty", 1, False),  # LangChain does not pass it on
    (Fault(kinds.RESET_MIDWAY), "cut_off", 1, True),
    (Fault(kinds.GARBLED), "cut_off", 1, True),
    (Fault(kinds.NO_FINISH), "cut_off", 1, True),
    (Fault(kinds.CONTENT_FILTER), "refused", 1, True),
    (Fault(kinds.LENGTH), "truncated", 1, True),
    (Fault(kinds.ENDLESS), "too_long", 1, True),
]


@pytest.mark.parametrize(("fault", "failure", "requests", "has_words"), FAULTS)
def test_every_fault_has_a_name_and_a_bound(
    provider, fault, failure, requests, has_words
):
    provider.fail(fault, times=3)

    pieces, failed, record = stream(make_model(provider))

    assert failed == failure == record.failure
    assert len(provider.requests) == requests
    assert bool(pieces) is has_words


@pytest.mark.parametrize(
    ("fault", "deadlines", "failure"),
    [
        (Fault(kinds.HANG), Deadlines(first_token=0.05), "first_token_late"),
        (Fault(kinds.STALL), Deadlines(between_tokens=0.05), "stalled"),
        (Fault(kinds.STALL), Deadlines(total=0.3), "too_slow"),
    ],
)
def test_gives_up_at_its_own_deadlines_and_hangs_up(
    provider, fault, deadlines, failure
):
    provider.fail(fault)

    _, failed, record = stream(make_model(provider, deadlines=deadlines))

    assert failed == failure
    assert record.complete_seconds < 5  # the libraries' own limits are far longer
    assert has_been_left(provider)


def test_a_refused_connection_is_told_apart(provider):
    model = make_model(provider)

    with provider.refusing():
        _, failed, record = stream(model)

    assert failed == "unreachable"
    assert record.usage.tokens_in == 0
    assert stream(model)[1] == ""


def test_a_provider_that_dies_in_mid_sentence_is_noticed(provider):
    provider.fail(Fault(kinds.STALL, after_pieces=2))
    model = make_model(provider)

    async def read_and_kill():
        reply = model.stream(prompt=PROMPT)
        try:
            async for _ in reply:
                provider.abort_streams()
        except ModelFailure as failed:
            return failed.failure

    assert asyncio.run(read_and_kill()) == "cut_off"
    assert len(provider.requests) == 1


def test_tries_once_more_before_the_first_token(provider):
    provider.fail(status(503))

    pieces, failed, _ = stream(make_model(provider))

    assert (failed, bool(pieces), len(provider.requests)) == ("", True, 2)


def test_waits_as_long_as_the_provider_asks_when_that_is_short(provider):
    provider.fail(status(429, "1.5"))
    waits = []

    async def note(seconds):
        waits.append(seconds)

    assert stream(make_model(provider, sleep=note))[1] == ""
    assert waits == [1.5]


def test_does_not_try_again_without_time_for_it(provider):
    provider.fail(status(503), times=2)

    stream(make_model(provider, jitter=lambda: 60.0))

    assert len(provider.requests) == 1


def test_a_lost_bill_does_not_spoil_a_whole_reply(provider):
    provider.fail(Fault(kinds.NO_BILL))

    _, failed, record = stream(make_model(provider))

    assert (failed, record.finish_reason) == ("", "stop")
    assert record.usage.is_estimated


def test_a_prompt_beyond_the_context_window_is_not_sent(provider):
    _, failed, record = stream(make_model(provider, context_tokens=200))

    assert failed == "too_large"
    assert record.usage.tokens_in == 0
    assert not provider.requests


def test_the_callers_departure_ends_the_call(provider):
    provider.fail(Fault(kinds.STALL, after_pieces=1))
    model = make_model(provider)

    async def leave():
        reply = model.stream(prompt=PROMPT)
        async for _ in reply:
            break
        await reply.aclose()
        return reply.record

    record = asyncio.run(leave())

    assert record.finish_reason == CANCELED
    assert has_been_left(provider)


def test_a_canceled_task_ends_the_call(provider):
    provider.fail(Fault(kinds.HANG))
    model = make_model(provider)

    async def cancel():
        task = asyncio.create_task(read(model))
        while not provider.requests:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())

    assert has_been_left(provider)


# The breaker, the bound on calls and the limiter.


def test_leaves_a_failing_provider_alone_and_tries_it_again_later(provider):
    now = [0.0]
    model = make_model(provider, breaker=new_breaker(clock=lambda: now[0]))
    provider.fail(status(404), times=5)
    failures = [stream(model)[1] for _ in range(7)]

    assert failures == ["provider_error"] * 5 + ["breaker_open"] * 2
    assert len(provider.requests) == 5

    now[0] += 31
    assert stream(model)[1] == ""
    assert model.breaker_state == "closed"


def test_failures_that_are_not_the_providers_keep_the_breaker_closed(provider):
    model = make_model(provider)
    provider.fail(Fault(kinds.LENGTH), times=8)

    assert {stream(model)[1] for _ in range(8)} == {"truncated"}
    assert model.breaker_state == "closed"


def test_calls_beyond_the_bound_wait_and_then_give_up(provider):
    model = make_model(provider, concurrency=1, deadlines=Deadlines(place=0.05))
    provider.fail(Fault(kinds.STALL, after_pieces=1))

    async def crowd():
        first = model.stream(prompt=PROMPT)
        await anext(aiter(first))
        waited = await read(model)
        await first.aclose()
        return waited, await read(model)

    (_, busy, _), (_, after, _) = asyncio.run(crowd())

    assert (busy, after) == ("busy", "")
    assert len(provider.requests) == 2


def test_a_limiter_can_refuse_a_call(provider):
    async def refuse():
        return False

    assert stream(make_model(provider, limiter=refuse))[1] == "busy"
    assert not provider.requests


def test_works_from_one_event_loop_after_another(provider):
    model = make_model(provider)

    assert [stream(model)[1] for _ in range(3)] == ["", "", ""]


# Setting up.


@pytest.mark.parametrize("name", ["gpt", "nobody:x", "openai:"])
def test_a_name_without_provider_and_model_is_refused(name):
    with pytest.raises(UnableToUseModel, match="provider:model"):
        ProviderModel(settings=ModelSettings(name), connect_seconds=1, total_seconds=1)


def test_a_missing_package_is_named_with_the_command(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(UnableToUseModel, match="pip install langchain-anthropic$"):
        ProviderModel(
            settings=ModelSettings("anthropic:x"), connect_seconds=1, total_seconds=1
        )


def test_sends_messages_and_parameters_as_given(provider):
    prompt = Prompt(
        [
            PromptMessage("system", "Rules.", ends_stable_part=True),
            PromptMessage("user", "Question?"),
            PromptMessage("assistant", "Answer."),
            PromptMessage("user", "And?"),
        ],
        70,
    )

    stream(make_model(provider), prompt)

    body = provider.requests[0].body
    assert provider.requests[0].messages == [
        (message.role, message.content) for message in prompt.messages
    ]
    assert body["max_completion_tokens"] == 70
    assert body["stream_options"] == {"include_usage": True}
