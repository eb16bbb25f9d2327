"""Events and their ids, and the log that keeps them in order."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.orchestrator import turn_log as turn_log_module
from interviewer.orchestrator.events import OUTCOME_FROM, START, Event, EventId
from interviewer.orchestrator.turn_log import TurnLog, drop_log, local_log, open_log

numbers = st.integers(min_value=0, max_value=999_999_999)
ids = st.builds(EventId, numbers, numbers)


@pytest.fixture(autouse=True)
def nobody_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    async def keep(**_: Any) -> None:
        """Copy nothing: what other processes get is told in test_relay."""

    monkeypatch.setattr(turn_log_module.redis_streams, "publish", keep)


@pytest.fixture
def no_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_log_module, "_logs", OrderedDict())


def new_log(*, fence: int = 1) -> TurnLog:
    return TurnLog(turn_id=uuid.uuid4(), fence=fence)


async def write(turn_log: TurnLog, count: int) -> None:
    for number in range(count):
        await turn_log.append("delta", {"text": str(number)})


def words(events: list[Event]) -> list[str]:
    return [event.data["text"] for event in events]


# --- Ids ------------------------------------------------------------------------------


@given(ids)
def test_an_id_is_read_as_it_was_written(id_: EventId) -> None:
    assert EventId.parse(str(id_)) == id_


@given(st.none() | st.text())
def test_whatever_a_reader_sends_names_a_position(text: str | None) -> None:
    assert EventId.parse(text) >= START


@given(ids, ids)
def test_a_later_claim_is_greater_whatever_its_number(
    one: EventId, two: EventId
) -> None:
    assert EventId(one.fence, one.number) < EventId(one.fence + 1, two.number)


def test_ten_comes_after_nine() -> None:
    assert EventId.parse("1-10") > EventId.parse("1-9")


# --- On the wire ----------------------------------------------------------------------

LINE_ENDS = [
    "\n",
    "\r",
    "\r\n",
    "\n\nevent: done\ndata: {}\n\n",
    "\u2028",
    "\x85",
    "\0",
]


@pytest.mark.parametrize("odd", LINE_ENDS)
def test_M9_text_with_line_ends_stays_in_its_own_event(odd: str) -> None:
    event = Event(EventId(1, 2), "delta", {"text": f"a{odd}b"})

    lines = event.encode().split(b"\n")

    assert lines[:2] == [b"id: 1-2", b"event: delta"]
    assert lines[3:] == [b"", b""]
    assert b"\r" not in lines[2]
    assert json.loads(lines[2].removeprefix(b"data: ")) == {"text": f"a{odd}b"}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_every_text_is_one_line_and_comes_back_unaltered(text: str) -> None:
    encoded = Event(EventId(1, 1), "delta", {"text": text}).encode()

    head, data, *rest = encoded.split(b"\ndata: ")
    assert rest == []
    assert head == b"id: 1-1\nevent: delta"
    assert json.loads(data) == {"text": text}


# --- The log --------------------------------------------------------------------------


def test_a_reader_at_any_position_gets_exactly_what_follows() -> None:
    async def scenario() -> None:
        turn_log = new_log()
        await write(turn_log, 5)
        for number in range(5):
            after = await turn_log.after(EventId(1, number), timeout=0)
            assert words(after) == ["0", "1", "2", "3", "4"][number:]
        assert await turn_log.after(EventId(1, 5), timeout=0) == []

    asyncio.run(scenario())


def test_a_reader_of_an_earlier_claim_gets_the_whole_of_this_one() -> None:
    async def scenario() -> None:
        turn_log = new_log(fence=3)
        await write(turn_log, 2)
        assert words(await turn_log.after(EventId(2, 99), timeout=0)) == ["0", "1"]
        assert await turn_log.after(EventId(4, 0), timeout=0) == []

    asyncio.run(scenario())


def test_an_outcome_follows_the_words_at_a_number_of_its_own() -> None:
    async def scenario() -> None:
        turn_log = new_log()
        await write(turn_log, 2)
        done = Event(EventId(1, OUTCOME_FROM), "done", {})
        await turn_log.add(done)
        assert await turn_log.after(EventId(1, 2), timeout=0) == [done]
        assert not turn_log.is_over(after=EventId(1, 2))
        assert turn_log.is_over(after=done.id)

    asyncio.run(scenario())


def test_a_waiting_reader_is_woken_by_the_next_event() -> None:
    async def scenario() -> list[Event]:
        turn_log = new_log()
        waiting = asyncio.create_task(turn_log.after(START, timeout=10))
        await asyncio.sleep(0)
        await write(turn_log, 1)
        return await waiting

    assert words(asyncio.run(scenario())) == ["0"]


def test_readers_in_other_threads_are_woken_too() -> None:
    turn_log = new_log()

    async def scenario() -> list[Event]:
        waiting = asyncio.create_task(turn_log.after(START, timeout=10))
        await asyncio.sleep(0)
        await asyncio.to_thread(lambda: asyncio.run(write(turn_log, 1)))
        return await waiting

    assert words(asyncio.run(scenario())) == ["0"]


def test_a_reader_that_gives_up_leaves_nothing_behind() -> None:
    async def scenario() -> None:
        turn_log = new_log()
        assert await turn_log.after(START, timeout=0.001) == []
        waiting = asyncio.create_task(turn_log.after(START, timeout=10))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert turn_log._waiters == set()

    asyncio.run(scenario())


# --- The logs of a process ------------------------------------------------------------


@pytest.mark.usefixtures("no_logs")
def test_a_lost_claim_takes_only_its_own_log_away() -> None:
    turn_id = uuid.uuid4()
    lost = open_log(turn_id=turn_id, fence=1)
    taken_over = open_log(turn_id=turn_id, fence=2)

    drop_log(turn_log=lost)

    assert local_log(turn_id=turn_id) is taken_over


@pytest.mark.usefixtures("no_logs")
@pytest.mark.parametrize("is_finished", [True, False])
def test_only_finished_logs_grow_old(
    is_finished: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_log_module, "KEEP_SECONDS", -1)
    old = open_log(turn_id=uuid.uuid4(), fence=1)
    if is_finished:
        asyncio.run(old.append("done", {}))

    open_log(turn_id=uuid.uuid4(), fence=1)

    assert (local_log(turn_id=old.turn_id) is None) == is_finished


@pytest.mark.usefixtures("no_logs")
def test_a_process_keeps_so_many_logs_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turn_log_module, "MOST_LOGS", 3)

    logs = [open_log(turn_id=uuid.uuid4(), fence=1) for _ in range(10)]

    kept = [log for log in logs if local_log(turn_id=log.turn_id) is log]
    assert kept == logs[-3:]
