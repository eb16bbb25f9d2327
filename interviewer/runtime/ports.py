"""The listening socket, taken once and kept for as long as the product runs."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from pathlib import Path

BACKLOG = 2048


class UnableToListen(Exception):
    """The address cannot be used; the text says why and what to do."""


def listen(*, host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 means any free one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise UnableToListen(f"The host {host!r} is not known here.") from None
    listener = socket.socket(family, kind, protocol)
    # Connections of a stopped server linger; without this it could not start again.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise UnableToListen(_explain(error, host=host, port=port)) from None
    return listener


def _explain(error: OSError, *, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        owner = owner_of_port(port=port)
        by = f" by {owner}" if owner else " by another program"
        return (
            f"Port {port} on {host} is taken{by}. Stop it, or choose another port: "
            f"bin/run --port {port + 1 if port < 65535 else 8000}"
        )
    if error.errno == errno.EACCES:
        return f"This user may not use port {port}. Choose one above 1023."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}. Try --host 127.0.0.1."
    return f"Cannot listen on {host} port {port}: {error.strerror}."


def owner_of_port(*, port: int) -> str | None:
    """Return the process that listens on the port, as far as the system tells."""
    inodes = _listening_inodes(port)
    for entry in Path("/proc").glob("[0-9]*"):
        # Processes of other users stay closed to us, and any may end meanwhile.
        with contextlib.suppress(OSError):
            if inodes & _open_files(entry):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                command = b" ".join(words).decode(errors="replace").strip()
                return f"process {entry.name} ({command[:80]})"
    return None


def _open_files(entry: Path) -> set[str]:
    files = set()
    for link in (entry / "fd").iterdir():
        with contextlib.suppress(OSError):
            files.add(os.readlink(link))
    return files


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                is_listening = fields[3] == "0A"
                if is_listening and int(fields[1].rsplit(":", 1)[1], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
    return inodes


def url_of(*, listener: socket.socket) -> str:
    """Return the address a browser on this machine opens."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "127.0.0.1"}:
        host = "127.0.0.1"
    elif ":" in host:
        host = "[::1]" if host == "::" else f"[{host}]"
    return f"http://{host}:{port}/"
