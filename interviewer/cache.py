"""The cache as Django sees it: Redis that may vanish, values in plain JSON.

Never pickle: whoever can write to Redis must not be able to run code here.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.utils.functional import Promise
from django_redis.cache import RedisCache
from django_redis.exceptions import ConnectionInterrupted
from django_redis.serializers.base import BaseSerializer


class UnreadableEntry(ConnectionInterrupted):
    """A cached value that is not ours, or is damaged: the same as a miss."""


def _as_text(value: Any) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be cached")


class JsonSerializer(BaseSerializer):
    """JSON by msgspec; what is not JSON on the way back counts as a miss."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        self._encoder = msgspec.json.Encoder(enc_hook=_as_text)
        self._decoder = msgspec.json.Decoder()

    def dumps(self, value: Any) -> bytes:
        return self._encoder.encode(value)

    def loads(self, value: bytes) -> Any:
        try:
            return self._decoder.decode(value)
        except msgspec.DecodeError as error:
            raise UnreadableEntry(connection=None) from error


class ForgivingRedisCache(RedisCache):
    """With Redis gone it behaves like a cache that is always empty.

    So `add` succeeds: a caller that locks through the cache, such as the rate limits
    of the login page, goes on instead of refusing everybody. What must be exclusive
    is guarded by the database.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        outcome = super().add(*args, **kwargs)
        return True if outcome is None else bool(outcome)
