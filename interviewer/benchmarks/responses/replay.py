"""Replays the pairs of a trace through the product, all of them over one cache.

Each side becomes a session; its last message is received, answered and committed as in
the room, with a real chat model over HTTP against the fake provider. A's model says the
trace's reply, B's model says words of its own. B was served from A when it got A's
words, no model was asked, and both requests have one key. A side whose model fails
proves nothing, and its pair has no outcome.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import itertools
import logging
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone

from interviewer.benchmarks.fake_provider.process import (
    ProviderProcess,
    fake_provider_process,
)
from interviewer.benchmarks.responses.shares import in_shares
from interviewer.benchmarks.responses.staging import Stage, Staged
from interviewer.benchmarks.responses.trace import Pair
from interviewer.orchestrator.orchestrator import LEASE, process_message
from interviewer.orchestrator.reply import make_reply
from interviewer.orchestrator.response_cache import Scope
from interviewer.orchestrator.scene import Scene, load_scene
from interviewer.orchestrator.turn_log import TurnLog, drop_log, open_log
from sessions_app.models import ModelCall, Turn
from sessions_app.services import turns
from sessions_app.services.turns import Receipt

logger = logging.getLogger(__name__)

BATCH = 100  # pairs that are put on together, and that are worth a process
# Of a call; without one there was no model to answer.
NOT_ANSWERED = ("", ModelCall.Outcome.ERROR, ModelCall.Outcome.BYPASS)
SETTINGS: dict[str, Any] = {
    "INTERVIEWER_MODEL_PARAMETERS": {"api_key": "benchmark"},
    # Nothing but the cache decides who is asked.
    "MODEL_SESSION_TOKENS": 0,
    "MODEL_USER_DAY_TOKENS": 0,
    "MODEL_DAY_TOKENS": 0,
    "MODEL_REQUESTS_PER_MINUTE": 0,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What the candidate of one side got, and for which request."""

    words: str
    source: str  # the request's key
    scope: Scope
    was_asked: bool  # whether a model was
    how: str  # outcome of the call


class _Unplayed(Exception):
    """A side was not answered as it would be; the text says what happened."""


@dataclasses.dataclass(frozen=True, slots=True)
class Played:
    """What both sides of a pair got."""

    served_from_a: bool
    a: Outcome
    b: Outcome


@dataclasses.dataclass(frozen=True, slots=True)
class Replayed:
    """A pair and its outcome; None when it could not be played."""

    pair: Pair
    played: Played | None


def replay(*, pairs: Sequence[Pair], hold_identity: bool = False) -> list[Replayed]:
    """Return the pairs' outcomes in order; writes into the database and the cache.

    hold_identity: every B is keyed as if it were A's session and person

    Many pairs are shared out over the cores; a pair's sides are played in order.
    """
    work = functools.partial(_share, hold_identity=hold_identity)
    return in_shares(work=work, items=pairs, least=BATCH)


def _share(pairs: Sequence[Pair], *, hold_identity: bool) -> list[Replayed]:
    # In pieces the words would be streamed for nobody to read.
    with fake_provider_process("--whole") as provider, configured(provider):
        return asyncio.run(_Replay(provider, hold_identity).all(pairs))


@contextlib.contextmanager
def configured(provider: ProviderProcess, **more: Any) -> Iterator[None]:
    """Configure a model of this provider, and put everything back."""
    wanted = {
        **SETTINGS,
        "INTERVIEWER_MODEL": "",
        "INTERVIEWER_CHEAP_MODEL": "",
        "INTERVIEWER_MODEL_URL": provider.base_url,
        **more,
    }
    before = {name: getattr(settings, name) for name in wanted}
    try:
        for name, value in wanted.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)


