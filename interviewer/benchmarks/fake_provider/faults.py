"""Everything that goes wrong at a provider, by name."""

from __future__ import annotations

import dataclasses
import json

from interviewer.benchmarks.fake_provider.requests import ChatRequest, Reply

STATUS = "status"
HTML = "html"  # a proxy's error page instead of JSON
RESET_BEFORE = "reset_before"  # the connection is reset before the first byte
HANG = "hang"  # accepted, then silence
RESET_MIDWAY = "reset_midway"
STALL = "stall"  # silence between two tokens
EMPTY_STREAM = "empty_stream"
GARBLED = "garbled"  # an event that is no JSON
TOOL_CALL = "tool_call"
REFUSAL = "refusal"
CONTENT_FILTER = "content_filter"
LENGTH = "length"
NO_FINISH = "no_finish"
INVALID_JSON = "invalid_json"
WRONG_SHAPE = "wrong_shape"
FALSE_QUOTES = "false_quotes"
ENDLESS = "endless"
ECHO = "echo"

ENDLESS_CHARACTERS = 100_000
INVENTED = "I never said anything of this kind."


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """One way of failing; `after_pieces` is for those that happen midway."""

    kind: str
    status: int = 500
    retry_after: str = ""
    after_pieces: int = 2

    @property
    def is_midway(self) -> bool:
        return self.kind in (RESET_MIDWAY, STALL, GARBLED)


def spoil(*, fault: Fault | None, request: ChatRequest, reply: Reply) -> Reply:
    """Return what the model says under this fault; transport faults change nothing."""
    if fault is None:
        return reply
    if fault.kind == FALSE_QUOTES:
        return dataclasses.replace(reply, text=_with_false_quotes(reply.text))
    return {
        TOOL_CALL: Reply(finish_reason="tool_calls", tool="search"),
        REFUSAL: Reply(refusal="I cannot help with that."),
        CONTENT_FILTER: dataclasses.replace(reply, finish_reason="content_filter"),
        LENGTH: dataclasses.replace(reply, finish_reason="length"),
        NO_FINISH: dataclasses.replace(reply, finish_reason=""),
        INVALID_JSON: Reply('{"answers": [{"answer_id": '),
        WRONG_SHAPE: Reply('{"score": "seven", "verdict": true}'),
        ENDLESS: Reply("and so on " * (ENDLESS_CHARACTERS // 10)),
        ECHO: Reply(request.last),
    }.get(fault.kind, reply)


def _with_false_quotes(text: str) -> str:
    def replaced(pairs: list[tuple[str, object]]) -> dict[str, object]:
        return {
            name: [INVENTED] if name == "quotes" else INVENTED
            for name, _ in pairs
            if name in ("quotes", "quote")
        } | {n: v for n, v in pairs if n not in ("quotes", "quote")}

    return json.dumps(json.loads(text, object_pairs_hook=replaced))
