"""A Redis server that a test may stop and start again."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from interviewer.redis_urls import socket_url
from interviewer.runtime.processes import stop
from interviewer.runtime.redis_server import start_redis, wait_until_ready


class StoppableRedis:
    """A server on a socket; its memory is lost when it stops."""

    def __init__(self, socket_path: Path) -> None:
        self.socket_path = socket_path
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return socket_url(path=self.socket_path)

    def start(self) -> None:
        self._process = start_redis(
            socket_path=self.socket_path, environment=os.environ, is_kept=False
        )
        wait_until_ready(process=self._process, socket_path=self.socket_path)

    def stop(self) -> None:
        if self._process is not None:
            stop(process=self._process, grace_seconds=5)
            self._process = None
