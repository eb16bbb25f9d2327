"""Streams of turn events: who may read them, what they say, and how they end."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory
from django.utils import timezone

from interviewer.agents.embedded import EmbeddedEngine
from interviewer.orchestrator import reply_requests as reply_module
from interviewer.orchestrator.background import finish_launched_turns
from interviewer.orchestrator.start import begin_interview
from interviewer.orchestrator.turn_log import drop_log, local_log
from interviewer.web import stream_slots, stream_tokens, streaming
from interviewer.web.stream_slots import STREAMS_PER_PERSON
from interviewer.web.stream_tokens import stream_url
from sessions_app.models import InterviewSession, Turn, User
from tests.interviews import SETUP, complete, send, send_and_complete
from tests.people import make_user
from tests.streams import Reading, in_thread, read_events, running_application

pytestmark = pytest.mark.django_db(transaction=True)

OTHER_VERBS = ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class HeldEngine(EmbeddedEngine):
    """Says the first words and holds the rest back until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.is_released = asyncio.Event()

    async def words(self, **options: Any) -> AsyncIterator[str]:
        yield "First words, "
        await self.is_released.wait()
        yield "and the rest."


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def turn(session: InterviewSession) -> Turn:
    return send(session).turn


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url_for(client: Client, turn: Turn, *, session_id: uuid.UUID | None = None) -> str:
    """Return the address that the room would give to this login."""
    request = RequestFactory().get("/")
    request.COOKIES = {k: morsel.value for k, morsel in client.cookies.items()}
    request.user = client.get("/").context["user"] or AnonymousUser()
    return stream_url(
        request=request, session_id=session_id or turn.session_id, turn_id=turn.pk
    )


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def within_application() -> Any:
        async with running_application():
            return await scenario()

    return asyncio.run(within_application())


def read(url: str, **options: Any) -> Reading:
    """Read a stream to its end."""

    async def scenario() -> Reading:
        return await Reading(url, **options).to_the_end()

    reading: Reading = run(scenario)
    return reading


def types(reading: Reading) -> list[str]:
    return [event.type for event in reading.events]


def forget_logs(turn: Turn) -> None:
    """Leave the database as the only one who knows how the turn went."""
    turn_log = local_log(turn_id=turn.pk)
    if turn_log is not None:
        drop_log(turn_log=turn_log)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()


def held_engine(monkeypatch: pytest.MonkeyPatch) -> HeldEngine:
    engine = HeldEngine()
    monkeypatch.setattr(reply_module, "conversation_engine", lambda: engine)
    return engine


# --- What is said ---------------------------------------------------------------------


def test_opening_the_stream_of_a_stored_answer_makes_the_reply(
    client: Client, turn: Turn
) -> None:
    reading = read(url_for(client, turn), client=client)

    assert reading.status == 200
    assert reading.is_complete
    assert types(reading)[0] == "reset"
    assert types(reading)[-2:] == ["session.updated", "done"]
    turn.refresh_from_db()
    assert turn.state == Turn.State.DONE
    assert turn.last_reply is not None
    assert reading.text == turn.last_reply.content


def test_the_headers_forbid_caches_and_buffers_and_embedding(
    client: Client, turn: Turn
) -> None:
    headers = read(url_for(client, turn), client=client).headers

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-store, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_the_first_line_tells_browsers_when_to_come_back(
    client: Client, turn: Turn
) -> None:
    reading = read(url_for(client, turn), client=client)

    assert reading.body.startswith(b"retry: 1000\n\n")


def test_two_readers_get_the_same_words_of_one_generation(
    client: Client, turn: Turn
) -> None:
    url = url_for(client, turn)

    async def scenario() -> list[Reading]:
        readings = [Reading(url, client=client) for _ in range(2)]
        return [await reading.to_the_end() for reading in readings]

    first, second = run(scenario)

    assert first.events == second.events
    turn.refresh_from_db()
    assert turn.fence == 1


