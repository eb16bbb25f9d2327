"""What the provider is asked, and what it answers."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class ChatRequest:
    """One request, as it came over the wire."""

    body: Mapping[str, Any]

    @property
    def messages(self) -> list[tuple[str, str]]:
        """Return role and text of each message."""
        return [(m["role"], _text(m.get("content"))) for m in self.body["messages"]]

    @property
    def system(self) -> str:
        return "\n\n".join(text for role, text in self.messages if role == "system")

    @property
    def last(self) -> str:
        return self.messages[-1][1]

    @property
    def is_stream(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def wants_usage(self) -> bool:
        options = self.body.get("stream_options") or {}
        return not self.is_stream or bool(options.get("include_usage"))

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """Return the JSON schema that the reply has to fit."""
        response_format = self.body.get("response_format") or {}
        schema = (response_format.get("json_schema") or {}).get("schema")
        return schema if isinstance(schema, Mapping) else None

    @property
    def text(self) -> str:
        """Return the whole prompt as one text, the same for the same messages."""
        return "".join(f"\x02{role}\x03{text}" for role, text in self.messages)


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """What the model says."""

    text: str = ""
    finish_reason: str = "stop"  # empty: the stream just ends
    tool: str = ""  # name of a tool that it calls instead of speaking
    refusal: str = ""
    is_whole: bool = False  # comes at once, for those who do not look at its pieces

    @property
    def pieces(self) -> list[str]:
        """Return the text in pieces of about a token, or in one."""
        if self.is_whole:
            return [self.text]
        return re.findall(r"\s*\S{1,12}|\s+$", self.text)


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(block.get("text", "") for block in content)
    return content or ""
