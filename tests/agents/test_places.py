import asyncio
import threading

import pytest

from interviewer.agents.places import NoPlace, Places


def test_lets_in_no_more_than_the_bound_from_several_loops():
    places, inside, most = Places(count=2), [], []
    barrier = threading.Barrier(6)
    lock = threading.Lock()

    async def visit():
        for _ in range(20):
            async with places.place(wait_seconds=30):
                with lock:
                    inside.append(1)
                    most.append(len(inside))
                await asyncio.sleep(0)
                with lock:
                    inside.pop()

    def run():
        barrier.wait()
        asyncio.run(visit())

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(most) <= 2
    assert len(most) == 120


def test_gives_up_after_the_time_and_leaves_no_trace():
    places = Places(count=1)

    async def crowd():
        async with places.place(wait_seconds=1):
            with pytest.raises(NoPlace):
                async with places.place(wait_seconds=0.01):
                    pass
        async with places.place(wait_seconds=0):
            return True

    assert asyncio.run(crowd())


def test_a_canceled_waiter_takes_no_place_along():
    places = Places(count=1)

    async def wait():
        async with places.place(wait_seconds=30):
            pass

    async def crowd():
        async with places.place(wait_seconds=1):
            waiter = asyncio.create_task(wait())
            await asyncio.sleep(0)
        waiter.cancel()  # it was handed the place, and never got to know
        with pytest.raises(asyncio.CancelledError):
            await waiter
        async with places.place(wait_seconds=0):
            return True

    assert asyncio.run(crowd())
