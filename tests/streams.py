"""Turn events as their readers get them: the ASGI application driven by hand."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections
from django.test import Client

from interviewer.asgi import application

DEADLINE_SECONDS = 20


@dataclasses.dataclass(frozen=True)
class Told:
    """One event, as a browser reads it."""

    id: str
    type: str
    data: Any


def read_events(body: bytes) -> list[Told]:
    """Return the events that have arrived whole; what follows them is not one yet."""
    whole, _, _ = body.decode(errors="ignore").rpartition("\n\n")
    told = []
    for block in whole.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line)
        if "event" in fields:
            data = json.loads(fields["data"])
            told.append(Told(fields.get("id", ""), fields["event"], data))
    return told


class Reading:
    """One request for a stream: what came, and ways to wait for it and to leave."""

    def __init__(
        self,
        url: str,
        *,
        method: str = "GET",
        client: Client | None = None,
        cookie: str | None = None,
        last_event_id: str | None = None,
    ) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.is_complete = False
        self._changed = asyncio.Condition()
        self._has_left = asyncio.Event()
        self._is_blocked = asyncio.Event()
        scope = _scope(url, method, _cookie(client, cookie), last_event_id)
        self._task = asyncio.create_task(application(scope, self._receive, self._send))

    @property
    def events(self) -> list[Told]:
        return read_events(self.body)

    @property
    def text(self) -> str:
        """The words shown, as the page's script puts them together."""
        return shown_text(self.events)

    async def until(self, is_enough: Callable[[Reading], bool]) -> Reading:
        """Return when enough has come; the stream must not have ended before."""
        async with asyncio.timeout(DEADLINE_SECONDS), self._changed:
            await self._changed.wait_for(lambda: is_enough(self) or self._task.done())
        assert is_enough(self)
        return self

    async def to_the_end(self) -> Reading:
        """Return when the application has finished with the request."""
        await asyncio.wait_for(asyncio.shield(self._task), DEADLINE_SECONDS)
        return self

    async def leave(self) -> Reading:
        """Disconnect, as a browser does that is closed."""
        self._has_left.set()
        return await self.to_the_end()

    def stop_taking(self) -> None:
        """Take nothing more, as a reader whose network is gone."""
        self._is_blocked.set()

    async def _receive(self) -> dict[str, Any]:
        await self._has_left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if self._is_blocked.is_set():
            await asyncio.Event().wait()
        async with self._changed:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
            else:
                self.body += message["body"]
                self.is_complete = not message.get("more_body", False)
            self._changed.notify_all()


def shown_text(events: list[Told]) -> str:
    """Return what a page shows of the reply before it is replaced by the message."""
    text = ""
    for event in events:
        if event.type == "reset":
            text = ""
        elif event.type == "delta":
            text += event.data["text"]
    return text


@contextlib.asynccontextmanager
async def running_application() -> AsyncIterator[None]:
    """Start the application as a server does, and stop it."""
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    lifespan = application({"type": "lifespan"}, inbox.get, outbox.put)
    task = asyncio.create_task(lifespan)
    await inbox.put({"type": "lifespan.startup"})
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        await asyncio.wait_for(task, DEADLINE_SECONDS)


async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Do database work beside the loop and leave no connection open."""

    def work() -> Any:
        try:
            return function(*arguments)
        finally:
            connections.close_all()

    return await asyncio.to_thread(work)


def _cookie(client: Client | None, cookie: str | None) -> str:
    if cookie is not None or client is None:
        return cookie or ""
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}" if name in client.cookies else ""


def _scope(
    url: str, method: str, cookie: str, last_event_id: str | None
) -> dict[str, Any]:
    address = urlsplit(url)
    headers = [(b"host", b"testserver"), (b"cookie", cookie.encode("latin-1"))]
    if last_event_id is not None:
        headers.append((b"last-event-id", last_event_id.encode("latin-1")))
    return {
        "type": "http",
        "method": method,
        "path": address.path,
        "query_string": address.query.encode(),
        "headers": headers,
    }
