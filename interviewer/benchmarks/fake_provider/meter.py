"""Counts tokens and what they would cost, with a cache of prompt beginnings.

A token is four characters. Prompts that begin like an earlier one are read from the
cache in whole steps, as providers do it; prices are multiples of a fresh token.
"""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from collections.abc import Iterator

CHARACTERS_PER_TOKEN = 4


@dataclasses.dataclass(frozen=True, slots=True)
class PrefixProfile:
    """How a provider caches beginnings of prompts, in tokens and price factors."""

    minimum: int = 1024  # shorter beginnings are not cached
    step: int = 128
    read: float = 0.1
    write: float = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Count:
    """The tokens of one call, or of many."""

    tokens_in: int = 0
    cached: int = 0
    written: int = 0
    tokens_out: int = 0
    billed_in: float = 0.0  # in fresh tokens

    def __add__(self, other: Count) -> Count:
        pairs = zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)
        return Count(*(ours + theirs for ours, theirs in pairs))


class Meter:
    """Knows every prompt that came by; without a profile nothing is cached."""

    def __init__(self, *, profile: PrefixProfile | None = None) -> None:
        self.profile = profile
        self.total = Count()
        self._known: set[bytes] = set()
        self._lock = threading.Lock()

    def count(self, *, prompt: str, said: str) -> Count:
        """Count one call and remember its prompt."""
        tokens_in = tokens(prompt)
        with self._lock:
            cached, written = self._from_cache(prompt, tokens_in)
            profile = self.profile or PrefixProfile()
            fresh = tokens_in - cached - written
            count = Count(
                tokens_in=tokens_in,
                cached=cached,
                written=written,
                tokens_out=tokens(said),
                billed_in=fresh + cached * profile.read + written * profile.write,
            )
            self.total += count
        return count

    def _from_cache(self, prompt: str, tokens_in: int) -> tuple[int, int]:
        if self.profile is None or tokens_in < self.profile.minimum:
            return 0, 0
        cached = last = 0
        for length, digest in self._beginnings(prompt):
            if digest in self._known:
                cached = length
            self._known.add(digest)
            last = length
        return cached, last - cached

    def _beginnings(self, prompt: str) -> Iterator[tuple[int, bytes]]:
        """Yield each length that can be cached, with a digest of that beginning."""
        assert self.profile is not None
        digest = hashlib.sha256()
        size = self.profile.step * CHARACTERS_PER_TOKEN
        for end in range(size, len(prompt) + 1, size):
            digest.update(prompt[end - size : end].encode("utf-8", "replace"))
            length = end // CHARACTERS_PER_TOKEN
            if length >= self.profile.minimum:
                yield length, digest.copy().digest()


def tokens(text: str) -> int:
    """Return how many tokens a text is."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)
