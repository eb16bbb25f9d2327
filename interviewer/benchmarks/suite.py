"""The shape of a benchmark: arms measured in turn, ratios between them, checks.

A suite is a module with `run(*, options: SuiteOptions) -> SuiteResult`. Times are for
people to read; what a suite promises stands in its checks.
"""

from __future__ import annotations

import dataclasses
import math
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import django


@dataclasses.dataclass(frozen=True, slots=True)
class SuiteOptions:
    """What a person may choose: `data` is a file or directory that suites read."""

    data: Path | None = None
    kills: int = 100  # of processes, in the suite `persistence`
    backlog: int = 100_000  # messages to archive there, at most


class UnableToRun(Exception):
    """The suite lacks something; the text says what."""


@dataclasses.dataclass(frozen=True, slots=True)
class Arm:
    """One way of doing the work, as measured; `counts` are per operation or in all,
    as the suite says (queries, llm_calls, tokens, …)."""

    name: str
    n: int
    p50_ms: float
    p95_ms: float
    cpu_ms: float  # mean per operation, this process
    counts: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        fields = dataclasses.asdict(self)
        return fields | dict(fields.pop("counts"))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return the arm that `to_dict` described."""
        counts = dict(values)
        own = {
            field.name: counts.pop(field.name)
            for field in dataclasses.fields(cls)
            if field.name != "counts"
        }
        return cls(**own, counts=counts)


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Figures side by side, as a reader wants to see them; cells are text."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclasses.dataclass(frozen=True, slots=True)
class SuiteResult:
    """What one run of a suite found."""

    suite: str
    arms: Sequence[Arm]
    ratios: Mapping[str, float]
    checks: Mapping[str, bool]
    notes: Sequence[str] = ()  # what a reader must know: what was driven, what was not
    tables: Sequence[Table] = ()  # made from the arms, and shown in their place

    @property
    def is_passed(self) -> bool:
        return all(self.checks.values())

    def to_dict(self) -> dict[str, Any]:
        return {
            "suite": self.suite,
            "environment": environment(),
            "arms": [arm.to_dict() for arm in self.arms],
            "ratios": dict(self.ratios),
            "checks": dict(self.checks),
            "notes": list(self.notes),
            "tables": [dataclasses.asdict(table) for table in self.tables],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return the result that `to_dict` described, whatever the environment."""
        return cls(
            suite=values["suite"],
            arms=[Arm.from_dict(arm) for arm in values["arms"]],
            ratios=values["ratios"],
            checks=values["checks"],
            notes=values["notes"],
            tables=tuple(Table(**table) for table in values["tables"]),
        )


def environment() -> dict[str, Any]:
    """Return what a reader of the numbers needs to know about the machine."""
    return {
        "python": platform.python_version(),
        "django": django.get_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load_1_minute": round(os.getloadavg()[0], 2),
    }


def measure_in_turn(
    *, arms: Mapping[str, Callable[[], object]], rounds: int
) -> list[Arm]:
    """Measure the arms alternately, so that a busy moment hits all of them alike.

    Each arm runs once unmeasured first.
    """
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in arms}
    for work in arms.values():
        work()
    for _ in range(rounds):
        for name, work in arms.items():
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            elapsed = time.perf_counter() - wall, time.process_time() - cpu
            times[name].append(elapsed)
    return [arm_of(name=name, seconds=measured) for name, measured in times.items()]


def arm_of(
    *,
    name: str,
    seconds: Sequence[tuple[float, float]],
    counts: Mapping[str, float] | None = None,
) -> Arm:
    """Return the arm of these measurements; seconds: (wall, CPU) per operation."""
    walls = sorted(wall for wall, _ in seconds)
    return Arm(
        name=name,
        n=len(walls),
        p50_ms=percentile_ms(walls, 0.50),
        p95_ms=percentile_ms(walls, 0.95),
        cpu_ms=round(sum(cpu for _, cpu in seconds) / len(seconds) * 1000, 3),
        counts=counts or {},
    )


def exponent(*, sizes: Sequence[int], costs: Sequence[float]) -> float:
    """Return the least-squares slope of log(cost) over log(size).

    0 for what does not grow, 1 for what grows like the size.
    """
    x, y = [math.log(n) for n in sizes], [math.log(c) for c in costs]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    above = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return above / sum((a - mean_x) ** 2 for a in x)


def percentile_ms(ordered_seconds: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of ordered seconds, in milliseconds."""
    rank = max(1, math.ceil(share * len(ordered_seconds)))
    return round(ordered_seconds[rank - 1] * 1000, 3)
