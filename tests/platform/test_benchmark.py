import json

import pytest
from django.core.management import CommandError, call_command

from interviewer.benchmarks import SUITES
from interviewer.benchmarks.suite import (
    SuiteResult,
    arm_of,
    measure_in_turn,
    percentile_ms,
)
from interviewer.management.commands.benchmark import as_text


def test_refuses_an_unknown_suite_in_one_line():
    with pytest.raises(CommandError, match="invalid choice: 'nonsense'"):
        call_command("benchmark", "nonsense")


def test_finds_every_suite_it_offers():
    for name, module in SUITES.items():
        assert __import__(module, fromlist=["run"]).run, name


def test_takes_the_nearest_rank_as_percentile():
    ordered = [i / 1000 for i in range(1, 21)]

    assert percentile_ms(ordered, 0.50) == 10
    assert percentile_ms(ordered, 0.95) == 19
    assert percentile_ms([0.5], 0.95) == 500


def test_measures_the_arms_alternately_after_one_unmeasured_run_each():
    calls = []

    arms = measure_in_turn(
        arms={"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=2
    )

    assert calls == ["a", "b", "a", "b", "a", "b"]
    assert [(arm.name, arm.n) for arm in arms] == [("a", 2), ("b", 2)]


def test_tells_what_was_found_as_json_and_as_text():
    arm = arm_of(name="streamed", seconds=[(0.01, 0.002)], counts={"queries": 3})
    result = SuiteResult(
        "streams", [arm], {"speed": 2.0}, {"fast enough": False}, ["Nobody reads."]
    )

    document = json.loads(json.dumps(result.to_dict()))

    assert set(document) == {
        "suite",
        "environment",
        "arms",
        "ratios",
        "checks",
        "notes",
        "tables",
    }
    assert document["arms"][0]["p50_ms"] == 10
    assert document["arms"][0]["queries"] == 3
    assert not result.is_passed
    assert "[FAILED] fast enough" in as_text(result)
    assert "Nobody reads." in as_text(result)
