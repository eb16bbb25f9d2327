"""The whole product as a child process, for the self-check, benchmarks and tests."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from interviewer.runtime.lock import read_holder
from interviewer.runtime.processes import spawn, stop

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 90.0
STOP_SECONDS = 12.0
POLL_SECONDS = 0.05
STDERR = 2


class NotRunning(Exception):
    """The product ended, or a part did not answer in time; the text says which."""


@dataclass(frozen=True, slots=True)
class Product:
    """A started product; its parts may still be on their way."""

    process: subprocess.Popen[bytes]
    data_dir: Path

    @property
    def url(self) -> str:
        """The address of its home page; empty until it listens."""
        return str(read_holder(directory=self.data_dir).get("url", ""))

    def wait_until(
        self, is_done: Callable[[], bool], *, what: str, seconds: float = START_SECONDS
    ) -> None:
        """Return when it is done; raise NotRunning when that takes too long."""
        deadline = time.monotonic() + seconds
        while not is_done():
            if self.process.poll() is not None:
                raise NotRunning(f"{what}: the product ended, see above")
            if time.monotonic() > deadline:
                raise NotRunning(f"{what}: not within {seconds:.0f} s")
            time.sleep(POLL_SECONDS)

    def is_serving(self) -> bool:
        """Say whether pages are served."""
        return bool(self.url) and get(f"{self.url}healthz/")[0] == 200


def get(url: str) -> tuple[int, bytes]:
    """Return status and body; status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError:
        return 0, b""


@contextlib.contextmanager
def started_product(
    *, data_dir: Path, environment: Mapping[str, str]
) -> Iterator[Product]:
    """Run the product on a free port and this data directory until the block ends."""
    process = spawn(
        command=[sys.executable, "manage.py", "up", "--port", "0"],
        environment={**environment, "DATA_DIR": str(data_dir), "STATIC_ROOT": ""},
        directory=PROJECT_DIR,
        output=STDERR,  # standard output belongs to the caller's own report
    )
    try:
        yield Product(process=process, data_dir=data_dir)
    finally:
        stop(process=process, grace_seconds=STOP_SECONDS)
