"""The registry of what a language model may be asked.

A task declares everything its prompt is made from in one frozen type, `reads`. Its
renderer receives that and nothing else, and the cache key is computed from the same
value: a prompt cannot depend on something that the key has missed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar

import msgspec

from interviewer.agents.model_types import Prompt

Scope = Literal["public", "user", "session"]

POOL_LIMIT = 64  # a pool is ordered by one digest, which has at most that many bytes

Reads = TypeVar("Reads")


class UnableToRegister(Exception):
    """The task contradicts itself, or its name is taken; the text says how."""


class UnknownTask(LookupError):
    """No task of this name is registered."""


class Digested:
    """A value that is known by its digest: only the digest enters the cache key.

    For what is long and changes in steps: the conversation before the message, the
    frozen set-up, documents. Whoever makes one answers for the digest covering the
    whole value.
    """

    __slots__ = ("digest", "value")

    digest: str
    value: Any

    def __init__(self, *, digest: str, value: Any) -> None:
        object.__setattr__(self, "digest", digest)
        object.__setattr__(self, "value", value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} cannot be changed")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Digested) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Digested({self.digest})"  # the value may be private


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ModelTask(Generic[Reads]):
    """One thing that a model is asked for.

    `schema_version` is raised when the meaning of the reads or of the result changes;
    the prompt's own version is part of the key beside it.
    """

    name: str
    prompt: str  # name of the prompt file
    reads: type[Reads]  # frozen, so that it is what it was when the key was computed
    render: Callable[[Reads], Prompt]
    scope: Scope  # who may be served the result
    ttl_seconds: int | None  # None: kept in the database and never in the cache
    pool_size: int = 1  # variants that are held, so that not everybody gets the same
    schema_version: int = 1

    def trouble(self) -> str:
        """Return what is wrong with this task; empty when nothing is."""
        if not _is_frozen(self.reads):
            return "what it reads can be changed"
        if not 1 <= self.pool_size <= POOL_LIMIT:
            return f"a pool holds 1 to {POOL_LIMIT} variants"
        if self.pool_size > 1 and self.scope != "public":
            return "only public results are pooled"
        if self.ttl_seconds is not None and self.ttl_seconds <= 0:
            return "it would never be kept"
        return ""


def _is_frozen(type_: type[Any]) -> bool:
    if issubclass(type_, msgspec.Struct):
        return type_.__struct_config__.frozen
    parameters = getattr(type_, "__dataclass_params__", None)
    return parameters is not None and bool(parameters.frozen)


_tasks: dict[str, ModelTask[Any]] = {}


def register(task: ModelTask[Reads]) -> ModelTask[Reads]:
    """Add the task to the registry; raises UnableToRegister."""
    trouble = task.trouble()
    if not trouble and task.name in _tasks:
        trouble = "the name is taken"
    if trouble:
        raise UnableToRegister(f"{task.name}: {trouble}")
    _tasks[task.name] = task
    return task


def task(name: str) -> ModelTask[Any]:
    """Return the task of this name; raises UnknownTask."""
    try:
        return _tasks[name]
    except KeyError:
        raise UnknownTask(name) from None


def all_tasks() -> tuple[ModelTask[Any], ...]:
    """Return every registered task, by name."""
    return tuple(_tasks[name] for name in sorted(_tasks))
