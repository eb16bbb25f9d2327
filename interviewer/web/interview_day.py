"""The days until a real interview, and the one page to read before it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from interviewer.bank.loader import load_bank
from interviewer.policy.next_practice import days_left, standings
from interviewer.policy.preparation import daily_plan
from interviewer.policy.stories import needs
from interviewer.web.practising import practised
from interviewer.web.preparation_forms import PlannedInterviewForm
from interviewer.web.views import written_by_person
from sessions_app.models import PlannedInterview, QuestionNote, Story, User
from sessions_app.services.practice import practice_cards
from sessions_app.services.preparation import next_interview, remarks
from sessions_app.views import personal

MOST_WEAK = 3  # drills planned; a fourth would be a wish
MOST_GAPS = 3
ON_THE_CARD = 3
USUAL_QUESTIONS = (
    "What would a good first three months look like?",
    "What is the hardest part of this work at the moment?",
    "How do you notice that somebody here is getting better?",
)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@written_by_person
def interview_day(request: HttpRequest) -> HttpResponse:
    """Show the date and the plan up to it; keep or remove what the form says."""
    user, now = cast(User, request.user), timezone.now()
    planned = next_interview(user=user, today=now.date())
    if request.method != "POST":
        form = PlannedInterviewForm.of(planned)
        return _show(request, form, planned)
    if "remove" in request.POST:
        if planned is not None:
            planned.delete()
        messages.success(request, "The date was removed.")
        return redirect("interview_day")
    form = PlannedInterviewForm(request.POST)
    if not form.is_valid():
        return _show(request, form, planned)
    kept = planned or PlannedInterview(user=user)
    for name, value in form.values().items():
        setattr(kept, name, value)
    kept.updated_at = now
    kept.save()
    messages.success(request, "Kept.")
    return redirect("interview_day")


@require_safe
@personal
@login_required
def cue_card(request: HttpRequest) -> HttpResponse:
    """Show the one page to read, or print, before the interview."""
    user, now = cast(User, request.user), timezone.now()
    planned = next_interview(user=user, today=now.date())
    strengths, gaps = remarks(user=user)
    own = list(Story.objects.visible_to(user))
    context: dict[str, Any] = {
        "planned": planned,
        "stories": sorted(own, key=lambda s: -len(s.competencies))[:ON_THE_CARD],
        "strengths": strengths[:ON_THE_CARD],
        "mentions": _typed(planned.mentions if planned else "")[:ON_THE_CARD],
        "gaps": gaps[:ON_THE_CARD],
        "questions": _typed(planned.questions if planned else "") or USUAL_QUESTIONS,
    }
    return render(request, "practice/cue_card.html", context)


def _show(
    request: HttpRequest, form: PlannedInterviewForm, planned: PlannedInterview | None
) -> HttpResponse:
    user, today = cast(User, request.user), timezone.now().date()
    context: dict[str, Any] = {
        "form": form,
        "planned": planned,
        "notes": list(QuestionNote.objects.visible_to(user)),
    }
    if planned is not None:
        context["when"] = days_left(interview_on=planned.held_on, today=today)
        context["is_last_day"] = (planned.held_on - today).days <= 1
        context["days"] = _plan(user, planned)
    status = 400 if form.is_bound else 200
    return render(request, "practice/interview_day.html", context, status=status)


def _plan(user: User, planned: PlannedInterview) -> Any:
    cards = practice_cards(user=user, interview_on=planned.held_on)
    stories = Story.objects.visible_to(user).values_list("pk", "competencies")
    wanted = needs(
        questions=load_bank().questions,
        stories={str(pk): names for pk, names in stories},
    )
    weak = [s.competency for s in standings(practised=practised(cards)) if s.is_weak]
    return daily_plan(
        today=timezone.now().date(),
        interview_on=planned.held_on,
        due_dates=[card.due_at.date() for card in cards],
        weak=weak[:MOST_WEAK],
        untold=[need.competency for need in wanted if not need.titles][:MOST_GAPS],
    )


def _typed(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
