"""One call of a chat model: its pieces, its deadlines, its one retry, its record.

Knows nothing of LangChain: an attempt is a function that yields chunks. Every way of
failing ends as a ModelFailure with the record of what the call cost.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
)

from interviewer.agents.model_types import (
    NEVER_ASKED,
    CallRecord,
    ModelFailure,
    Usage,
)
from interviewer.agents.places import NoPlace, Places
from interviewer.agents.provider_errors import Trouble, read_error
from interviewer.breaker import OPEN, Breaker

CHARACTERS_PER_TOKEN = 4  # for counts that the provider keeps to itself
CANCELED = "canceled"  # finish reason of a call whose caller left

_FINISHED = ("stop", "end_turn", "stop_sequence", "eos", "eos_token")
_TRUNCATED = ("length", "max_tokens", "model_context_window_exceeded")
_REFUSED = (
    "content_filter",
    "refusal",
    "safety",
    "prohibited_content",
    "blocklist",
    "recitation",
    "spii",
)
# The provider's state of health; other failures come from a working provider.
_UNHEALTHY = (
    "unauthorized",
    "rate_limited",
    "provider_error",
    "unreachable",
    "first_token_late",
    "stalled",
    "too_slow",
    "cut_off",
    "empty",
)
# The provider had the prompt: assume that it charges for it.
_CHARGED_UNSEEN = ("first_token_late", "stalled", "too_slow")


@dataclasses.dataclass(frozen=True, slots=True)
class Chunk:
    """What one event of a provider's stream brought."""

    text: str = ""
    usage: Usage | None = None  # to be added to what came before
    finish_reason: str = ""


Attempt = Callable[[], AsyncGenerator[Chunk, None]]


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """The caps of one call; seconds, all but the last two from its start."""

    first_token: float
    total: float
    between_tokens: float
    max_bytes: int


@dataclasses.dataclass(frozen=True, slots=True)
class Guard:
    """What the calls of one model share."""

    breaker: Breaker
    places: Places
    place_seconds: float
    limiter: Callable[[], Awaitable[bool]] | None
    jitter: Callable[[], float]  # seconds before a retry
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class _Failed(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.failure)
        self.trouble = trouble


