"""`up --check`: the real start with the real configuration, on data of its own."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from interviewer.management.preparation import has_unapplied_migrations
from interviewer.runtime.process_tree import Usage, usage_of_tree
from interviewer.runtime.product import NotRunning, Product, get, started_product

READY_SECONDS = 45.0
IDLE_SECONDS = 20.0
IDLE_SHARE = 0.05  # of one core
MEBIBYTE = 1024 * 1024

# What to look for in a command line → what to call the process.
NAMES = {
    "interviewer.runtime.supervisor": "supervisor",
    "interviewer.runtime.serve": "web server",
    "celery": "worker and scheduler",
    "redis": "Redis server",
}


def check_product() -> bool:
    """Start everything, probe it, report, stop; True when every part answered.

    The data directory is a temporary one, so that it can run beside the product and
    never touches its data. A database or Redis server named in the environment is
    the real one: its connection is proved and its tables are left as they are.
    """
    is_own_database = settings.DATABASES["default"].get("NAME") == (
        settings.DATA_DIR / "db.sqlite3"
    )
    if not is_own_database and has_unapplied_migrations():
        print("Failed: the database has migrations to apply; start bin/run once.")
        return False
    with tempfile.TemporaryDirectory(prefix="interviewer-check-") as directory:
        try:
            with started_product(
                data_dir=Path(directory), environment=os.environ
            ) as product:
                _probe(product)
        except NotRunning as error:
            print(f"Failed: {error}")
            return False
        if product.process.returncode != 0:
            print(f"Failed: it stopped with exit code {product.process.returncode}.")
            return False
    print("Everything works.")
    return True


def _probe(product: Product) -> None:
    started_at = time.monotonic()

    def wait_for(what: str, is_done: Callable[[], bool]) -> None:
        product.wait_until(is_done, what=what, seconds=READY_SECONDS)
        print(f"{time.monotonic() - started_at:5.1f} s  {what}", flush=True)

    wait_for("listening", lambda: bool(product.url))
    wait_for("/healthz/ is green", product.is_serving)
    wait_for("/readyz/ database is green", lambda: _is_ready(product, "database"))
    wait_for("/readyz/ redis is green", lambda: _is_ready(product, "redis"))
    wait_for("/readyz/ worker is green", lambda: _is_ready(product, "worker"))
    wait_for("/readyz/ is green", lambda: get(f"{product.url}readyz/")[0] == 200)
    report_memory(_settled_usage(product.process.pid))


def _is_ready(product: Product, part: str) -> bool:
    _, body = get(f"{product.url}readyz/")
    try:
        checks = json.loads(body)["checks"]
    except (ValueError, KeyError):
        return False
    return bool(checks[part]["ok"])


def _settled_usage(pid: int) -> list[Usage]:
    """Return the usage once the processes have stopped loading things."""
    deadline = time.monotonic() + IDLE_SECONDS
    before = usage_of_tree(root=pid)
    while time.monotonic() < deadline:
        time.sleep(1.0)
        after = usage_of_tree(root=pid)
        used = sum(u.cpu_seconds for u in after) - sum(u.cpu_seconds for u in before)
        before = after
        if used < IDLE_SHARE:
            break
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
