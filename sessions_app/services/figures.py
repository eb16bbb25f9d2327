"""The arithmetic of session metrics: plain rows in, plain figures out.

Nothing here reads the database or a clock, so the worker, the report and the
tests compute the same figures from the same rows.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

METRICS_VERSION = 2  # raise it when a figure changes its meaning
# One answer says little about a person: an overall score rests on two or more.
MIN_SCORED_ANSWERS = 2
OBSERVED = "observed"  # the one evaluation state that carries a score
GATE_PASSED = "passed"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message of the journal, as far as figures and pairs depend on it."""

    seq: int
    role: str
    kind: str
    content: str
    question_no: int | None
    details: Mapping[str, Any]

    @property
    def is_question(self) -> bool:
        return self.role == "interviewer" and self.kind in ("question", "probe")

    @property
    def is_answer(self) -> bool:
        return self.role == "candidate" and self.kind == "answer"

    @property
    def is_skip(self) -> bool:
        return self.role == "candidate" and self.kind == "skip"

    @property
    def is_coaching(self) -> bool:
        """Say whether it was said about the interview, after its end."""
        return self.kind in ("ask", "coaching")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow:
    """How long the system took to reply; None while it has not."""

    first_words_ms: int | None
    completed_ms: int | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRow:
    """A judgement in force, as far as figures depend on it; `seq` is its answer's."""

    seq: int
    slot: int
    is_first: bool
    state: str
    score: float | None  # 0.0–1.0
    error: float | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a session's model tasks came to; `outcomes` counts each way of ending."""

    made: int = 0
    avoided: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0  # of `tokens_in`
    tokens_out: int = 0
    cost_micros: int = 0  # millionths
    outcomes: Mapping[str, int] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SessionFrame:
    """What figures take from the session itself."""

    started_at: datetime.datetime | None
    ended_at: datetime.datetime | None  # or the last activity so far
    competency_of_slot: Mapping[int, str]
    usage: Usage = Usage()
    score_override: float | None = None  # a reviewer's overall score, 0–100


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts(SessionFrame):
    """Everything that a session's figures are computed from, in order of `seq`."""

    messages: Sequence[MessageRow]
    turns: Sequence[TurnRow]
    evaluations: Sequence[EvaluationRow]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyScore:
    """The mean score of the answers to one competency's questions."""

    name: str
    score: float  # 0–100
    error: float | None
    answers: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SessionMetricsView:
    """A session's figures; thinking time and system time are never mixed."""

    messages_by_role: Mapping[str, int]
    answers: int  # answer messages, further attempts and probes included
    words_mean: float | None
    words_median: float | None
    duration_seconds: float | None  # pauses included
    thinking_seconds_mean: float | None  # question shown → answer sent
    first_words_ms_mean: float | None  # answer received → first words of the reply
    completed_ms_mean: float | None  # answer received → reply complete
    asked: int  # questions without their probes
    answered: int
    skipped: int
    probed: int  # questions with at least one probe
    probes: int
    enough_evidence: int  # questions whose answers could be scored
    competencies: tuple[CompetencyScore, ...]
    score: float | None  # 0–100
    error: float | None  # half width of the band, same unit
    usage: Usage

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values from which `from_dict` makes an equal view.

        Without the usage: models are also asked when nothing is said any more.
        """
        values = dataclasses.asdict(self)
        del values["usage"]
        return {**values, "competencies": list(values["competencies"])}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], *, usage: Usage) -> Self:
        """Return the view that `to_dict` described; raises KeyError or TypeError."""
        competencies = tuple(CompetencyScore(**c) for c in values["competencies"])
        return cls(**{**values, "competencies": competencies}, usage=usage)


def scored_slots(*, evaluations: Iterable[EvaluationRow]) -> list[EvaluationRow]:
    """Return the judgement that counts for each question that has a score.

    That is the last one with a score: a probe's answer may add to what was said
    before it, but one that could not be judged takes nothing away.
    """
    ordered = sorted(evaluations, key=lambda row: row.seq)
    return list({row.slot: row for row in ordered if row.state == OBSERVED}.values())


def overall(
    *, scored: Sequence[EvaluationRow], override: float | None = None
) -> tuple[float | None, float | None]:
    """Return (score, error) from 0 to 100 over the scored questions.

    Every question weighs the same. The error is that of a mean of independent
    figures, sqrt(sum of squares) / n; it is None where one of them is unknown.

    override: a reviewer's overall score, which then stands instead
    """
    if override is not None:
        return override, None
    if len(scored) < MIN_SCORED_ANSWERS:
        return None, None
    return _mean_score(scored)


def is_substantial(*, answer: MessageRow) -> bool:
    """Say whether this answer counts: it is not empty and the gate let it pass."""
    gate = answer.details.get("gate") or GATE_PASSED
    return gate == GATE_PASSED and bool(answer.content.strip())


def competency_scores(
    *, competency_of_slot: Mapping[int, str], scored: Sequence[EvaluationRow]
) -> tuple[CompetencyScore, ...]:
    """Return the mean score of each competency, by name."""
    groups: dict[str, list[EvaluationRow]] = {}
    for row in scored:
        groups.setdefault(competency_of_slot.get(row.slot, ""), []).append(row)
    return tuple(_competency_score(name, groups[name]) for name in sorted(groups))


def duration_seconds(*, frame: SessionFrame) -> float | None:
    """Return how long the interview took, or has taken so far; None before it."""
    if frame.started_at is None or frame.ended_at is None:
        return None
    # Clocks of two machines may disagree; a length is never negative.
    return max(0.0, (frame.ended_at - frame.started_at).total_seconds())


def _competency_score(name: str, scored: Sequence[EvaluationRow]) -> CompetencyScore:
    score, error = _mean_score(scored)
    return CompetencyScore(name=name, score=score, error=error, answers=len(scored))


def _mean_score(scored: Sequence[EvaluationRow]) -> tuple[float, float | None]:
    score = 100 * math.fsum(row.score or 0.0 for row in scored) / len(scored)
    errors = [row.error for row in scored if row.error is not None]
    if len(errors) < len(scored):
        return score, None
    return score, 100 * math.hypot(*errors) / len(scored)