class ReplyStream:
    """The pieces of one reply, to be iterated once; then `record` tells the cost.

    Iterating raises ModelFailure, also after pieces were given: what was given is
    then to be dropped. Whoever stops early closes it, which ends the HTTP call.
    """

    def __init__(
        self,
        *,
        attempt: Attempt,
        guard: Guard,
        limits: Limits,
        model: str,
        prompt_characters: int,
        fits: bool,
    ) -> None:
        self._attempt = attempt
        self._guard = guard
        self._limits = limits
        self._model = model
        self._prompt_characters = prompt_characters
        self._fits = fits
        self._started = self._text_at = guard.clock()
        self._first_token: float | None = None
        self._usage: Usage | None = None
        self._finish_reason = ""
        self._characters = 0
        self._bytes = 0
        self._has_words = False
        self._record: CallRecord | None = None
        self._pieces = self._run()

    def __aiter__(self) -> AsyncIterator[str]:
        return self._pieces

    async def aclose(self) -> None:
        """End the call if it is still under way."""
        await self._pieces.aclose()

    @property
    def record(self) -> CallRecord:
        """Return what the call cost; known once the pieces have ended."""
        if self._record is None:
            raise RuntimeError("The reply has not ended yet.")
        return self._record

    # The call, from the outside in.

    async def _run(self) -> AsyncGenerator[str, None]:
        self._started = self._text_at = self._guard.clock()
        try:
            async with (
                self._admitted(),
                contextlib.aclosing(self._with_retry()) as pieces,
            ):
                async for piece in pieces:
                    yield piece
            self._close_record("")
        except _Failed as failed:
            trouble = failed.trouble
            self._finish_reason = self._finish_reason or trouble.detail
            record = self._close_record(trouble.failure)
            # The provider's own error may quote the prompt or the key.
            raise ModelFailure(trouble.failure, record=record) from None
        except (asyncio.CancelledError, GeneratorExit):
            self._finish_reason = CANCELED
            self._close_record("")
            raise

    @contextlib.asynccontextmanager
    async def _admitted(self) -> AsyncIterator[None]:
        guard = self._guard
        if not self._fits:
            raise _Failed(Trouble("too_large"))
        if guard.breaker.state == OPEN:
            raise _Failed(Trouble("breaker_open"))
        try:
            async with guard.places.place(wait_seconds=guard.place_seconds):
                if guard.limiter is not None and not await guard.limiter():
                    raise _Failed(Trouble("busy", "rate limit"))
                if not guard.breaker.allows():
                    raise _Failed(Trouble("breaker_open"))
                with self._reporting():
                    yield
        except NoPlace:
            raise _Failed(Trouble("busy", "no place")) from None

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except _Failed as failed:
            if failed.trouble.failure in _UNHEALTHY:
                self._guard.breaker.failed()
            else:
                self._guard.breaker.succeeded()
            raise
        self._guard.breaker.succeeded()

    async def _with_retry(self) -> AsyncGenerator[str, None]:
        for is_last in (False, True):
            try:
                async with contextlib.aclosing(self._once()) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except _Failed as failed:
                if is_last or not await self._may_retry(failed.trouble):
                    raise

    async def _may_retry(self, trouble: Trouble) -> bool:
        """Wait and return True when a second attempt can still be in time."""
        if not trouble.is_retryable or self._first_token is not None:
            return False
        wait = self._guard.jitter()
        if trouble.wait_seconds is not None:
            wait = max(wait, trouble.wait_seconds)
        if self._elapsed() + wait >= self._limits.first_token:
            return False
        await self._guard.sleep(wait)
        return True

    async def _once(self) -> AsyncGenerator[str, None]:
        async with contextlib.aclosing(self._attempt()) as chunks:
            while (chunk := await self._next(chunks)) is not None:
                self._note(chunk)
                if chunk.text:
                    yield chunk.text
        self._check_end()

    async def _next(self, chunks: AsyncGenerator[Chunk, None]) -> Chunk | None:
        failure, seconds = self._deadline()
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                return await anext(chunks, None)
        except TimeoutError:
            trouble = Trouble(failure)
        except Exception as error:
            trouble = read_error(error, has_begun=self._first_token is not None)
        if self._finish_reason:
            return None  # the reply is whole; only its bill got lost
        raise _Failed(trouble)

    def _deadline(self) -> tuple[str, float]:
        """Return what is late first, and in how many seconds."""
        left = self._limits.total - self._elapsed()
        if self._first_token is None:
            name, seconds = "first_token_late", self._limits.first_token
            seconds -= self._elapsed()
        else:
            name, seconds = "stalled", self._limits.between_tokens
            seconds -= self._guard.clock() - self._text_at
        return (name, seconds) if seconds <= left else ("too_slow", left)

    def _note(self, chunk: Chunk) -> None:
        self._finish_reason = chunk.finish_reason.lower() or self._finish_reason
        if chunk.usage is not None:
            self._usage = add_usage(self._usage, chunk.usage)
        if not chunk.text:
            return
        self._text_at = self._guard.clock()
        if self._first_token is None:
            self._first_token = self._elapsed()
        self._has_words = self._has_words or bool(chunk.text.strip())
        self._characters += len(chunk.text)
        self._bytes += len(chunk.text.encode("utf-8", "replace"))
        if self._bytes > self._limits.max_bytes:
            raise _Failed(Trouble("too_long"))

    def _check_end(self) -> None:
        if self._finish_reason in _REFUSED:
            raise _Failed(Trouble("refused"))
        if not self._has_words:
            raise _Failed(Trouble("empty"))
        if self._finish_reason in _TRUNCATED:
            raise _Failed(Trouble("truncated"))
        if self._finish_reason not in _FINISHED:
            raise _Failed(Trouble("cut_off"))

    # The record.

    def _elapsed(self) -> float:
        return self._guard.clock() - self._started

    def _close_record(self, failure: str) -> CallRecord:
        self._record = CallRecord(
            model=self._model,
            usage=self._usage or self._estimated_usage(failure),
            first_token_seconds=self._first_token,
            complete_seconds=self._elapsed(),
            finish_reason=self._finish_reason,
            failure=failure,
        )
        return self._record

    def _estimated_usage(self, failure: str) -> Usage:
        was_read = self._characters or failure in _CHARGED_UNSEEN or not failure
        if failure in NEVER_ASKED or not was_read:
            return Usage()
        return Usage(
            tokens_in=estimate_tokens(self._prompt_characters),
            tokens_out=estimate_tokens(self._characters),
            is_estimated=True,
        )


def estimate_tokens(characters: int) -> int:
    """Return about how many tokens so many characters are."""
    return -(-characters // CHARACTERS_PER_TOKEN)


def add_usage(earlier: Usage | None, usage: Usage) -> Usage:
    """Return the sum: some providers report the prompt first and the rest later."""
    if earlier is None:
        return usage
    return Usage(
        tokens_in=earlier.tokens_in + usage.tokens_in,
        cached=earlier.cached + usage.cached,
        cache_written=earlier.cache_written + usage.cache_written,
        tokens_out=earlier.tokens_out + usage.tokens_out,
    )
