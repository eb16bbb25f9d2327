"""A chat model as the product uses it: words as a stream, or one checked structure.

The only way to a model. Deadlines, caps, the retry, the breaker and the bound on
calls are ours; the providers' libraries are told to do none of that.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from interviewer.agents.model_types import CallRecord, ModelFailure, Prompt
from interviewer.agents.places import Places
from interviewer.agents.providers import ModelSettings, ProviderModel
from interviewer.agents.reply_stream import (
    Guard,
    Limits,
    ReplyStream,
    estimate_tokens,
)
from interviewer.breaker import Breaker

BREAKER_FAILURES = 5
BREAKER_WINDOW_SECONDS = 30.0
BREAKER_OPEN_SECONDS = 30.0
BYTES_PER_TOKEN = 16  # a reply of more than that a token is no text
JITTER_SECONDS = (0.1, 0.4)

T = TypeVar("T", bound=msgspec.Struct)


@dataclasses.dataclass(frozen=True, slots=True)
class Deadlines:
    """How long is waited for what, in seconds."""

    connect: float = 3.0
    first_token: float = 8.0
    between_tokens: float = 10.0
    total: float = 45.0  # the whole reply
    judgement: float = 20.0  # a whole structured result
    place: float = 2.0  # for another call to end


@dataclasses.dataclass(frozen=True, slots=True)
class Structured(Generic[T]):
    """A result in the shape that was asked for, and what it cost."""

    value: T
    record: CallRecord


class ChatModel:
    """One configured model with its breaker and its bound on calls.

    Safe to use from several threads and event loops at once.
    """

    def __init__(
        self,
        *,
        settings: ModelSettings,
        provider: ProviderModel,
        deadlines: Deadlines,
        guard: Guard,
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self._provider = provider
        self._deadlines = deadlines
        self._guard = guard

    @property
    def breaker_state(self) -> str:
        """Return closed, open or trial."""
        return self._guard.breaker.state

    def stream(self, *, prompt: Prompt) -> ReplyStream:
        """Return the reply to iterate over; its `record` is known when it ended."""
        limits = Limits(
            first_token=self._deadlines.first_token,
            total=self._deadlines.total,
            between_tokens=self._deadlines.between_tokens,
            max_bytes=prompt.max_tokens * BYTES_PER_TOKEN,
        )
        return self._open(prompt, limits, None)

    async def structured(self, *, prompt: Prompt, schema: type[T]) -> Structured[T]:
        """Return the reply as this struct; raise ModelFailure for any other shape."""
        limits = Limits(
            # Nobody reads along, so only the whole matters.
            first_token=self._deadlines.judgement,
            total=self._deadlines.judgement,
            between_tokens=self._deadlines.between_tokens,
            max_bytes=prompt.max_tokens * BYTES_PER_TOKEN,
        )
        reply = self._open(prompt, limits, json_schema(schema))
        async with contextlib.aclosing(reply):
            text = "".join([piece async for piece in reply])
        try:
            value = msgspec.json.decode(text, type=schema)
        except (ValueError, RecursionError):  # also msgspec's own errors
            record = dataclasses.replace(reply.record, failure="wrong_shape")
            raise ModelFailure("wrong_shape", record=record) from None
        return Structured(value, reply.record)

    def _open(
        self, prompt: Prompt, limits: Limits, schema: Mapping[str, Any] | None
    ) -> ReplyStream:
        def attempt() -> AsyncGenerator[Any, None]:
            return self._provider.chunks(prompt=prompt, schema=schema)

        characters = sum(len(message.content) for message in prompt.messages)
        return ReplyStream(
            attempt=attempt,
            guard=self._guard,
            limits=limits,
            model=self.name,
            prompt_characters=characters,
            fits=self._fits(characters, prompt.max_tokens),
        )

    def _fits(self, characters: int, max_tokens: int) -> bool:
        room = self._settings.context_tokens
        return not room or estimate_tokens(characters) + max_tokens <= room


def build_chat_model(
    *,
    settings: ModelSettings,
    deadlines: Deadlines | None = None,
    concurrency: int = 8,
    limiter: Callable[[], Awaitable[bool]] | None = None,
    breaker: Breaker | None = None,
    clock: Callable[[], float] = time.monotonic,
    jitter: Callable[[], float] = lambda: random.uniform(*JITTER_SECONDS),
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> ChatModel:
    """Return the model; raise UnableToUseModel with what to do when that fails.

    Imports the provider's library, which takes about a second: not on an event loop.
    """
    deadlines = deadlines or Deadlines()
    provider = ProviderModel(
        settings=settings,
        connect_seconds=deadlines.connect,
        total_seconds=max(deadlines.total, deadlines.judgement),
    )
    guard = Guard(
        breaker=breaker or new_breaker(clock=clock),
        places=Places(count=concurrency),
        place_seconds=deadlines.place,
        limiter=limiter,
        jitter=jitter,
        clock=clock,
        sleep=sleep,
    )
    return ChatModel(
        settings=settings, provider=provider, deadlines=deadlines, guard=guard
    )


def new_breaker(*, clock: Callable[[], float] = time.monotonic) -> Breaker:
    """Return a breaker as every model gets one."""
    return Breaker(
        failures=BREAKER_FAILURES,
        window_seconds=BREAKER_WINDOW_SECONDS,
        open_seconds=BREAKER_OPEN_SECONDS,
        clock=clock,
    )


def json_schema(schema: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON schema with the struct itself at the root.

    Strict providers accept no reference there.
    """
    whole = msgspec.json.schema(schema)
    if "$ref" not in whole:
        return whole
    parts = dict(whole["$defs"])
    root = parts.pop(whole["$ref"].rpartition("/")[2])
    return {**root, "$defs": parts} if parts else dict(root)
