"""One call for many: in a process, between processes, and when somebody dies."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from interviewer.orchestrator import lease as lease_module
from interviewer.orchestrator.lease import _TAKE, Lease, _lease_key
from interviewer.orchestrator.shared_redis import shared_redis
from interviewer.orchestrator.single_flight import flight
from sessions_app.services import flights
from tests.redis_server import StoppableRedis

DEADLINE_SECONDS = 30


class Kept:
    """Where a leader keeps its value, and how often a value was made."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.calls = 0
        self.may_answer = asyncio.Event()

    async def ask(self, key: str = "k") -> str:
        async with flight(key=key, find=lambda: self.values.get(key)) as flown:
            if flown.value is not None:
                return flown.value
            self.calls += 1
            await self.may_answer.wait()
            self.values[key] = f"answer {self.calls}"
            await flown.publish(self.values[key])
            return self.values[key]


@pytest.fixture(autouse=True)
def nobody_under_way() -> Iterator[None]:
    shared_redis().flushdb()
    yield
    assert flights._under_way == {}


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def within_deadline() -> Any:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await scenario()

    return asyncio.run(within_deadline())


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


def somebody_waits() -> bool:
    [(_, waiting)] = shared_redis().pubsub_numsub(lease_module._channel("k"))
    return bool(waiting)


def test_a_hundred_identical_requests_make_one_call() -> None:
    async def scenario() -> tuple[list[str], int]:
        kept = Kept()
        asking = [asyncio.create_task(kept.ask()) for _ in range(100)]
        await until(lambda: kept.calls)
        kept.may_answer.set()
        return await asyncio.gather(*asking), kept.calls

    answers, calls = run(scenario)

    assert calls == 1
    assert answers == ["answer 1"] * 100


def test_different_requests_do_not_wait_for_each_other() -> None:
    async def scenario() -> int:
        kept = Kept()
        asking = [asyncio.create_task(kept.ask(key)) for key in "abc"]
        await until(lambda: kept.calls == 3)
        kept.may_answer.set()
        await asyncio.gather(*asking)
        return kept.calls

    assert run(scenario) == 3


def test_threads_with_loops_of_their_own_share_one_call() -> None:
    kept: dict[str, str] = {}
    calls: list[int] = []
    barrier = threading.Barrier(8)
    answers: list[str | None] = []

    async def ask() -> str | None:
        async with flight(key="k", find=lambda: kept.get("k")) as flown:
            if flown.is_leader:
                calls.append(1)
                kept["k"] = "answer"
                await flown.publish("answer")
                return "answer"
            return flown.value

    def in_thread() -> None:
        barrier.wait()
        answers.append(run(ask))

    threads = [threading.Thread(target=in_thread) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(calls) == 1
    assert answers == ["answer"] * 8


def test_finds_what_landed_between_look_up_and_lead() -> None:
    async def scenario() -> str | None:
        async with flight(key="k", find=lambda: "kept") as flown:
            return flown.value

    assert run(scenario) == "kept"


@pytest.mark.parametrize("way", ["cancel", "fail", "abandon"])
def test_a_follower_leads_when_the_leader_gives_up(way: str) -> None:
    async def scenario() -> str:
        kept = Kept()
        leads, may_end = asyncio.Event(), asyncio.Event()

        async def give_up() -> None:
            async with flight(key="k", find=lambda: None) as flown:
                leads.set()
                await may_end.wait()
                if way == "fail":
                    raise LookupError
                await flown.abandon()

        leader = asyncio.create_task(give_up())
        await leads.wait()
        follower = asyncio.create_task(kept.ask())
        await asyncio.sleep(0)
        if way == "cancel":
            leader.cancel()
        may_end.set()
        kept.may_answer.set()
        answer = await follower
        await asyncio.gather(leader, return_exceptions=True)
        return answer

    assert run(scenario) == "answer 1"
    assert not shared_redis().keys("*lease*")


def test_a_canceled_follower_leaves_the_others_their_answer() -> None:
    async def scenario() -> list[Any]:
        kept = Kept()
        asking = [asyncio.create_task(kept.ask()) for _ in range(3)]
        await until(lambda: kept.calls)
        asking[2].cancel()
        kept.may_answer.set()
        return await asyncio.gather(*asking, return_exceptions=True)

    first, second, canceled = run(scenario)

    assert (first, second) == ("answer 1", "answer 1")
    assert isinstance(canceled, asyncio.CancelledError)


def test_waits_for_another_process_and_finds_what_it_kept() -> None:
    async def scenario() -> tuple[str, int]:
        kept = Kept()
        kept.may_answer.set()
        other = Lease(key="k", token="other process")
        assert await other.take()
        asking = asyncio.create_task(kept.ask())
        await until(
            lambda: shared_redis().pubsub_numsub(lease_module._channel("k"))[0][1]
        )
        kept.values["k"] = "from elsewhere"
        await other.release()
        return await asking, kept.calls

    assert run(scenario) == ("from elsewhere", 0)


def test_leads_at_once_when_another_process_gives_up() -> None:
    async def scenario() -> str:
        kept = Kept()
        kept.may_answer.set()
        other = Lease(key="k", token="other process")
        await other.take()
        asking = asyncio.create_task(kept.ask())
        await until(
            lambda: shared_redis().pubsub_numsub(lease_module._channel("k"))[0][1]
        )
        await other.release()
        return await asking

    assert run(scenario) == "answer 1"


def test_never_gives_back_a_lease_that_it_has_lost() -> None:
    async def scenario() -> None:
        mine = Lease(key="k", token="mine")
        await mine.take()
        shared_redis().set(_lease_key("k"), "somebody else's")
        await mine.release()

    run(scenario)

    assert shared_redis().get(_lease_key("k")) == "somebody else's"


def test_a_lease_is_renewed_while_it_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_module, "LEASE_SECONDS", 0.3)

    async def scenario() -> None:
        mine = Lease(key="k", token="mine")
        await mine.take()
        key = _lease_key("k")
        shared_redis().pexpire(key, 150)
        await until(lambda: shared_redis().pttl(key) > 150)
        await mine.release()

    run(scenario)


