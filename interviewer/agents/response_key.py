"""The key under which a model's answer is kept: a digest of everything it depends on.

The parts are encoded by type and length before they are hashed; strings are never
joined, so text that moves from one field to the next gives another key. The digest is
keyed with a secret: nobody can tell from a key what was said, or compute one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from interviewer.agents.model_tasks import Digested, ModelTask, Reads

DIGEST_BYTES: Final = 16
_DIGESTED: Final = 1  # MessagePack extension type: a digest is not a text
_FENCED = re.compile(r"(^[ \t]*(?:```|~~~).*?(?:^[ \t]*(?:```|~~~)|\Z))", re.M | re.S)
_LINE_END = re.compile(r"\r\n?")
_SPACES = re.compile(r" {2,}")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    """What shapes the words besides the task's reads.

    `model` is provider:model; `parameters` are those of sampling.
    """

    engine: str
    model: str
    parameters: Mapping[str, Any]
    language: str
    mode: str
    prompt_version: str


def response_digest(
    *, task: ModelTask[Reads], reads: Reads, context: CallContext, secret: bytes
) -> str:
    """Return the digest of this request: 32 hexadecimal digits.

    Equal requests have equal digests in every process that has the secret. The time
    it takes does not grow with what stands behind a `Digested`. Raises TypeError for
    a value that has no canonical form.
    """
    parts = [
        task.name,
        context.prompt_version,
        task.schema_version,
        context.engine,
        context.model,
        dict(context.parameters),
        context.language,
        context.mode,
        reads,
    ]
    return hashlib.blake2b(
        _encoder.encode(parts), digest_size=DIGEST_BYTES, key=secret
    ).hexdigest()


def _encoded(value: object) -> msgspec.msgpack.Ext:
    if isinstance(value, Digested):
        return msgspec.msgpack.Ext(_DIGESTED, value.digest.encode())
    raise TypeError(f"{type(value).__name__} cannot be part of a key")


# Sorted: fields, maps and sets have one order, whatever they were built in.
_encoder = msgspec.msgpack.Encoder(order="sorted", enc_hook=_encoded)


def normalize_message(text: str) -> str:
    """Return the message as it enters a key: the same words give the same text.

    Composed characters, one kind of line end, no outer space, single spaces outside
    code fences. Case and punctuation stay: `O(n)` is not `O(n log n)`, and Go is not
    go. What is stored and shown is the message as it was typed.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    text = text.strip()
    if "  " not in text:
        return text
    if "```" not in text and "~~~" not in text:
        return _SPACES.sub(" ", text)
    parts = _FENCED.split(text)  # outside and fenced in turn
    parts[::2] = [_SPACES.sub(" ", outside) for outside in parts[::2]]
    return "".join(parts)
