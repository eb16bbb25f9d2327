"""Keeps the parts running, and ends all of them together.

Started as `python -m interviewer.runtime.supervisor` by `manage.py up`, which prepares
the data and then becomes this process: it imports little, because it stays.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from interviewer.runtime import metric_files
from interviewer.runtime.processes import spawn, stop
from interviewer.runtime.redis_server import (
    UnableToStartRedis,
    start_redis,
    wait_until_ready,
)

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
WORKER_THREADS = 2
PAGE_SECONDS = 60.0
RESTART_DELAYS_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
STEADY_SECONDS = 15.0  # whoever ran for so long fails as if for the first time
MOST_FAILURES = 5  # in a row, of a part without which there is no product


@dataclass(slots=True)
class Part:
    """A child process that is started again when it ends, after ever longer pauses.

    is_essential: without it there is no product. Interviews go on without the others,
    so however often these fail, the rest is kept running.
    """

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    grace_seconds: float
    is_essential: bool = False
    wait_until_ready: Callable[[subprocess.Popen[bytes]], None] | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = -STEADY_SECONDS
    restart_at: float | None = None
    failures: int = 0

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def begin(self, *, now: float) -> None:
        """Start it, which may fail with OSError or UnableToStartRedis."""
        self.restart_at = None
        self.started_at = now
        self.process = self.start()

    def note_end(self, *, now: float) -> bool:
        """Plan the next start; False when the product cannot go on with this part."""
        self.process = None
        if now - self.started_at >= STEADY_SECONDS:
            self.failures = 0
        self.failures += 1
        if self.is_essential and self.failures >= MOST_FAILURES:
            return False
        steps = min(self.failures, len(RESTART_DELAYS_SECONDS))
        self.restart_at = now + RESTART_DELAYS_SECONDS[steps - 1]
        return True


class Supervisor:
    """Starts parts in order, replaces ended ones, stops them in order."""

    def __init__(self, *, parts: list[Part], metrics_dir: Path) -> None:
        self._parts = parts
        self._metrics_dir = metrics_dir
        self._is_stopping = False
        self._wake_read, wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # `nohup bin/run` ignores the hang-up on purpose.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)
        # A handler is needed for the end of a child to wake the loop.
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _ask_to_stop(self, *_: object) -> None:
        self._is_stopping = True

    def start(self) -> None:
        for part in self._parts:
            part.begin(now=time.monotonic())
            if part.process is not None and part.wait_until_ready is not None:
                part.wait_until_ready(part.process)

    def wait_for_page(self, *, url: str) -> bool:
        """Say whether the page answers, before a stop is asked for or too much time."""
        deadline = time.monotonic() + PAGE_SECONDS
        # The connection waits in the socket's queue until the web server takes it.
        with ask_for_health(url=url) as connection:
            while not self._is_stopping and time.monotonic() < deadline:
                if connection in select.select([connection], [], [], 0.1)[0]:
                    return connection.recv(9).startswith(b"HTTP/1.1 ")
                # A second attempt would only repeat the first one's error.
                for part in self._parts:
                    if part.is_essential and part.has_ended():
                        say(f"The {part.name} did not start; the log says why.")
                        return False
        return False

    def run(self) -> bool:
        """Look after the parts until a signal (True) or until one keeps failing."""
        while not self._is_stopping:
            if not self._look_after():
                return False
            self._sleep()
        return True

    def _sleep(self) -> None:
        times = [part.restart_at for part in self._parts if part.restart_at is not None]
        timeout = max(0.0, min(times) - time.monotonic()) if times else None
        select.select([self._wake_read], [], [], timeout)
        while select.select([self._wake_read], [], [], 0)[0]:
            os.read(self._wake_read, 4096)

    def _look_after(self) -> bool:
        """Restart what ended and is due; False when the product cannot go on."""
        now = time.monotonic()
        for part in self._parts:
            if part.process is not None and part.has_ended():
                metric_files.forget_states(
                    directory=self._metrics_dir, pid=part.process.pid
                )
                how = describe(part.process.returncode)
                if not self._note_end(part, how=how, now=now):
                    return False
            if part.restart_at is not None and part.restart_at <= now:
                say(f"Starting the {part.name} again.")
                if not self._restart(part, now=now):
                    return False
        return True

    def _restart(self, part: Part, *, now: float) -> bool:
        try:
            part.begin(now=now)
        except (OSError, UnableToStartRedis) as error:
            return self._note_end(part, how=str(error), now=now)
        return True

    def _note_end(self, part: Part, *, how: str, now: float) -> bool:
        say(f"The {part.name} ended unexpectedly ({how}).")
        if not part.note_end(now=now):
            say(f"The {part.name} keeps failing; the log says why.")
            return False
        if part.failures > 1 and part.restart_at is not None:
            say(
                f"It failed {part.failures} times in a row; "
                f"the next start is in {part.restart_at - now:g} s."
            )
        return True

    def stop(self) -> None:
        """Stop the parts, the last started first."""
        for part in reversed(self._parts):
            if part.process is not None:
                stop(process=part.process, grace_seconds=part.grace_seconds)
                part.process = None


def describe(code: int) -> str:
    """Return an exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    return signal.Signals(-code).name


