"""A candidate objects to a question's score; staff answers, in words to read.

open ──> upheld | changed   by staff
  └────> withdrawn          by the candidate, who may object again
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction

from sessions_app.models import Dispute, Evaluation, InterviewSession, User
from sessions_app.services.journal import lock_session
from sessions_app.services.report_types import DisputeView, QuestionCard
from sessions_app.services.report_verdict import counting_evaluation
from sessions_app.services.reviews import (
    newest_override,
    override_score,
    raise_revision,
)

MAX_REASON_CHARACTERS = 2_000
MAX_PER_QUESTION = 3


class UnableToDispute(Exception):
    """It cannot be done now; the text is for the person."""


class NotEnded(UnableToDispute):
    """Nothing is final before the end."""

    def __init__(self) -> None:
        super().__init__("You can question a score once the interview has ended.")


class NothingJudged(UnableToDispute):
    """There is no judgement on this question."""

    def __init__(self) -> None:
        super().__init__("Nothing was judged here, so there is nothing to question.")


class AlreadyOpen(UnableToDispute):
    """One at a time for each question."""

    def __init__(self) -> None:
        super().__init__("You have questioned this score already; an answer is due.")


class TooOften(UnableToDispute):
    """The same question was disputed often enough."""

    def __init__(self) -> None:
        super().__init__(
            f"A score can be questioned {MAX_PER_QUESTION} times, and this one was."
        )


class AlreadyClosed(UnableToDispute):
    """It was answered or withdrawn meanwhile."""

    def __init__(self) -> None:
        super().__init__("This has been answered or withdrawn meanwhile.")


@transaction.atomic
def open_dispute(
    *, session_id: uuid.UUID, slot: int, reason: str, now: datetime.datetime
) -> Dispute:
    """Store the candidate's objection; raises UnableToDispute and stores nothing."""
    session = lock_session(session_id=session_id)
    if not session.is_ended:
        raise NotEnded
    if not Evaluation.objects.filter(
        session=session, slot=slot, is_counted=True
    ).exists():
        raise NothingJudged
    states = list(
        Dispute.objects.filter(session=session, slot=slot).values_list(
            "state", flat=True
        )
    )
    if Dispute.State.OPEN in states:
        raise AlreadyOpen
    if len(states) >= MAX_PER_QUESTION:
        raise TooOften
    dispute: Dispute = Dispute.objects.create(
        user_id=session.user_id,
        session=session,
        slot=slot,
        topic=_topic(session, slot),
        reason=reason,
        opened_at=now,
    )
    raise_revision(session=session, now=now)
    return dispute


@transaction.atomic
def withdraw_dispute(
    *, session_id: uuid.UUID, slot: int, now: datetime.datetime
) -> bool:
    """Take the open objection to this question back; say whether there was one."""
    session = lock_session(session_id=session_id)
    withdrawn = Dispute.objects.filter(
        session=session, slot=slot, state=Dispute.State.OPEN
    ).update(state=Dispute.State.WITHDRAWN, closed_at=now)
    if withdrawn:
        raise_revision(session=session, now=now)
    return bool(withdrawn)


@transaction.atomic
def answer_dispute(
    *,
    dispute_id: uuid.UUID,
    words: str,
    value: float | None,
    author: User,
    now: datetime.datetime,
) -> Dispute:
    """Answer in words that the candidate reads; a value changes the score as well.

    value: 0–100, or None when the score stands
    Raises UnableToDispute, UnableToReview or DoesNotExist, and writes nothing.
    """
    found = Dispute.objects.only("session_id").get(pk=dispute_id)
    session = lock_session(session_id=found.session_id)
    dispute: Dispute = Dispute.objects.get(pk=dispute_id)
    if dispute.state != Dispute.State.OPEN:
        raise AlreadyClosed
    if value is not None:
        _change_score(session, dispute, words, value, author, now)
    changed, stands = Dispute.State.CHANGED, Dispute.State.UPHELD
    dispute.state = stands if value is None else changed
    dispute.answer, dispute.answered_by, dispute.closed_at = words, author, now
    dispute.save(update_fields=["state", "answer", "answered_by", "closed_at"])
    session.refresh_from_db(fields=["revision"])
    raise_revision(session=session, now=now)
    return dispute


def with_disputes(
    *, cards: Iterable[QuestionCard], session: InterviewSession
) -> tuple[QuestionCard, ...]:
    """Return the cards with their objections, and whether one may follow; one query."""
    by_slot: dict[int, list[Dispute]] = {}
    for dispute in Dispute.objects.filter(session=session).order_by("opened_at", "pk"):
        by_slot.setdefault(dispute.slot, []).append(dispute)
    return tuple(_with(card, by_slot.get(card.slot, [])) for card in cards)


def _with(card: QuestionCard, disputes: Sequence[Dispute]) -> QuestionCard:
    is_open = any(row.state == Dispute.State.OPEN for row in disputes)
    is_judged = card.evaluation_id is not None
    return dataclasses.replace(
        card,
        disputes=tuple(map(_view, disputes)),
        may_dispute=is_judged and not is_open and len(disputes) < MAX_PER_QUESTION,
    )


def _view(dispute: Dispute) -> DisputeView:
    return DisputeView(
        state=dispute.state,
        state_word=dispute.get_state_display(),
        reason=dispute.reason,
        opened_at=dispute.opened_at,
        answer=dispute.answer,
        closed_at=dispute.closed_at,
    )


def _change_score(
    session: InterviewSession,
    dispute: Dispute,
    words: str,
    value: float,
    author: User,
    now: datetime.datetime,
) -> None:
    evaluations = Evaluation.objects.filter(
        session=session, slot=dispute.slot, is_counted=True
    ).order_by("message__seq", "pk")
    evaluation = counting_evaluation(evaluations=evaluations, slot=dispute.slot)
    if evaluation is None:
        raise NothingJudged
    latest = newest_override(session=session, evaluation_id=evaluation.pk)
    override_score(
        session_id=session.pk,
        evaluation_id=evaluation.pk,
        value=value,
        reason=f"Answer to a dispute: {words}",
        author=author,
        expected=latest.pk if latest else None,
        now=now,
    )


def _topic(session: InterviewSession, slot: int) -> str:
    slots = session.plan.get("slots", ())
    return next((row["label"] for row in slots if row["index"] == slot), "")[:200]
