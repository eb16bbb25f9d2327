"""Following a turn: from the log here, from Redis, from the database; never with a gap.

"Elsewhere" is another process: its log is written without being served here.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import json
import socket
import threading
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Any

import pytest
import redis

from interviewer.orchestrator import redis_streams, relay
from interviewer.orchestrator.announcing import stored_events
from interviewer.orchestrator.background import finish_launched_turns, launch_turn
from interviewer.orchestrator.events import OUTCOME_FROM, START, Event, EventId
from interviewer.orchestrator.redis_streams import StreamHub
from interviewer.orchestrator.relay import follow_turn
from interviewer.orchestrator.shared_redis import shared_redis
from interviewer.orchestrator.turn_log import TurnLog, drop_log, local_log, open_log
from sessions_app.models import InterviewSession
from tests.interviews import send
from tests.redis_server import StoppableRedis
from tests.streams import in_thread, running_application

DEADLINE_SECONDS = 20
WORDS = ["One ", "two ", "three ", "four."]

Following = AsyncGenerator[Event | None, None]


def follow(
    turn_id: uuid.UUID,
    *,
    after: EventId = START,
    hub: StreamHub | None = None,
    stored: Sequence[Event] = (),
) -> Following:
    """Follow with a database that knows these events of the ended turn."""

    async def stored_outcome(position: EventId) -> list[Event]:
        return [event for event in stored if event.id > position or event.is_last]

    return follow_turn(
        turn_id=turn_id,
        after=after,
        hub=hub or StreamHub(),
        stored_outcome=stored_outcome,
        quiet_seconds=0.01,
    )


async def to_the_end(following: Following) -> list[Event]:
    async with asyncio.timeout(DEADLINE_SECONDS), aclosing(following):
        return [event async for event in following if event is not None]


async def next_event(following: Following) -> Event:
    async with asyncio.timeout(DEADLINE_SECONDS):
        async for event in following:
            if event is not None:
                return event
    raise AssertionError("the stream ended")


async def take(following: Following, count: int) -> list[Event]:
    return [await next_event(following) for _ in range(count)]


def outcome(*, fence: int = 1) -> list[Event]:
    told = [
        ("message.completed", {"html": "<p>"}),
        ("session.updated", {}),
        ("done", {}),
    ]
    return [
        Event(EventId(fence, OUTCOME_FROM + number), type_, data)
        for number, (type_, data) in enumerate(told)
    ]


async def begin(turn_log: TurnLog) -> None:
    await turn_log.append("reset", {})


async def speak(turn_log: TurnLog, words: Sequence[str] = WORDS) -> None:
    for word in words:
        await turn_log.append("delta", {"text": word})


async def end(turn_log: TurnLog, *, fence: int = 1) -> None:
    for event in outcome(fence=fence):
        await turn_log.add(event)


async def write_whole(turn_log: TurnLog, *, fence: int = 1) -> None:
    await begin(turn_log)
    await speak(turn_log)
    await end(turn_log, fence=fence)


def here(*, fence: int = 1, turn_id: uuid.UUID | None = None) -> TurnLog:
    return open_log(turn_id=turn_id or uuid.uuid4(), fence=fence)


def elsewhere(*, fence: int = 1, turn_id: uuid.UUID | None = None) -> TurnLog:
    return TurnLog(turn_id=turn_id or uuid.uuid4(), fence=fence)


def text(events: Sequence[Event]) -> str:
    words = ""
    for event in events:
        words = "" if event.type == "reset" else words + event.data.get("text", "")
    return words


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        try:
            return await scenario()
        finally:
            # What reads from Redis ends by itself when nobody follows any more.
            beside = asyncio.all_tasks() - {asyncio.current_task()}
            if beside:
                await asyncio.wait(beside, timeout=DEADLINE_SECONDS)

    return asyncio.run(whole())


@pytest.fixture(autouse=True)
def short_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_streams, "BLOCK_MS", 20)


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "DATABASE_POLL_SECONDS", 0.05)


# --- Resuming at every cut ------------------------------------------------------------

WHOLE = 1 + len(WORDS) + 3


@pytest.mark.parametrize("place", [here, elsewhere])
@pytest.mark.parametrize("cut", range(WHOLE))
def test_S1_a_reader_cut_off_after_any_event_resumes_without_gap_or_repeat(
    cut: int, place: Callable[[], TurnLog]
) -> None:
    async def scenario() -> None:
        turn_log = place()
        await write_whole(turn_log)
        first = follow(turn_log.turn_id)
        before = await take(first, cut)
        await first.aclose()
        position = before[-1].id if before else START
        after = await to_the_end(follow(turn_log.turn_id, after=position))
        assert (
            len(before + after) == len({event.id for event in before + after}) == WHOLE
        )
        assert text(before + after) == "One two three four."
        assert after[-1].is_last

    run(scenario)


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("cut", range(WHOLE))
def test_S1_a_reader_may_change_over_from_a_log_to_the_database_at_any_event(
    cut: int,
) -> None:
    async def scenario() -> None:
        turn_log = elsewhere()
        await write_whole(turn_log)
        first = follow(turn_log.turn_id)
        before = await take(first, cut)
        await first.aclose()
        await in_thread(shared_redis().flushdb)
        position = before[-1].id if before else START
        after = await to_the_end(
            follow(turn_log.turn_id, after=position, stored=outcome())
        )
        told = [event for event in before + after if event.id.number >= OUTCOME_FROM]
        assert told == outcome()

    run(scenario)


@pytest.mark.parametrize("place", [here, elsewhere])
def test_a_reader_follows_the_words_as_they_are_said(
    place: Callable[[], TurnLog],
) -> None:
    async def scenario() -> None:
        turn_log = place()
        following = follow(turn_log.turn_id)
        await begin(turn_log)
        assert (await next_event(following)).type == "reset"
        for word in WORDS:
            await speak(turn_log, [word])
            assert (await next_event(following)).data == {"text": word}
        await end(turn_log)
        assert await to_the_end(following) == outcome()

    run(scenario)


@pytest.mark.parametrize("place", [here, elsewhere])
def test_a_reader_who_comes_first_misses_nothing(place: Callable[[], TurnLog]) -> None:
    async def scenario() -> list[Event]:
        turn_id = uuid.uuid4()
        reading = asyncio.create_task(to_the_end(follow(turn_id)))
        await asyncio.sleep(0)
        await write_whole(place(turn_id=turn_id))
        return await reading

    assert text(run(scenario)) == "One two three four."


@pytest.mark.parametrize("place", [here, elsewhere])
def test_a_reader_back_after_the_end_is_told_the_end(
    place: Callable[[], TurnLog],
) -> None:
    async def scenario() -> list[Event]:
        turn_log = place()
        await write_whole(turn_log)
        return await to_the_end(
            follow(turn_log.turn_id, after=outcome()[-1].id, stored=outcome())
        )

    assert run(scenario) == outcome()[-1:]


@pytest.mark.usefixtures("short_waits")
def test_without_any_log_the_database_tells_the_outcome() -> None:
    async def scenario() -> list[Event]:
        return await to_the_end(follow(uuid.uuid4(), stored=outcome()))

    assert run(scenario) == outcome()


def test_quiet_spells_are_told_so_that_heartbeats_can_be_sent() -> None:
    async def scenario() -> None:
        turn_log = here()
        following = follow(turn_log.turn_id)
        assert await anext(following) is None
        await begin(turn_log)
        assert (await next_event(following)).type == "reset"
        assert await anext(following) is None
        await following.aclose()

    run(scenario)


@pytest.mark.django_db(transaction=True)
def test_a_real_turn_is_told_alike_from_here_from_redis_and_from_the_database(
    session: InterviewSession,
) -> None:
    turn = send(session).turn

    async def scenario() -> None:
        following = functools.partial(
            follow_turn,
            turn_id=turn.pk,
            hub=StreamHub(),
            stored_outcome=lambda after: in_thread(
                functools.partial(stored_events, turn_id=turn.pk, after=after)
            ),
            quiet_seconds=0.01,
        )
        async with running_application():
            launch_turn(turn_id=turn.pk)
            await finish_launched_turns(seconds=DEADLINE_SECONDS)
        whole = timeless(await to_the_end(following(after=START)))
        turn_log = local_log(turn_id=turn.pk)
        assert turn_log is not None
        drop_log(turn_log=turn_log)
        await follows_from_every_cut(following, whole)
        await in_thread(shared_redis().flushdb)
        stored = [event for event in whole if event.id.number >= OUTCOME_FROM]
        await follows_from_every_cut(following, stored)

    run(scenario)


async def follows_from_every_cut(
    following: Callable[..., Following], whole: list[Event]
) -> None:
    positions = [START, *(event.id for event in whole[:-1])]
    for cut, position in enumerate(positions):
        rest = timeless(await to_the_end(following(after=position)))
        assert rest == whole[cut:]


def timeless(events: Sequence[Event]) -> list[Event]:
    """Leave out what the clock says, which goes on between two readings."""
    return [
        dataclasses.replace(event, data={**event.data, "seconds_left": None})
        for event in events
    ]


# --- Taking over ----------------------------------------------------------------------


@pytest.mark.parametrize("first", [here, elsewhere])
@pytest.mark.parametrize("second", [here, elsewhere])
def test_a_turn_taken_over_begins_anew_for_its_readers(
    first: Callable[..., TurnLog], second: Callable[..., TurnLog]
) -> None:
    async def scenario() -> list[Event]:
        turn_id = uuid.uuid4()
        dead = first(turn_id=turn_id, fence=1)
        await begin(dead)
        await speak(dead, ["A false ", "start"])
        following = follow(turn_id)
        before = await take(following, 3)
        if local_log(turn_id=turn_id) is dead:
            drop_log(turn_log=dead)
        await write_whole(second(turn_id=turn_id, fence=2), fence=2)
        after = await to_the_end(following)
        assert after[0].type == "reset"
        assert min(event.id for event in after) > max(event.id for event in before)
        return before + after

    assert text(run(scenario)) == "One two three four."


def test_an_overtaken_generator_is_heard_by_nobody_elsewhere() -> None:
    async def scenario() -> list[Event]:
        slow = elsewhere(fence=1)
        await begin(slow)
        await speak(slow, ["Too "])
        new = elsewhere(turn_id=slow.turn_id, fence=2)
        await begin(new)
        await speak(slow, ["late"])
        await speak(new)
        await end(new, fence=2)
        return await to_the_end(follow(slow.turn_id))

    events = run(scenario)

    assert {event.id.fence for event in events} == {2}
    assert text(events) == "One two three four."


def test_a_failure_is_not_told_again_once_the_turn_is_tried_again() -> None:
    async def scenario() -> list[Event]:
        failed = elsewhere(fence=1)
        await begin(failed)
        await failed.append("turn.failed", {})
        await failed.append("done", {})
        await write_whole(elsewhere(turn_id=failed.turn_id, fence=2), fence=2)
        return await to_the_end(follow(failed.turn_id))

    assert "turn.failed" not in [event.type for event in run(scenario)]


@pytest.mark.usefixtures("short_waits")
def test_a_reader_who_heard_of_a_failure_hears_of_the_next_attempt() -> None:
    async def scenario() -> list[Event]:
        failed = here(fence=1)
        await begin(failed)
        await failed.append("done", {})
        following = follow(failed.turn_id, after=EventId(1, 2))
        assert await anext(following) is None
        await write_whole(here(turn_id=failed.turn_id, fence=2), fence=2)
        return await to_the_end(following)

    assert text(run(scenario)) == "One two three four."


# --- Readers beside each other --------------------------------------------------------


def test_a_second_reader_gets_what_was_said_before_it_came() -> None:
    async def scenario() -> None:
        hub, turn_log = StreamHub(), elsewhere()
        await begin(turn_log)
        await speak(turn_log)
        first = follow(turn_log.turn_id, hub=hub)
        await take(first, 5)
        # From here on a read waits at the log's end, until the next event.
        for _ in range(10):
            second = follow(turn_log.turn_id, hub=hub)
            joining = asyncio.create_task(next_event(second))
            await asyncio.sleep(0)
            await speak(turn_log, ["More. "])
            assert (await joining).type == "reset"
            await second.aclose()
            assert (await next_event(first)).data == {"text": "More. "}
        await first.aclose()

    run(scenario)


def test_readers_of_different_turns_get_their_own_words() -> None:
    async def scenario() -> list[list[Event]]:
        hub = StreamHub()
        logs = [elsewhere() for _ in range(5)]
        readings = [
            asyncio.create_task(to_the_end(follow(log.turn_id, hub=hub)))
            for log in logs
        ]
        for number, log in enumerate(logs):
            await begin(log)
            await speak(log, [f"Turn {number}"])
            await end(log)
        return [await reading for reading in readings]

    assert [text(events) for events in run(scenario)] == [
        f"Turn {number}" for number in range(5)
    ]


def test_S3_a_slow_reader_is_dropped_and_goes_on_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redis_streams, "QUEUE_LENGTH", 3)
    many = [f"{number} " for number in range(50)]

    async def scenario() -> list[Event]:
        hub, turn_log = StreamHub(), elsewhere()
        slow = follow(turn_log.turn_id, hub=hub)
        joining = asyncio.create_task(next_event(slow))
        await begin(turn_log)
        first = await joining
        quick = asyncio.create_task(to_the_end(follow(turn_log.turn_id, hub=hub)))
        await speak(turn_log, many)
        await end(turn_log)
        assert text(await quick) == "".join(many)
        return [first, *await to_the_end(slow)]

    events = run(scenario)

    assert text(events) == "".join(many)
    assert len(events) == len({event.id for event in events})


def test_nothing_is_read_when_nobody_follows() -> None:
    async def scenario() -> None:
        hub, turn_log = StreamHub(), elsewhere()
        await write_whole(turn_log)
        await to_the_end(follow(turn_log.turn_id, hub=hub))
        assert hub._readers == hub._positions == {}
        assert hub._pump is not None
        await asyncio.wait_for(hub._pump, DEADLINE_SECONDS)

    run(scenario)


# --- Redis in trouble -----------------------------------------------------------------


@pytest.mark.usefixtures("short_waits")
def test_R1_with_redis_stopped_readers_elsewhere_follow_the_database(
    own_redis: StoppableRedis,
) -> None:
    stored: list[Event] = []

    async def scenario() -> tuple[Event, list[Event]]:
        turn_log = elsewhere()
        following = follow(turn_log.turn_id, stored=stored)
        await begin(turn_log)
        first = await next_event(following)
        own_redis.stop()
        await speak(turn_log)
        stored.extend(outcome())
        return first, await to_the_end(following)

    first, rest = run(scenario)

    assert first.type == "reset"
    assert rest == outcome()
    assert redis_streams.is_open()


def test_R1_readers_here_do_not_notice_that_redis_is_away(
    own_redis: StoppableRedis,
) -> None:
    own_redis.stop()

    async def scenario() -> list[Event]:
        turn_log = here()
        await write_whole(turn_log)
        return await to_the_end(follow(turn_log.turn_id))

    assert text(run(scenario)) == "One two three four."


def test_R1_redis_is_used_again_after_its_return(own_redis: StoppableRedis) -> None:
    async def scenario() -> list[Event]:
        own_redis.stop()
        await begin(elsewhere())
        assert redis_streams.is_open()
        own_redis.start()
        shared_redis().connection_pool.breaker.succeeded()  # two seconds later
        turn_log = elsewhere()
        await write_whole(turn_log)
        return await to_the_end(follow(turn_log.turn_id))

    assert text(run(scenario)) == "One two three four."


@pytest.fixture
def black_hole(settings: Any) -> Iterator[list[socket.socket]]:
    """A Redis that takes connections and never answers; the connections it took."""
    taken: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def take_all() -> None:
        while True:
            try:
                taken.append(listener.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=take_all)
    thread.start()
    settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    yield taken
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()
    for connection in taken:
        connection.close()


def test_R2_a_black_hole_costs_one_deadline_and_not_one_per_event(
    black_hole: list[socket.socket],
) -> None:
    async def scenario() -> None:
        turn_log = here()
        await begin(turn_log)
        await speak(turn_log, WORDS * 25)

    run(scenario)

    assert len(black_hole) == 1
    assert redis_streams.is_open()


@pytest.mark.usefixtures("short_waits")
def test_R2_after_a_failure_readers_leave_redis_alone(
    black_hole: list[socket.socket],
) -> None:
    async def scenario() -> list[Event]:
        await begin(elsewhere())
        followed = [follow(uuid.uuid4(), stored=outcome()) for _ in range(20)]
        readings = await asyncio.gather(*map(to_the_end, followed))
        return sum(readings, [])

    assert run(scenario) == outcome() * 20
    assert len(black_hole) == 1


@pytest.mark.parametrize(
    "damaged", [{"other": "field"}, {"type": "delta", "data": "{"}], ids=str
)
def test_R5_a_damaged_entry_sends_readers_to_the_database(
    damaged: dict[Any, Any], own_redis: StoppableRedis
) -> None:
    turn_id = uuid.uuid4()
    with redis.Redis.from_url(own_redis.url) as client:
        client.xadd(redis_streams._key(turn_id), damaged, id="1-1")

    async def scenario() -> list[Event]:
        return await to_the_end(follow(turn_id, stored=outcome()))

    assert run(scenario) == outcome()
    assert redis_streams.is_open()


def test_the_copy_in_redis_has_an_end_of_life_and_holds_what_was_said(
    own_redis: StoppableRedis,
) -> None:
    turn_log = elsewhere()
    run(lambda: write_whole(turn_log))

    with redis.Redis.from_url(own_redis.url, decode_responses=True) as client:
        [key] = client.keys()
        assert 0 < client.ttl(key) <= redis_streams.EXPIRE_SECONDS
        kept = [json.loads(fields["data"]) for _, fields in client.xrange(key)]
    assert kept[1:5] == [{"text": word} for word in WORDS]


@pytest.mark.usefixtures("short_waits")
def test_the_poll_of_the_database_is_not_a_busy_loop(
    own_redis: StoppableRedis,
) -> None:
    own_redis.stop()
    asked = 0

    async def scenario() -> None:
        nonlocal asked

        async def stored_outcome(_: EventId) -> list[Event]:
            nonlocal asked
            asked += 1
            return outcome() if asked == 3 else []

        following = follow_turn(
            turn_id=uuid.uuid4(),
            after=START,
            hub=StreamHub(),
            stored_outcome=stored_outcome,
            quiet_seconds=0.01,
        )
        quiet = 0
        async for event in following:
            quiet += event is None
        assert quiet >= 2

    run(scenario)

    assert asked == 3
