"""The steps of bin/test, one after the other; all of them run, whatever fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

PROJECT_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT_DIR))

from tests.servers import CONFIGURATION, reason_against_postgresql  # noqa: E402

PYTHON = sys.executable
PRODUCTION = {
    "PUBLIC_URL": "https://interviews.example.org",
    "REDIS_URL": "redis://broker.example.org",
    "REDIS_CACHE_URL": "redis://cache.example.org",
    "TRUSTED_PROXIES": "127.0.0.1",
}
# What the browser sees and how processes behave does not depend on the database.
ONCE_ONLY = ["-m", "not browser and not slow"]


@dataclass(frozen=True)
class Step:
    """A command that must succeed; `report` is the file in which pytest counts."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    report: Path | None = None
    reason_to_skip: str | None = None


def module(name: str, *arguments: str) -> list[str]:
    return [PYTHON, "-m", name, *arguments]


def manage(*arguments: str) -> list[str]:
    return [PYTHON, "manage.py", *arguments]


def tests(database: str, directory: Path, *arguments: str) -> Step:
    """Return the step that runs the tests on this database, on two cores."""
    report = directory / f"{database}.xml"
    return Step(
        f"tests on {database}",
        module("pytest", "-q", "-rfEs", "-n", "2", f"--junitxml={report}", *arguments),
        {"TEST_DATABASE": database},
        report=report,
        reason_to_skip=(
            reason_against_postgresql() if database == "postgresql" else None
        ),
    )


def steps(directory: Path) -> list[Step]:
    return [
        Step("lint", module("ruff", "check")),
        Step("format", module("ruff", "format", "--check")),
        Step("templates", module("djlint", "templates", "--lint", "--quiet")),
        Step("types", module("mypy")),
        Step("imports", [str(Path(PYTHON).with_name("lint-imports"))]),
        Step("migrations", manage("makemigrations", "--check", "--dry-run")),
        Step(
            "deployment",
            manage("check", "--deploy", "--fail-level", "WARNING"),
            PRODUCTION,
        ),
        tests("postgresql", directory, *ONCE_ONLY),
        tests("sqlite", directory),
    ]


def run(step: Step, directory: Path) -> tuple[str, float]:
    """Return the outcome in one word, and the seconds it took."""
    print(f"\n=== {step.name}", flush=True)
    if step.reason_to_skip:
        print(f"Skipped: {step.reason_to_skip}.")
        return "skipped", 0.0
    environment = {k: v for k, v in os.environ.items() if k not in CONFIGURATION}
    environment |= {"ENV_FILE": os.devnull, "DATA_DIR": str(directory / "data")}
    environment |= step.environment
    started = time.monotonic()
    code = subprocess.run(step.command, cwd=PROJECT_DIR, env=environment).returncode
    return ("failed" if code else "ok"), time.monotonic() - started


def count(report: Path) -> tuple[int, int]:
    """Return how many tests of a leg passed and failed."""
    if not report.exists():
        return 0, 1  # it ended before it could count
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))

    def total(attribute: str) -> int:
        return sum(int(suite.get(attribute, "0")) for suite in suites)

    failed = total("failures") + total("errors")
    return total("tests") - failed - total("skipped"), failed


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="interviewer-steps-") as name:
        directory = Path(name)
        outcomes = [(step, *run(step, directory)) for step in steps(directory)]
        reports = [
            s.report for s, outcome, _ in outcomes if s.report and outcome != "skipped"
        ]
        counts = [count(report) for report in reports]
    print()
    for step, outcome, seconds in outcomes:
        print(f"{outcome:8} {seconds:6.1f} s  {step.name}")
    print(f"{'':8} {sum(seconds for *_, seconds in outcomes):6.1f} s  in all")
    passed, failed = (sum(column) for column in zip(*counts, strict=True))
    print(f"{passed} passed, {failed} failed")
    return int(any(outcome == "failed" for _, outcome, _ in outcomes))


if __name__ == "__main__":
    sys.exit(main())
