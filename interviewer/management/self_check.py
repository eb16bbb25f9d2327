"""`up --check`: the real start with the real configuration, on data of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from interviewer.management.preparation import has_unapplied_migrations
from interviewer.runtime.lock import read_holder
from interviewer.runtime.process_tree import Usage, usage_of_tree
from interviewer.runtime.processes import spawn, stop

START_SECONDS = 90.0
READY_SECONDS = 45.0
IDLE_SECONDS = 20.0
IDLE_SHARE = 0.05  # of one core
POLL_SECONDS = 0.05
MEBIBYTE = 1024 * 1024

NAMES = {
    "interviewer.runtime.supervisor": "supervisor",
    "interviewer.runtime.serve": "web server",
    "celery": "worker and beat",
    "unixsocket": "Redis",
}


class CheckFailed(Exception):
    """A part did not come up; the text says which."""


def check_product() -> bool:
    """Start everything, probe it, report, stop; True when every part answered.

    The data directory is a temporary one, so that it can run beside the product and
    never touches its data. A database or Redis server named in the environment is
    the real one: its connection is proved and its tables are left as they are.
    """
    if settings.DATABASES["default"].get("HOST") and has_unapplied_migrations():
        print("The database has migrations to apply; start bin/run once.")
        return False
    with tempfile.TemporaryDirectory(prefix="interviewer-check-") as directory:
        process = _start(Path(directory))
        try:
            _probe(process, Path(directory))
        except CheckFailed as error:
            print(f"Failed: {error}")
            return False
        finally:
            stop(process=process, grace_seconds=12)
        if process.returncode != 0:
            print(f"Failed: the stop ended with exit code {process.returncode}.")
            return False
    print("Everything works.")
    return True


def _start(directory: Path) -> subprocess.Popen[bytes]:
    return spawn(
        command=[sys.executable, "manage.py", "up", "--port", "0"],
        environment={**os.environ, "DATA_DIR": str(directory), "STATIC_ROOT": ""},
        directory=settings.BASE_DIR,
    )


def _probe(process: subprocess.Popen[bytes], directory: Path) -> None:
    started_at = time.monotonic()

    def report(line: str) -> None:
        print(f"{time.monotonic() - started_at:5.1f} s  {line}", flush=True)

    _wait(process, START_SECONDS, lambda: bool(_url(directory)), "the start")
    url = _url(directory)
    report(f"listening at {url}")
    _wait(process, START_SECONDS, lambda: _get(f"{url}healthz/")[0] == 200, "healthz")
    report("healthz is green")
    for part in ("database", "redis", "worker"):
        _wait(process, READY_SECONDS, lambda: _is_ready(url, part), f"readyz {part}")  # noqa: B023
        report(f"readyz: {part} is green")
    report_memory(_settled_usage(process.pid))


def _wait(
    process: subprocess.Popen[bytes],
    seconds: float,
    is_done: Callable[[], bool],
    what: str,
) -> None:
    deadline = time.monotonic() + seconds
    while not is_done():
        if process.poll() is not None:
            raise CheckFailed(f"{what}: the product ended, see above")
        if time.monotonic() > deadline:
            raise CheckFailed(f"{what}: not green within {seconds:.0f} s")
        time.sleep(POLL_SECONDS)


def _url(directory: Path) -> str:
    return str(read_holder(directory=directory).get("url", ""))


def _get(url: str) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except (OSError, ValueError):
        return 0, {}


def _is_ready(url: str, part: str) -> bool:
    _, answer = _get(f"{url}readyz/")
    return bool(answer.get("checks", {}).get(part, {}).get("ok"))


def _settled_usage(pid: int) -> list[Usage]:
    """Return the usage once the processes have stopped loading things."""
    deadline = time.monotonic() + IDLE_SECONDS
    before = usage_of_tree(root=pid)
    while time.monotonic() < deadline:
        time.sleep(1.0)
        after = usage_of_tree(root=pid)
        used = sum(u.cpu_seconds for u in after) - sum(u.cpu_seconds for u in before)
        if used < IDLE_SHARE:
            return after
        before = after
    return before


def report_memory(usages: list[Usage]) -> None:
    """Print the memory of each process and of all together."""
    if not usages:
        print("Memory: not measured, this system has no /proc.")
        return
    for usage in usages:
        name = next((n for word, n in NAMES.items() if word in usage.command), "other")
        print(f"{usage.memory_bytes / MEBIBYTE:6.0f} MB  {name}")
    total = sum(usage.memory_bytes for usage in usages)
    print(f"{total / MEBIBYTE:6.0f} MB  idle memory of all processes together")
