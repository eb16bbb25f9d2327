"""What a report consists of: plain values, ready for a template or for JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

from sessions_app.services.spans import Segment
from sessions_app.services.transcript import MessageView

Row = tuple[str, str]  # a label and its value


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The overall result and what it rests on; `score` and `error` from 0 to 100."""

    score: int | None
    error: int | None
    word: str
    sentence: str
    answers_scored: int
    answers_total: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to keep or to change, with a link to the words it is about."""

    quote: str  # empty when nothing was said on it
    gap: str
    advice: str
    criterion: str
    anchor: str  # id of a page element


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CriterionSummary:
    """A criterion over all questions; percent is None without evidence."""

    name: str
    percent: int | None
    error: int | None
    word: str
    evidence_count: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """One answer message, cut where evidence begins and ends."""

    seq: int
    label: str
    segments: tuple[Segment, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PointView:
    """A rubric point and how it was covered; `evidence_n` numbers its quote."""

    id: str
    anchor: str
    text: str
    criterion: str
    status: str  # hit | partial | missing | contradicted
    status_word: str
    weight: float
    must_have: bool
    contribution: float  # points of 100
    coverage_percent: int
    threshold_percent: int
    evidence_n: int | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StarView:
    """A part of a behavioral answer: situation, action or result."""

    part: str
    anchor: str
    found: bool
    required: bool
    evidence_n: int | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """What else moved the score, in points of 100."""

    reason: str
    points: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OutlineView:
    """A line of a stronger answer: said by the candidate, or to be added."""

    kind: str  # said | add
    text: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackItem:
    """What the coach said about one answer."""

    kind: str  # keep | change | move_on
    quote: str
    criterion: str
    gap: str
    advice: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CriterionScore:
    """A criterion of one question; score and error from 0.0 to 1.0."""

    name: str
    score: float
    error: float | None
    evidence_count: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A stored evaluation with every claim checked against the answer's words."""

    score: float | None
    error: float | None
    reason: str  # why it has no score; empty when it has one
    criteria: tuple[CriterionScore, ...]
    points: tuple[PointView, ...]
    star: tuple[StarView, ...]
    adjustments: tuple[Adjustment, ...]
    outline: tuple[OutlineView, ...]
    feedback: tuple[FeedbackItem, ...]
    advice: tuple[tuple[str, Advice], ...]  # the feedback again, by kind, with links
    next_band: str
    provenance: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCard:
    """One question with all that was said to it and how it was judged."""

    no: int  # order of asking, follow-ups not counted
    text: str
    kind_label: str
    topic: str
    requirement: str  # line of the job description that it serves, or empty
    state_word: str
    percent: int | None
    error: int | None
    word: str
    unaided_percent: int | None  # before any follow-up
    seconds: float | None  # over all answers to it
    reason: str  # why it is not scored, or may change; or empty
    answers: tuple[AnswerView, ...]
    probes: tuple[str, ...]
    criteria: tuple[CriterionScore, ...] = ()
    points: tuple[PointView, ...] = ()
    star: tuple[StarView, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    outline: tuple[OutlineView, ...] = ()
    feedback: tuple[FeedbackItem, ...] = ()
    advice: tuple[tuple[str, Advice], ...] = ()
    next_band: str = ""
    provenance: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The one thing to do next."""

    text: str
    url: str
    label: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that the report page shows, in its order."""

    is_on_demand: bool  # the worker has not caught up
    is_complete: bool  # no judgement is outstanding
    setup: tuple[Row, ...]
    summary: Summary
    keep: tuple[Advice, ...]
    change: tuple[Advice, ...]
    criteria: tuple[CriterionSummary, ...]
    questions: tuple[QuestionCard, ...]
    next_step: NextStep
    transcript: tuple[MessageView, ...]
    metrics: tuple[Row, ...]
    disclaimer: str

    def to_dict(self) -> dict[str, Any]:
        """Return nested plain values; times stay `datetime`."""
        return dataclasses.asdict(self)
