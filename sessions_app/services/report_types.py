"""What a report consists of: plain values, ready for a template or for JSON."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sessions_app.services.labels import NOT_ENOUGH_EVIDENCE
from sessions_app.services.spans import Segment
from sessions_app.services.transcript import MessageView

Row = tuple[str, str]  # a label and its value


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The overall result and what it rests on; `score` and `error` from 0 to 100."""

    score: int | None
    error: int | None
    word: str
    is_changed: bool  # by a reviewer
    original: int | None  # the score without reviewers
    sentence: str
    answers_scored: int
    answers_total: int


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
    contribution: float  # points of 100, in tenths that add up to the score
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
class CriterionShare:
    """A criterion in the sum: its weight, its score and the points it consists of."""

    name: str
    weight: float
    percent: int | None  # None: not judged
    adds: float  # what its points add, in points of 100
    points: tuple[PointView, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceView:
    """One part of the confidence; weight and value from 0.0 to 1.0."""

    name: str
    weight: float
    value: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BandView:
    """A band of the scale, and what an answer in it does."""

    number: int
    word: str
    anchor: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """The point that is nearest to lifting the score; `gain` in points of 100."""

    text: str
    gain: int
    reaches: int | None  # the band that it suffices for


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How a score came about, from stored values; the parts add up to `total`."""

    criteria: tuple[CriterionShare, ...]
    adjustments: tuple[Adjustment, ...]
    total: float  # 0–100, in tenths
    formula: str  # with its numbers
    confidence: int | None  # percent
    confidence_parts: tuple[ConfidenceView, ...]
    band: BandView
    next_band: BandView | None
    step: StepView | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OutlineView:
    """A line of a stronger answer: said by the candidate, or to be added."""

    kind: str  # said | add
    text: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackItem:
    """What the coach said about one answer, with a link to what it rests on."""

    kind: str  # keep | change | move_on
    quote: str  # empty when nothing was said on it
    criterion: str
    gap: str
    advice: str
    anchor: str  # id of a page element


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CriterionScore:
    """A criterion of one question; score and error from 0.0 to 1.0."""

    name: str
    score: float
    error: float | None
    evidence_count: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A stored evaluation with every claim checked against the answer's words.

    The defaults are the verdict on an answer that nobody has judged.
    """

    percent: int | None = None
    error: int | None = None  # half width of the band, in percent
    word: str = NOT_ENOUGH_EVIDENCE
    reason: str = ""  # why it has no score, or may change; or empty
    criteria: tuple[CriterionScore, ...] = ()
    points: tuple[PointView, ...] = ()
    star: tuple[StarView, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()  # with the points' they add up
    outline: tuple[OutlineView, ...] = ()
    feedback: tuple[FeedbackItem, ...] = ()
    posture: str = ""  # fix | polish | move_on; empty when nothing was judged
    next_band: str = ""
    explanation: Explanation | None = None  # None without a score
    provenance: str = ""
    provenance_tag: str = ""  # the same in two or three words
    evaluation_id: uuid.UUID | None = None
    is_changed: bool = False  # by a reviewer
    original_percent: int | None = None  # the engine's, when a reviewer changed it


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """An objection to a score, and what a person answered."""

    state: str
    state_word: str
    reason: str
    opened_at: datetime.datetime
    answer: str
    closed_at: datetime.datetime | None

    @property
    def is_open(self) -> bool:
        return self.state == "open"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCard(Verdict):
    """One question with all that was said to it and how it was judged."""

    no: int  # order of asking, follow-ups not counted
    slot: int  # in the plan
    text: str
    kind_label: str
    topic: str
    requirement: str  # line of the job description that it serves, or empty
    state_word: str
    unaided_percent: int | None  # before any follow-up
    seconds: float | None  # over all answers to it
    answers: tuple[AnswerView, ...]
    probes: tuple[str, ...]
    is_pending: bool  # a judgement is outstanding
    judged_seq: int | None = None  # answer with which it got its score; None: no score
    own_rating: int | None = None  # the candidate's own mark, 1 to 5
    disputes: tuple[DisputeView, ...] = ()  # the oldest first
    may_dispute: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """A requirement of the job and how far this interview shows that it is met."""

    text: str
    state: str  # the strength in a word, or why there is none
    is_scored: bool
    percent: int | None = None
    error: int | None = None
    questions: tuple[int, ...] = ()  # that asked for it, by their number
    quote: str = ""  # the candidate's own words


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InquiryCriterion:
    """One thing that questions to an interviewer can show, and whether they did."""

    text: str
    points: int
    is_shown: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InquiryView:
    """The candidate's questions at the end; their score is no part of any other."""

    asked: tuple[str, ...]
    score: int | None  # out of 5; None when nothing was asked
    sentence: str
    criteria: tuple[InquiryCriterion, ...]
    stronger: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The one thing to do next."""

    text: str
    url: str
    label: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTimes:
    """How long one engine took to reply; seconds, as they are shown."""

    engine: str
    replies: int
    first_words_p50: str
    first_words_p95: str
    complete_p50: str
    complete_p95: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What wrote the replies, what it cost and how long it took."""

    no_model: str  # says that no language model took part, or is empty
    rows: tuple[Row, ...]
    troubles: tuple[Row, ...]  # where, and what happened
    times: tuple[ReplyTimes, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that the report page shows, in its order."""

    is_on_demand: bool  # the worker has not caught up
    is_complete: bool  # no judgement is outstanding
    asks_rating: bool  # first the candidate's own marks, then this
    setup: tuple[Row, ...]
    summary: Summary
    judged_by: str  # who made scores and notes, in few words
    keep: tuple[FeedbackItem, ...]
    change: tuple[FeedbackItem, ...]
    criteria: tuple[CriterionSummary, ...]
    questions: tuple[QuestionCard, ...]
    needs: tuple[NeedRow, ...] = ()
    inquiries: InquiryView | None = None  # None when there was no invitation to ask
    next_step: NextStep
    transcript: tuple[MessageView, ...]
    metrics: tuple[Row, ...]
    receipt: Receipt
    disclaimer: str
