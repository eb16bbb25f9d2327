"""What is never reused, and what is shared: keys and scopes of words, through turns."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.db.models import F
from django.utils import timezone

from interviewer.benchmarks.fake_provider import RunningProvider
from interviewer.orchestrator import scene as scene_module
from interviewer.orchestrator.conversation import load_conversation
from interviewer.orchestrator.rubrics import frozen_questions
from interviewer.orchestrator.start import begin_interview, restart_interview
from sessions_app.models import InterviewSession, Message, ModelCall, User
from sessions_app.services.sessions import (
    pause_session,
    resume_session,
    switch_mode,
)
from tests.interviews import SETUP, middling_answer, send_and_complete
from tests.orchestrator.conftest import MODEL
from tests.orchestrator.turns import call_of, clarify, reach_a_follow_up, reply_to
from tests.people import make_user

Outcome = ModelCall.Outcome
HITS = (Outcome.EXACT_HIT, Outcome.SHARED_HIT, Outcome.COALESCED)
SECRET = "My employer Heliotrope Ltd lost 4711 orders that night."
PEOPLE = 9  # one more than a pool has places: somebody finds theirs taken


@pytest.fixture
def followed_up(
    session: InterviewSession, speaking_provider: RunningProvider
) -> InterviewSession:
    reach_a_follow_up(session)
    return session


def begin(user: User) -> InterviewSession:
    return begin_interview(user=user, setup=SETUP, seed=7, now=timezone.now())


# Never


def pause(session: InterviewSession) -> None:
    pause_session(session_id=session.pk, now=timezone.now())
    resume_session(session_id=session.pk, now=timezone.now())


def switch(session: InterviewSession) -> None:
    switch_mode(
        session_id=session.pk, mode="interview", notice="No hints.", now=timezone.now()
    )


def edit(session: InterviewSession) -> None:
    InterviewSession.objects.filter(pk=session.pk).update(
        config_revision=F("config_revision") + 1
    )


def hint(session: InterviewSession) -> None:
    send_and_complete(session, "", intent="hint")


def answer_the_next(session: InterviewSession) -> None:
    send_and_complete(session, middling_answer(session))


def forget_the_person(session: InterviewSession) -> None:
    User.objects.filter(pk=session.user_id).update(
        cache_generation=F("cache_generation") + 1
    )


@pytest.mark.parametrize(
    "change", [pause, switch, edit, hint, answer_the_next, forget_the_person]
)
def test_the_same_words_after_a_change_are_asked_for_anew(
    followed_up: InterviewSession, change: Callable[[InterviewSession], None]
) -> None:
    clarify(followed_up)
    change(followed_up)

    assert call_of(clarify(followed_up)).outcome == Outcome.CALL


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTERVIEWER_MODEL", "openai:other"),
        ("INTERVIEWER_MODEL_PARAMETERS", {"temperature": 0.3}),
    ],
)
def test_another_model_or_parameter_is_asked_for_its_own_words(
    followed_up: InterviewSession, settings: Any, name: str, value: object
) -> None:
    clarify(followed_up)
    setattr(settings, name, value)

    assert call_of(clarify(followed_up)).outcome == Outcome.CALL


def test_an_interview_is_never_served_the_words_of_another(
    followed_up: InterviewSession, alice: User, bob: User
) -> None:
    clarify(followed_up)
    for user in (alice, bob):
        twin = twin_of(followed_up, user)

        outcomes = [call_of(receipt).outcome for receipt in replay(followed_up, twin)]

        assert Outcome.EXACT_HIT not in outcomes
        assert Outcome.SHARED_HIT not in outcomes


def twin_of(session: InterviewSession, user: User) -> InterviewSession:
    """Begin an interview of this user with the same plan."""
    twin = begin(user)
    InterviewSession.objects.filter(pk=twin.pk).update(plan=session.plan)
    twin.messages.filter(kind=Message.Kind.QUESTION).update(
        details=session.messages.filter(kind=Message.Kind.QUESTION)[0].details
    )
    twin.refresh_from_db()
    return twin


def replay(session: InterviewSession, twin: InterviewSession) -> Iterator[Any]:
    """Say in the twin what was said in the session."""
    said = session.messages.filter(role=Message.Role.CANDIDATE).order_by("seq")
    for message in said:
        yield send_and_complete(twin, message.content)


def test_starting_over_keeps_the_bill_and_forgets_the_words(
    followed_up: InterviewSession,
) -> None:
    clarify(followed_up)
    calls = ModelCall.objects.filter(session=followed_up).count()
    paid = InterviewSession.objects.get(pk=followed_up.pk).tokens_in

    restart_interview(session=followed_up, now=timezone.now())
    followed_up.refresh_from_db()

    assert followed_up.messages.count() == 2
    assert ModelCall.objects.filter(session=followed_up).count() == calls
    assert followed_up.tokens_in == paid > 0
    reach_a_follow_up(followed_up)
    clarify(followed_up)
    later = ModelCall.objects.filter(session=followed_up)[calls:]
    assert not {call.outcome for call in later} & set(HITS)


# Shared with everybody


def skip(session: InterviewSession) -> Any:
    return send_and_complete(session, "", intent="skip")


@pytest.mark.parametrize(
    ("request_it", "task"), [(skip, "question.wording"), (clarify, "question.clarify")]
)
def test_words_about_a_question_of_the_bank_are_shared(
    speaking_provider: RunningProvider,
    db: None,
    request_it: Callable[[InterviewSession], Any],
    task: str,
) -> None:
    receipts = [request_it(begin(person)) for person in people()]

    calls = [call_of(receipt) for receipt in receipts]
    asked = [call for call in calls if call.outcome == Outcome.CALL]
    shared = [call for call in calls if call.outcome == Outcome.SHARED_HIT]
    assert {call.task for call in calls} == {task}
    assert len(speaking_provider.requests) == len(asked) == PEOPLE - len(shared)
    assert shared
    assert all(call.saved_micros > 0 for call in shared)
    assert len({reply_to(receipt).content for receipt in receipts}) == 1


def people() -> list[User]:
    return [
        make_user(email=f"p{number}@example.org", name=f"Person {number}")
        for number in range(PEOPLE)
    ]


def test_what_is_shared_holds_nothing_of_anybody(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    send_and_complete(session, SECRET)
    for _ in range(3):
        skip(session)
        clarify(session)

    shared = [
        entry for key, entry in entries() if b"{public}" in key and b"llm:" in key
    ]
    assert shared
    for word in (b"Heliotrope", b"4711", b"Alice", b"alice"):
        assert not any(word in entry for entry in shared)
    public = [r for r in speaking_provider.requests if "# Question" in r.system]
    assert public
    assert not any("Heliotrope" in request.text for request in public)


def entries() -> Iterator[tuple[bytes, bytes]]:
    """Yield everything that Redis holds for the cache."""
    client = redis.Redis.from_url(django_settings.CACHES["default"]["LOCATION"])
    for key in client.scan_iter():
        if client.type(key) == b"string":
            yield key, client.get(key) or b""


def test_a_question_of_ones_own_is_never_shared(
    session: InterviewSession,
    speaking_provider: RunningProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def own_questions(**options: Any) -> Any:
        return {
            slot: dataclasses.replace(question, id=f"own.{slot}")
            for slot, question in frozen_questions(**options).items()
        }

    monkeypatch.setattr(scene_module, "frozen_questions", own_questions)

    calls = [call_of(receipt) for receipt in (clarify(session), skip(session))]

    assert {call.task for call in calls} == {"reply.interviewer"}
    assert not any(b"{public}" in key for key, _ in entries())


def test_a_transition_stands_before_shared_words(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    reply = reply_to(skip(session))

    plan = load_conversation(session=session).plan
    question = frozen_questions(plan=plan)[reply.details["slot"]].question
    assert reply.origin == Message.Origin.LIVE
    assert reply.content.endswith(question)
    assert reply.details["engine"].startswith(MODEL)
