"""What the coach of an ended interview may speak about, read from what is stored.

It is made from the report's own cards, so that talk and report never disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from interviewer.agents.coach_evidence import (
    AdviceEvidence,
    InterviewEvidence,
    PointEvidence,
    QuestionEvidence,
)
from interviewer.bank.model import BankQuestion
from sessions_app.models import Evaluation, InterviewSession, Message, RubricVersion
from sessions_app.services.figures import EvaluationRow, overall, scored_slots
from sessions_app.services.labels import band_of, band_word
from sessions_app.services.metrics import session_facts
from sessions_app.services.report_questions import question_cards
from sessions_app.services.report_types import PointView, QuestionCard
from sessions_app.services.spans import Segment


def load_evidence(*, session: InterviewSession) -> InterviewEvidence:
    """Return what is stored about the interview's answers; three queries."""
    messages = list(Message.objects.filter(session=session).order_by("seq"))
    evaluations = list(
        Evaluation.objects.filter(session=session, is_counted=True)
        .select_related("message")
        .order_by("message__seq", "id")
    )
    scored = _scored(session, messages, evaluations)
    score, error = overall(scored=scored, override=session.score_override)
    cards = question_cards(
        messages=messages, evaluations=evaluations, turns=(), plan=session.plan
    )
    anchors = _anchors(messages, scored)
    return InterviewEvidence(
        role_title=session.role_title,
        level=session.level,
        score=None if score is None else round(score),
        error=None if error is None else round(error),
        word=band_word(score=None if score is None else score / 100),
        questions=tuple(
            _question(card, anchors.get(slot, ""))
            for slot, card in zip(_rubric_digests(messages), cards, strict=True)
        ),
    )


def _scored(
    session: InterviewSession,
    messages: Sequence[Message],
    evaluations: Sequence[Evaluation],
) -> list[EvaluationRow]:
    facts = session_facts(
        session=session, messages=messages, turns=(), evaluations=evaluations
    )
    return scored_slots(evaluations=facts.evaluations)


def _rubric_digests(messages: Sequence[Message]) -> Mapping[int, str]:
    """Return slot → rubric of each question, in the order of the report's cards."""
    return {
        int(message.details["slot"]): str(message.details.get("rubric", ""))
        for message in messages
        if message.kind == Message.Kind.QUESTION
    }


def _anchors(
    messages: Sequence[Message], scored: Sequence[EvaluationRow]
) -> Mapping[int, str]:
    """Return slot → what the band of its score stands for, as frozen when asked."""
    digests = _rubric_digests(messages)
    stored = RubricVersion.objects.in_bulk(set(digests.values()))
    return dict(_banded(scored, digests, stored))


def _banded(
    scored: Sequence[EvaluationRow],
    digests: Mapping[int, str],
    stored: Mapping[str, RubricVersion],
) -> Iterator[tuple[int, str]]:
    for row in scored:
        rubric = stored.get(digests.get(row.slot, ""))
        if rubric is not None and row.score is not None:
            anchors = BankQuestion.from_dict(rubric.body).anchors
            yield row.slot, anchors.get(band_of(score=row.score), "")


def _question(card: QuestionCard, anchor: str) -> QuestionEvidence:
    return QuestionEvidence(
        number=card.no,
        text=card.text,
        label=card.topic,
        state=card.state_word,
        answers=tuple(_words(answer.segments) for answer in card.answers),
        score=card.percent,
        error=card.error,
        word=card.word,
        reason=card.reason,
        points=tuple(_point(card, point) for point in card.points),
        missing_parts=tuple(s.part for s in card.star if s.required and not s.found),
        criteria=tuple((c.name, round(100 * c.score)) for c in card.criteria),
        adjustments=tuple((a.reason, a.points) for a in card.adjustments),
        anchor=anchor,
        next_anchor=card.next_band,
        outline=tuple((line.kind, line.text) for line in card.outline),
        feedback=tuple(
            AdviceEvidence(
                kind=item.kind, gap=item.gap, advice=item.advice, quote=item.quote
            )
            for item in card.feedback
        ),
    )


def _point(card: QuestionCard, point: PointView) -> PointEvidence:
    return PointEvidence(
        text=point.text,
        status=point.status,
        criterion=point.criterion,
        quote=_quote(card, point.anchor),
        adds=point.contribution,
        must_have=point.must_have,
    )


def _quote(card: QuestionCard, target: str) -> str:
    """Return the words that are marked as evidence for this point."""
    for answer in card.answers:
        marked = [
            segment
            for segment in answer.segments
            if any(mark.target_id == target for mark in segment.marks)
        ]
        if marked:
            return _words(marked)
    return ""


def _words(segments: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in segments)
