"""A turn that a chat model words: streamed, counted, and reused when it is the same."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from interviewer import telemetry
from interviewer.agents import reply_tasks
from interviewer.agents.prompt_files import load_prompt
from interviewer.benchmarks.fake_provider import Latency, RunningProvider
from interviewer.orchestrator import models
from interviewer.orchestrator.background import finish_launched_turns
from sessions_app.models import InterviewSession, Message, ModelCall, User
from tests.interviews import complete, send, send_and_complete
from tests.orchestrator.conftest import MODEL
from tests.orchestrator.turns import (
    call_of,
    calls_of,
    clarify,
    events_of,
    finish,
    reach_a_follow_up,
    reply_to,
    types_of,
)
from tests.streams import Reading, running_application
from tests.threads import at_once
from tests.web.test_streaming import signed_in, url_for

Outcome = ModelCall.Outcome


@pytest.fixture
def followed_up(
    session: InterviewSession, speaking_provider: RunningProvider
) -> InterviewSession:
    """An interview with a follow-up open, and nothing asked of the provider yet."""
    reach_a_follow_up(session)
    speaking_provider.requests.clear()
    return session


@pytest.fixture
def ended(
    session: InterviewSession, speaking_provider: RunningProvider
) -> InterviewSession:
    send_and_complete(session)
    finish(session)
    speaking_provider.requests.clear()
    return session


def ask_coach(session: InterviewSession, text: str = "How did I do?", **options):  # type: ignore[no-untyped-def]
    return send_and_complete(session, text, intent="ask", **options)


# A live reply


def test_a_reply_is_streamed_from_the_model_and_committed(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    receipt = send_and_complete(session)

    reply = reply_to(receipt)
    deltas = [e.data["text"] for e in events_of(receipt) if e.type == "delta"]
    assert len(deltas) > 3
    assert "".join(deltas).strip() == reply.content
    assert types_of(receipt)[0] == "reset"
    assert types_of(receipt).count("reset") == 1
    assert len(speaking_provider.requests) == 1


def test_a_reply_says_which_model_worded_it_by_which_prompt(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    reply = reply_to(send_and_complete(session))

    version = load_prompt("interviewer").version
    assert reply.origin == Message.Origin.LIVE
    assert reply.details["engine"] == f"{MODEL} · prompt {version}"
    assert len(reply.details["source"]) == 32
    assert "stand_in" not in reply.details


def test_a_call_is_kept_with_its_tokens_its_price_and_its_time(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    receipt = send_and_complete(session)

    call = call_of(receipt)
    assert (call.task, call.outcome, call.model) == (
        "reply.interviewer",
        Outcome.CALL,
        MODEL,
    )
    assert call.cost_micros == call.tokens_in + 4 * call.tokens_out > 0
    assert call.first_token_ms is not None
    assert call.source == reply_to(receipt).details["source"]
    assert session.model_call_count == 1
    assert session.tokens_in == call.tokens_in
    assert session.cost_micros == call.cost_micros


def test_without_a_model_nothing_is_asked_and_no_row_is_left(
    session: InterviewSession, provider: RunningProvider
) -> None:
    receipt = send_and_complete(session)

    assert reply_to(receipt).origin == Message.Origin.EMBEDDED
    assert calls_of(receipt) == []
    assert len(provider.requests) == 0


def test_words_that_are_fixed_are_never_asked_for(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    repeated = send_and_complete(session, "", intent="repeat")
    hinted = send_and_complete(session, "", intent="hint")

    assert len(speaking_provider.requests) == 0
    assert [call_of(r).outcome for r in (repeated, hinted)] == [Outcome.RULE] * 2
    assert session.model_call_count == session.avoided_call_count == 0


# The same request again


@pytest.mark.parametrize("again", [ask_coach, clarify])
def test_reuses_a_reply_when_the_conversation_is_unchanged(
    request: pytest.FixtureRequest,
    speaking_provider: RunningProvider,
    again: Callable[..., object],
) -> None:
    name = "ended" if again is ask_coach else "followed_up"
    session = request.getfixturevalue(name)
    first = again(session)
    second = again(session)

    one, two = reply_to(first), reply_to(second)  # type: ignore[arg-type]
    assert len(speaking_provider.requests) == 1
    assert (two.content, two.origin) == (one.content, Message.Origin.CACHE)
    assert (one.origin, one.details["source"]) == (
        Message.Origin.LIVE,
        two.details["source"],
    )
    assert two.pk != one.pk
    assert two.seq == one.seq + 2
    assert two.created_at > one.created_at


def test_a_reused_reply_costs_nothing_and_says_what_it_saved(
    ended: InterviewSession,
) -> None:
    asked = call_of(ask_coach(ended))
    avoided = ended.avoided_call_count
    hit = call_of(ask_coach(ended))

    assert hit.outcome == Outcome.EXACT_HIT
    assert (hit.tokens_in, hit.tokens_out, hit.cost_micros) == (0, 0, 0)
    assert hit.saved_micros == asked.cost_micros > 0
    assert ended.avoided_call_count == avoided + 1


def test_readers_are_told_that_words_are_reused(ended: InterviewSession) -> None:
    told = [
        event.data["cached"]
        for receipt in (ask_coach(ended), ask_coach(ended))
        for event in events_of(receipt)
        if event.type == "message.completed"
    ]

    assert told == [False, True]


def test_spelling_that_nobody_sees_makes_no_new_request(
    ended: InterviewSession, speaking_provider: RunningProvider
) -> None:
    ask_coach(ended, "How did I do?")
    receipt = ask_coach(ended, "  How  did I do?\r\n")

    assert len(speaking_provider.requests) == 1
    assert receipt.message.content != "How did I do?"


def test_many_identical_requests_are_one_call(
    ended: InterviewSession, speaking_provider: RunningProvider
) -> None:
    contents = {reply_to(ask_coach(ended)).content for _ in range(5)}

    assert len(speaking_provider.requests) == 1
    assert len(contents) == 1


def test_a_reply_is_kept_for_two_minutes_and_asked_for_again_then(
    ended: InterviewSession, speaking_provider: RunningProvider
) -> None:
    ask_coach(ended)
    cache.clear()  # as when the time is over
    receipt = ask_coach(ended)

    assert reply_tasks.COACHING.ttl_seconds == reply_tasks.REPLY.ttl_seconds == 120
    assert len(speaking_provider.requests) == 2
    assert call_of(receipt).outcome == Outcome.CALL


def test_another_question_in_between_is_another_conversation(
    ended: InterviewSession, speaking_provider: RunningProvider
) -> None:
    ask_coach(ended, "How did I do?")
    ask_coach(ended, "What was my best answer?")
    ask_coach(ended, "How did I do?")

    assert len(speaking_provider.requests) == 3


# A message that is sent again


def test_a_resend_is_answered_by_the_stored_reply(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    client_id = uuid.uuid4()
    text = "I would measure it first and then add an index."
    first = send_and_complete(session, text, client_message_id=client_id)
    count = session.message_count

    again = send_and_complete(session, text, client_message_id=client_id, question_no=1)

    assert again.is_replay
    assert again.turn.pk == first.turn.pk
    assert session.message_count == count
    assert len(speaking_provider.requests) == 1
    assert len(calls_of(first)) == 1


def test_the_same_words_from_another_form_after_the_question_moved_are_a_resend(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    text = "I would measure it first and then add an index."
    first = send_and_complete(session, text, question_no=1)
    assert reply_to(first).question_no != 1
    count = session.message_count

    again = send_and_complete(session, text, question_no=1)

    assert again.is_replay
    assert session.message_count == count
    assert len(speaking_provider.requests) == 1


# Two at the same time


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_complete_one_turn_make_one_request(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    receipt = send(session)

    at_once([lambda: complete(receipt)] * 2)

    assert len(speaking_provider.requests) == 1
    assert len(calls_of(receipt)) == 1
    assert session.messages.filter(seq__gt=receipt.message.seq).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_reply_is_there_although_its_reader_left_in_mid_sentence(
    session: InterviewSession, alice: User, speaking_provider: RunningProvider
) -> None:
    models.prepare_models()
    speaking_provider.latency = Latency(per_token=0.02)
    client = signed_in(alice)
    turn = send(session).turn
    url = url_for(client, turn)

    async def leave_early() -> Reading:
        async with running_application():
            reading = Reading(url, client=client)
            await reading.until(lambda read: len(read.text.split()) > 2)
            await reading.leave()
            await finish_launched_turns(seconds=20)
            return reading

    left = asyncio.run(leave_early())

    reply = session.messages.order_by("seq").last()
    assert reply is not None
    assert reply.origin == Message.Origin.LIVE
    assert reply.content.startswith(left.text)
    assert len(left.text) < len(reply.content)


# Monitoring


def test_a_turn_moves_the_figures_of_monitoring(
    ended: InterviewSession, speaking_provider: RunningProvider
) -> None:
    before = _figures()
    ask_coach(ended)
    ask_coach(ended)

    after = _figures()
    moved = {name: after[name] - before[name] for name in after}
    assert moved == {"call": 1, "exact_hit": 1, "live": 1, "cache": 1, "hit": 1}


def _figures() -> dict[str, float]:
    sample = telemetry.recorded().get_sample_value
    calls = {
        outcome: sample("llm_calls_total", {"task": "reply.coach", "outcome": outcome})
        for outcome in ("call", "exact_hit")
    }
    turns = {
        origin: sample("turn_complete_seconds_count", {"origin": origin})
        for origin in ("live", "cache")
    }
    labels = {"namespace": "responses", "result": "hit"}
    hits = {"hit": sample("cache_ops_total", labels)}
    return {name: value or 0 for name, value in (calls | turns | hits).items()}


# Without Redis


@pytest.fixture
def no_redis(settings: Any) -> None:
    nowhere = "unix:///nowhere/redis.sock"
    settings.REDIS_URL = nowhere
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": nowhere},
    }


def test_R1_without_redis_the_model_answers_each_time_and_each_call_is_counted(
    followed_up: InterviewSession, speaking_provider: RunningProvider, no_redis: None
) -> None:
    first, second = clarify(followed_up), clarify(followed_up)

    for receipt in (first, second):
        assert reply_to(receipt).origin == Message.Origin.LIVE
        assert call_of(receipt).outcome == Outcome.CALL
    assert len(speaking_provider.requests) == 2


def test_R1_without_redis_readers_of_this_process_hear_the_whole_reply(
    session: InterviewSession, speaking_provider: RunningProvider, no_redis: None
) -> None:
    receipt = send_and_complete(session)

    said = [event.data["text"] for event in events_of(receipt) if event.type == "delta"]
    assert "".join(said).strip() == reply_to(receipt).content


# The start


def test_models_are_built_before_they_are_asked(
    speaking_provider: RunningProvider,
) -> None:
    models.prepare_models()
    builds = models._built.cache_info().misses
    models.conversation_model()

    assert models._built.cache_info().misses == builds


def test_a_model_that_cannot_be_built_does_not_stop_the_start(
    speaking_provider: RunningProvider, settings: Any
) -> None:
    settings.INTERVIEWER_MODEL = "nobody:nothing"

    models.prepare_models()
