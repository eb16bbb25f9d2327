"""Answering a message: with a model that answers at once, and from what it said before.

Driven as a plain form is: received, decided, worded, committed. Each session is asked
the same twice, so the first is not cached and the second is.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, transaction
from django.utils import timezone

from interviewer.benchmarks.fake_provider.process import (
    ProviderProcess,
    fake_provider_process,
)
from interviewer.benchmarks.overview.ways import (
    CACHED,
    MESSAGE,
    MESSAGES,
    ORDINARY,
    UNCACHED,
    size_name,
)
from interviewer.benchmarks.responses.replay import configured
from interviewer.benchmarks.responses.staging import Stage, Staged
from interviewer.benchmarks.responses.trace import Said, Side
from interviewer.benchmarks.sessions.counting import counted
from interviewer.benchmarks.suite import Arm, UnableToRun, arm_of
from interviewer.orchestrator.orchestrator import complete_turn, process_message
from sessions_app.models import InterviewSession, Message, ModelCall, Turn
from sessions_app.services.turns import Receipt

MODEL = "openai:benchmark-model"
ASKED = "What do you mean?"
ROUNDS = 8  # sessions at each size; one more warms up, and its costs are counted
WINDOW = 20  # messages that the usual program sends
OUTCOMES = {UNCACHED: ModelCall.Outcome.CALL, CACHED: ModelCall.Outcome.EXACT_HIT}

Seconds = tuple[float, float]


def measure_messages() -> list[Arm]:
    """Measure at each length, the lengths in turn."""
    with (
        fake_provider_process("--whole") as provider,
        configured(provider, INTERVIEWER_MODEL=MODEL),
    ):
        return async_to_sync(_measure)(provider)


async def _measure(provider: ProviderProcess) -> list[Arm]:
    ordinary = _OrdinaryProgram(provider)
    staged = {n: await sync_to_async(_staged)(n) for n in MESSAGES}
    counts = {n: await _costs(staged[n].pop(), ordinary) for n in MESSAGES}
    seconds: dict[tuple[int, str], list[Seconds]] = {}
    for _ in range(ROUNDS):
        for n in MESSAGES:
            for way, work in _works(staged[n].pop(), ordinary).items():
                seconds.setdefault((n, way), []).append(await _timed(work))
    return [
        arm_of(
            name=f"{connection.vendor}, {MESSAGE}, {way}, {size_name(n, 'messages')}",
            seconds=measured,
            counts=counts[n][way],
        )
        for (n, way), measured in seconds.items()
    ]


def _staged(messages: int) -> list[tuple[Staged, Staged]]:
    """Return pairs of sessions of so many messages: one for us, one for the rival."""
    # The opening comes before it.
    said = [_said(number) for number in range(messages - 1)]
    side = Side((*said, Said("candidate", ASKED)), {})
    sessions = Stage(now=timezone.now()).put_on([side] * (2 * (ROUNDS + 1)))
    _answer_what_was_said([staged.session for staged in sessions])
    return list(zip(sessions[::2], sessions[1::2], strict=True))


def _answer_what_was_said(sessions: list[InterviewSession]) -> None:
    said = Message.objects.filter(session__in=sessions, role="candidate")
    Turn.objects.bulk_create(
        [
            Turn(
                user_id=row.user_id,
                session_id=row.session_id,
                message=row,
                state=Turn.State.DONE,
                received_at=row.created_at,
            )
            for row in said
        ],
        batch_size=1_000,
    )


def _said(number: int) -> Said:
    if number % 2:
        return Said("candidate", f"In case {number} I read the query plan first.")
    return Said("interviewer", f"What would you do in case {number}?")


def _works(
    pair: tuple[Staged, Staged], ordinary: _OrdinaryProgram
) -> dict[str, Callable[[], Awaitable[object]]]:
    ours, theirs = pair
    return {
        UNCACHED: lambda: _answered(ours),
        CACHED: lambda: _answered(ours),
        ORDINARY: lambda: ordinary.answer(theirs.session, ASKED),
    }


async def _costs(
    pair: tuple[Staged, Staged], ordinary: _OrdinaryProgram
) -> dict[str, dict[str, float]]:
    costs = {}
    for way, work in _works(pair, ordinary).items():
        counting = counted()
        # Queries are counted on the thread that makes them.
        found = await sync_to_async(counting.__enter__)()
        turn = await work()
        await sync_to_async(counting.__exit__)(None, None, None)
        if way in OUTCOMES:
            await sync_to_async(_require_outcome)(turn, OUTCOMES[way])
        costs[way] = found
    return costs


async def _timed(work: Callable[[], Awaitable[object]]) -> Seconds:
    wall, cpu = time.perf_counter(), time.process_time()
    await work()
    return time.perf_counter() - wall, time.process_time() - cpu


async def _answered(staged: Staged) -> Turn:
    receipt = await sync_to_async(_received)(staged)
    if receipt.turn.state != Turn.State.DONE:
        await complete_turn(turn_id=receipt.turn.pk, claim=receipt.claim)
    return receipt.turn


def _received(staged: Staged) -> Receipt:
    session = InterviewSession.objects.get(pk=staged.session.pk)
    return process_message(
        session=session,
        text=ASKED,
        intent="answer",
        question_no=staged.question_no,
        client_message_id=uuid.uuid4(),
        cut_by_timer=False,
        now=timezone.now(),
        is_waiting=True,
    )


def _require_outcome(turn: Any, expected: str) -> None:
    outcome = ModelCall.objects.filter(turn=turn).latest("pk").outcome
    if outcome != expected:
        raise UnableToRun(f"a message was answered by {outcome}, not by {expected}")


class _OrdinaryProgram:
    """What one writes first: lock, store, send the last messages, store the reply."""

    def __init__(self, provider: ProviderProcess) -> None:
        from langchain.chat_models import init_chat_model

        self._model = init_chat_model(
            MODEL, base_url=provider.base_url, api_key="benchmark", max_retries=0
        )

    async def answer(self, session: InterviewSession, text: str) -> None:
        """Answer the message; two transactions around the call."""
        prompt = await sync_to_async(_store_and_read)(session.pk, text)
        reply = await self._model.ainvoke(prompt)
        await sync_to_async(_store)(session.pk, "interviewer", "clarify", reply.text)


@transaction.atomic
def _store_and_read(session_id: uuid.UUID, text: str) -> list[tuple[str, str]]:
    _store(session_id, "candidate", "clarify", text)
    rows = Message.objects.filter(session=session_id).order_by("-seq")[:WINDOW]
    speakers = {"candidate": "human", "interviewer": "ai"}
    return [(speakers[row.role], row.content) for row in rows[::-1]]


@transaction.atomic
def _store(session_id: uuid.UUID, role: str, kind: str, content: str) -> None:
    session = InterviewSession.objects.select_for_update().get(pk=session_id)
    session.message_count += 1
    session.save(update_fields=["message_count"])
    Message.objects.create(
        user_id=session.user_id,
        session=session,
        seq=session.message_count,
        role=role,
        kind=kind,
        content=content,
        origin="person" if role == "candidate" else "live",
        created_at=timezone.now(),
    )