class _Replay:
    """One replay; pairs are played one after the other, and their sides in order."""

    def __init__(self, provider: ProviderProcess, hold_identity: bool) -> None:
        self._provider = provider
        self._hold_identity = hold_identity
        self._own_words = (f"These are words of B's own, number {n}." for n in
                           itertools.count(1))  # fmt: skip

    async def all(self, pairs: Sequence[Pair]) -> list[Replayed]:
        stage = Stage(now=timezone.now())
        replayed = []
        for start in range(0, len(pairs), BATCH):
            batch = pairs[start : start + BATCH]
            sides = [side for pair in batch for side in (pair.a, pair.b)]
            staged = await sync_to_async(stage.put_on)(sides)
            for pair, a, b in zip(batch, staged[::2], staged[1::2], strict=True):
                replayed.append(await self._played(pair, a, b))
        return replayed

    async def _played(self, pair: Pair, a: Staged, b: Staged) -> Replayed:
        try:
            return Replayed(pair, await self._play(pair, a, b))
        except Exception:
            # The edge of one pair: the others can still be played.
            logger.exception("pair %r could not be replayed", pair.id)
            return Replayed(pair, None)

    async def _play(self, pair: Pair, a: Staged, b: Staged) -> Played:
        first = await self._side(a, pair.reply, None)
        own = next(self._own_words)
        if pair.is_same_session and pair.is_equal:
            # Sent again: from a page that has not heard of the first answer.
            second = await self._side(a, own, None)
        else:
            second = await self._side(b, own, self._held(pair, first.scope, b))
        served = (
            second.words == first.words
            and not second.was_asked
            and second.source == first.source
            and second.scope == first.scope
        )
        return Played(served, first, second)

    def _held(self, pair: Pair, scope: Scope, b: Staged) -> Scope | None:
        """Return the identity in B's keys, where it is not B's own."""
        if self._hold_identity:
            return scope
        if not pair.is_same_session:
            return None
        if pair.a.context.get("user") == pair.b.context.get("user"):
            return scope
        return dataclasses.replace(scope, owner=str(b.session.user_id))

    async def _side(self, side: Staged, words: str, held: Scope | None) -> Outcome:
        settings.INTERVIEWER_MODEL = side.model
        asked_before = self._asked(say_only=[words])
        receipt = await sync_to_async(_receive)(side)
        scene = await sync_to_async(load_scene)(receipt.turn.pk)
        if held is not None:
            scene = dataclasses.replace(scene, scope=held)
        if not receipt.is_replay:
            await _complete(scene)
        was_asked = self._asked() > asked_before
        outcome = await sync_to_async(_outcome)(scene, was_asked)
        # A model that is to say nothing fails, as it should.
        if outcome.how in NOT_ANSWERED and words.strip():
            raise _Unplayed(f"the model's outcome is {outcome.how or 'unknown'!r}")
        return outcome

    def _asked(self, **orders: Any) -> int:
        return int(self._provider.control(**orders)["requests"])


def _receive(side: Staged) -> Receipt:
    return process_message(
        session=side.session,
        text=side.message,
        intent="answer",
        question_no=side.question_no,
        client_message_id=uuid.uuid4(),
        cut_by_timer=False,
        now=timezone.now(),
    )


async def _complete(scene: Scene) -> None:
    """Do what the orchestrator does once a turn is received; for nobody to read."""
    async with (
        _claimed(scene) as (fence, turn_log),
        contextlib.AsyncExitStack() as ours,
    ):
        made = await make_reply(
            scene=scene, turn_log=turn_log, flights=ours, fits=_anything_fits
        )
        await sync_to_async(turns.commit_turn)(
            turn_id=scene.turn.pk, fence=fence, result=made.result, now=timezone.now()
        )
        if made.landing is not None:
            await made.landing.land()


@contextlib.asynccontextmanager
async def _claimed(scene: Scene) -> AsyncIterator[tuple[int, TurnLog]]:
    fence = await sync_to_async(turns.claim_turn)(
        turn_id=scene.turn.pk, now=timezone.now(), lease=LEASE
    )
    assert fence is not None  # nobody else knows of this turn
    turn_log = open_log(turn_id=scene.turn.pk, fence=fence)
    try:
        yield fence, turn_log
    finally:
        drop_log(turn_log=turn_log)


def _anything_fits(words: str, system_text: str) -> None:
    """Let a trace's replies pass, whatever they say."""


def _outcome(scene: Scene, was_asked: bool) -> Outcome:
    turn = Turn.objects.select_related("last_reply").get(pk=scene.turn.pk)
    call = turn.model_calls.order_by("-id").first()
    return Outcome(
        words=turn.last_reply.content if turn.last_reply else "",
        source=call.source if call else "",
        scope=scene.scope,
        was_asked=was_asked,
        how=call.outcome if call else "",
    )
