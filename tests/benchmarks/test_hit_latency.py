import dataclasses

from interviewer.benchmarks.responses.hit_latency import (
    HIT_LIMIT_MS,
    LENGTHS,
    RIVALS,
    judged,
)
from interviewer.benchmarks.suite import Arm, SuiteResult

Arms = dict[str, Arm]


def arms(*, ours_ms: float = 0.05, cpu_ms: float = 0.03) -> Arms:
    rivals = [_arm(f"{rival}, {n} messages", n / 10, n / 10)
              for rival in RIVALS for n in LENGTHS]  # fmt: skip
    ours = [_arm(f"ours, {n} messages", ours_ms, cpu_ms) for n in LENGTHS]
    return {arm.name: arm for arm in [*ours, *rivals]}


def _arm(name: str, p50_ms: float, cpu_ms: float) -> Arm:
    return Arm(name, 1, p50_ms, p50_ms, cpu_ms)


def failed(result: SuiteResult) -> list[str]:
    return [name for name, is_true in result.checks.items() if not is_true]


def test_passes_when_hits_are_fast_and_flat_and_far_cheaper() -> None:
    assert failed(judged(between=arms(), beside=arms())) == []


def test_a_hit_has_its_limit_wherever_redis_is() -> None:
    slow = arms(ours_ms=HIT_LIMIT_MS * 1.1)

    assert len(failed(judged(between=slow, beside=arms()))) == 1
    assert len(failed(judged(between=arms(), beside=slow))) == 1


def test_the_clock_between_cores_is_shown_and_not_compared() -> None:
    woken = judged(between=arms(ours_ms=0.09), beside=arms(ours_ms=0.03))

    assert failed(woken) == []
    assert "LangChain Redis : ours, 20, clock, any core" in woken.ratios


def test_a_hit_that_costs_more_cpu_fails() -> None:
    names = failed(judged(between=arms(cpu_ms=0.25), beside=arms()))

    assert names == [
        "10x cheaper than LangChain Redis at 20: CPU",
        "30x cheaper than LangChain Redis at 60: CPU",
        "60x cheaper than LangChain Redis at 120: CPU",
    ]


def test_a_hit_that_grows_with_the_interview_fails() -> None:
    growing = arms()
    name = "ours, 1000 messages"
    growing[name] = dataclasses.replace(growing[name], cpu_ms=0.04)

    assert "cost of a hit does not grow" in failed(
        judged(between=growing, beside=arms())
    )
