"""What prompts cost where a provider caches their beginnings."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from interviewer.agents.history_window import ModelProfile
from interviewer.agents.model_types import PromptMessage
from interviewer.agents.tokens import estimate_tokens


@dataclasses.dataclass(slots=True)
class Meter:
    """Adds up one session's calls; the last prompt is what the provider has cached.

    An explicit cache (writes cost extra) holds what breakpoints end; an automatic one
    holds every multiple of its step.
    """

    profile: ModelProfile
    raw: int = 0
    billed: float = 0.0
    peak: int = 0
    _last: tuple[PromptMessage, ...] = ()

    def call(self, messages: Sequence[PromptMessage]) -> None:
        """Bill one call of the conversation's model."""
        sizes = [estimate_tokens(message.content) + 4 for message in messages]
        total = sum(sizes)
        cached = self._cached(messages, sizes)
        written = self._breakpoint(messages, sizes) - cached
        self.raw += total
        self.peak = max(self.peak, total)
        self.billed += (
            cached * self.profile.read
            + max(0, written) * self.profile.write
            + (total - cached - max(0, written))
        )
        self._last = tuple(messages)

    def shared_call(self, messages: Sequence[PromptMessage]) -> None:
        """Bill a call that begins as the last one did and is not continued."""
        last, peak = self._last, self.peak
        self.call(messages)
        self._last, self.peak = last, peak

    def side_call(self, messages: Sequence[PromptMessage]) -> None:
        """Bill a call that shares no beginning, such as a summarizer's."""
        tokens = sum(estimate_tokens(message.content) + 4 for message in messages)
        self.raw += tokens
        self.billed += tokens

    def _cached(self, messages: Sequence[PromptMessage], sizes: Sequence[int]) -> int:
        if not self.profile.has_prefix_cache:
            return 0
        is_explicit = self.profile.write > 1
        shared = upto = 0
        for old, new, size in zip(self._last, messages, sizes, strict=False):
            if (old.role, old.content) != (new.role, new.content):
                break
            shared += size
            if not is_explicit or old.ends_stable_part:
                upto = shared
        upto -= upto % self.profile.step
        return upto if upto >= self.profile.minimum else 0

    def _breakpoint(
        self, messages: Sequence[PromptMessage], sizes: Sequence[int]
    ) -> int:
        marked = [i for i, message in enumerate(messages) if message.ends_stable_part]
        upto = sum(sizes[: marked[-1] + 1]) if marked else 0
        is_cacheable = self.profile.has_prefix_cache and upto >= self.profile.minimum
        return upto if is_cacheable else 0