def test_generation_goes_on_when_its_reader_leaves(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_for(client, turn)

    async def scenario() -> tuple[Reading, Reading]:
        engine = held_engine(monkeypatch)
        first = Reading(url, client=client)
        await first.until(lambda reading: reading.text == "First words, ")
        await first.leave()
        engine.is_released.set()
        last_id = first.events[-1].id
        second = Reading(url, client=client, last_event_id=last_id)
        return first, await second.to_the_end()

    first, second = run(scenario)

    assert not first.is_complete
    assert first.text + second.text == "First words, and the rest."
    turn.refresh_from_db()
    assert turn.fence == 1


def test_S1_a_reader_cut_off_at_any_byte_gets_the_whole_text_when_it_returns(
    client: Client, turn: Turn
) -> None:
    url = url_for(client, turn)
    whole = read(url, client=client)
    ids = sorted({last_id(whole.body[:cut]) for cut in range(len(whole.body) + 1)})

    async def scenario() -> list[Reading]:
        return [
            await Reading(url, client=client, last_event_id=id_).to_the_end()
            for id_ in ids
        ]

    readings = dict(zip(ids, run(scenario), strict=True))

    assert len(ids) == len(whole.events) + 1
    for cut in range(len(whole.body) + 1):
        before = read_events(whole.body[:cut])
        after = readings[last_id(whole.body[:cut])].events
        if before == whole.events:
            assert [event.type for event in after] == ["done"]
        else:
            assert before + after == whole.events


def last_id(body: bytes) -> str:
    events = read_events(body)
    return events[-1].id if events else ""


def test_a_reader_who_comes_long_after_the_end_is_told_the_outcome(
    client: Client, turn: Turn
) -> None:
    url = url_for(client, turn)
    whole = read(url, client=client)
    forget_logs(turn)

    reading = read(url, client=client)

    known = [event for event in whole.events if event.type not in ("reset", "delta")]
    assert [event.id for event in reading.events] == [event.id for event in known]
    assert types(reading)[-1] == "done"
    assert "message.completed" in types(reading)


def test_a_reader_who_heard_the_end_is_told_so_again_and_no_more(
    client: Client, turn: Turn
) -> None:
    url = url_for(client, turn)
    end = read(url, client=client).events[-1]

    here = read(url, client=client, last_event_id=end.id)
    forget_logs(turn)
    elsewhere = read(url, client=client, last_event_id=end.id)

    assert here.events == elsewhere.events == [end]
    assert here.is_complete
    assert elsewhere.is_complete


@pytest.mark.parametrize("odd", ["", "x", "1", "1-", "-1", "1-2-3", "1-1\n", "٣-١"])
def test_an_odd_last_event_id_means_the_beginning(
    odd: str, client: Client, turn: Turn
) -> None:
    # The first reader starts the turn; under load it gets the end from the database.
    read(url_for(client, turn), client=client)
    whole = read(url_for(client, turn), client=client)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies['sessionid'].value}"
    odd = odd.encode("utf-8").decode("latin-1")

    again = read(url_for(client, turn), cookie=cookie, last_event_id=odd)

    assert again.events == whole.events


def test_a_turn_that_failed_for_good_says_so(client: Client, turn: Turn) -> None:
    Turn.objects.update(state=Turn.State.FAILED, fence=5)

    reading = read(url_for(client, turn), client=client)

    assert types(reading) == ["turn.failed", "done"]
    # True of an answer and of a question to the coach.
    assert reading.events[0].data["message"] == (
        "What you sent is saved. The reply could not be written. Press Retry."
    )


def test_quiet_streams_send_heartbeats(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "QUIET_SECONDS", 0.01)
    monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 0.02)
    url = url_for(client, turn)

    async def scenario() -> Reading:
        engine = held_engine(monkeypatch)
        reading = Reading(url, client=client)
        await reading.until(lambda it: it.body.count(b": still here\n\n") >= 3)
        engine.is_released.set()
        return await reading.to_the_end()

    reading = run(scenario)

    assert reading.text == "First words, and the rest."


def test_a_turn_whose_generator_died_is_made_while_its_reader_waits(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 0)
    monkeypatch.setattr(streaming, "RIGHTS_SECONDS", 600)
    url = url_for(client, turn)
    long_ago, later = "2020-01-01T00:00Z", "2199-01-01T00:00Z"
    Turn.objects.update(fence=1, claimed_until=later)

    async def scenario() -> Reading:
        reading = Reading(url, client=client)
        await reading.until(lambda it: b"still here" in it.body)
        await finish_launched_turns(seconds=20)  # in vain: somebody else has it
        await in_thread(lambda: Turn.objects.update(claimed_until=long_ago))
        monkeypatch.setattr(streaming, "RIGHTS_SECONDS", 0)
        return await reading.to_the_end()

    reading = run(scenario)

    assert types(reading)[-1] == "done"
    assert {event.id.partition("-")[0] for event in reading.events} == {"2"}


