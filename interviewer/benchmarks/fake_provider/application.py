"""The provider's HTTP interface: chat completions, and a door for its operator."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from typing import Any

from interviewer.benchmarks.fake_provider import faults
from interviewer.benchmarks.fake_provider.faults import Fault
from interviewer.benchmarks.fake_provider.meter import Count
from interviewer.benchmarks.fake_provider.provider import Latency, Provider
from interviewer.benchmarks.fake_provider.requests import ChatRequest, Reply

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

JSON = "application/json"
_ERROR_PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Application:
    """An ASGI application; served without middleware, for it resets connections."""

    def __init__(self, *, provider: Provider) -> None:
        self.provider = provider
        self._open: set[asyncio.Transport] = set()

    async def __call__(
        self, scope: Mapping[str, Any], receive: Receive, send: Send
    ) -> None:
        path = scope["path"]
        if path.endswith("/chat/completions"):
            await self._complete(receive, send)
        elif path == "/control":
            body = await _read(receive)
            await _send_json(send, 200, self._control(json.loads(body or b"{}")))
        else:
            await _send_json(send, 404, _error("not found"))

    def abort_streams(self) -> None:
        """Reset every connection that is being answered; call it on the loop."""
        for transport in list(self._open):
            _reset(transport)

    def _control(self, orders: Mapping[str, Any]) -> dict[str, Any]:
        """Follow the operator's orders and return what was counted so far."""
        provider = self.provider
        for fault in orders.get("fail", []):
            provider.fail(None if fault is None else Fault(**fault))
        provider.say(*orders.get("say", []))
        if "say_only" in orders:
            provider.say_only(*orders["say_only"])
        if "latency" in orders:
            provider.latency = Latency(**orders["latency"])
        if "persona" in orders:
            provider.persona = orders["persona"]
        if orders.get("abort_streams"):
            self.abort_streams()
        total = provider.meter.total
        return {
            "requests": len(provider.requests),
            "tokens_in": total.tokens_in,
            "cached": total.cached,
            "tokens_out": total.tokens_out,
            "billed_in": total.billed_in,
        }

    async def _complete(self, receive: Receive, send: Send) -> None:
        request = ChatRequest(json.loads(await _read(receive)))
        reply, fault = self.provider.receive(request)
        with self._listed(send):
            if await self._fails_at_once(fault, request, receive, send):
                return
            said = reply.text or reply.tool or reply.refusal
            count = self.provider.meter.count(prompt=request.text, said=said)
            answer = _Answer(request, reply, count, fault, self.provider.latency)
            if not request.is_stream:
                await asyncio.sleep(answer.latency.first_token)
                await _send_json(send, 200, answer.whole())
            elif not await answer.stream(send):
                await self._fail_midway(fault, request, receive, send)

    @contextlib.contextmanager
    def _listed(self, send: Send) -> Iterator[None]:
        transport = _transport(send)
        self._open.add(transport)
        try:
            yield
        finally:
            self._open.discard(transport)

    async def _fails_at_once(
        self, fault: Fault | None, request: ChatRequest, receive: Receive, send: Send
    ) -> bool:
        kind = fault.kind if fault else ""
        if fault is not None and kind == faults.STATUS:
            wait = [(b"retry-after", fault.retry_after.encode())]
            headers = wait if fault.retry_after else []
            await _send_json(send, fault.status, _error("not now"), headers)
        elif kind == faults.HTML:
            await _send(send, 502, "text/html", _ERROR_PAGE)
        elif kind == faults.RESET_BEFORE:
            _reset(_transport(send))
        elif kind == faults.HANG:
            await self._wait_until_left(request, receive)
        else:
            return False
        return True

    async def _fail_midway(
        self, fault: Fault | None, request: ChatRequest, receive: Receive, send: Send
    ) -> None:
        assert fault is not None
        if fault.kind == faults.GARBLED:
            await _send_part(send, b'data: {"choices": [{"del\n\n')
            await _send_part(send, b"", more=False)
        elif fault.kind in (faults.RESET_MIDWAY, faults.NO_BILL):
            _reset(_transport(send))
        else:
            await self._wait_until_left(request, receive)

    async def _wait_until_left(self, request: ChatRequest, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.provider.left.put(request)


class _Answer:
    """One reply on its way."""

    def __init__(
        self,
        request: ChatRequest,
        reply: Reply,
        count: Count,
        fault: Fault | None,
        latency: Latency,
    ) -> None:
        self.latency = latency
        self._request = request
        self._reply = reply
        self._count = count
        self._fault = fault
        self._head = {
            "id": "chatcmpl-fake",
            "created": 0,
            "model": request.body.get("model", ""),
        }

    def whole(self) -> dict[str, Any]:
        """Return the reply as one JSON object."""
        message: dict[str, Any] = {"role": "assistant", "content": self._reply.text}
        if self._reply.refusal:
            message |= {"content": None, "refusal": self._reply.refusal}
        if self._reply.tool:
            message |= {"content": None, "tool_calls": self._tool_calls()}
        choice = {
            "index": 0,
            "message": message,
            "finish_reason": self._reply.finish_reason or None,
        }
        head = {**self._head, "object": "chat.completion"}
        return {**head, "choices": [choice], "usage": self._usage()}

    async def stream(self, send: Send) -> bool:
        """Send the reply as events; return False where a fault has to strike."""
        await _send_head(send, 200, "text/event-stream")
        if self._fault is None or self._fault.kind != faults.EMPTY_STREAM:
            await self._send_event(send, [self._choice({"role": "assistant"})])
            if not await self._send_pieces(send):
                return False
            if not await self._send_end(send):
                return False
        await _send_part(send, b"data: [DONE]\n\n")
        await _send_part(send, b"", more=False)
        return True

    async def _send_pieces(self, send: Send) -> bool:
        for index, delta in enumerate(self._deltas()):
            if self._strikes(index):
                return False
            seconds = self.latency.per_token if index else self.latency.first_token
            if seconds:
                await asyncio.sleep(seconds)
            if _transport(send).is_closing():
                return True  # nobody listens any more
            await self._send_event(send, [self._choice(delta)])
        return not (self._fault and self._fault.is_midway)

    def _strikes(self, index: int) -> bool:
        fault = self._fault
        return fault is not None and fault.is_midway and index >= fault.after_pieces

    def _deltas(self) -> Iterator[dict[str, Any]]:
        if self._reply.refusal:
            yield {"refusal": self._reply.refusal}
        if self._reply.tool:
            yield {"tool_calls": self._tool_calls()}
        for piece in self._reply.pieces:
            yield {"content": piece}

    async def _send_end(self, send: Send) -> bool:
        if self._reply.finish_reason:
            choice = self._choice({}) | {"finish_reason": self._reply.finish_reason}
            await self._send_event(send, [choice])
        if self._fault is not None and self._fault.kind == faults.NO_BILL:
            return False
        if self._request.wants_usage:
            await self._send_event(send, [], usage=self._usage())
        return True

    async def _send_event(
        self, send: Send, choices: list[dict[str, Any]], **more: Any
    ) -> None:
        head = {**self._head, "object": "chat.completion.chunk"}
        event = json.dumps({**head, "choices": choices, **more})
        await _send_part(send, f"data: {event}\n\n".encode())

    def _choice(self, delta: dict[str, Any]) -> dict[str, Any]:
        return {"index": 0, "delta": delta, "finish_reason": None}

    def _tool_calls(self) -> list[dict[str, Any]]:
        function = {"name": self._reply.tool, "arguments": "{}"}
        call = {"index": 0, "id": "call-1", "type": "function"}
        return [{**call, "function": function}]

    def _usage(self) -> dict[str, Any]:
        count = self._count
        return {
            "prompt_tokens": count.tokens_in,
            "completion_tokens": count.tokens_out,
            "total_tokens": count.tokens_in + count.tokens_out,
            "prompt_tokens_details": {"cached_tokens": count.cached},
        }


def _transport(send: Send) -> asyncio.Transport:
    """Return the connection behind uvicorn's `send`: ASGI knows no way to reset it."""
    transport = send.__self__.transport  # type: ignore[attr-defined]
    assert isinstance(transport, asyncio.Transport)
    return transport


def _reset(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


def _error(text: str) -> dict[str, Any]:
    return {"error": {"message": text, "type": "fake", "code": None}}


async def _send_json(
    send: Send,
    status: int,
    content: Any,
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    await _send(send, status, JSON, json.dumps(content).encode(), headers)


async def _send(
    send: Send,
    status: int,
    content_type: str,
    body: bytes,
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    await _send_head(send, status, content_type, headers)
    await _send_part(send, body, more=False)


async def _send_head(
    send: Send,
    status: int,
    content_type: str,
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    fields = [(b"content-type", content_type.encode()), *(headers or [])]
    start = {"type": "http.response.start", "status": status, "headers": fields}
    await send(start)


async def _send_part(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})
