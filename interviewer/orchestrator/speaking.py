"""Words for a decided action: kept ones, a chat model's, or the built-in engine's.

    find ── hit ────────────────────────────────┐
      └─ miss ─ flight ─ somebody else's words ──┤
                   └─ ask the model ─ it is fit ─┼─► words, and what to keep after the
                         └─ failure, unfit ──────┘   commit; else the built-in engine's

Whichever way it goes, the readers get a stream and the journal one message. A hit
replaces the call and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone

from interviewer.agents.chat_model import ChatModel
from interviewer.agents.model_tasks import ModelTask
from interviewer.agents.model_types import (
    CallRecord,
    ModelFailure,
    Prompt,
)
from interviewer.agents.prompt_files import load_prompt
from interviewer.agents.response_key import CallContext
from interviewer.orchestrator.calls import failed_call, model_call
from interviewer.orchestrator.response_cache import (
    EMBEDDED,
    Place,
    Response,
    Scope,
    find,
    find_at_hand,
    keep,
    place_of,
)
from interviewer.orchestrator.single_flight import Flight, flight
from interviewer.orchestrator.turn_log import TurnLog
from sessions_app.models import Message, ModelCall
from sessions_app.services.model_calls import NewModelCall
from sessions_app.services.turns import milliseconds

log = structlog.get_logger(__name__)

FINISHED = "stop"
WAIT_SECONDS = 20.0  # for an identical request that is under way

# Returns why words must not be said, or None: words, the prompt's system text.
Fits = Callable[[str, str], str | None]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be worded, and everything that the answer may depend on.

    task: None when rules alone may word it; `reads` then belongs to no prompt, but
    identifies the request all the same
    opening: what the message begins with, whoever words the rest
    """

    task: ModelTask[Any]
    reads: Any
    scope: Scope
    mode: str
    language: str
    chooser: str  # who asks, for pools
    by_rule: bool
    embedded: Callable[[], AsyncIterator[str]]
    fits: Fits
    opening: str
    received_at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words, who found them, and what that took."""

    content: str
    origin: str
    engine: str
    source: str  # digest of the request
    calls: Sequence[NewModelCall]
    first_words_ms: int | None
    stand_in: str = ""  # why the built-in engine spoke in a model's place
    landing: Landing | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Landing:
    """A model's words that others may use once they are committed."""

    place: Place
    slot: str | None
    response: Response
    flown: Flight[Response]

    async def land(self) -> None:
        """Keep the words and wake those who wait for them; never raises."""
        await asyncio.to_thread(
            keep, place=self.place, response=self.response, slot=self.slot
        )
        await self.flown.publish(self.response)


async def speak(
    *,
    request: Request,
    model: ChatModel | None,
    bypass: str,
    turn_log: TurnLog,
    flights: contextlib.AsyncExitStack,
) -> Words:
    """Return the words for this request; they are streamed meanwhile.

    bypass: why no model may be asked although one is configured, or empty
    flights: left when the words are committed or given up
    """
    speaker = _Speaker(request, model, turn_log)
    if model is not None and not request.by_rule:
        return await speaker.with_model(model, flights)
    return await speaker.by_the_built_in_engine(failure=bypass)


def kept_words(*, request: Request, model: ChatModel) -> Words | None:
    """Return words that are kept for this request, to be said at once; None if none.

    One command to Redis; nothing is streamed.
    """
    if request.by_rule:
        return None
    place = _place(request, model)
    response = find_at_hand(place=place, chooser=request.chooser)
    if response is None:
        return None
    first_words_ms = milliseconds(since=request.received_at, now=timezone.now())
    return _reused(request, place, response, _hit_outcome(request), first_words_ms)


def _place(request: Request, model: ChatModel | None) -> Place:
    context = CallContext(
        engine=EMBEDDED if model is None else "model",
        model="" if model is None else model.name,
        parameters=settings.INTERVIEWER_MODEL_PARAMETERS,
        language=request.language,
        mode=request.mode,
        prompt_version=load_prompt(request.task.prompt).version,
    )
    return place_of(
        task=request.task, reads=request.reads, context=context, scope=request.scope
    )


def _hit_outcome(request: Request) -> str:
    is_shared = request.scope.kind == "public"
    outcome = ModelCall.Outcome
    return outcome.SHARED_HIT if is_shared else outcome.EXACT_HIT


def _reused(
    request: Request,
    place: Place,
    response: Response,
    outcome: str,
    first_words_ms: int | None,
) -> Words:
    """Return kept words as this request's own, with the row that says so."""
    call = model_call(
        task=request.task.name,
        outcome=outcome,
        record=None,
        source=place.digest,
        saved_micros=response.cost_micros,
    )
    return Words(
        content=request.opening + response.body,
        origin=Message.Origin.CACHE,
        engine=response.provenance,
        source=place.digest,
        calls=(dataclasses.replace(call, model=response.model),),
        first_words_ms=first_words_ms,
    )


