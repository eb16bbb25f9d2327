"""What work outside of turns tells /metrics."""

import asyncio

import pytest
from django.utils import timezone

from interviewer import breaker, telemetry
from interviewer.benchmarks.fake_provider import Fault
from interviewer.benchmarks.fake_provider import faults as kinds
from interviewer.orchestrator.fold import fold_waiting, note_dropped
from interviewer.orchestrator.lease import _TAKE, Lease
from interviewer.orchestrator.models import cheap_model
from interviewer.orchestrator.second_opinions import judge_waiting
from interviewer.orchestrator.single_flight import flight
from tests.interviews import send_and_complete
from tests.orchestrator.conftest import MODEL
from tests.orchestrator.test_history import make_long_session
from tests.people import START


@pytest.fixture
def added():
    """Return how much a figure has grown since this was called first."""

    def value(name, **labels):
        return telemetry.recorded().get_sample_value(name, labels) or 0

    before = {}

    def grown(name, **labels):
        key = (name, *sorted(labels.items()))
        before.setdefault(key, value(name, **labels))
        return value(name, **labels) - before[key]

    return grown


def test_background_calls_and_the_look_ups_before_them(session, provider, added):
    call = {"task": "answer.judge", "outcome": "call"}
    miss = {"namespace": "responses", "result": "miss"}
    added("llm_calls_total", **call)
    added("cache_ops_total", **miss)
    for _ in range(3):
        send_and_complete(session)

    judge_waiting(now=timezone.now())

    assert added("llm_calls_total", **call) == 1
    assert added("cache_ops_total", **miss) == 3


def test_a_models_breaker_is_shown_after_a_run(session, provider):
    for _ in range(3):
        send_and_complete(session)
    for _ in range(5):
        cheap_model()._guard.breaker.failed()

    judge_waiting(now=timezone.now())

    assert cheap_model().breaker_state == breaker.OPEN
    shown = telemetry.recorded().get_sample_value("breaker_state", {"name": MODEL})
    assert shown == 2


def test_folded_blocks_and_facts_without_proof(alice, added):
    make_long_session(alice)
    added("compactions_total")
    added("ledger_dropped_total")

    fold_waiting(now=START)
    note_dropped(count=2)
    note_dropped(count=0)

    assert added("compactions_total") == 1
    assert added("ledger_dropped_total") == 2


def test_requests_that_were_spared_by_another(added):
    added("singleflight_followers_total")

    async def ask(may_answer):
        async with flight(key="figures", find=lambda: None) as flown:
            if flown.is_leader:
                await may_answer.wait()
                await flown.publish("answer")

    async def scenario():
        may_answer = asyncio.Event()
        asking = [asyncio.create_task(ask(may_answer)) for _ in range(4)]
        await asyncio.sleep(0)
        may_answer.set()
        await asyncio.gather(*asking)

    asyncio.run(scenario())

    assert added("singleflight_followers_total") == 3


def test_leases_of_the_dead(added):
    added("lease_takeovers_total")
    # Taken and never renewed: its process is gone.
    Lease(key="dead", token="gone")._run(_TAKE, "gone", 500)

    async def scenario():
        async with flight(key="dead", find=lambda: None) as flown:
            assert flown.is_leader

    asyncio.run(scenario())

    assert added("lease_takeovers_total") == 1


def test_a_failed_call_is_counted_with_its_reason(session, provider, added):
    labels = {"task": "answer.judge", "failure": "wrong_shape"}
    added("llm_failures_total", **labels)
    for _ in range(3):
        send_and_complete(session)
    provider.fail(Fault(kinds.WRONG_SHAPE))

    judge_waiting(now=timezone.now())

    assert added("llm_failures_total", **labels) == 1