def ask_for_health(*, url: str) -> socket.socket:
    """Return a connection on which the server will answer."""
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname, address.port))
    connection.sendall(b"GET /healthz/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return connection


def say(line: str) -> None:
    """Tell the person at the console."""
    print(line, flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--listen-fd", type=int, required=True)
    parser.add_argument("--lock-fd", type=int, required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--redis-socket", type=Path)
    parser.add_argument("--trusted-proxies", default="")
    parser.add_argument("--started-at", type=float, required=True)
    return parser.parse_args()


def _child_environment(*, metrics_dir: Path) -> dict[str, str]:
    environment = dict(os.environ)
    # With it every start would compile every module again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONUNBUFFERED"] = "1"
    environment[metric_files.VARIABLE] = str(metrics_dir)
    return environment


def _parts(options: argparse.Namespace, metrics_dir: Path) -> list[Part]:
    environment = _child_environment(metrics_dir=metrics_dir)

    def start_embedded_redis() -> subprocess.Popen[bytes]:
        return start_redis(
            socket_path=options.redis_socket, environment=environment, is_kept=True
        )

    def wait_for_redis(process: subprocess.Popen[bytes]) -> None:
        wait_until_ready(process=process, socket_path=options.redis_socket)

    def start_worker() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "interviewer"]
        command += ["worker", "--pool", "threads", "--beat-thread"]
        command += ["--concurrency", str(WORKER_THREADS), "--loglevel", "WARNING"]
        command += ["--without-gossip", "--without-mingle"]
        return spawn(command=command, environment=environment, directory=PROJECT_DIR)

    def start_web() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "interviewer.runtime.serve"]
        command += ["--fd", str(options.listen_fd)]
        command += ["--trusted-proxies", options.trusted_proxies]
        return spawn(
            command=command,
            environment=environment,
            directory=PROJECT_DIR,
            pass_fds=[options.listen_fd],
        )

    parts = [
        Part("worker", start_worker, grace_seconds=4),
        Part("web server", start_web, grace_seconds=4, is_essential=True),
    ]
    if options.redis_socket:
        redis = Part("Redis server", start_embedded_redis, grace_seconds=2)
        redis.wait_until_ready = wait_for_redis
        parts.insert(0, redis)
    return parts


def main() -> int:
    options = _parse()
    os.set_inheritable(options.listen_fd, False)
    os.set_inheritable(options.lock_fd, False)
    metrics_dir = metric_files.empty_directory(data_dir=options.data_dir)
    parts = _parts(options, metrics_dir)
    supervisor = Supervisor(parts=parts, metrics_dir=metrics_dir)
    try:
        supervisor.start()
        if not supervisor.wait_for_page(url=options.url):
            say("Stopping: the page did not come up.")
            return 1
        say(f"Ready in {time.time() - options.started_at:.1f} s: {options.url}")
        say(f"Data directory: {options.data_dir}")
        say("Press Ctrl-C to stop.")
        is_asked_to_stop = supervisor.run()
        say("Stopping.")
        return 0 if is_asked_to_stop else 1
    except UnableToStartRedis as error:
        say(str(error))
        return 1
    finally:
        supervisor.stop()


if __name__ == "__main__":
    sys.exit(main())
