"""Beginning short practice: a drill of one competency, or a review of what is due."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from interviewer.bank.loader import FAMILIES, load_bank
from interviewer.bank.model import BankQuestion
from interviewer.orchestrator.start import NOT_AGAIN_WITHIN, begin_planned
from interviewer.policy.drill import DRILL_QUESTIONS, drill_plan, drill_questions
from sessions_app.models import InterviewSession, User
from sessions_app.services.practice import CardView
from sessions_app.services.sessions import Setup, last_set_up, questions_asked

DEFAULT_LEVEL = "mid"
DEFAULT_STYLE = "formal"
DRILL = InterviewSession.Purpose.DRILL.value
REVIEW = InterviewSession.Purpose.REVIEW.value


def begin_drill(
    *,
    user: User,
    competency: str,
    cards: Sequence[CardView],
    seed: int,
    now: datetime.datetime,
) -> InterviewSession:
    """Begin a drill of this competency, what is due in it first; raises UnableToPlan.

    cards: where the person stands, what is due first in front
    """
    last = last_set_up(user=user)
    questions = drill_questions(
        questions=load_bank().questions,
        competency=competency,
        role=last.role if last else FAMILIES[0].id,
        level=last.level if last else DEFAULT_LEVEL,
        first=[card.bank_id for card in cards if card.due_at <= now],
        lately=questions_asked(user=user, since=now - NOT_AGAIN_WITHIN),
        seed=seed,
    )
    return _begin(user, last, questions, DRILL, f"Drill: {competency}", seed, now)


def begin_review(
    *, user: User, cards: Sequence[CardView], seed: int, now: datetime.datetime
) -> InterviewSession:
    """Begin a review of the questions that are due longest; raises UnableToPlan."""
    due = {card.bank_id for card in cards if card.due_at <= now}
    known = {q.id: q for q in load_bank().questions if q.id in due}
    waiting = [known[card.bank_id] for card in cards if card.bank_id in known]
    questions = waiting[:DRILL_QUESTIONS]
    last = last_set_up(user=user)
    return _begin(user, last, questions, REVIEW, "Review", seed, now)


def _begin(
    user: User,
    last: InterviewSession | None,
    questions: Sequence[BankQuestion],
    purpose: str,
    title: str,
    seed: int,
    now: datetime.datetime,
) -> InterviewSession:
    plan = drill_plan(
        questions=questions,
        role=last.role if last else FAMILIES[0].id,
        level=last.level if last else DEFAULT_LEVEL,
        style=last.style if last else DEFAULT_STYLE,
        seed=seed,
        source=purpose,
    )
    setup = Setup(
        role=plan.role,
        role_title=title,
        level=plan.level,
        kind=plan.kind,
        style=plan.style,
        mode=plan.mode,
        minutes=plan.minutes,
        purpose=purpose,
    )
    return begin_planned(
        user=user,
        setup=setup,
        plan=plan,
        now=now,
        start_id=_start_id(user, purpose, title),
    )


def _start_id(user: User, purpose: str, title: str) -> uuid.UUID:
    """Return what this button stands for since the interview before it.

    Pressed twice, it begins one: what was begun by it and not answered yet is that one.
    """
    untouched = {
        "purpose": purpose,
        "role_title": title,
        "state": InterviewSession.State.IN_PROGRESS,
        "answered_count": 0,
        "skipped_count": 0,
    }
    earlier = InterviewSession.objects.visible_to(user).exclude(**untouched)
    latest = earlier.values_list("pk", flat=True).first()
    return uuid.uuid5(user.pk, f"{purpose}:{title}:{latest}")