def _lead_and_hang(leads: Any) -> None:
    # A process of its own: takes the lease as a leader does, and never lands.
    shared_redis().eval(_TAKE, 1, _lease_key("k"), "doomed", 500)
    leads.set()
    signal.pause()


def test_a_follower_takes_over_when_the_leading_process_is_killed() -> None:
    context = multiprocessing.get_context("fork")
    leads = context.Event()
    process = context.Process(target=_lead_and_hang, args=(leads,))
    process.start()
    assert leads.wait(DEADLINE_SECONDS)

    async def scenario() -> tuple[str, int]:
        kept = Kept()
        kept.may_answer.set()
        asking = asyncio.create_task(kept.ask())
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        return await asking, kept.calls

    assert run(scenario) == ("answer 1", 1)
    process.join()


def test_R1_coordinates_its_own_requests_while_redis_is_away(
    own_redis: StoppableRedis,
) -> None:
    own_redis.stop()

    async def scenario() -> tuple[list[str], int]:
        kept = Kept()
        asking = [asyncio.create_task(kept.ask()) for _ in range(20)]
        await until(lambda: kept.calls)
        kept.may_answer.set()
        return await asyncio.gather(*asking), kept.calls

    assert run(scenario) == (["answer 1"] * 20, 1)


def test_R3_goes_on_when_redis_dies_while_it_waits(own_redis: StoppableRedis) -> None:
    async def scenario() -> str:
        kept = Kept()
        kept.may_answer.set()
        other = Lease(key="k", token="other process")
        await other.take()
        asking = asyncio.create_task(kept.ask())
        await until(
            lambda: shared_redis().pubsub_numsub(lease_module._channel("k"))[0][1]
        )
        own_redis.stop()
        answer = await asking
        await other.release()
        return answer

    assert run(scenario) == "answer 1"


def test_goes_alone_after_waiting_long_enough() -> None:
    async def scenario() -> bool:
        async with (
            flight(key="k", find=lambda: None),
            flight(key="k", find=lambda: None, wait_seconds=0.02) as impatient,
        ):
            return impatient.is_leader

    assert run(scenario)


def test_goes_alone_when_too_much_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flights, "MAX_FLIGHTS", 1)

    async def scenario() -> bool:
        async with (
            flight(key="a", find=lambda: None),
            flight(key="b", find=lambda: None) as other,
        ):
            return other.is_leader

    assert run(scenario)
