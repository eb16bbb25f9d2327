"""Start the whole product on this machine."""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from interviewer.management import preparation
from interviewer.management.self_check import check_product
from interviewer.runtime.lock import AlreadyRunning, lock_directory, write_holder
from interviewer.runtime.ports import UnableToListen, listen, url_of

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


class Command(BaseCommand):
    help = (
        "Start web server, worker, scheduler and, unless REDIS_URL is set, an embedded "
        "Redis server under one supervisor."
    )
    requires_system_checks = []  # they load every view; the web process does that

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default=DEFAULT_HOST, help="address to listen on")
        parser.add_argument("--port", type=int, default=DEFAULT_PORT)
        parser.add_argument(
            "--check",
            action="store_true",
            help="start everything on a free port with a temporary data directory, "
            "probe it, report start times and memory, and stop",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            if not check_product():
                raise CommandError("The check failed.")
            return
        host, port = options["host"], options["port"]
        if not 0 <= port <= 65535:
            raise CommandError(f"There is no port {port}; choose one up to 65535.")
        started_at = time.time()
        # Port and directory first: a second start must not touch anything.
        try:
            listener = listen(host=host, port=port)
            lock = lock_directory(directory=settings.DATA_DIR)
        except (UnableToListen, AlreadyRunning) as error:
            raise CommandError(str(error)) from None
        url = url_of(listener=listener)
        write_holder(descriptor=lock, url=url)
        self._prepare()
        self._become_supervisor(
            host=host, url=url, fds=(listener.fileno(), lock), started_at=started_at
        )

    def _prepare(self) -> None:
        preparation.require_free_space(directory=settings.DATA_DIR)
        preparation.require_usable_models()
        if preparation.has_unapplied_migrations():
            self._tell("Preparing the database")
            preparation.migrate()
        if preparation.collect_static_files():
            self._tell("Collected the static files")

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _become_supervisor(
        self, *, host: str, url: str, fds: tuple[int, int], started_at: float
    ) -> NoReturn:
        """Replace this process, and the memory of Django, by the supervisor."""
        for descriptor in fds:
            os.set_inheritable(descriptor, True)
        command = [sys.executable, "-m", "interviewer.runtime.supervisor"]
        command += ["--url", url, "--started-at", str(started_at)]
        command += ["--listen-fd", str(fds[0]), "--lock-fd", str(fds[1])]
        command += ["--data-dir", str(settings.DATA_DIR)]
        if settings.IS_REDIS_EMBEDDED:
            command += ["--redis-socket", str(settings.REDIS_SOCKET)]
        if settings.TRUSTED_PROXIES:
            command += ["--trusted-proxies", ",".join(settings.TRUSTED_PROXIES)]
        os.chdir(settings.BASE_DIR)
        os.environ["ALLOWED_HOSTS"] = ",".join([*settings.ALLOWED_HOSTS, host])
        os.execv(sys.executable, command)
