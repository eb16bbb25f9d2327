"""The practice schedule of a person: reviews from ended interviews, cards from reviews.

A card is always made anew of its whole log, so it does not matter in which order
interviews are archived, and what is deleted leaves nothing behind.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sessions_app import scheduling
from sessions_app.models import (
    Evaluation,
    InterviewSession,
    Message,
    PracticeCard,
    PracticeReview,
    User,
)
from sessions_app.services.figures import OBSERVED

OWN_QUESTION = "own."  # written for one interview: it is not asked again
OLDEST_FIRST = ("reviewed_at", "session_id")
_CARD_FIGURES = (
    "last_score",
    "review_count",
    "stability",
    "difficulty",
    "reviewed_at",
    "due_at",
)

_Key = tuple[uuid.UUID, str]  # a person and a question of the bank


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """Where the person stands with one question, due with regard to the interview."""

    bank_id: str
    topic: str
    competency: str
    kind: str
    score: float  # 0.0–1.0, of the last unaided answer
    review_count: int
    reviewed_at: datetime.datetime
    due_at: datetime.datetime


def practice_cards(
    *, user: User, interview_on: datetime.date | None
) -> tuple[CardView, ...]:
    """Return where this person stands, what is due first in front. One query."""
    rows = PracticeCard.objects.visible_to(user).values(
        *(
            field.name
            for field in dataclasses.fields(CardView)
            if field.name != "score"
        ),
        "last_score",
    )
    views = [_card_view(row, interview_on) for row in rows]
    return tuple(sorted(views, key=lambda view: (view.due_at, view.bank_id)))


def take_in_answers(*, sessions: Iterable[InterviewSession]) -> None:
    """Review the questions that these sessions' unaided answers are about.

    Only of ended sessions; within the caller's transaction, which holds their rows. An
    answer counts once, however often this is called. One query when there is nothing
    new, eight otherwise.
    """
    ended = {session.pk: session for session in sessions if session.is_ended}
    fresh = _unreviewed(ended.values()) if ended else []
    if not fresh:
        return
    _lock_people({evaluation.user_id for evaluation in fresh})
    hints = _hints(ended)
    reviews = [_review(e, ended[e.session_id], hints) for e in fresh]
    PracticeReview.objects.bulk_create(reviews)
    planned = {
        (row.user_id, row.bank_id): _slot(ended[row.session_id], row.slot)
        for row in reviews
    }
    _make_cards(planned)


def remake_cards(*, user_id: uuid.UUID, bank_ids: Collection[str]) -> None:
    """Make cards anew whose reviews came or went; within a transaction."""
    if not bank_ids:
        return
    _lock_people({user_id})
    _make_cards({(user_id, bank_id): {} for bank_id in bank_ids})


def reviewed_questions(*, session: InterviewSession) -> frozenset[str]:
    """Return the bank ids of which the session holds reviews."""
    return frozenset(session.practice_reviews.values_list("bank_id", flat=True))


def _card_view(row: Mapping[str, Any], on: datetime.date | None) -> CardView:
    values = {**row, "score": row["last_score"]}
    del values["last_score"]
    values["due_at"] = scheduling.due_before(
        due_at=row["due_at"], reviewed_at=row["reviewed_at"], interview_on=on
    )
    return CardView(**values)


def _unreviewed(sessions: Collection[InterviewSession]) -> list[Evaluation]:
    """Return the first scored unaided judgement of each question without a review."""
    rows = (
        Evaluation.objects.filter(
            session_id__in=[session.pk for session in sessions],
            is_counted=True,
            is_first=True,
            state=OBSERVED,
        )
        .select_related("message", "practice_review")
        .only(
            "user_id",
            "session_id",
            "slot",
            "score",
            "override",
            "state",
            "message__seq",
            "message__created_at",
            "practice_review__id",
        )
        .order_by("session_id", "message__seq")
    )
    first: dict[tuple[uuid.UUID, int], Evaluation] = {}
    for row in rows:
        first.setdefault((row.session_id, row.slot), row)
    plans = {session.pk: session for session in sessions}
    return [
        row
        for row in first.values()
        if not hasattr(row, "practice_review")
        and _is_of_bank(_slot(plans[row.session_id], row.slot))
    ]


def _is_of_bank(slot: Mapping[str, Any]) -> bool:
    bank_id = str(slot.get("bank_id", ""))
    return bool(bank_id) and not bank_id.startswith(OWN_QUESTION)


def _slot(session: InterviewSession, index: int) -> Mapping[str, Any]:
    slots = session.plan.get("slots", ())
    return next((slot for slot in slots if slot["index"] == index), {})


def _lock_people(user_ids: Collection[uuid.UUID]) -> None:
    # Two interviews of one person, archived at once, may be about the same question.
    # Not against new rows of the person: who answers must not wait.
    locked = User.objects.select_for_update(no_key=True).filter(pk__in=user_ids)
    list(locked.order_by("pk").values_list("pk", flat=True))


def _hints(
    session_ids: Iterable[uuid.UUID],
) -> Mapping[tuple[uuid.UUID, int], int]:
    """Return where the first hint to each question stands: session, slot → seq."""
    rows = Message.objects.filter(
        session_id__in=list(session_ids),
        kind=Message.Kind.HINT,
        role=Message.Role.COACH,  # asking for one has the same kind
    ).order_by("-seq")
    return {
        (row.session_id, int(row.details["slot"])): row.seq
        for row in rows.only("session_id", "seq", "details")
    }


def _review(
    evaluation: Evaluation,
    session: InterviewSession,
    hints: Mapping[tuple[uuid.UUID, int], int],
) -> PracticeReview:
    said = evaluation.message
    hinted_at = hints.get((session.pk, evaluation.slot))
    is_helped = hinted_at is not None and hinted_at < said.seq
    score = evaluation.score_in_force or 0.0
    return PracticeReview(
        user_id=evaluation.user_id,
        session=session,
        evaluation=evaluation,
        slot=evaluation.slot,
        bank_id=_slot(session, evaluation.slot)["bank_id"],
        score=score,
        is_helped=is_helped,
        rating=scheduling.rate(score=score, is_helped=is_helped),
        reviewed_at=said.created_at,
    )


def _make_cards(planned: Mapping[_Key, Mapping[str, Any]]) -> None:
    """Make these cards of their logs; `planned` tells of questions that have none."""
    wanted = {
        "user_id__in": {user_id for user_id, _ in planned},
        "bank_id__in": {bank_id for _, bank_id in planned},
    }
    cards = {
        (card.user_id, card.bank_id): card
        for card in PracticeCard.objects.filter(**wanted)
    }
    logs: dict[_Key, list[PracticeReview]] = defaultdict(list)
    for review in PracticeReview.objects.filter(**wanted).order_by(*OLDEST_FIRST):
        logs[(review.user_id, review.bank_id)].append(review)
    new, changed, empty = [], [], []
    for key, slot in planned.items():
        card = cards.get(key)
        if not logs[key]:
            empty.extend([card.pk] if card else [])
        elif card:
            changed.append(_updated(card, logs[key]))
        else:
            new.append(_updated(_new_card(key, slot), logs[key]))
    PracticeCard.objects.bulk_create(new)
    PracticeCard.objects.bulk_update(changed, _CARD_FIGURES, batch_size=200)
    if empty:
        PracticeCard.objects.filter(pk__in=empty).delete()


def _new_card(key: _Key, slot: Mapping[str, Any]) -> PracticeCard:
    user_id, bank_id = key
    return PracticeCard(
        user_id=user_id,
        bank_id=bank_id,
        topic=slot.get("label", ""),
        competency=slot.get("competency", ""),
        kind=slot.get("type", ""),
        question=slot.get("question", ""),
    )


def _updated(card: PracticeCard, log: Sequence[PracticeReview]) -> PracticeCard:
    memory = scheduling.replay((row.reviewed_at, row.rating) for row in log)
    assert memory is not None  # the log is not empty
    card.last_score = log[-1].score
    card.review_count = len(log)
    card.stability = memory.stability
    card.difficulty = memory.difficulty
    card.reviewed_at = memory.reviewed_at
    card.due_at = memory.due_at
    return card
