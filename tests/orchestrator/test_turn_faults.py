"""A turn when something breaks: what was stored stays, and somebody goes on with it."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import OperationalError, connection
from django.utils import timezone

from interviewer import tasks
from interviewer.orchestrator import orchestrator
from interviewer.orchestrator import reply_requests as reply_module
from interviewer.orchestrator.announcing import stored_events
from interviewer.orchestrator.background import finish_launched_turns, launch_turn
from interviewer.orchestrator.events import START
from interviewer.orchestrator.turn_log import local_log
from interviewer.web import lifespan
from sessions_app.models import InterviewSession, Message, Turn
from sessions_app.services import turns
from tests.interviews import complete, send, send_and_complete
from tests.streams import running_application

LEASE = datetime.timedelta(seconds=20)


def told(turn: Turn) -> list[str]:
    """Return the types of the events that readers of this process got."""
    turn_log = local_log(turn_id=turn.pk)
    if turn_log is None:
        return []
    events = async_to_sync(turn_log.after)(START, timeout=0)
    return [event.type for event in events]


class Refusing:
    """A database that refuses the statements that begin so."""

    def __init__(self, *beginnings: str) -> None:
        self._beginnings = beginnings

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(self._beginnings):
            raise OperationalError("the connection is lost")
        return execute(sql, *rest)


UPDATE_TURN = 'UPDATE "sessions_app_turn"'


def test_a_turn_that_cannot_be_claimed_stays_owed(session: InterviewSession) -> None:
    receipt = send(session)

    with connection.execute_wrapper(Refusing(UPDATE_TURN)):
        complete(receipt)

    receipt.turn.refresh_from_db()
    assert (receipt.turn.state, receipt.turn.fence) == (Turn.State.PENDING, 0)
    complete(receipt)
    receipt.turn.refresh_from_db()
    assert receipt.turn.state == Turn.State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_turn_that_cannot_even_be_given_back_is_taken_up_after_its_lease(
    session: InterviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = send(session)

    def lose_the_database() -> None:
        connection.execute_wrappers.append(Refusing("UPDATE", "INSERT"))
        raise OperationalError("the connection is lost")

    async def make_reply(**_: Any) -> None:
        await sync_to_async(lose_the_database)()

    with monkeypatch.context() as broken:
        broken.setattr(orchestrator, "make_reply", make_reply)
        complete(receipt)
    connection.execute_wrappers.pop()

    assert told(receipt.turn) == ["turn.failed", "done"]
    receipt.turn.refresh_from_db()
    assert receipt.turn.claimed_until is not None
    later = receipt.turn.claimed_until + datetime.timedelta(seconds=1)
    assert turns.claim_turn(turn_id=receipt.turn.pk, now=later, lease=LEASE) == 2


def test_a_failure_after_the_commit_is_no_failure_of_the_turn(
    session: InterviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = send(session)

    async def break_down(**_: Any) -> None:
        raise RuntimeError("the template is broken")

    with monkeypatch.context() as broken:
        broken.setattr(orchestrator, "announce_outcome", break_down)
        complete(receipt)

    receipt.turn.refresh_from_db()
    assert receipt.turn.state == Turn.State.DONE
    assert "turn.failed" not in told(receipt.turn)
    outcome = stored_events(turn_id=receipt.turn.pk, after=START)
    assert outcome[0].type == "message.completed"


def test_W3_a_turn_that_kills_its_process_is_set_aside_after_some_attempts(
    session: InterviewSession,
) -> None:
    turn = send(session).turn
    now = timezone.now()
    for attempt in range(turns.MAX_CLAIMS):
        assert turns.claim_turn(turn_id=turn.pk, now=now, lease=LEASE) == attempt + 1
        now += 2 * LEASE

    assert turns.claim_turn(turn_id=turn.pk, now=now, lease=LEASE) is None
    assert turns.fail_deadly_turns(now=now) == 1

    turn.refresh_from_db()
    assert turn.state == Turn.State.FAILED
    assert stored_events(turn_id=turn.pk, after=START)[0].type == "turn.failed"
    assert turns.retry_turn(session=session) == turn
    fence = turns.claim_turn(turn_id=turn.pk, now=now, lease=LEASE)
    assert fence == turns.MAX_CLAIMS + 2


def test_a_turn_in_its_last_attempt_is_not_set_aside(session: InterviewSession) -> None:
    turn = send(session).turn
    Turn.objects.update(fence=turns.MAX_CLAIMS - 1)
    now = timezone.now()
    turns.claim_turn(turn_id=turn.pk, now=now, lease=LEASE)

    assert turns.fail_deadly_turns(now=now) == 0


def test_the_sweep_completes_what_was_left_behind(session: InterviewSession) -> None:
    turn = send(session).turn
    earlier = timezone.now() - 2 * LEASE
    Turn.objects.update(received_at=earlier, fence=1, claimed_until=earlier + LEASE)

    tasks.sweep()

    turn.refresh_from_db()
    assert (turn.state, turn.fence) == (Turn.State.DONE, 2)
    assert session.messages.latest("seq").role == Message.Role.INTERVIEWER


def test_the_sweep_leaves_alone_what_is_being_made(session: InterviewSession) -> None:
    turn = send(session).turn
    now = timezone.now()
    Turn.objects.update(received_at=now - LEASE, fence=1, claimed_until=now + LEASE)

    tasks.sweep()

    turn.refresh_from_db()
    assert (turn.state, turn.fence) == (Turn.State.PENDING, 1)


def test_C7_the_sweep_twice_is_the_sweep_once(session: InterviewSession) -> None:
    send(session)
    Turn.objects.update(received_at=timezone.now() - 2 * LEASE)

    tasks.sweep()
    count = session.messages.count()
    tasks.sweep()

    assert session.messages.count() == count == 4


def test_a_deadline_ends_a_reply_that_does_not_come(
    session: InterviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    class SilentEngine:
        name = "silent"
        version = "1"

        async def words(self, **_: object) -> AsyncIterator[str]:
            await asyncio.Event().wait()
            yield ""

    receipt = send(session)
    monkeypatch.setattr(orchestrator, "TURN_DEADLINE_SECONDS", 0.5)
    monkeypatch.setattr(reply_module, "conversation_engine", SilentEngine)

    complete(receipt)

    receipt.turn.refresh_from_db()
    assert receipt.turn.state == Turn.State.PENDING
    assert receipt.turn.claimed_until is None
    assert told(receipt.turn)[-2:] == ["turn.failed", "done"]


@pytest.mark.django_db(transaction=True)
def test_W2_a_server_that_stops_finishes_the_turns_it_has_begun(
    session: InterviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifespan, "DRAIN_SECONDS", 30)  # machines of tests are slow
    send_and_complete(session)  # from here on nothing is loaded for the first time
    turn = send(session).turn

    async def scenario() -> None:
        async with running_application():
            assert launch_turn(turn_id=turn.pk)

    asyncio.run(scenario())

    turn.refresh_from_db()
    assert turn.state == Turn.State.DONE


def test_a_server_without_turns_stops_at_once() -> None:
    asyncio.run(finish_launched_turns(seconds=60))
