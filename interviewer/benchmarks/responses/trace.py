"""A trace: pairs of requests, one in each line of a file as JSON.

{"id": …, "conversation_a": [{"role": …, "content": …}, …], "reply_a": …,
 "conversation_b": […], "context_a": {…}, "context_b": {…}, "same_session": …}
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

from interviewer.benchmarks.suite import UnableToRun

# The name of a role in a trace → who speaks: interviewer, candidate or notice.
SPEAKERS: Mapping[str, str] = {
    "interviewer": "interviewer",
    "assistant": "interviewer",
    "coach": "interviewer",
    "ai": "interviewer",
    "candidate": "candidate",
    "user": "candidate",
    "human": "candidate",
    "system": "notice",
}


class _Malformed(ValueError):
    """What is wrong with a line."""


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """One message of a conversation."""

    speaker: str
    content: str


@dataclasses.dataclass(frozen=True, slots=True)
class Side:
    """One request of a pair: its conversation, and the set-up that it was made in."""

    conversation: tuple[Said, ...]
    context: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """A request that was answered with `reply`, and another one."""

    id: Any
    a: Side
    reply: str
    b: Side
    is_same_session: bool

    @property
    def is_equal(self) -> bool:
        return self.a == self.b


def read_pairs(lines: Iterable[str]) -> list[Pair]:
    """Return the pairs of a trace; raises UnableToRun that names the line."""
    pairs = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            pairs.append(pair_of(json.loads(line)))
        except ValueError as error:
            raise UnableToRun(f"line {number} of the trace: {error}") from None
    return pairs


def pair_of(fields: Any) -> Pair:
    """Return the pair that a line describes; raises ValueError."""
    fields = _mapping(fields, "the line")
    for name in ("id", "conversation_a", "reply_a", "conversation_b"):
        if name not in fields:
            raise _Malformed(f"{name} is missing")
    return Pair(
        id=fields["id"],
        a=_side(fields, "a"),
        reply=_text(fields["reply_a"]),
        b=_side(fields, "b"),
        is_same_session=bool(fields.get("same_session")),
    )


def _side(fields: Mapping[str, Any], side: str) -> Side:
    conversation = fields[f"conversation_{side}"]
    if not isinstance(conversation, list):
        raise _Malformed(f"conversation_{side} is not a list")
    context = _mapping(fields.get(f"context_{side}") or {}, f"context_{side}")
    return Side(
        conversation=tuple(_said(message) for message in conversation),
        # What is absent and what is null say the same.
        context={
            name: _text(value) for name, value in context.items() if value is not None
        },
    )


def _said(message: Any) -> Said:
    message = _mapping(message, "a message")
    role = message.get("role")
    if not isinstance(role, str) or role not in SPEAKERS:
        raise _Malformed(f"nobody is known as {role!r}")
    return Said(SPEAKERS[role], _text(message.get("content")))


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Malformed(f"{what} is not an object")
    return value


def _text(value: Any) -> str:
    """Return the value as text that a database can store."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    # Half of a surrogate pair is valid in JSON, but not in a database.
    return text.encode("utf-8", "backslashreplace").decode()
