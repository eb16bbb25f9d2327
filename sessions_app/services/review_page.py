"""What a reviewer sees of one interview, read in a fixed number of queries."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sessions_app.models import (
    Dispute,
    Evaluation,
    InterviewSession,
    Message,
    ModelCall,
    Review,
    ReviewNote,
    ScoreOverride,
    Turn,
)
from sessions_app.services.labels import band_word, score_label
from sessions_app.services.metrics import (
    metrics_for,
    original_score,
    session_facts,
)
from sessions_app.services.report_questions import question_cards
from sessions_app.services.report_tables import metrics_rows, setup_rows
from sessions_app.services.report_types import QuestionCard, Row
from sessions_app.services.spans import Segment
from sessions_app.services.transcript import MessageView, message_views


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedMessage:
    """A message with the evidence in it and what reviewers noted."""

    id: uuid.UUID
    view: MessageView
    segments: tuple[Segment, ...]  # of an answer; empty for what was not judged
    question_no: int | None  # of the report's card that the evidence belongs to
    notes: Sequence[ReviewNote]
    why: str  # the rule that led to it, in words; empty for what a person said


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedQuestion:
    """A question's verdict with its changes and the candidate's objections."""

    card: QuestionCard
    overrides: Sequence[ScoreOverride]  # the oldest first
    disputes: Sequence[Dispute]

    @property
    def newest_override(self) -> ScoreOverride | None:
        return self.overrides[-1] if self.overrides else None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRow:
    """One judgement of one engine, in words."""

    seq: int
    topic: int
    word: str
    score: str
    state: str
    confidence: str
    is_first: bool
    engine: str
    is_counted: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """The session page of the admin, in its order."""

    score: str
    original: str
    is_changed: bool
    setup: tuple[Row, ...]
    messages: Sequence[ReviewedMessage]
    questions: Sequence[ReviewedQuestion]
    evaluations: Sequence[EvaluationRow]
    overrides: Sequence[ScoreOverride]  # of the whole interview, the oldest first
    reviews: Sequence[Review]
    metrics: tuple[Row, ...]
    is_on_demand: bool  # the worker has not caught up
    calls: Sequence[ModelCall]

    @property
    def newest_override(self) -> ScoreOverride | None:
        return self.overrides[-1] if self.overrides else None

    @property
    def open_disputes(self) -> int:
        return sum(
            dispute.state == Dispute.State.OPEN
            for question in self.questions
            for dispute in question.disputes
        )


def build_review_page(*, session: InterviewSession) -> ReviewPage:
    """Return the page; nine queries, whatever the interview's length."""
    messages = list(Message.objects.filter(session=session).order_by("seq"))
    turns = list(Turn.objects.filter(session=session))
    evaluations = _evaluations(session, messages)
    counted = [row for row in evaluations if row.is_counted]
    facts = session_facts(
        session=session, messages=messages, turns=turns, evaluations=counted
    )
    metrics, is_on_demand = metrics_for(session=session, facts=facts)
    cards = question_cards(
        messages=messages, evaluations=counted, turns=turns, plan=session.plan
    )
    overrides = list(session.overrides.select_related("author"))
    return ReviewPage(
        score=score_label(score=metrics.score, error=metrics.error),
        original=score_label(score=original_score(evaluations=counted), error=None),
        is_changed=session.is_score_changed,
        setup=setup_rows(session=session),
        messages=_messages(session, messages, cards),
        questions=_questions(session, cards, overrides),
        evaluations=[_evaluation_row(row) for row in evaluations],
        overrides=[row for row in overrides if row.evaluation_id is None],
        reviews=list(session.reviews.select_related("reviewer")),
        metrics=metrics_rows(metrics=metrics),
        is_on_demand=is_on_demand,
        calls=list(session.model_calls.order_by("id")),
    )


def _evaluations(
    session: InterviewSession, messages: Iterable[Message]
) -> list[Evaluation]:
    """Return all judgements in the order of their answers, what counts first."""
    by_id = {message.pk: message for message in messages}
    rows = list(Evaluation.objects.filter(session=session))
    for row in rows:
        row.message = by_id[row.message_id]
    return sorted(
        rows, key=lambda row: (row.message.seq, not row.is_counted, row.engine, row.pk)
    )


def _messages(
    session: InterviewSession,
    messages: Sequence[Message],
    cards: Iterable[QuestionCard],
) -> list[ReviewedMessage]:
    judged = {
        answer.seq: (card.no, answer.segments)
        for card in cards
        for answer in card.answers
    }
    notes: defaultdict[uuid.UUID, list[ReviewNote]] = defaultdict(list)
    for note in session.notes.select_related("author"):
        notes[note.message_id].append(note)
    views = message_views(messages=messages)
    return [
        ReviewedMessage(
            id=message.pk,
            view=view,
            segments=judged[message.seq][1] if message.seq in judged else (),
            question_no=judged[message.seq][0] if message.seq in judged else None,
            notes=notes[message.pk],
            why=str(message.details.get("reason", "")),
        )
        for message, view in zip(messages, views, strict=True)
    ]


def _questions(
    session: InterviewSession,
    cards: Iterable[QuestionCard],
    overrides: Iterable[ScoreOverride],
) -> list[ReviewedQuestion]:
    changes: defaultdict[uuid.UUID | None, list[ScoreOverride]] = defaultdict(list)
    for override in overrides:
        changes[override.evaluation_id].append(override)
    disputes: defaultdict[int, list[Dispute]] = defaultdict(list)
    for dispute in session.disputes.select_related("answered_by"):
        disputes[dispute.slot].append(dispute)
    return [
        ReviewedQuestion(
            card=card,
            overrides=changes[card.evaluation_id] if card.evaluation_id else (),
            disputes=disputes[card.slot],
        )
        for card in cards
    ]


def _evaluation_row(evaluation: Evaluation) -> EvaluationRow:
    score = evaluation.score
    return EvaluationRow(
        seq=evaluation.message.seq,
        topic=evaluation.slot + 1,
        word=band_word(score=score),
        score="–" if score is None else f"{100 * score:.0f}",
        state=evaluation.state,
        confidence=f"{100 * evaluation.confidence:.0f} %",
        is_first=evaluation.is_first,
        engine=evaluation.engine,
        is_counted=evaluation.is_counted,
    )
