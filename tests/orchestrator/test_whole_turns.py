"""A plain form whose reply is at hand: message and reply in one commit, or as ever."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interviewer.benchmarks.fake_provider import RunningProvider
from interviewer.orchestrator import orchestrator
from interviewer.orchestrator.announcing import stored_events
from interviewer.orchestrator.events import START
from interviewer.orchestrator.orchestrator import complete_turn
from interviewer.orchestrator.start import begin_interview
from sessions_app.models import InterviewSession, Message, ModelCall, Turn, User
from sessions_app.services.model_calls import NewModelCall, store_background_calls
from sessions_app.services.sessions import pause_session
from sessions_app.services.turns import InterviewPaused, claim_turn
from tests.interviews import (
    SETUP,
    complete,
    open_question_no,
    send,
    send_and_complete,
)
from tests.orchestrator.turns import clarify, reach_a_follow_up, reply_to
from tests.redis_server import StoppableRedis
from tests.streams import Reading
from tests.threads import at_once
from tests.web.test_streaming import read, signed_in, types, url_for

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST = "What do you mean?"
Outcome = ModelCall.Outcome


@pytest.fixture
def asked(
    session: InterviewSession, speaking_provider: RunningProvider
) -> InterviewSession:
    """An interview in which somebody asked what the question means, and was told."""
    clarify(session)
    return session


@pytest.fixture
def client(asked: InterviewSession) -> Client:
    return signed_in(asked.user)


def post(client: Client, session: InterviewSession, question_no: int) -> Any:
    fields = {
        "intent": "answer",
        "text": REQUEST,
        "question_no": question_no,
        "client_message_id": uuid.uuid4(),
    }
    return client.post(reverse("interview_answer", args=[session.pk]), fields)


def wait(session: InterviewSession, text: str = REQUEST, **options: Any) -> Any:
    """Send it as somebody who waits for the reply."""
    return send(session, text, is_waiting=True, **options)


def complete_claimed(receipt: Any) -> None:
    """Complete it as the request that received it does."""
    async_to_sync(complete_turn)(turn_id=receipt.turn.pk, claim=receipt.claim)


def between(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Let this happen after the session was read and before it is written."""
    kept_reply = orchestrator.kept_reply

    def later(**options: Any) -> Any:
        made = kept_reply(**options)
        change()
        return made

    monkeypatch.setattr(orchestrator, "kept_reply", later)


def statements(captured: CaptureQueriesContext) -> tuple[list[str], int]:
    """Return the beginnings of the statements, and how many commits there were."""
    said = [str(query["sql"]) for query in captured.captured_queries]
    commits = sum(sql == "COMMIT" for sql in said)
    return [s for s in said if not s.startswith(("BEGIN", "COMMIT"))], commits


# What it costs


def test_a_form_answered_from_the_cache_takes_one_commit(
    asked: InterviewSession, client: Client
) -> None:
    question_no = open_question_no(asked)
    post(client, asked, question_no)

    with CaptureQueriesContext(connection) as captured:
        response = post(client, asked, question_no)

    said, commits = statements(captured)
    assert response.status_code == 302
    assert commits == 1
    assert [sql.split()[0] for sql in said] == [
        *["SELECT"] * 4,
        "UPDATE",
        *["INSERT"] * 4,  # messages, turn, calls, and that the session has changed
    ], said


