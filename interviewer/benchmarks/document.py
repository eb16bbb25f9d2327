"""The page of measured figures, made from runs of the suites and from nothing else."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any

Run = Mapping[str, Any]  # a suite's result as JSON

HEAD = """# Benchmarks

`bin/bench SUITE… --write-docs` runs each suite twice and writes its section here.
A check that failed is shown as missed. Ratios are between arms of one run; times of
different runs are not compared. Cores are kept awake by processes of the idle class.
"""


def as_document(
    *,
    runs: Mapping[str, Sequence[Run]],
    today: datetime.date,
    processor: str,
    before: str = "",
) -> str:
    """Return the page in Markdown, with the sections of `before` that are not new.

    runs: suite → its results, oldest first
    """
    sections = sections_of(page=before)
    for suite, results in runs.items():
        sections[suite] = "\n".join(
            [
                f"## {suite}\n",
                _caption(suite, results[0]["environment"], today, processor),
                _notes(results[0]["notes"]),
                *_tables([result["tables"] for result in results]),
                _table("check", _checks(results), len(results)),
                *([] if results[0]["tables"] else _ratios_and_arms(results)),
            ]
        )
    return "\n".join([HEAD, *(sections[suite] for suite in sorted(sections))])


def sections_of(*, page: str) -> dict[str, str]:
    """Return the sections of the page by suite, each as it stands there."""
    _, *sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    return {
        section.partition("\n")[0].removeprefix("## "): section.rstrip("\n") + "\n"
        for section in sections
    }


def _caption(
    suite: str, environment: Mapping[str, Any], today: datetime.date, processor: str
) -> str:
    return (
        f"Measured by `bin/bench {suite} --json` on {today.isoformat()} on "
        f"{environment['cores']} cores ({processor}), {environment['system']}, Python "
        f"{environment['python']}, Django {environment['django']}.\n"
    )


def _notes(notes: Sequence[str]) -> str:
    return "".join(f"- {note}\n" for note in notes)


def _tables(runs: Sequence[Sequence[Mapping[str, Any]]]) -> list[str]:
    """Return the suite's own tables; where runs differ, a cell tells of each."""
    return [
        f"{tables[0]['title']}\n\n" + _as_markdown(tables[0]["heads"], _merged(tables))
        for tables in zip(*runs, strict=True)
    ]


def _merged(tables: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    return [
        [" · ".join(dict.fromkeys(cells)) for cells in zip(*rows, strict=True)]
        for rows in zip(*(table["rows"] for table in tables), strict=True)
    ]


def _ratios_and_arms(results: Sequence[Run]) -> list[str]:
    return [
        _table("ratio", _ratios(results), len(results)),
        _table("arm", _arms(results), len(results)),
    ]


def _table(what: str, rows: Sequence[Sequence[str]], count: int) -> str:
    return _as_markdown(
        [what, *(f"run {number}" for number in range(1, count + 1))], rows
    )


def _as_markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (heads, *rows)]
    lines.insert(1, f"|{'---|' * len(heads)}")
    return "".join(f"{line}\n" for line in lines)


def _checks(results: Sequence[Run]) -> list[list[str]]:
    words = {True: "met", False: "**missed**"}
    return [
        [name, *(words[result["checks"][name]] for result in results)]
        for name in results[0]["checks"]
    ]


def _ratios(results: Sequence[Run]) -> list[list[str]]:
    return [
        [name, *(f"{result['ratios'][name]:.3g}" for result in results)]
        for name in results[0]["ratios"]
    ]


def _arms(results: Sequence[Run]) -> list[list[str]]:
    by_name = [{arm["name"]: arm for arm in result["arms"]} for result in results]
    return [[name, *(_arm(arms[name]) for arms in by_name)] for name in by_name[0]]


def _arm(arm: Mapping[str, Any]) -> str:
    timed = ("n", "p50_ms", "p95_ms", "cpu_ms")
    counts = [f"{name} {value:.4g}" for name, value in arm.items()
              if name not in ("name", *timed)]  # fmt: skip
    times = (
        [f"p50 {arm['p50_ms']:.3g} ms", f"p95 {arm['p95_ms']:.3g} ms"]
        if arm["p50_ms"]
        else []
    )
    return ", ".join([f"n {arm['n']}", *times, *counts])
