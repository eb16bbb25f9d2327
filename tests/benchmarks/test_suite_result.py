import json

from interviewer.benchmarks.suite import Arm, SuiteResult


def test_a_result_comes_back_from_its_json_as_it_was() -> None:
    result = SuiteResult(
        suite="sessions",
        arms=[Arm("ours", 3, 0.5, 1.0, 0.1, {"queries": 2}), Arm("theirs", 1, 2, 3, 4)],
        ratios={"theirs : ours": 4.0},
        checks={"fast enough": True},
        notes=["Nobody reads along."],
    )

    assert SuiteResult.from_dict(json.loads(json.dumps(result.to_dict()))) == result