class _Speaker:
    """One request on its way to words."""

    def __init__(
        self, request: Request, model: ChatModel | None, turn_log: TurnLog
    ) -> None:
        self._request = request
        self._log = turn_log
        self._has_model = model is not None
        self._prompt_file = load_prompt(request.task.prompt)
        self._place = _place(request, model)
        self._first_words_ms: int | None = None

    async def with_model(
        self, model: ChatModel, flights: contextlib.AsyncExitStack
    ) -> Words:
        """Return kept words, somebody else's, or the model's own."""
        found = await asyncio.to_thread(self._find)
        if found.response is not None:
            return await self._reuse(found.response, _hit_outcome(self._request))
        flown = await flights.enter_async_context(
            flight(
                # Who fills another place of a pool asks for words of their own.
                key=found.slot or self._place.key,
                find=lambda: self._find().response,
                wait_seconds=WAIT_SECONDS,
            )
        )
        if flown.value is not None:
            return await self._reuse(flown.value, ModelCall.Outcome.COALESCED)
        try:
            return await self._ask(model, found.slot, flown)
        except ModelFailure as failure:
            await flown.abandon()
            return await self._stand_in(failure)

    async def by_the_built_in_engine(
        self, *, failure: str, call: NewModelCall | None = None
    ) -> Words:
        """Return the built-in engine's words; `failure` says in whose place."""
        pieces = [await self._say(piece) async for piece in self._request.embedded()]
        if failure and call is None:
            call = self._call(ModelCall.Outcome.BYPASS, failure=failure)
        elif self._has_model and call is None:
            call = self._call(ModelCall.Outcome.RULE)
        content = "".join(pieces)
        return Words(
            content=content,
            origin=Message.Origin.EMBEDDED,
            engine="",
            source=self._place.digest,
            calls=() if call is None else (call,),
            first_words_ms=self._first_words_ms,
            stand_in=failure,
        )

    def _find(self) -> Any:
        return find(place=self._place, chooser=self._request.chooser)

    async def _ask(
        self, model: ChatModel, slot: str | None, flown: Flight[Response]
    ) -> Words:
        prompt: Prompt = self._request.task.render(self._request.reads)
        words, record = await self._stream(model, prompt)
        reason = self._request.fits(words, self._prompt_file.text)
        if reason is not None:
            log.info("words_unfit", reason=reason, task=self._request.task.name)
            failure = "leaked" if reason == "leak" else "unfit"
            raise ModelFailure(failure, record=record)
        call = self._call(ModelCall.Outcome.CALL, record=record)
        response = Response(
            kind="text",
            body=words,
            finish_reason=FINISHED,
            engine="model",
            model=model.name,
            prompt_version=self._prompt_file.version,
            usage=record.usage,
            cost_micros=call.cost_micros,
            created=time.time(),
            provenance=self._provenance(model.name),
        )
        return Words(
            content=self._request.opening + words,
            origin=Message.Origin.LIVE,
            engine=response.provenance,
            source=self._place.digest,
            calls=(call,),
            first_words_ms=self._first_words_ms,
            landing=Landing(self._place, slot, response, flown),
        )

    async def _stream(self, model: ChatModel, prompt: Prompt) -> tuple[str, CallRecord]:
        """Return the model's words and what they cost, told piece by piece."""
        reply = model.stream(prompt=prompt)
        async with contextlib.aclosing(reply):
            if self._request.opening:
                await self._say(self._request.opening)
            pieces = [await self._say(piece) async for piece in reply]
        return "".join(pieces).strip(), reply.record

    async def _reuse(self, response: Response, outcome: str) -> Words:
        await self._say(self._request.opening + response.body)
        return _reused(
            self._request, self._place, response, outcome, self._first_words_ms
        )

    async def _stand_in(self, failure: ModelFailure) -> Words:
        """Drop what the model began and let the built-in engine say all of it."""
        log.warning(
            "model_failed", failure=failure.failure, task=self._request.task.name
        )
        if self._first_words_ms is not None:
            await self._log.append("reset", {})
        call = failed_call(
            task=self._request.task.name, failure=failure, source=self._place.digest
        )
        return await self.by_the_built_in_engine(failure=failure.failure, call=call)

    async def _say(self, piece: str) -> str:
        if self._first_words_ms is None:
            self._first_words_ms = milliseconds(
                since=self._request.received_at, now=timezone.now()
            )
        await self._log.append("delta", {"text": piece})
        return piece

    def _call(
        self,
        outcome: str,
        *,
        record: CallRecord | None = None,
        failure: str = "",
    ) -> NewModelCall:
        return model_call(
            task=self._request.task.name,
            outcome=outcome,
            record=record,
            source=self._place.digest,
            failure=failure,
        )

    def _provenance(self, model: str) -> str:
        return f"{model} · prompt {self._prompt_file.version}"


def digest_of(text: str) -> str:
    """Return the hex SHA-256 of a text that is known by it."""
    return hashlib.sha256(text.encode()).hexdigest()