# --- Who may read ---------------------------------------------------------------------


@pytest.mark.parametrize("verb", OTHER_VERBS)
def test_only_get_is_allowed(verb: str, client: Client, turn: Turn) -> None:
    reading = read(url_for(client, turn), client=client, method=verb)

    assert (reading.status, reading.headers["allow"]) == (405, "GET")
    assert reading.body == b""


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "%00", "%ff%fe", "." * 5_000])
def test_a_bad_token_is_refused(token: str, client: Client, turn: Turn) -> None:
    path = url_for(client, turn).partition("?")[0]

    assert read(f"{path}?token={token}", client=client).status == 401
    assert read(path, client=client).status == 401


def test_a_token_is_good_for_a_while_only(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_for(client, turn)
    monkeypatch.setattr(stream_tokens, "MAX_AGE_SECONDS", -1)

    assert read(url, client=client).status == 401


def test_a_token_made_for_another_purpose_is_refused(
    client: Client, turn: Turn
) -> None:
    path, _, token = url_for(client, turn).partition("?token=")
    content = signing.TimestampSigner(salt="turn-events").unsign_object(token)
    forged = signing.TimestampSigner(salt="other").sign_object(content)

    assert read(f"{path}?token={forged}", client=client).status == 401


def test_A1_another_persons_login_opens_nothing_with_a_copied_address(
    client: Client, turn: Turn, bob: User
) -> None:
    url = url_for(client, turn)

    assert read(url, client=signed_in(bob)).status == 401
    assert read(url).status == 401
    # Nor does another login of the same person: the address is for this one.
    assert read(url, client=signed_in(turn.user)).status == 401


def test_A2_a_turn_is_found_under_its_own_session_only(
    client: Client, turn: Turn, session: InterviewSession
) -> None:
    foreign = url_for(client, turn, session_id=uuid.uuid4())

    assert read(foreign, client=client).status == 404


def test_A3_anothers_turn_is_as_unknown_as_one_that_does_not_exist(
    turn: Turn, bob: User
) -> None:
    bobs = signed_in(bob)
    unknown = Turn(pk=uuid.uuid4(), session_id=turn.session_id)

    foreign_answer = read(url_for(bobs, turn), client=bobs)
    unknown_answer = read(url_for(bobs, unknown), client=bobs)

    assert foreign_answer.status == unknown_answer.status == 404
    assert foreign_answer.body == unknown_answer.body == b""
    assert foreign_answer.headers == unknown_answer.headers
    turn.refresh_from_db()
    assert turn.fence == 0


@pytest.mark.parametrize("path", ["-" * 36, "f" * 36])
def test_an_address_that_is_no_id_is_unknown(path: str, client: Client) -> None:
    reading = read(f"/interviews/{path}/turns/{path}/events?token=x", client=client)

    assert reading.status == 404


def test_refusals_carry_the_security_headers_too(client: Client, turn: Turn) -> None:
    headers = read(url_for(client, turn)).headers

    assert headers["cache-control"] == "no-store, no-transform"
    assert headers["x-content-type-options"] == "nosniff"


def test_odd_cookies_of_other_programs_do_not_hide_the_login(
    client: Client, turn: Turn
) -> None:
    login = f"{settings.SESSION_COOKIE_NAME}={client.cookies['sessionid'].value}"
    cookie = f'{{"json": 1}}; a[b]=c; =; other="x; {login}; last'

    assert read(url_for(client, turn), cookie=cookie).status == 200


def end_login(client: Client) -> None:
    client.logout()


def disable(client: Client) -> None:
    User.objects.update(is_active=False)


def change_password(client: Client) -> None:
    user = User.objects.get()
    user.set_password("something else entirely")
    user.save()


def delete_person(client: Client) -> None:
    User.objects.all().delete()


def end_login_behind_the_cache(client: Client) -> None:
    Session.objects.all().delete()


ENDINGS = [
    end_login,
    disable,
    change_password,
    delete_person,
    end_login_behind_the_cache,
]


@pytest.mark.parametrize("ending", ENDINGS)
def test_A4_a_login_that_has_ended_opens_nothing(
    ending: Callable[[Client], None], client: Client, turn: Turn
) -> None:
    url = url_for(client, turn)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies['sessionid'].value}"
    ending(client)

    assert read(url, cookie=cookie).status == 401


