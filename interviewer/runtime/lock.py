"""One running product per data directory."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

FILE_NAME = "running.lock"


class AlreadyRunning(Exception):
    """Another process holds the data directory; the text names it."""


def lock_directory(*, directory: Path) -> int:
    """Return a descriptor that holds the directory until this process is gone.

    The kernel lets go of it even when the process is killed.
    """
    descriptor = os.open(directory / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        holder = read_holder(directory=directory)
        where = f" at {holder['url']}" if "url" in holder else ""
        who = f" (process {holder['pid']})" if "pid" in holder else ""
        raise AlreadyRunning(
            f"The product already runs{where}{who} with the data directory "
            f"{directory}. Use that one, stop it, or set DATA_DIR to another directory."
        ) from None
    return descriptor


def write_holder(*, descriptor: int, url: str) -> None:
    """Note who holds the directory, for the message above and for probes."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "url": url}).encode(), 0)


def read_holder(*, directory: Path) -> dict[str, str]:
    """Return what the holder noted; empty when there is nothing readable."""
    try:
        holder = json.loads((directory / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}
