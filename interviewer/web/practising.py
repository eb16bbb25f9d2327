"""Practice between interviews: what is due, what is weak, and starting either."""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from interviewer.bank.loader import load_bank
from interviewer.orchestrator.background import launch_preparation
from interviewer.orchestrator.drilling import begin_drill, begin_review
from interviewer.orchestrator.rubrics import planned_questions
from interviewer.policy import labels
from interviewer.policy.next_practice import Practised, days_left, standings, suggest
from interviewer.policy.plan import UnableToPlan
from interviewer.web.rate_limits import TooMany, count_interview
from interviewer.web.views import TOO_MANY_INTERVIEWS, own_session, sent_by_person
from sessions_app.models import InterviewSession, PlannedInterview, User
from sessions_app.services.practice import CardView, practice_cards
from sessions_app.services.preparation import next_interview
from sessions_app.views import personal

Cards = tuple[CardView, ...]
Begin = Callable[[User, Cards, int, datetime.datetime], InterviewSession]


@require_safe
@personal
@login_required
def practice(request: HttpRequest) -> HttpResponse:
    """Show what is due, how each subject stands, and what else prepares."""
    now = timezone.now()
    planned, cards = standing(user=cast(User, request.user), now=now)
    context = {
        "planned": planned,
        "now": now,
        "cards": cards,
        "due_count": sum(card.due_at <= now for card in cards),
        "standings": standings(practised=practised(cards)),
        "others": _other_competencies(cards),
    }
    return render(request, "practice/practice.html", context)


def standing(
    *, user: User, now: datetime.datetime
) -> tuple[PlannedInterview | None, Cards]:
    """Return the interview to come and where the person stands. Two queries."""
    planned = next_interview(user=user, today=now.date())
    on = planned.held_on if planned else None
    return planned, practice_cards(user=user, interview_on=on)


def next_step(*, user: User, now: datetime.datetime) -> dict[str, Any]:
    """Return what Home shows of practice: what to do next, and why. Two queries."""
    planned, cards = standing(user=user, now=now)
    on = planned.held_on if planned else None
    return {
        "planned": planned,
        "countdown": days_left(interview_on=on, today=now.date()) if on else "",
        "due_count": sum(card.due_at <= now for card in cards),
        "standings": standings(practised=practised(cards)),
        "suggestion": suggest(practised=practised(cards), interview_on=on, now=now),
    }


def practised(cards: Cards) -> list[Practised]:
    """Return the cards as the policy sees them."""
    return [
        Practised(
            topic=card.topic,
            competency=card.competency,
            score=card.score,
            due_at=card.due_at,
        )
        for card in cards
    ]


@require_POST
@personal
@sent_by_person
def start_review(request: HttpRequest) -> HttpResponse:
    """Begin a review of what is due; without anything due, say so."""

    def begin(
        user: User, cards: Cards, seed: int, now: datetime.datetime
    ) -> InterviewSession:
        return begin_review(user=user, cards=cards, seed=seed, now=now)

    return _start(request, begin, "Nothing is due right now.")


@require_POST
@personal
@sent_by_person
def start_drill(request: HttpRequest) -> HttpResponse:
    """Begin a drill of the competency that the form names."""
    return _start_drill(request, request.POST.get("competency", ""))


@require_POST
@personal
@sent_by_person
def drill_question(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Begin a drill of the competency that a question of this interview was about."""
    slots = own_session(request, session_id).plan.get("slots", ())
    wanted = request.POST.get("slot", "")
    found = (s["competency"] for s in slots if str(s["index"]) == wanted)
    return _start_drill(request, next(found, ""))


def _start_drill(request: HttpRequest, competency: str) -> HttpResponse:
    def begin(
        user: User, cards: Cards, seed: int, now: datetime.datetime
    ) -> InterviewSession:
        return begin_drill(
            user=user, competency=competency, cards=cards, seed=seed, now=now
        )

    return _start(request, begin, "There are no questions on this subject.")


def _start(request: HttpRequest, begin: Begin, nothing: str) -> HttpResponse:
    user, now = cast(User, request.user), timezone.now()
    try:
        count_interview(request)
        _, cards = standing(user=user, now=now)
        session = begin(user, cards, secrets.randbits(31), now)
    except UnableToPlan:
        messages.info(request, nothing)
        return redirect("practice")
    except TooMany:
        messages.error(request, TOO_MANY_INTERVIEWS)
        return redirect("practice")
    launch_preparation(questions=planned_questions(session=session))
    return redirect("interview_room", session.pk)


def _other_competencies(cards: Cards) -> list[str]:
    """Return the competencies of the bank that were not practised yet, by name."""
    known = {card.competency for card in cards}
    names = {labels.competency(question.skills) for question in load_bank().questions}
    return sorted(names - known)