@pytest.mark.parametrize("ending", ENDINGS)
def test_A4_a_stream_is_closed_when_its_login_ends(
    ending: Callable[[Client], None],
    client: Client,
    turn: Turn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streaming, "QUIET_SECONDS", 0.01)
    monkeypatch.setattr(streaming, "RIGHTS_SECONDS", 0.01)
    url = url_for(client, turn)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies['sessionid'].value}"

    async def scenario() -> Reading:
        engine = held_engine(monkeypatch)
        reading = Reading(url, cookie=cookie)
        await reading.until(lambda it: it.text == "First words, ")
        await in_thread(ending, client)
        await reading.to_the_end()
        engine.is_released.set()
        return reading

    reading = run(scenario)

    assert reading.is_complete
    assert reading.text == "First words, "
    assert "done" not in types(reading)


def test_C6_a_stream_ends_when_the_interview_is_deleted(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "QUIET_SECONDS", 0.01)
    url = url_for(client, turn)
    Turn.objects.update(claimed_until="2199-01-01T00:00Z")  # made by another process

    async def scenario() -> Reading:
        reading = Reading(url, client=client)
        await reading.until(lambda it: it.status == 200)
        await in_thread(lambda: InterviewSession.objects.all().delete())
        return await reading.to_the_end()

    reading = run(scenario)

    assert reading.is_complete
    assert reading.events == []


# --- What may go wrong ----------------------------------------------------------------


