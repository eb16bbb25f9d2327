"""Lists and states that are kept, answered by a plain ASGI application before Django.

One command to Redis brings what the permission is bound to, the person's generation
and the entry; when all three agree its bytes are sent as they are. A miss, Redis away,
an old token or any other doubt: Django answers the same request.
"""

from __future__ import annotations

import asyncio
import re
import urllib.parse
import uuid
import weakref
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, cast

import redis.asyncio
from django.conf import settings
from django.http.cookie import parse_cookie
from django.utils.http import parse_etags

from interviewer.guarded_redis import DEADLINE_SECONDS, TROUBLES, GuardedPool
from interviewer.web.read_tokens import Permission, permission_of
from interviewer.web.reads import CACHE_CONTROL, TOKEN
from interviewer.web.streaming import SECURITY_HEADERS
from sessions_app.services.access import access_key
from sessions_app.services.generations import (
    Entry,
    Place,
    client,
    generation_key,
    verified,
    was_read,
)
from sessions_app.services.kept_sessions import (
    FILTERS,
    PageKey,
    list_place,
    session_place,
)

READS_PATH: Final = re.compile(
    r"/interviews/(?:list|(?P<session>[0-9a-f-]{36})/state)\.json"
)
HEADERS: Final = [
    (b"content-type", b"application/json"),
    (b"cache-control", CACHE_CONTROL.encode()),
    (b"vary", b"Cookie"),
    *SECURITY_HEADERS,
]

Application = Callable[[Any, Any, Any], Awaitable[None]]

_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis] = (
    weakref.WeakKeyDictionary()
)


async def serve_read(
    scope: Any, receive: Any, send: Any, *, otherwise: Application
) -> None:
    """Answer from what is kept, or let `otherwise` answer."""
    entry = await _kept(scope)
    if entry is None:
        await otherwise(scope, receive, send)
        return
    etags = parse_etags(_header(scope, b"if-none-match"))
    is_known = entry.etag in etags or etags == ["*"]
    head = [(b"etag", entry.etag.encode()), *HEADERS]
    if not is_known:
        head.append((b"content-length", str(len(entry.body)).encode()))
    await send(
        {
            "type": "http.response.start",
            "status": 304 if is_known else 200,
            "headers": head,
        }
    )
    has_body = not is_known and scope["method"] == "GET"
    await send({"type": "http.response.body", "body": entry.body if has_body else b""})


async def close_reads() -> None:
    """Close this loop's connections to Redis."""
    if (server := _clients.pop(asyncio.get_running_loop(), None)) is not None:
        await server.aclose()


async def _kept(scope: Any) -> Entry | None:
    if scope["method"] not in ("GET", "HEAD"):
        return None
    query = urllib.parse.parse_qs(scope["query_string"].decode("latin-1"))
    # As Django reads it: of values with one name the last one counts.
    values = {name: given[-1] for name, given in query.items()}
    permission = permission_of(
        token=values.get(TOKEN, ""), session_key=_session_key(scope)
    )
    if permission is None:
        return None
    place = _place(scope["path"], values, permission.user_id)
    return None if place is None else await _look_up(place, permission)


def _place(path: str, values: Mapping[str, str], user_id: uuid.UUID) -> Place | None:
    match = READS_PATH.fullmatch(path)
    assert match is not None  # the caller dispatched on it
    if match["session"] is None:
        page = PageKey.of(
            filters={name: values.get(name, "") for name in FILTERS},
            before=values.get("before", ""),
            after=values.get("after", ""),
        )
        return list_place(user_id=user_id, page=page)
    try:
        session_id = uuid.UUID(match["session"])
    except ValueError:
        return None
    return session_place(user_id=user_id, session_id=session_id)


async def _look_up(place: Place, permission: Permission) -> Entry | None:
    """Return the entry when the permission and the generation are the current ones."""
    user_id = permission.user_id
    keys = [access_key(user_id=user_id), generation_key(user_id=user_id), place.key]
    found = await _mget(keys)
    if found is None or found[0] != permission.access.encode() or found[1] is None:
        return None
    entry = verified(raw=found[2], place=place, token=found[1].decode("latin-1"))
    if entry is not None:
        was_read.send(sender=None, namespace=place.namespace, result="hit")
    return entry


async def _mget(keys: list[str]) -> list[bytes | None] | None:
    pool = client().connection_pool
    assert isinstance(pool, GuardedPool)
    if not pool.breaker.allows():
        return None
    try:
        found = cast("list[bytes | None]", await _client().mget(keys))
    except TROUBLES as error:
        pool.note_trouble(error)
        return None
    except redis.ResponseError:
        found = []
    pool.breaker.succeeded()
    return found or None


def _client() -> redis.asyncio.Redis:
    """Return the running loop's client: connections belong to a loop."""
    loop = asyncio.get_running_loop()
    if (server := _clients.get(loop)) is None:
        server = _clients[loop] = redis.asyncio.Redis.from_url(
            settings.REDIS_CACHE_URL,
            socket_timeout=DEADLINE_SECONDS,
            socket_connect_timeout=DEADLINE_SECONDS,
        )
    return server


def _session_key(scope: Any) -> str:
    return parse_cookie(_header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME, "")


def _header(scope: Any, name: bytes) -> str:
    values = [value for given, value in scope["headers"] if given == name]
    return b"; ".join(values).decode("latin-1") if values else ""
