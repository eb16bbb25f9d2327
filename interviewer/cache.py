"""The cache as Django sees it: Redis that may vanish, values in plain JSON.

Never pickle: whoever can write to Redis must not be able to run code here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec
import redis
import structlog
from django.utils.functional import Promise
from django_redis.cache import RedisCache
from django_redis.serializers.base import BaseSerializer

from interviewer.guarded_redis import TROUBLES

log = structlog.get_logger(__name__)

# Stands for a cached value that is not ours, or is damaged; never handed out.
_UNREADABLE: Final = object()


def _as_text(value: Any) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be cached")


_encoder = msgspec.json.Encoder(enc_hook=_as_text)
_decoder = msgspec.json.Decoder()


def _loaded(value: bytes) -> Any:
    try:
        return _decoder.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _UNREADABLE


class JsonSerializer(BaseSerializer):
    """JSON by msgspec; what is not JSON on the way back is marked as unreadable."""

    def dumps(self, value: Any) -> bytes:
        return _encoder.encode(value)

    def loads(self, value: bytes) -> Any:
        return _loaded(value)


class ForgivingRedisCache(RedisCache):
    """With Redis gone it behaves like a cache that is always empty.

    Its connections have a breaker (interviewer/guarded_redis.py): while Redis is
    away a call costs microseconds. A value that cannot be read is a miss and is
    deleted.

    So `add` succeeds: a caller that locks through the cache, such as the rate limits
    of the login page, goes on instead of refusing everybody. What must be exclusive
    is guarded by the database.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        outcome = super().add(*args, **kwargs)
        return True if outcome is None else bool(outcome)

    def get(
        self,
        key: str,
        default: Any = None,
        version: int | None = None,
        client: Any = None,
    ) -> Any:
        # django-redis's own way through the same steps takes longer than the network.
        if client is None:
            client = self.client.get_client(write=False)
        try:
            raw = client.get(self.client.make_key(key, version))
        except TROUBLES:
            return default
        except redis.ResponseError as error:
            if not _is_wrong_type(error):
                return default
            raw = b""
        if raw is None:
            return default
        # Whole numbers, too, which django-redis writes as Redis counts them.
        value = _loaded(raw)
        if value is _UNREADABLE:
            self._drop([key], version)
            return default
        return value

    def get_many(
        self, keys: Iterable[str], version: int | None = None, client: Any = None
    ) -> dict[str, Any]:
        found: dict[str, Any] = super().get_many(list(keys), version, client)
        unreadable = [key for key, value in found.items() if value is _UNREADABLE]
        if unreadable:
            self._drop(unreadable, version)
            return {key: found[key] for key in found.keys() - set(unreadable)}
        return found

    def _drop(self, keys: list[str], version: int | None) -> None:
        log.warning("cache_entry_unreadable", entries=len(keys))
        self.delete_many(keys, version)


def _is_wrong_type(error: redis.ResponseError) -> bool:
    return str(error).startswith("WRONGTYPE")
