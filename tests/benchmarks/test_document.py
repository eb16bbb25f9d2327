import datetime
from pathlib import Path
from typing import Any

from interviewer.benchmarks import SUITES
from interviewer.benchmarks.document import as_document


def run(*, is_met: bool, p50_ms: float = 0.5) -> dict[str, Any]:
    return {
        "suite": "responses",
        "environment": {
            "python": "3.11.7",
            "django": "5.2",
            "system": "Linux x86_64",
            "cores": 2,
        },
        "arms": [
            {"name": "ours", "n": 3, "p50_ms": p50_ms, "p95_ms": 1.0, "cpu_ms": 0.1},
            {
                "name": "a day",
                "n": 9,
                "p50_ms": 0,
                "p95_ms": 0,
                "cpu_ms": 0,
                "call": 4,
            },
        ],
        "ratios": {"theirs : ours": 12.345},
        "checks": {"fast enough": is_met},
        "notes": ["Nobody reads along."],
        "tables": [],
    }


def page(*results: dict[str, Any]) -> str:
    return as_document(
        runs={"responses": results},
        today=datetime.date(2026, 1, 2),
        processor="a processor",
    )


def test_writes_down_each_run_and_what_it_missed() -> None:
    written = page(run(is_met=True), run(is_met=False))

    assert "| fast enough | met | **missed** |" in written
    assert "| theirs : ours | 12.3 | 12.3 |" in written


def test_tells_times_and_counts_of_the_arms() -> None:
    written = page(run(is_met=True), run(is_met=True, p50_ms=0.75))

    assert (
        "| ours | n 3, p50 0.5 ms, p95 1 ms | n 3, p50 0.75 ms, p95 1 ms |" in written
    )
    assert "| a day | n 9, call 4 | n 9, call 4 |" in written


def test_says_what_a_reader_must_know() -> None:
    assert "\n- Nobody reads along.\n" in page(run(is_met=True))


def test_names_command_date_and_machine() -> None:
    written = page(run(is_met=True))

    assert "Measured by `bin/bench responses --json` on 2026-01-02" in written
    assert "2 cores (a processor), Linux x86_64, Python 3.11.7, Django 5.2" in written


def test_replaces_the_section_of_a_suite_and_keeps_the_others() -> None:
    before = "# Old\n\n## responses\n\nold figures\n\n## streams\n\nkept figures\n"

    written = as_document(
        runs={"responses": [run(is_met=True)]},
        today=datetime.date(2026, 1, 2),
        processor="a processor",
        before=before,
    )

    assert "old figures" not in written
    assert written.endswith("\n## streams\n\nkept figures\n")
    assert written.count("# Benchmarks") == 1


WRITTEN = (Path(__file__).parents[2] / "docs/benchmarks.md").read_text(encoding="utf-8")


def test_the_page_lists_the_checks_of_each_suite_and_how_they_ended() -> None:
    _, *sections = WRITTEN.split("\n## ")

    assert sections
    for section in sections:
        suite, _, rest = section.partition("\n")
        checks = rest.partition("| check |")[2].partition("\n\n")[0].splitlines()[2:]
        assert suite in SUITES
        assert f"`bin/bench {suite} --json`" in rest
        assert checks
        for row in checks:
            _, *ends = row.strip("| ").split(" | ")
            assert set(ends) <= {"met", "**missed**"}
