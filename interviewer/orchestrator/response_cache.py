"""The cache of models' answers, on Django's cache; with Redis gone it is empty.

The task says who may be served an answer and for how long; the digest says for which
request (interviewer/agents/response_key.py). An entry carries both again and is
believed only when they agree: whatever else stands under the key is a miss, and
is deleted.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Collection
from typing import Any, Final, Literal

import msgspec
import structlog
from django.conf import settings
from django.core.cache import cache

from interviewer.agents.model_tasks import ModelTask, Reads
from interviewer.agents.model_tasks import Scope as ScopeKind
from interviewer.agents.model_types import Usage
from interviewer.agents.response_key import CallContext, response_digest
from interviewer.telemetry import record_cache

log = structlog.get_logger(__name__)

FORMAT: Final = 1  # raised when the shape of an entry changes
JITTER: Final = 0.1  # share of a lifetime by which shared entries' ends are spread
EMBEDDED: Final = "embedded"
FINISHED: Final = "stop"

Result = Literal["hit", "miss", "error"]


class Response(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What an engine answered, and where it came from. `created` is in UNIX seconds."""

    kind: Literal["text", "struct"]
    body: str  # a text, or a struct as JSON
    finish_reason: str
    engine: str
    model: str  # provider:model
    prompt_version: str
    usage: Usage
    cost_micros: int
    created: float
    provenance: str

    @property
    def variant(self) -> str:
        """Return what tells this answer from others to the same request."""
        return hashlib.blake2b(self.body.encode(), digest_size=8).hexdigest()

    @property
    def is_storable(self) -> bool:
        """Say whether it may be served again: whole, of a model, and not empty.

        A refusal, a truncated text and the embedded engine standing in are not.
        """
        is_whole = self.finish_reason == FINISHED and bool(self.body.strip())
        return is_whole and self.engine != EMBEDDED


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    format: int
    digest: str
    owner: str
    response: Response


@dataclasses.dataclass(frozen=True, slots=True)
class Scope:
    """Who may be served: `owner` is in each entry; `generation` ends all older ones."""

    kind: ScopeKind
    id: str
    owner: str
    generation: int

    @classmethod
    def public(cls) -> Scope:
        """Return the scope of everybody: nothing in it comes from a person."""
        return cls(kind="public", id="public", owner="", generation=0)

    @classmethod
    def of_user(cls, *, user_id: object, generation: int) -> Scope:
        """Return the person's own scope; raises ValueError without a person."""
        owner = _identity(user_id)
        return cls(kind="user", id=owner, owner=owner, generation=generation)

    @classmethod
    def of_session(
        cls, *, session_id: object, user_id: object, generation: int
    ) -> Scope:
        """Return the scope of one interview; `generation` is its owner's."""
        return cls("session", _identity(session_id), _identity(user_id), generation)


def _identity(identity: object) -> str:
    # An empty identity would be everybody's.
    if identity is None or not (text := str(identity)):
        raise ValueError("A scope needs an identity.")
    return text


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where answers to one request are kept: its key and who is meant by it."""

    task: ModelTask[Any]
    scope: Scope
    digest: str

    @property
    def key(self) -> str:
        """Return the key in Django's cache, without its prefix."""
        scope = self.scope
        # The braces keep a scope's keys together in a cluster.
        return f"llm:{self.task.name}:{{{scope.id}}}:{scope.generation}:{self.digest}"

    def slots(self, *, chooser: str) -> list[str]:
        """Return the keys of the pool's variants, in the order of this chooser."""
        size = self.task.pool_size
        if size == 1:
            return [self.key]
        ranks = hashlib.blake2b(chooser.encode(), digest_size=size).digest()
        order = sorted(range(size), key=ranks.__getitem__)
        return [f"{self.key}:{number}" for number in order]

    def lifetime_seconds(self) -> float:
        """Return how long an entry lives from now; a hit does not extend it."""
        seconds = self.task.ttl_seconds
        if seconds is None:
            raise ValueError(f"{self.task.name} is not kept in the cache.")
        if self.scope.kind != "public":
            return seconds
        # Spread, so that what was made together does not end together.
        spread = int(self.digest[:4], 16) / 0xFFFF * 2 - 1
        return seconds * (1 + JITTER * spread)


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a look-up; `slot` is where the missing answer will be kept."""

    result: Result
    response: Response | None = None
    slot: str | None = None


def place_of(
    *, task: ModelTask[Reads], reads: Reads, context: CallContext, scope: Scope
) -> Place:
    """Return where the answer to this request is kept; raises ValueError.

    The scope must be of the task's kind: nothing private is ever shared.
    """
    if scope.kind != task.scope:
        raise ValueError(f"{task.name} is of {task.scope} scope, not {scope.kind}.")
    digest = response_digest(
        task=task, reads=reads, context=context, secret=_secret(settings.SECRET_KEY)
    )
    return Place(task, scope, digest)


@functools.lru_cache(maxsize=4)  # more than one in tests only
def _secret(secret_key: str) -> bytes:
    # Of its own, so that no key tells anything about what else the secret protects.
    return hashlib.blake2b(secret_key.encode(), person=b"response-key").digest()


def find(
    *, place: Place, chooser: str = "", seen: Collection[str] = frozenset()
) -> Found:
    """Look the request up: one command to Redis.

    From a pool each `chooser` (a person in a session) gets a variant of its own, none
    that is in `seen`; a place of the pool that is still free is a miss, and fills it.
    """
    found = _find(place, chooser, seen)
    record_cache("responses", found.result)
    return found


def find_at_hand(*, place: Place, chooser: str) -> Response | None:
    """Look the request up before it is certain that it will be made.

    A miss is not counted: whoever misses goes on to `find`.
    """
    found = _find(place, chooser, frozenset())
    if found.result != "miss":
        record_cache("responses", found.result)
    return found.response


def _find(place: Place, chooser: str, seen: Collection[str]) -> Found:
    slots = place.slots(chooser=chooser)
    if len(slots) == 1:
        raw = cache.get(slots[0])
        entries = {} if raw is None else {slots[0]: raw}
    else:
        entries = cache.get_many(slots)
    for slot in slots:
        if slot not in entries:
            return Found("miss", slot=slot)
        response = _verified(entries[slot], place)
        if response is None:
            cache.delete(slot)
            log.warning("response_cache_entry_refused", task=place.task.name)
            return Found("error", slot=slot)
        if not seen or response.variant not in seen:
            return Found("hit", response)
    return Found("miss")  # all of them are known: a new one, which is not kept


def _verified(raw: object, place: Place) -> Response | None:
    try:
        entry = msgspec.convert(raw, _Entry)
    except msgspec.ValidationError:
        return None
    is_ours = (
        entry.format == FORMAT
        and entry.digest == place.digest
        and entry.owner == place.scope.owner
        and entry.response.is_storable
    )
    return entry.response if is_ours else None


def keep(*, place: Place, response: Response, slot: str | None) -> None:
    """Keep the answer, if it may be, where the look-up found one missing.

    A place of a pool that somebody else has filled meanwhile stays as it is.
    """
    if slot is None or not response.is_storable:
        return
    entry = _Entry(FORMAT, place.digest, place.scope.owner, response)
    seconds = place.lifetime_seconds()
    if place.task.pool_size > 1:
        cache.add(slot, entry, timeout=seconds)
    else:
        cache.set(slot, entry, timeout=seconds)
