"""The live sample on the front page: a short answer, scored as one types it."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

from interviewer.agents.assessor import judge
from interviewer.bank.loader import load_bank
from interviewer.bank.model import BankQuestion
from interviewer.scoring.encoder import load_encoder
from interviewer.scoring.result import Assessment, Evidence, PointResult
from sessions_app.services.labels import band_word
from sessions_app.services.spans import Mark, Segment, Span, cut

QUESTION_ID = "backend.orm.n-plus-one"
SAMPLE_MAX_CHARACTERS = 1_000


@dataclasses.dataclass(frozen=True, slots=True)
class SamplePoint:
    """One thing a good answer says, and whether this one does."""

    id: str
    text: str
    status: str
    evidence_n: int | None


@dataclasses.dataclass(frozen=True, slots=True)
class SampleView:
    """A scored sample answer, ready for the front page."""

    question: str
    answer: str
    segments: Sequence[Segment]
    points: Sequence[SamplePoint]
    score_word: str
    percent: int | None
    error: int | None
    reason: str


def sample_question() -> BankQuestion:
    """Return the question of the live sample."""
    return load_bank().get(QUESTION_ID)


@functools.cache
def our_sample() -> SampleView:
    """Return the judgement on our own middling answer."""
    exemplars = sample_question().exemplars
    return score_sample(next(e.text for e in exemplars if e.kind == "middle"))


def score_sample(answer: str) -> SampleView:
    """Return the judgement on this answer to the sample question; kept nowhere."""
    question = sample_question()
    found = judge(question=question, answers=[answer], encoder=load_encoder())
    numbered = [
        (n, point, point.evidence)
        for n, point in enumerate((p for p in found.points if p.evidence), start=1)
        if point.evidence
    ]
    return SampleView(
        question=question.question,
        answer=answer,
        segments=cut(text=answer, spans=[_span(*item) for item in numbered]),
        points=_points(found, {point.id: n for n, point, _ in numbered}),
        score_word=band_word(score=found.score),
        percent=None if found.score is None else round(100 * found.score),
        error=None if found.error is None else round(100 * found.error),
        reason=found.gate.reason,
    )


def _span(n: int, point: PointResult, evidence: Evidence) -> Span:
    mark = Mark(
        n=n,
        kind=evidence.kind,
        target_id=f"sample-point-{point.id}",
        label=point.criterion,
    )
    return Span(start=evidence.start, end=evidence.end, mark=mark)


def _points(found: Assessment, numbers: dict[str, int]) -> list[SamplePoint]:
    return [
        SamplePoint(
            id=point.id,
            text=point.text,
            status=point.status,
            evidence_n=numbers.get(point.id),
        )
        for point in found.points
    ]
