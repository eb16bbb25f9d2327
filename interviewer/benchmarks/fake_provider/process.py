"""Starts the provider as a process of its own, and gives it orders."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

STOP_SECONDS = 10.0


@dataclasses.dataclass(frozen=True, slots=True)
class ProviderProcess:
    """A provider that other processes can use too."""

    base_url: str

    def control(self, **orders: Any) -> dict[str, Any]:
        """Give orders (fail, say, say_only, latency, persona, abort_streams).

        Returns what the provider has counted so far.
        """
        parts = urlsplit(self.base_url)
        request = urllib.request.Request(
            f"{parts.scheme}://{parts.netloc}/control",
            data=json.dumps(orders).encode(),
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=STOP_SECONDS) as response:
            return dict(json.load(response))


@contextlib.contextmanager
def fake_provider_process(*arguments: str) -> Iterator[ProviderProcess]:
    """Run a provider with these command line arguments in another process."""
    command = [sys.executable, "-m", "interviewer.benchmarks.fake_provider"]
    process = subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        try:
            yield ProviderProcess(process.stdout.readline().strip())
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)
