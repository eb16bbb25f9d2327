"""The front page: what this is, a live sample, and where one left off."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from interviewer.web.practising import next_step
from interviewer.web.sample_score import (
    SAMPLE_MAX_CHARACTERS,
    our_sample,
    sample_question,
    score_sample,
)
from interviewer.web.text import PlainTextField
from sessions_app.models import InterviewSession, User
from sessions_app.views import personal

RECENT = 3


class SampleForm(forms.Form):
    sample_answer = PlainTextField(
        label="Change the answer",
        max_length=SAMPLE_MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def home(request: HttpRequest) -> HttpResponse:
    """Show the front page; a posted sample answer is scored and kept nowhere."""
    is_changed = request.method == "POST"
    form = SampleForm(
        request.POST if is_changed else {"sample_answer": our_sample().text}
    )
    context: dict[str, Any] = {"form": form, **_own_interviews(request)}
    if form.is_valid():
        answer = form.cleaned_data["sample_answer"]
        context["sample"] = score_sample(answer) if is_changed else our_sample()
        context["sample_question"] = sample_question().question
    return render(
        request,
        "interview/landing.html",
        context,
        status=200 if form.is_valid() else 400,
    )


def _own_interviews(request: HttpRequest) -> dict[str, Any]:
    own = InterviewSession.objects.visible_to(request.user).defer(
        "plan", "job_description", "resume"
    )
    found: dict[str, Any] = {
        "unfinished": own.filter(state__in=InterviewSession.OPEN_STATES).first(),
        "recent": list(own.filter(state__in=InterviewSession.ENDED_STATES)[:RECENT]),
    }
    if found["unfinished"] or found["recent"]:
        found |= next_step(user=cast(User, request.user), now=timezone.now())
    return found
