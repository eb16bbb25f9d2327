"""What scoring an answer yields: plain, immutable, JSON-ready values.

Everything a report shows is in here, so that an explanation never needs the
scorer again: each number with its inputs, each claim with its quote.
"""

from __future__ import annotations

import dataclasses
from typing import Any

# States of an assessment or criterion; only OBSERVED carries a score.
OBSERVED = "observed"
INSUFFICIENT = "insufficient"  # asked, too little to judge
UNSCOREABLE = "unscoreable"  # gated: echo, gibberish, off-topic, instructions
DECLINED = "declined"
NOT_KNOWN = "not_known"

# Outcomes of the gate; only PASSED is scored.
PASSED = "passed"
EMPTY = "empty"
REFUSAL = "refusal"
DONT_KNOW = "dont_know"
ECHO = "echo"
GIBBERISH = "gibberish"
OFF_TOPIC = "off_topic"
INSTRUCTION = "instruction"

# Statuses of a point.
HIT = "hit"
PARTIAL = "partial"
MISSING = "missing"
CONTRADICTED = "contradicted"

ConfidencePart = tuple[str, float, float]  # name, weight, value; 0.0–1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """A span of the answer that proves something: answer[start:end] == quote."""

    start: int
    end: int
    quote: str
    kind: str  # supports | contradicts | star
    target: str  # point id, or STAR part


@dataclasses.dataclass(frozen=True, slots=True)
class GateOutcome:
    """Whether the answer can be scored; `reason` is one sentence for the candidate."""

    outcome: str
    reason: str = ""
    ignored: tuple[tuple[int, int], ...] = ()  # instruction-like spans left out

    @property
    def passed(self) -> bool:
        return self.outcome == PASSED


@dataclasses.dataclass(frozen=True, slots=True)
class PointResult:
    """How far one rubric point is covered, with the sentence that proves it."""

    id: str
    criterion: str
    text: str
    weight: float
    must_have: bool
    status: str
    coverage: float  # 0.0–1.0 as credited
    threshold: float  # coverage from which the point is a hit
    contribution: float  # points of 100 that it adds to the overall score
    evidence: Evidence | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class StarPart:
    """One part of a behavioural answer: situation, action or result."""

    part: str
    required: bool
    found: bool
    evidence: Evidence | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class CriterionResult:
    """A criterion's state and, only when observed, its score from 0.0 to 1.0."""

    name: str
    weight: float
    state: str
    score: float | None


@dataclasses.dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict on one answer; `score` is None unless `state` is observed."""

    state: str
    gate: GateOutcome
    score: float | None = None  # 0.0–1.0
    error: float | None = None  # half width of the 80 % band, same unit
    band: int | None = None  # 1–5
    confidence: float = 0.0
    confidence_parts: tuple[ConfidencePart, ...] = ()  # weight x value add up to it
    criteria: tuple[CriterionResult, ...] = ()
    points: tuple[PointResult, ...] = ()
    star: tuple[StarPart, ...] = ()
    adjustments: tuple[tuple[str, float], ...] = ()  # (reason, points of 100)
    versions: tuple[tuple[str, str], ...] = ()  # engine, scorer, encoder, rubric

    @property
    def missing(self) -> tuple[PointResult, ...]:
        """Return the points not hit, must-haves first, then by weight."""
        gaps = [p for p in self.points if p.status != HIT]
        return tuple(sorted(gaps, key=lambda p: (not p.must_have, -p.weight)))

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return dataclasses.asdict(self)
