"""Replays the pairs of a trace through the product, all of them over one cache.

Each side becomes a session; its last message is received, answered and committed as in
the room, with a real chat model over HTTP against the fake provider. A's model says the
trace's reply, B's model says words of its own. B was served from A when it got A's
words, no model was asked, and both requests have one key.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import logging
import sys
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone

from interviewer.benchmarks.fake_provider.personas import normal
from interviewer.benchmarks.fake_provider.requests import ChatRequest, Reply
from interviewer.benchmarks.fake_provider.server import RunningProvider, fake_provider
from interviewer.benchmarks.responses.staging import Stage, Staged
from interviewer.benchmarks.responses.trace import Pair
from interviewer.orchestrator.orchestrator import LEASE, process_message
from interviewer.orchestrator.reply import make_reply
from interviewer.orchestrator.response_cache import Scope
from interviewer.orchestrator.scene import Scene, load_scene
from interviewer.orchestrator.turn_log import TurnLog, drop_log, open_log
from sessions_app.models import Turn
from sessions_app.services import turns
from sessions_app.services.turns import Receipt

logger = logging.getLogger(__name__)

SWITCH_SECONDS = 0.0002
BATCH = 100  # pairs that are put on together
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


NOTHING = Outcome("", "", Scope.public(), was_asked=False, how="failed")


@dataclasses.dataclass(frozen=True, slots=True)
class Replayed:
    """The outcome of a pair."""

    pair: Pair
    served_from_a: bool
    a: Outcome
    b: Outcome


def replay(*, pairs: Sequence[Pair], hold_identity: bool = False) -> list[Replayed]:
    """Return the pairs' outcomes in order; writes into the database and the cache.

    hold_identity: every B is keyed as if it were A's session and person
    """
    with fake_provider() as provider, configured(provider):
        return asyncio.run(_Replay(provider, hold_identity).all(pairs))


@contextlib.contextmanager
def configured(provider: RunningProvider) -> Iterator[None]:
    """Configure a model, and put everything back."""
    wanted = {
        **SETTINGS,
        "INTERVIEWER_MODEL": "",
        "INTERVIEWER_CHEAP_MODEL": "",
        "INTERVIEWER_MODEL_URL": provider.base_url,
    }
    before = {name: getattr(settings, name) for name in wanted}
    # The provider answers from another thread of this process, and must get its turn.
    switching = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        for name, value in wanted.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        sys.setswitchinterval(switching)


class _InOnePiece(Reply):
    """A reply that comes at once: how it is cut does not matter here."""

    @property
    def pieces(self) -> list[str]:
        return [self.text]


class _Replay:
    """One replay; pairs are played one after the other, and their sides in order."""

    def __init__(self, provider: RunningProvider, hold_identity: bool) -> None:
        self._hold_identity = hold_identity
        self._to_say = ""
        self._asked = 0
        self._own_words = (f"These are words of B's own, number {n}." for n in
                           itertools.count(1))  # fmt: skip
        provider.persona = self._persona

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

    def _persona(self, request: ChatRequest) -> Any:
        if request.schema is not None:
            return normal(request)
        self._asked += 1
        return _InOnePiece(self._to_say)

    async def _played(self, pair: Pair, a: Staged, b: Staged) -> Replayed:
        """Play the pair; what cannot be played has been served to nobody."""
        try:
            return await self._play(pair, a, b)
        except Exception:
            logger.exception("pair %r could not be replayed", pair.id)
            return Replayed(pair, False, NOTHING, NOTHING)

    async def _play(self, pair: Pair, a: Staged, b: Staged) -> Replayed:
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
        return Replayed(pair, served, first, second)

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
        self._to_say = words
        asked_before = self._asked
        receipt = await sync_to_async(_receive)(side)
        scene = await sync_to_async(load_scene)(receipt.turn.pk)
        if held is not None:
            scene = dataclasses.replace(scene, scope=held)
        if not receipt.is_replay:
            await _complete(scene)
        return await sync_to_async(_outcome)(scene, self._asked > asked_before)


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
