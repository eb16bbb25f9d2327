"""Server-sent events of a turn: a plain ASGI application without Django's stack.

It holds no database connection while it waits. Rights are read from the
database when a stream opens and every few seconds while it lives.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import re
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, aclosing, contextmanager, suppress
from typing import Any, TypeVar

import structlog
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connections
from django.http.cookie import parse_cookie

from interviewer.orchestrator.announcing import stored_events
from interviewer.orchestrator.background import launch_turn
from interviewer.orchestrator.events import Event, EventId
from interviewer.orchestrator.redis_streams import StreamHub
from interviewer.orchestrator.relay import follow_turn
from interviewer.web.stream_rights import is_signed_in, owns_turn
from interviewer.web.stream_slots import NoSlot, Slot, StreamSlots
from interviewer.web.stream_tokens import BadToken, owner_of

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

EVENTS_PATH = re.compile(
    r"/interviews/(?P<session>[0-9a-f-]{36})/turns/(?P<turn>[0-9a-f-]{36})/events"
)
HEARTBEAT_SECONDS = 15
# A stream looks up each second and reads its rights each fourth: closed within five.
QUIET_SECONDS = 1
RIGHTS_SECONDS = 4
WRITE_SECONDS = 30  # a reader that takes nothing for so long is gone
RETRY_MS = 1_000
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
HEADERS = [
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    *SECURITY_HEADERS,
]
COME_BACK = ((b"retry-after", b"5"), (b"content-type", b"text/plain; charset=utf-8"))
CROWDED = b"Too many pages are reading replies at once. Load this page again."


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """Who reads which turn, and from where on."""

    session_id: uuid.UUID
    turn_id: uuid.UUID
    user_id: uuid.UUID
    session_key: str
    after: EventId


class Refused(Exception):
    """The request gets this status and, where there is more to say, a sentence."""

    def __init__(
        self, status: int, *headers: tuple[bytes, bytes], text: bytes = b""
    ) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.text = text


@functools.cache
def _hub() -> StreamHub:
    return StreamHub()


@functools.cache
def _slots() -> StreamSlots:
    return StreamSlots()


async def serve_events(scope: Any, receive: Any, send: Any) -> None:
    """Answer one request for a turn's events."""
    try:
        reading = _authorize(scope)
        await _require_rights(reading)
        with _slot_for(reading) as slot:
            await _serve(reading, slot, receive, send)
    except Refused as refusal:
        length = (b"content-length", str(len(refusal.text)).encode())
        await _send_head(send, refusal.status, [*refusal.headers, length])
        await send({"type": "http.response.body", "body": refusal.text})


@contextmanager
def _slot_for(reading: Reading) -> Iterator[Slot]:
    """Hold a slot; whoever gets none reads the reply from the page, a bit later."""
    with ExitStack() as held:
        try:
            slot = held.enter_context(
                _slots().held_by(user_id=reading.user_id, turn_id=reading.turn_id)
            )
        except NoSlot as error:
            status = 429 if error.is_own_doing else 503
            raise Refused(status, *COME_BACK, text=CROWDED) from None
        yield slot


async def _serve(reading: Reading, slot: Slot, receive: Any, send: Any) -> None:
    """Send the stream until it ends, its reader goes or a newer one takes its slot."""
    content_type = (b"content-type", b"text/event-stream; charset=utf-8")
    await _send_head(send, 200, [content_type])
    stream = asyncio.ensure_future(_stream(reading, send))
    gone = asyncio.ensure_future(_disconnected(receive))
    taken = asyncio.ensure_future(slot.is_taken.wait())
    tasks = {stream, gone, taken}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        has_ended = stream.done() or gone.done()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if not has_ended:
        await _send_farewell(send)


async def _send_farewell(send: Any) -> None:
    """Tell the reader, should it be alive, not to come back and take the slot again."""
    with suppress(TimeoutError):
        await _send_bytes(send, b"event: crowded\ndata: {}\n\n", more=False)


