"""What passes between the product and a chat model: prompts, usage, failures."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclasses.dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of a prompt.

    `ends_stable_part`: up to here the prompt is the same next time (a breakpoint for
    the provider's prefix cache).
    """

    role: Role
    content: str
    ends_stable_part: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is sent: the messages in order, and the most it may say."""

    messages: Sequence[PromptMessage]
    max_tokens: int


@dataclasses.dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; `cached` and `cache_written` are part of `tokens_in`."""

    tokens_in: int = 0
    cached: int = 0
    cache_written: int = 0
    tokens_out: int = 0
    is_estimated: bool = False  # counted by us, because the provider did not


@dataclasses.dataclass(frozen=True, slots=True)
class CallRecord:
    """What became of one call, for telemetry; seconds from the start of the call."""

    model: str  # provider:model
    usage: Usage
    first_token_seconds: float | None
    complete_seconds: float
    finish_reason: str = ""
    failure: str = ""  # a FAILURES word; empty when it went well


# Why a model's words or judgement could not be used. The first six never reached it
# or were refused by it; the rest are about what came back.
FAILURES = (
    "breaker_open",
    "busy",  # no place within the waiting time, or over the rate limit
    "over_budget",
    "unauthorized",
    "rate_limited",
    "provider_error",  # any other status
    "unreachable",  # refused, DNS, TLS, reset before the first token
    "first_token_late",
    "stalled",  # too long between tokens
    "too_slow",  # the whole reply
    "cut_off",  # the stream ended without a finish reason, or was reset in mid-stream
    "empty",
    "truncated",  # finish reason length
    "refused",  # content filter or refusal
    "too_long",  # output beyond the cap in bytes
    "wrong_shape",  # not the schema, not JSON
    "unfit",  # words that break the interviewer's rules
    "leaked",  # parts of the prompt
    "too_large",  # the prompt does not fit the context window
)

# The provider has had no request.
NEVER_ASKED = frozenset({"breaker_open", "busy", "over_budget", "too_large"})


class ModelFailure(Exception):
    """A model could not be used; `record` tells what the attempt cost."""

    def __init__(self, failure: str, *, record: CallRecord | None = None) -> None:
        super().__init__(failure)
        self.failure = failure
        self.record = record
