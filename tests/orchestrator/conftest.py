"""Redis as the turn logs meet it: their own server, which a test may stop."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interviewer.orchestrator import redis_streams
from interviewer.redis_urls import socket_url
from interviewer.runtime.processes import stop
from interviewer.runtime.redis_server import start_redis, wait_until_ready


class OwnRedis:
    """A server on a socket that can be stopped and started again."""

    def __init__(self, socket_path: Path) -> None:
        self.url = socket_url(path=socket_path)
        self._socket_path = socket_path
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = start_redis(
            socket_path=self._socket_path, environment=os.environ, is_kept=False
        )
        wait_until_ready(process=self._process, socket_path=self._socket_path)

    def stop(self) -> None:
        if self._process is not None:
            stop(process=self._process, grace_seconds=5)


@pytest.fixture(autouse=True)
def closed_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_streams, "_open_until", 0.0)


@pytest.fixture
def own_redis(tmp_path: Path, settings: Any) -> Iterator[OwnRedis]:
    """Redis for the turn logs alone."""
    server = OwnRedis(tmp_path / "redis.sock")
    server.start()
    settings.REDIS_URL = server.url
    redis_streams._client.cache_clear()
    yield server
    redis_streams._client.cache_clear()
    server.stop()
