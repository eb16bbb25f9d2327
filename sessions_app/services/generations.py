"""Reads that are kept in Redis and never outlive a change: tokens per person.

`gen:{user}` holds an opaque random token. An entry names the token that was current
before the database was read for it, and is believed only while that is still the
current one; a change of anything of the person's sets a new token after its commit
(sessions_app/services/invalidation.py). So no entry has to be found to be ended, and
a fill that overlaps a change is stored under a token that nobody asks for.

With Redis away each read is a miss that is not stored. Inside a transaction nothing is
looked up or stored: it sees what it has written, and others must not.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import random
import secrets
import uuid
from collections.abc import Callable
from typing import Any, Final, Literal, cast

import msgspec
import redis
from django.conf import settings
from django.db import connection
from django.dispatch import Signal
from django_redis import get_redis_connection

from sessions_app.services.flights import share

FORMAT: Final = 1  # raised when the shape of an entry or of a body changes
GENERATION_SECONDS: Final = 86_400  # a token that is gone costs a miss, nothing else
JITTER: Final = 0.1  # share of a lifetime by which ends are spread
TROUBLES: Final = (redis.RedisError, OSError)

Result = Literal["hit", "miss", "stale", "error", "bypass"]

# Sent with `namespace` and `result`: this package knows nobody who counts.
was_read = Signal()
# Sent when a person had no token: Redis has lost it, or it is the first read in a day.
generation_was_missing = Signal()


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A kept read: whose it is, when it holds, and the JSON that is sent or decoded."""

    format: int
    owner: str
    token: str
    place: str  # as in the key: an entry is believed only where it was put
    version: str  # of what `body` shows, for those who compare
    etag: str
    body: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Filled:
    """What the database says: a JSON body, and the version that it shows."""

    body: bytes
    version: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where a read is kept; raises ValueError without a person.

    An empty owner would be everybody's. The braces keep all that belongs to a person
    in one slot of a cluster.
    """

    namespace: str
    owner: uuid.UUID
    rest: str  # session id, or a digest of filters and page

    def __post_init__(self) -> None:
        if not isinstance(self.owner, uuid.UUID):
            raise ValueError("A kept read needs a person.")

    @property
    def name(self) -> str:
        return f"{self.namespace}:{{{self.owner.hex}}}:{self.rest}:{FORMAT}"

    @property
    def key(self) -> str:
        return prefixed(self.name)


def prefixed(name: str) -> str:
    """Return the key of this name: two installations may share one Redis."""
    return f"mi:{settings.ENVIRONMENT}:{name}"


def generation_key(*, user_id: uuid.UUID) -> str:
    return prefixed(f"gen:{{{user_id.hex}}}")


def client() -> redis.Redis:
    """Return the cache's own client, with its deadlines and its breaker."""
    return cast(redis.Redis, get_redis_connection("default"))


def new_token() -> str:
    return secrets.token_hex(12)


def read_through(*, place: Place, fill: Callable[[], Filled | None]) -> Entry | None:
    """Return the kept entry, or fill it from the database; None when that has none.

    A hit is one command to Redis and no query. Callers at the same time share a fill.
    """
    if connection.in_atomic_block:
        _note(place, "bypass")
        return _entry(place, "", fill())
    token, entry, result = _look_up(place)
    _note(place, result)
    if entry is not None:
        return entry
    if token is None:
        return _entry(place, "", fill())
    return share(
        key=(place.key, token),
        compute=lambda: _fill(
            place, token=token, fill=fill, seconds=settings.READ_CACHE_SECONDS
        ),
    )


def read_fixed(
    *, place: Place, fingerprint: str, seconds: int, fill: Callable[[], Filled]
) -> bytes:
    """Return a body that is fixed by a fingerprint of all that it depends on.

    It needs no token: another state has another fingerprint. Without a fingerprint
    nothing is kept. One command on a hit.
    """
    if connection.in_atomic_block or not fingerprint:
        _note(place, "bypass")
        return fill().body
    try:
        raw = cast("bytes | None", client().get(place.key))
    except TROUBLES:
        _note(place, "error")
        return fill().body
    kept = verified(raw=raw, place=place, token=fingerprint)
    if kept is not None:
        _note(place, "hit")
        return kept.body
    _note(place, "miss" if raw is None else "stale")
    entry = share(
        key=(place.key, fingerprint),
        compute=lambda: _fill(place, token=fingerprint, fill=fill, seconds=seconds),
    )
    assert entry is not None
    return entry.body


def verified(*, raw: bytes | None, place: Place, token: str) -> Entry | None:
    """Return the entry if it is this person's, of this place and of this token."""
    if raw is None:
        return None
    try:
        entry = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # damaged or foreign: a miss, which overwrites it
    is_ours = (
        entry.format == FORMAT
        and entry.owner == place.owner.hex
        and entry.place == place.name
        and entry.token == token
    )
    return entry if is_ours else None


def renewed(*, entry: Entry, token: str, filled: Filled) -> Entry:
    """Return the entry with another body, valid under another token."""
    return msgspec.structs.replace(
        entry,
        token=token,
        version=filled.version,
        etag=_etag(filled.body),
        body=filled.body,
    )


def packed(entry: Entry) -> bytes:
    return _encoder.encode(entry)


def lifetime_seconds(*, bound: int) -> int:
    """Return how long an entry is kept; ends are spread, and never beyond the bound."""
    return max(1, round(bound * (1 - JITTER * random.random())))


_decoder = msgspec.msgpack.Decoder(Entry)
_encoder = msgspec.msgpack.Encoder()


def _look_up(place: Place) -> tuple[str | None, Entry | None, Result]:
    """Return the current token, and the entry if it holds; one command on a hit."""
    keys = [generation_key(user_id=place.owner), place.key]
    try:
        server = client()
        raw_token, raw = cast(list[Any], server.mget(keys))
        if raw_token is None:
            return _first_token(server, keys[0]), None, "miss"
    except TROUBLES:
        return None, None, "error"
    token = raw_token.decode("latin-1")
    entry = verified(raw=raw, place=place, token=token)
    if entry is not None:
        return token, entry, "hit"
    return token, None, "miss" if raw is None else "stale"


def _first_token(server: redis.Redis, key: str) -> str:
    token = new_token()
    earlier = server.set(key, token, nx=True, get=True, ex=GENERATION_SECONDS)
    generation_was_missing.send(sender=None)
    return token if earlier is None else cast(bytes, earlier).decode("latin-1")


def _fill(
    place: Place, *, token: str, fill: Callable[[], Filled | None], seconds: int
) -> Entry | None:
    entry = _entry(place, token, fill())
    if entry is not None:
        # Without Redis it is read again the next time.
        with contextlib.suppress(*TROUBLES):
            client().set(place.key, packed(entry), ex=lifetime_seconds(bound=seconds))
    return entry


def _entry(place: Place, token: str, filled: Filled | None) -> Entry | None:
    if filled is None:
        return None
    return Entry(
        FORMAT,
        place.owner.hex,
        token,
        place.name,
        filled.version,
        _etag(filled.body),
        filled.body,
    )


def _etag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def _note(place: Place, result: Result) -> None:
    was_read.send(sender=None, namespace=place.namespace, result=result)
