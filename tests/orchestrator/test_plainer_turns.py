"""Budgets and kept words change what a turn costs, and nothing of the interview."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from interviewer.benchmarks.fake_provider import RunningProvider
from interviewer.orchestrator.reply_requests import RECENT_MESSAGES
from interviewer.orchestrator.start import begin_interview
from sessions_app.models import Evaluation, InterviewSession, Message, ModelCall, User
from tests.interviews import SETUP, send_and_complete
from tests.orchestrator.conftest import MODEL
from tests.orchestrator.turns import call_of, finish, reply_to
from tests.people import make_user

CHEAP = "openai:cheap"
ANSWERS = 5


def use_up(session: InterviewSession, settings: Any, share: float) -> None:
    """Make what the session has used this share of its budget."""
    session.refresh_from_db()
    used = session.tokens_in + session.tokens_out
    settings.MODEL_SESSION_TOKENS = max(1, int(used / share))


@pytest.fixture
def talked(
    session: InterviewSession, speaking_provider: RunningProvider
) -> InterviewSession:
    for _ in range(ANSWERS):
        send_and_complete(session)
    speaking_provider.requests.clear()
    return session


def test_from_seven_tenths_of_a_budget_prompts_are_shorter(
    talked: InterviewSession, speaking_provider: RunningProvider, settings: Any
) -> None:
    use_up(talked, settings, 0.75)
    receipt = send_and_complete(talked)

    [request] = speaking_provider.requests
    told = [text for role, text in request.messages if role == "assistant"]
    assert receipt.message.seq > RECENT_MESSAGES
    assert len(request.messages) == RECENT_MESSAGES + 3  # system, set-up and tail
    assert 0 < len(told) < RECENT_MESSAGES
    assert call_of(receipt).model == MODEL


def test_a_shorter_prompt_is_another_request(
    talked: InterviewSession, speaking_provider: RunningProvider, settings: Any
) -> None:
    finish(talked)
    send_and_complete(talked, "How did I do?", intent="ask")
    use_up(talked, settings, 0.75)

    receipt = send_and_complete(talked, "How did I do?", intent="ask")

    assert call_of(receipt).outcome == ModelCall.Outcome.CALL


def test_near_the_end_of_a_budget_the_cheaper_model_speaks(
    talked: InterviewSession, speaking_provider: RunningProvider, settings: Any
) -> None:
    settings.INTERVIEWER_CHEAP_MODEL = CHEAP
    use_up(talked, settings, 0.9)
    receipt = send_and_complete(talked)

    [request] = speaking_provider.requests
    assert request.body["model"] == "cheap"
    assert call_of(receipt).model == CHEAP
    assert reply_to(receipt).details["engine"].startswith(CHEAP)


def test_beyond_a_budget_the_interview_goes_on_to_its_end_without_a_call(
    talked: InterviewSession, speaking_provider: RunningProvider, settings: Any
) -> None:
    use_up(talked, settings, 1.0)
    calls = talked.model_call_count
    receipt = send_and_complete(talked)
    finish(talked)

    call = call_of(receipt)
    assert len(speaking_provider.requests) == 0
    assert (call.outcome, call.failure) == (ModelCall.Outcome.BYPASS, "over_budget")
    assert reply_to(receipt).details["stand_in"] == "over_budget"
    assert talked.state == InterviewSession.State.FINISHED
    assert talked.model_call_count == calls


def test_a_limit_on_requests_is_kept_and_the_engine_stands_in(
    session: InterviewSession, speaking_provider: RunningProvider, settings: Any
) -> None:
    settings.MODEL_REQUESTS_PER_MINUTE = 1
    send_and_complete(session)
    receipt = send_and_complete(session)

    call = call_of(receipt)
    assert len(speaking_provider.requests) == 1
    assert (call.outcome, call.failure) == (ModelCall.Outcome.BYPASS, "busy")


# The same interview with kept words and without

SCRIPT = [
    ("answer", "I would measure it first, read the plan and then add an index."),
    ("answer", "What do you mean?"),
    ("answer", "What do you mean?"),
    ("answer", "Then I would look at the writes: each one also updates the index."),
    ("hint", ""),
    ("repeat", ""),
    ("answer", "I don't know."),
    ("answer", "It got faster by a third, from 900 to 600 milliseconds."),
    ("answer", "What do you mean?"),
    ("answer", "What do you mean?"),
]


def conduct(user: User, *, keeps: bool) -> InterviewSession:
    session = begin_interview(user=user, setup=SETUP, seed=7, now=timezone.now())
    said = [*SCRIPT, *[("skip", "")] * 30, *[("ask", "How did I do?")] * 3]
    for intent, text in said:
        session.refresh_from_db()
        if session.is_ended == (intent == "ask"):
            if not keeps:
                cache.clear()
            send_and_complete(session, text, intent=intent)
    return session


def what_was_said(session: InterviewSession) -> list[tuple[object, ...]]:
    return [
        (m.seq, m.role, m.agent, m.kind, m.content, m.question_no, m.tokens)
        for m in session.messages.order_by("seq")
    ]


def what_was_judged(session: InterviewSession) -> list[tuple[object, ...]]:
    fields = ("message__seq", "slot", "state", "score", "result", "feedback", "outline")
    return list(
        Evaluation.objects.filter(session=session)
        .order_by("message__seq")
        .values_list(*fields)
    )


def test_kept_words_change_nothing_but_the_bill(
    speaking_provider: RunningProvider, db: None
) -> None:
    # One name, because the interviewer may use it.
    kept = conduct(make_user(email="kept@example.org", name="Alice"), keeps=True)
    new = conduct(make_user(email="new@example.org", name="Alice"), keeps=False)

    assert what_was_said(kept) == what_was_said(new)
    assert what_was_judged(kept) == what_was_judged(new) != []
    counters = ("message_count", "answered_count", "skipped_count", "question_count")
    assert [getattr(kept, c) for c in counters] == [getattr(new, c) for c in counters]
    assert kept.state == new.state == InterviewSession.State.FINISHED
    assert kept.messages.filter(origin=Message.Origin.CACHE).count() >= 3
    assert not new.messages.filter(origin=Message.Origin.CACHE).exists()
    assert kept.model_call_count < new.model_call_count
    assert kept.cost_micros < new.cost_micros
