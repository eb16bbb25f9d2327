"""Lists and states that are kept, answered by a plain ASGI application before Django.

One command to Redis brings what the permission is bound to, the person's generation
and the entry; when all three agree its bytes are sent as they are. A miss, Redis away,
an old token or any other doubt: Django answers the same request.
"""

from __future__ import annotations

import functools
import re
import urllib.parse
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, cast

import redis
from django.conf import settings
from django.http.cookie import parse_cookie
from django.utils.http import parse_etags

from interviewer.guarded_redis import GuardedPool, packed_command
from interviewer.web.read_tokens import Permission, permission_of
from interviewer.web.reads import CACHE_CONTROL, TOKEN
from interviewer.web.streaming import SECURITY_HEADERS
from sessions_app.services.access import access_key
from sessions_app.services.generations import (
    Entry,
    Place,
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

DEADLINE_SECONDS = 0.025  # nothing else runs meanwhile
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


async def serve_read(
    scope: Any, receive: Any, send: Any, *, otherwise: Application
) -> None:
    """Answer from what is kept, or let `otherwise` answer."""
    entry = _kept(scope)
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


def _kept(scope: Any) -> Entry | None:
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
    return None if place is None else _look_up(place, permission)


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


def _look_up(place: Place, permission: Permission) -> Entry | None:
    """Return the entry when the permission and the generation are the current ones."""
    user_id = permission.user_id
    found = _mget(
        access_key(user_id=user_id), generation_key(user_id=user_id), place.key
    )
    if found is None or found[0] != permission.access.encode() or found[1] is None:
        return None
    entry = verified(raw=found[2], place=place, token=found[1].decode("latin-1"))
    if entry is not None:
        was_read.send(sender=None, namespace=place.namespace, result="hit")
    return entry


def _mget(*keys: str) -> list[bytes | None] | None:
    """Return the values, or None when Redis does not say at once.

    On the event loop, for a hop to a thread or a client of the loop's own costs more
    than the answer; therefore the deadline is short. Django has more patience.
    """
    pool = _pool(settings.REDIS_CACHE_URL)
    try:
        found = pool.guard(pool.fetch, packed_command("MGET", *keys))
    except (redis.RedisError, OSError):
        return None
    return cast("list[bytes | None]", found)


@functools.lru_cache(maxsize=8)  # one address, but for tests
def _pool(url: str) -> GuardedPool:
    return GuardedPool.from_url(
        url,
        role="reads",
        failures=3,
        socket_timeout=DEADLINE_SECONDS,
        socket_connect_timeout=DEADLINE_SECONDS,
    )


def _session_key(scope: Any) -> str:
    return parse_cookie(_header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME, "")


def _header(scope: Any, name: bytes) -> str:
    values = [value for given, value in scope["headers"] if given == name]
    return b"; ".join(values).decode("latin-1") if values else ""
