"""Run benchmark suites on data of their own."""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from interviewer.benchmarks import SUITES
from interviewer.benchmarks.awake import cores_awake
from interviewer.benchmarks.document import as_document
from interviewer.benchmarks.suite import SuiteOptions, SuiteResult, UnableToRun
from interviewer.redis_urls import embedded_redis_socket, socket_url
from interviewer.runtime.processes import stop
from interviewer.runtime.redis_server import start_redis, wait_until_ready

RUNS = 2  # one run may be luck
# Options of the suite persistence.
NUMBERS = {
    "kills": "processes to kill while messages are archived",
    "backlog": "the most messages that wait for the archive",
}
DOCUMENT = settings.BASE_DIR / "docs" / "benchmarks.md"


class Command(BaseCommand):
    help = "Measure parts of the product; exit code 1 if a check fails."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "suites", nargs="+", choices=[*SUITES, "all"], metavar="SUITE"
        )
        parser.add_argument("--json", action="store_true", help="print JSON only")
        parser.add_argument("--data", type=Path, help="data that a suite reads")
        parser.add_argument(
            "--write-docs",
            action="store_true",
            help="run the suites twice and write docs/benchmarks.md",
        )
        parser.add_argument(
            "--trace", type=Path, help="replay these pairs of requests; with responses"
        )
        parser.add_argument(
            "--hold-identity",
            action="store_true",
            help="in a trace, key each second request as the first one's session",
        )
        parser.add_argument(
            "--predict",
            action="store_true",
            help="score answers given as JSON lines on standard input; with scoring",
        )
        for name, text in NUMBERS.items():
            default = getattr(SuiteOptions(), name)
            parser.add_argument(f"--{name}", type=int, default=default, help=text)
        parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        names = list(SUITES) if "all" in options["suites"] else options["suites"]
        if options["trace"] and names != ["responses"]:
            raise CommandError("--trace belongs to the suite responses alone.")
        if options["predict"]:
            if names != ["scoring"]:
                raise CommandError("--predict belongs to the suite scoring alone.")
            self._predict()
            return
        if options["write_docs"]:
            self._write_docs(names, options)
            return
        if not options["here"]:
            sys.exit(_run_apart(names, options).returncode)
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        if options["trace"]:
            replayed = _replayed(options)
            self.stdout.write(json.dumps(replayed, indent=2))
            if "failed" in replayed:
                raise CommandError("Some pairs could not be played.")
            return
        results = [self._run(name, options) for name in names]
        if options["json"]:
            documents = [result.to_dict() for result in results]
            document = documents[0] if len(documents) == 1 else documents
            self.stdout.write(json.dumps(document, indent=2))
        if not all(result.is_passed for result in results):
            raise CommandError("A check failed.")

    def _predict(self) -> None:
        from interviewer.benchmarks.predictions import predictions

        # Strange bytes spoil their own line, not the run.
        lines = io.TextIOWrapper(sys.stdin.buffer, "utf-8", errors="replace")
        for line in predictions(lines=lines):
            self.stdout.write(line)

    def _write_docs(self, names: list[str], options: dict[str, Any]) -> None:
        """Run each suite RUNS times and write the page; missed checks stand in it."""
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        for name in names * RUNS:
            self.stderr.write(f"Running {name}")
            done = _run_apart([name], {**options, "json": True}, stdout=subprocess.PIPE)
            try:
                runs[name].append(json.loads(done.stdout))
            except ValueError:
                raise CommandError(f"{name} gave no result.") from None
        page = as_document(
            runs=runs,
            today=timezone.localdate(),
            processor=platform.processor() or platform.machine(),
            before=DOCUMENT.read_text(encoding="utf-8"),
        )
        DOCUMENT.write_text(page, encoding="utf-8")

    def _run(self, name: str, options: dict[str, Any]) -> SuiteResult:
        suite = importlib.import_module(SUITES[name])
        try:
            result: SuiteResult = suite.run(
                options=SuiteOptions(
                    data=options["data"], **{name: options[name] for name in NUMBERS}
                )
            )
        except UnableToRun as error:
            raise CommandError(f"{name}: {error}") from None
        if not options["json"]:
            self.stdout.write(as_text(result))
        return result


def _replayed(options: dict[str, Any]) -> dict[str, Any]:
    from interviewer.benchmarks.responses.trace_file import replay_file

    try:
        return replay_file(
            path=options["trace"], hold_identity=options["hold_identity"]
        )
    except UnableToRun as error:
        raise CommandError(str(error)) from None


def _run_apart(
    names: list[str], options: dict[str, Any], *, stdout: int | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run in a process with a data directory and a Redis server of its own."""
    with tempfile.TemporaryDirectory(prefix="interviewer-bench-") as directory:
        socket_path = embedded_redis_socket(data_dir=Path(directory))
        redis = start_redis(
            socket_path=socket_path, environment=os.environ, is_kept=False
        )
        try:
            wait_until_ready(process=redis, socket_path=socket_path)
            command = [sys.executable, "manage.py", "benchmark", "--here", *names]
            command += ["--json"] if options["json"] else []
            for name in NUMBERS:
                command += [f"--{name}", str(options[name])]
            for name in ("data", "trace"):
                if options[name]:
                    # The child works in the project's directory.
                    command += [f"--{name}", str(options[name].resolve())]
            command += ["--hold-identity"] if options["hold_identity"] else []
            with cores_awake():
                return subprocess.run(
                    command,
                    cwd=settings.BASE_DIR,
                    env={
                        **os.environ,
                        "DATA_DIR": directory,
                        "REDIS_URL": socket_url(path=socket_path),
                        "REDIS_CACHE_URL": "",
                        "DATABASE_URL": "",
                        "DATABASE_STATEMENT_TIMEOUT_SECONDS": "0",
                        "LOG_LEVEL": "ERROR",
                    },
                    stdout=stdout,
                )
        finally:
            stop(process=redis, grace_seconds=2)


def as_text(result: SuiteResult) -> str:
    """Return the result as lines for a person."""
    lines = [result.suite]
    for arm in result.arms:
        counts = "".join(f"  {name} {value:g}" for name, value in arm.counts.items())
        lines.append(
            f"  {arm.name:<28} n {arm.n:<6} p50 {arm.p50_ms:9.3f} ms  "
            f"p95 {arm.p95_ms:9.3f} ms  CPU {arm.cpu_ms:9.3f} ms{counts}"
        )
    for table in result.tables:
        lines += [f"  {table.title}", *map(_row, (table.heads, *table.rows))]
    lines += [f"  {name}: {value:.3f}" for name, value in result.ratios.items()]
    for name, is_true in result.checks.items():
        lines.append(f"  [{'ok' if is_true else 'FAILED'}] {name}")
    lines += [f"  {note}" for note in result.notes]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "    " + "  ".join(f"{cell:<14}" for cell in cells)