def test_it_stays_so_however_long_the_interview_is(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    reach_a_follow_up(session)
    clarify(session)
    client, question_no = signed_in(session.user), open_question_no(session)
    post(client, session, question_no)
    counts = []

    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            post(client, session, question_no)
        counts.append((len(statements(captured)[0]), statements(captured)[1]))

    assert counts == [(9, 1)] * 3


@pytest.mark.parametrize("text", [None, "Could you repeat that?"])
def test_any_other_message_is_committed_by_itself_and_its_reply_once(
    asked: InterviewSession, text: str | None
) -> None:
    with CaptureQueriesContext(connection) as receiving:
        receipt = wait(asked, text) if text else send(asked, is_waiting=True)
    with CaptureQueriesContext(connection) as completing:
        complete_claimed(receipt)

    assert receipt.turn.state == Turn.State.PENDING
    assert statements(receiving)[1] == 1
    assert statements(completing)[1] == 1
    receipt.turn.refresh_from_db()
    assert (receipt.turn.state, receipt.turn.fence) == (Turn.State.DONE, 1)


# What is written


def begin(user: User) -> InterviewSession:
    return begin_interview(user=user, setup=SETUP, seed=7, now=timezone.now())


def rows(session: InterviewSession, receipt: Any) -> dict[str, Any]:
    """Return everything a turn has written but ids, places and times."""
    turn = Turn.objects.get(pk=receipt.turn.pk)
    said, reply = turn.message, reply_to(receipt)
    call = ModelCall.objects.get(turn=turn)
    session.refresh_from_db()

    def columns(row: Any, *but: str) -> dict[str, Any]:
        skipped = {"id", "created_at", "received_at", "seq", "digest", *but}
        names = [f.attname for f in row._meta.concrete_fields]
        return {n: getattr(row, n) for n in names if n not in skipped}

    return {
        "said": columns(said, "details", "client_message_id"),
        "details": sorted(said.details),
        "reply": columns(reply),
        "turn": columns(
            turn, "message_id", "last_reply_id", "first_words_ms", "completed_ms"
        ),
        "timed": (turn.first_words_ms is None, turn.completed_ms is None),
        "call": columns(call, "turn_id"),
        "seqs": (reply.seq - said.seq, session.message_count - reply.seq),
        "digest": session.digest == reply.digest,
    }


def counters(session: InterviewSession) -> dict[str, int]:
    names = ("revision", "message_count", "avoided_call_count", "model_call_count")
    return {name: getattr(session, name) for name in names}


def test_it_writes_what_a_turn_in_two_steps_writes(
    asked: InterviewSession, speaking_provider: RunningProvider
) -> None:
    before = counters(asked)
    stepwise = rows(asked, clarify(asked))
    between_them = counters(asked)

    receipt = wait(asked)

    assert receipt.turn.state == Turn.State.DONE
    assert rows(asked, receipt) == stepwise
    assert len(speaking_provider.requests) == 1
    after = counters(asked)
    assert {n: after[n] - between_them[n] for n in after} == {
        n: between_them[n] - before[n] for n in before
    }


def test_a_skip_moves_on_with_a_question_from_the_pool(
    asked: InterviewSession, speaking_provider: RunningProvider, bob: User
) -> None:
    pool_is_full = 100
    for _ in range(pool_is_full):
        receipt = wait(begin(bob), "", intent="skip")
        if receipt.turn.state == Turn.State.DONE:
            break
        complete_claimed(receipt)

    reply = reply_to(receipt)
    assert (reply.kind, reply.origin) == (Message.Kind.QUESTION, Message.Origin.CACHE)
    session = InterviewSession.objects.get(pk=receipt.turn.session_id)
    assert session.skipped_count == 1
    assert open_question_no(session) == 2


def test_a_reader_of_another_tab_is_told_the_reply(
    asked: InterviewSession, client: Client
) -> None:
    receipt = wait(asked)

    reading: Reading = read(url_for(client, receipt.turn), client=client)

    assert types(reading)[0] == "message.completed"
    assert types(reading)[-1] == "done"
    outcome = stored_events(turn_id=receipt.turn.pk, after=START)
    assert reading.events[0].data == outcome[0].data
    assert outcome[0].data["cached"] is True


# When something comes in between


def test_a_pause_in_between_is_heeded_and_nothing_is_stored(
    asked: InterviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    between(monkeypatch, lambda: pause_session(session_id=asked.pk, now=timezone.now()))
    count = asked.messages.count()

    with pytest.raises(InterviewPaused):
        wait(asked)

    assert asked.messages.count() == count
    assert not Turn.objects.exclude(state=Turn.State.DONE).exists()


def test_another_message_in_between_is_answered_first(
    asked: InterviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    between(monkeypatch, lambda: clarify(asked))

    receipt = wait(asked)

    assert receipt.turn.state == Turn.State.PENDING
    seqs = list(asked.messages.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    assert receipt.message.seq == len(seqs)


def test_calls_that_are_counted_in_between_stay_counted(
    asked: InterviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid = asked.tokens_in
    call = NewModelCall(task="history.fold", outcome=Outcome.CALL, tokens_in=1_000)
    between(
        monkeypatch,
        lambda: store_background_calls(session=asked, calls=[call], now=timezone.now()),
    )

    receipt = wait(asked)
    complete_claimed(receipt)

    asked.refresh_from_db()
    assert asked.tokens_in == paid + 1_000
    assert asked.avoided_call_count == 1


def test_the_same_form_twice_at_once_is_one_turn(asked: InterviewSession) -> None:
    same_id, question_no = uuid.uuid4(), open_question_no(asked)

    def job() -> Any:
        own = InterviewSession.objects.get(pk=asked.pk)
        return wait(own, client_message_id=same_id, question_no=question_no)

    one, two = at_once([job, job])

    assert one.turn == two.turn
    assert sorted([one.is_replay, two.is_replay]) == [False, True]
    assert asked.messages.filter(client_message_id=same_id).count() == 1


# When it is not at hand


def test_what_is_sent_again_is_no_second_message(asked: InterviewSession) -> None:
    same_id = uuid.uuid4()
    first = wait(asked, client_message_id=same_id)

    again = wait(asked, client_message_id=same_id)

    assert again.is_replay
    assert again.turn == first.turn


def test_a_skip_that_is_sent_again_from_another_form_skips_once(
    asked: InterviewSession,
) -> None:
    question_no = open_question_no(asked)
    send_and_complete(asked, "", intent="skip")

    again = wait(asked, "", intent="skip", question_no=question_no)

    assert again.is_replay
    asked.refresh_from_db()
    assert asked.skipped_count == 1


def test_what_nobody_has_asked_yet_is_stored_and_stays_owed(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    receipt = wait(session)

    assert receipt.turn.state == Turn.State.PENDING
    assert len(speaking_provider.requests) == 0
    complete(receipt)
    assert len(speaking_provider.requests) == 0  # it is for the one who waits
    complete_claimed(receipt)
    assert reply_to(receipt).origin == Message.Origin.LIVE


def test_a_form_whose_process_dies_is_answered_by_another_after_the_lease(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    receipt = wait(session)
    later = timezone.now() + orchestrator.LEASE

    fence = claim_turn(turn_id=receipt.turn.pk, now=later, lease=orchestrator.LEASE)

    assert fence == 2
    complete_claimed(receipt)
    receipt.turn.refresh_from_db()
    assert receipt.turn.state == Turn.State.PENDING  # the first came too late


def test_what_is_sent_again_is_not_claimed_by_the_second(
    session: InterviewSession, speaking_provider: RunningProvider
) -> None:
    same_id = uuid.uuid4()
    first = wait(session, client_message_id=same_id)

    again = wait(session, client_message_id=same_id)

    assert again.turn == first.turn
    assert (first.claim, again.claim) == (1, None)


def test_without_redis_the_message_is_stored_and_its_reply_owed(
    asked: InterviewSession, own_redis: StoppableRedis, settings: Any
) -> None:
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": own_redis.url}
    }
    own_redis.stop()

    receipt = wait(asked)

    assert receipt.turn.state == Turn.State.PENDING