def test_S4_the_third_stream_of_a_person_is_refused_until_another_ends(
    alice: User,
    client: Client,
    bob: User,
    turn: Turn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = url_for(client, turn)
    another = begin_interview(user=alice, setup=SETUP, seed=8, now=timezone.now())
    another_url = url_for(client, send(another).turn)
    bobs_client = signed_in(bob)
    bobs = begin_interview(user=bob, setup=SETUP, seed=1, now=timezone.now())
    bobs_url = url_for(bobs_client, send(bobs).turn)

    async def scenario() -> list[Reading]:
        engine = held_engine(monkeypatch)
        both = [Reading(url, client=client) for _ in range(STREAMS_PER_PERSON)]
        for reading in both:
            await reading.until(lambda it: it.text == "First words, ")
        third = await Reading(another_url, client=client).to_the_end()
        elses = Reading(bobs_url, client=bobs_client)
        await elses.until(lambda it: it.text == "First words, ")
        await both[0].leave()
        back = Reading(another_url, client=client)
        await back.until(lambda it: it.text == "First words, ")
        engine.is_released.set()
        return [third, await elses.to_the_end(), await back.to_the_end()]

    third, elses, back = run(scenario)

    assert third.status == 429
    assert b"Load this page again" in third.body
    assert third.headers["retry-after"] == "5"
    assert elses.is_complete
    assert back.is_complete


def test_S4_a_reader_who_comes_back_is_never_refused_for_its_former_connections(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_for(client, turn)

    async def scenario() -> list[Reading]:
        engine = held_engine(monkeypatch)
        readings = [await Reading(url, client=client).until(has_first_words)]
        seen = last_id(readings[0].body)
        for _ in range(10):  # none of them leaves: the server may hear of it late
            again = Reading(url, client=client, last_event_id=seen)
            readings.append(await again.until(lambda it: it.status != 0))
        engine.is_released.set()
        return [await reading.to_the_end() for reading in readings]

    readings = run(scenario)

    assert {reading.status for reading in readings} == {200}
    assert types(readings[-1])[-1] == "done"
    *replaced, _, _ = readings
    assert {types(reading)[-1] for reading in replaced} == {"crowded"}
    assert all(reading.is_complete for reading in readings)


def has_first_words(reading: Reading) -> bool:
    return reading.text == "First words, "


def test_S4_connections_of_one_reader_that_come_at_once_are_all_let_in(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_for(client, turn)

    async def scenario() -> list[Reading]:
        engine = held_engine(monkeypatch)
        readings = [Reading(url, client=client) for _ in range(5)]
        for reading in readings:
            await reading.until(lambda it: it.status != 0)
        engine.is_released.set()
        return [await reading.to_the_end() for reading in readings]

    readings = run(scenario)

    assert {reading.status for reading in readings} == {200}
    ends = sorted(types(reading)[-1] for reading in readings)
    assert ends == ["crowded"] * 3 + ["done"] * 2


def test_S4_in_a_full_process_too_a_reader_can_come_back(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_slots, "STREAMS_PER_PROCESS", 1)
    url = url_for(client, turn)

    async def scenario() -> Reading:
        engine = held_engine(monkeypatch)
        await Reading(url, client=client).until(has_first_words)
        again = await Reading(url, client=client).until(has_first_words)
        engine.is_released.set()
        return await again.to_the_end()

    assert types(run(scenario))[-1] == "done"


def test_S4_a_full_process_asks_to_come_back(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_slots, "STREAMS_PER_PROCESS", 0)

    reading = read(url_for(client, turn), client=client)

    assert reading.status == 503
    assert reading.headers["retry-after"] == "5"


def test_S3_a_reader_that_takes_nothing_is_dropped(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "WRITE_SECONDS", 0.05)
    url = url_for(client, turn)

    async def scenario() -> Reading:
        engine = held_engine(monkeypatch)
        reading = Reading(url, client=client)
        await reading.until(lambda it: it.text == "First words, ")
        reading.stop_taking()
        engine.is_released.set()
        return await reading.to_the_end()

    reading = run(scenario)

    assert not reading.is_complete
    turn.refresh_from_db()
    assert turn.state == Turn.State.DONE


def refuse(*_: Any) -> None:
    raise DatabaseError("away")


def test_D2_without_its_database_a_stream_asks_to_come_back(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_for(client, turn)
    monkeypatch.setattr(streaming, "is_signed_in", lambda **_: refuse())

    reading = read(url, client=client)

    assert reading.status == 503
    assert reading.headers["retry-after"] == "5"


def test_D2_a_stream_whose_database_goes_away_ends_cleanly_and_can_go_on(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "QUIET_SECONDS", 0.01)
    url = url_for(client, turn)

    async def scenario() -> tuple[Reading, Reading]:
        engine = held_engine(monkeypatch)
        with monkeypatch.context() as outage:
            first = Reading(url, client=client)
            await first.until(lambda it: it.text == "First words, ")
            outage.setattr(streaming, "RIGHTS_SECONDS", 0)
            outage.setattr(streaming, "is_signed_in", lambda **_: refuse())
            await first.to_the_end()
        engine.is_released.set()
        back = Reading(url, client=client, last_event_id=first.events[-1].id)
        return first, await back.to_the_end()

    first, back = run(scenario)

    assert first.is_complete
    assert first.text + back.text == "First words, and the rest."


def test_a_stream_holds_no_database_connection_while_it_waits(
    client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("counted by the server, which SQLite has not")
    url = url_for(client, turn)
    Turn.objects.update(claimed_until="2199-01-01T00:00Z")
    pool = connection.pool

    async def scenario() -> int:
        readings = [Reading(url, client=client) for _ in range(20)]
        for reading in readings:
            await reading.until(lambda it: it.body != b"")
        in_use = pool.get_stats()["pool_size"] - pool.get_stats()["pool_available"]
        for reading in readings:
            await reading.leave()
        return in_use

    connection.close()

    assert run(scenario) < 20


def test_a_completed_turn_of_an_earlier_question_can_still_be_read(
    client: Client, session: InterviewSession
) -> None:
    first = send_and_complete(session).turn
    complete(send(session))

    reading = read(url_for(client, first), client=client)

    seqs = [e.data["seq"] for e in reading.events if e.type == "message.completed"]
    assert seqs == [4]


def test_a_guest_reads_like_anybody_else(session: InterviewSession) -> None:
    guest = User.objects.create_guest()
    InterviewSession.objects.update(user=guest)
    session.messages.update(user=guest)
    turn = send(session).turn
    make_user(email="somebody@example.org")
    client = signed_in(guest)

    assert types(read(url_for(client, turn), client=client))[-1] == "done"
