"""The product's processes without their supervisor, to be killed one by one.

They work on the benchmark's own database and on a Redis server of their own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings
from kombu.exceptions import OperationalError

from interviewer.celery import app as celery_app
from interviewer.redis_urls import broker_url, embedded_redis_socket, socket_url
from interviewer.runtime.processes import spawn, stop
from interviewer.runtime.product import PROJECT_DIR
from interviewer.runtime.redis_server import start_redis, wait_until_ready
from sessions_app.tasks import archive

GRACE_SECONDS = 4.0


class Processes:
    """Redis, worker and web server; `port` is where the web server listens."""

    def __init__(self, *, directory: Path, environment: Mapping[str, str]) -> None:
        self._redis_socket = embedded_redis_socket(data_dir=directory)
        redis_url = socket_url(path=self._redis_socket)
        self._environment = {**environment, "REDIS_URL": redis_url}
        self._broker = celery_app.connection_for_write(
            broker_url(redis_url=redis_url),
            connect_timeout=1,
            transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        )
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listening.getsockname()[1]
        self._start: Mapping[str, Callable[[], subprocess.Popen[bytes]]] = {
            "redis": self._start_redis,
            "worker": self._start_worker,
            "second worker": self._start_worker,
            "web": self._start_web,
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start all, Redis first."""
        for name, start in self._start.items():
            self._running[name] = start()

    def ring(self) -> None:
        """Wake the archive, as a turn's end does."""
        with contextlib.suppress(OperationalError, OSError):
            archive.apply_async(
                connection=self._broker, retry=False, expires=settings.SWEEP_SECONDS
            )

    def kill_and_restart(self, name: str) -> None:
        """End it without a warning and start it again at once."""
        process = self._running[name]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self._running[name] = self._start[name]()

    def stop(self) -> None:
        """End all, Redis last."""
        for name in reversed(list(self._start)):
            if name in self._running:
                stop(process=self._running[name], grace_seconds=GRACE_SECONDS)
        self._listening.close()

    def _start_redis(self) -> subprocess.Popen[bytes]:
        process = start_redis(
            socket_path=self._redis_socket, environment=self._environment, is_kept=True
        )
        wait_until_ready(process=process, socket_path=self._redis_socket)
        return process

    def _start_worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "interviewer"]
        command += ["worker", "--pool", "threads", "--beat-thread", "--concurrency=2"]
        command += ["--loglevel=CRITICAL", "--without-gossip", "--without-mingle"]
        return self._spawn(command)

    def _start_web(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "interviewer.runtime.serve"]
        command += ["--fd", str(self._listening.fileno()), "--trusted-proxies", ""]
        return self._spawn(command)

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        return spawn(
            command=command,
            environment=self._environment,
            directory=PROJECT_DIR,
            pass_fds=[self._listening.fileno()],
            output=subprocess.DEVNULL,
        )
