"""The candidate questions a score on the report, or takes the question back."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from interviewer.web.text import PlainTextField
from interviewer.web.views import own_session, sent_by_person
from sessions_app.models import InterviewSession
from sessions_app.services.disputes import (
    MAX_REASON_CHARACTERS,
    UnableToDispute,
    open_dispute,
    withdraw_dispute,
)
from sessions_app.views import personal, show_report


class SlotForm(forms.Form):
    """Which question of the plan is meant."""

    slot = forms.IntegerField(min_value=0, max_value=32_000)


class DisputeForm(SlotForm):
    """Why the score is not right, in the candidate's words."""

    text = PlainTextField(
        max_length=MAX_REASON_CHARACTERS,
        error_messages={"required": "Please write what is not right about the score."},
    )


@require_POST
@personal
@sent_by_person
def dispute(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Send the objection to the reviewers; what was typed is kept when it fails."""
    session = own_session(request, session_id)
    if not session.is_ended:
        return redirect("interview_room", session.pk)
    form = DisputeForm(request.POST)
    if form.is_valid():
        try:
            open_dispute(
                session_id=session.pk,
                slot=form.cleaned_data["slot"],
                reason=form.cleaned_data["text"],
                now=timezone.now(),
            )
        except UnableToDispute as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, "Sent. A person will read it and answer here.")
            return _back(session, form.cleaned_data["slot"])
    return show_report(request, session.pk, failed=form, status=400)


@require_POST
@personal
@sent_by_person
def withdraw(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Take an open objection back; again is harmless."""
    session = own_session(request, session_id)
    if not session.is_ended:
        return redirect("interview_room", session.pk)
    form = SlotForm(request.POST)
    if not form.is_valid():
        return show_report(request, session.pk, status=400)
    slot = form.cleaned_data["slot"]
    if withdraw_dispute(session_id=session.pk, slot=slot, now=timezone.now()):
        messages.success(request, "Taken back.")
    return _back(session, slot)


def _back(session: InterviewSession, slot: int) -> HttpResponse:
    page = reverse("interview_report", args=[session.pk])
    return redirect(f"{page}#dispute-{slot}")