def _authorize(scope: Any) -> Reading:
    if scope["method"] != "GET":
        raise Refused(405, (b"allow", b"GET"))
    match = EVENTS_PATH.fullmatch(scope["path"])
    assert match is not None  # the caller dispatched on it
    headers = dict(scope["headers"])
    session_key = _session_key(headers.get(b"cookie", b"").decode("latin-1"))
    query = urllib.parse.parse_qs(scope["query_string"].decode("latin-1"))
    try:
        session_id, turn_id = uuid.UUID(match["session"]), uuid.UUID(match["turn"])
    except ValueError:
        raise Refused(404) from None
    try:
        user_id = owner_of(
            token=query.get("token", [""])[0], turn_id=turn_id, session_key=session_key
        )
    except BadToken:
        raise Refused(401) from None
    last_id = headers.get(b"last-event-id", b"").decode("latin-1")
    return Reading(session_id, turn_id, user_id, session_key, EventId.parse(last_id))


def _session_key(cookie_header: str) -> str:
    # As Django reads it, which forgives the odd cookies of other programs.
    return parse_cookie(cookie_header).get(settings.SESSION_COOKIE_NAME, "")


async def _stream(reading: Reading, send: Any) -> None:
    """Send events until the turn ends, the rights end, or something breaks."""
    try:
        await _send_events(reading, send)
        await _send_bytes(send, b"", more=False)
    except Refused:
        # It comes back, if at all, with the status for it.
        await _send_bytes(send, b"", more=False)
    except TimeoutError:
        log.info("stream_reader_stuck", turn_id=str(reading.turn_id))
    except Exception:
        # The edge of one stream: its reader comes back and goes on where it stopped.
        log.exception("stream_failed", turn_id=str(reading.turn_id))


async def _send_events(reading: Reading, send: Any) -> None:
    await _send_bytes(send, f"retry: {RETRY_MS}\n\n".encode())
    launch_turn(turn_id=reading.turn_id)  # in case nobody is generating it
    last_sent = last_checked = time.monotonic()
    events = follow_turn(
        turn_id=reading.turn_id,
        after=reading.after,
        hub=_hub(),
        stored_outcome=functools.partial(_stored_outcome, reading.turn_id),
        quiet_seconds=QUIET_SECONDS,
    )
    async with aclosing(events):
        async for event in events:
            now = time.monotonic()
            if now - last_checked >= RIGHTS_SECONDS:
                last_checked = now
                await _require_rights(reading)
                # The one who was generating it may have died meanwhile.
                launch_turn(turn_id=reading.turn_id)
            if event is not None:
                await _send_bytes(send, event.encode())
            elif now - last_sent >= HEARTBEAT_SECONDS:
                await _send_bytes(send, b": still here\n\n")
            else:
                continue
            last_sent = now


async def _require_rights(reading: Reading) -> None:
    status = await _in_database(_status, reading)
    if status != 200:
        raise Refused(status)


def _status(reading: Reading) -> int:
    user_id = reading.user_id
    if not is_signed_in(user_id=user_id, session_key=reading.session_key):
        return 401
    is_owner = owns_turn(
        user_id=user_id, session_id=reading.session_id, turn_id=reading.turn_id
    )
    return 200 if is_owner else 404


async def _stored_outcome(turn_id: uuid.UUID, after: EventId) -> list[Event]:
    return await _in_database(
        functools.partial(stored_events, turn_id=turn_id, after=after)
    )


async def _in_database(function: Callable[..., Result], *arguments: object) -> Result:
    def read() -> Result:
        try:
            return function(*arguments)
        except DatabaseError:
            log.exception("stream_without_database")
            raise Refused(503, (b"retry-after", b"5")) from None
        except ObjectDoesNotExist:
            raise Refused(404) from None  # deleted while it was read
        finally:
            # A stream holds no connection: a pooled one goes back at once.
            connections.close_all()

    async with ThreadSensitiveContext():
        return await sync_to_async(read)()


async def _disconnected(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_head(send: Any, status: int, headers: Any = ()) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, *HEADERS],
        }
    )


async def _send_bytes(send: Any, body: bytes, *, more: bool = True) -> None:
    async with asyncio.timeout(WRITE_SECONDS):
        await send({"type": "http.response.body", "body": body, "more_body": more})
