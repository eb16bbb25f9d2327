"""Addresses of Redis as its different clients spell them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

SOCKET_PATH_BYTES = 100  # the kernel allows 107


def embedded_redis_socket(*, data_dir: Path) -> Path:
    """Return where the embedded server of this data directory listens.

    Every process derives the same path. A long data directory gets a short path
    elsewhere, because the kernel limits socket paths.
    """
    socket_path = data_dir / "redis" / "redis.sock"
    if len(os.fsencode(socket_path)) <= SOCKET_PATH_BYTES:
        return socket_path
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"interviewer-{os.getuid()}-{name}/redis.sock"


def socket_url(*, path: Path) -> str:
    """Return the address of a server that listens on a socket, as redis-py reads it."""
    return f"unix://{quote(str(path))}"


def broker_url(*, redis_url: str) -> str:
    """Return the address in Celery's spelling, which differs for sockets only."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"
