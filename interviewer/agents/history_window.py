"""When history is folded, and how much of it: pure arithmetic over message counts.

Verbatim messages grow from the window to the high mark; then the oldest are folded at
once, down to the window, and grow again. In between a prompt's beginning does not
change, which is what a provider's prefix cache pays for. The fold is prepared before
it is needed and put in force only at the mark.

    window ──── prepare ──── high mark ──── hard cap
       ▲  fold ready or not ─┘ swap │         │ the built-in rules fold, if no model did
       └────────────────────────────┘
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

REBUILD_EVERY = 4  # epochs: then the summary is made from the originals again
PREPARE_SHARE = 0.8  # of the high mark
CONTEXT_SHARE = 0.5  # of the context that verbatim messages may fill

# High marks as multiples of the window, found by `bin/bench history`.
PLAIN_FACTOR = 1.5
CACHED_FACTOR = 4.0
HARD_CAP_FACTOR = 2  # of the high mark

_STARTS_EXCHANGE = ("question", "probe", "ask")


@dataclasses.dataclass(frozen=True, slots=True)
class ModelProfile:
    """What a provider's prefix cache does; prices are shares of the input price."""

    minimum: int  # tokens of a prompt below which nothing is cached
    read: float  # price of a token read from the cache; 1: there is no cache
    write: float  # price of a token written to it
    ttl: int  # seconds
    step: int  # tokens; what is cached is a multiple of it
    context: int  # tokens that a prompt may have

    @property
    def has_prefix_cache(self) -> bool:
        return self.read < 1


NO_CACHE = ModelProfile(0, 1.0, 1.0, 0, 1, 32_000)
AUTOMATIC = ModelProfile(1_024, 0.1, 1.0, 300, 128, 128_000)
EXPLICIT = ModelProfile(1_024, 0.1, 1.25, 300, 1, 200_000)
HIGH_MINIMUM = ModelProfile(4_096, 0.1, 1.25, 300, 1, 200_000)

_BY_PROVIDER = {
    "openai": AUTOMATIC,
    "azure_openai": AUTOMATIC,
    "deepseek": AUTOMATIC,
    "xai": AUTOMATIC,
    "google_genai": AUTOMATIC,
    "anthropic": EXPLICIT,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Spoken:
    """A message as the window sees it: everything but its words."""

    seq: int
    role: str
    kind: str
    tokens: int
    question_no: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class FoldPlan:
    """The next epoch: which messages it covers and from what it is made."""

    number: int
    after_seq: int  # the block begins behind this message
    upto_seq: int
    is_rebuild: bool  # from the originals, without the previous summary


def profile_of(*, model: str) -> ModelProfile:
    """Return the profile of a provider:model; an unknown one has no cache."""
    return _BY_PROVIDER.get(model.partition(":")[0], NO_CACHE)


def high_mark(*, profile: ModelProfile, window: int) -> int:
    """Return the number of verbatim messages above which the oldest are folded."""
    factor = CACHED_FACTOR if profile.has_prefix_cache else PLAIN_FACTOR
    return max(window + 2, round(window * factor))


def prepare_mark(*, profile: ModelProfile, window: int) -> int:
    """Return the number of verbatim messages from which a fold is prepared."""
    return round(PREPARE_SHARE * high_mark(profile=profile, window=window))


def hard_cap(*, profile: ModelProfile, window: int) -> int:
    """Return the number of verbatim messages that are never exceeded for long."""
    return HARD_CAP_FACTOR * high_mark(profile=profile, window=window)


def plan_fold(
    *,
    messages: Sequence[Spoken],
    epoch: int,
    profile: ModelProfile,
    window: int,
) -> FoldPlan | None:
    """Return the fold to prepare, or None; `messages` are those after the epoch."""
    is_large = _fills_context(messages, profile)
    if len(messages) < prepare_mark(profile=profile, window=window) and not is_large:
        return None
    # The fold is cut for the moment of the swap, so it may reach into the last
    # messages of today; what is in force never does.
    count = len(messages)
    expected = max(count, high_mark(profile=profile, window=window))
    cut = cut_before(
        messages=messages, at_most=(count if is_large else expected) - window
    )
    if cut == 0:
        return None
    number = epoch + 1
    return FoldPlan(
        number=number,
        after_seq=messages[0].seq - 1,
        upto_seq=messages[cut - 1].seq,
        is_rebuild=number % REBUILD_EVERY == 0,
    )


def may_swap(
    *,
    messages: Sequence[Spoken],
    upto_seq: int,
    profile: ModelProfile,
    window: int,
) -> bool:
    """Say whether a fold up to here may come into force: late and never too far."""
    left = sum(message.seq > upto_seq for message in messages)
    is_due = len(messages) > high_mark(profile=profile, window=window)
    return left >= window and (is_due or _fills_context(messages, profile))


def is_over_hard_cap(
    *, messages: Sequence[Spoken], profile: ModelProfile, window: int
) -> bool:
    """Say whether the fold can wait no longer, whoever makes it."""
    is_many = len(messages) > hard_cap(profile=profile, window=window)
    return is_many or _fills_context(messages, profile)


def cut_before(*, messages: Sequence[Spoken], at_most: int) -> int:
    """Return how many of the oldest messages to take, without cutting an exchange."""
    starts = [
        index
        for index, message in enumerate(messages)
        if 0 < index <= at_most and _starts_exchange(messages[index - 1], message)
    ]
    return starts[-1] if starts else 0


def _starts_exchange(before: Spoken, message: Spoken) -> bool:
    if message.kind not in _STARTS_EXCHANGE:
        return False
    # A question that is put again within its number belongs to the same exchange.
    return message.question_no is None or message.question_no != before.question_no


def _fills_context(messages: Sequence[Spoken], profile: ModelProfile) -> bool:
    return sum(m.tokens for m in messages) > CONTEXT_SHARE * profile.context
