"""Changing an interview while it runs: its mode, or beginning it again."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from interviewer.orchestrator.start import restart_interview
from interviewer.web.views import (
    back_to_room,
    own_session,
    sent_by_person,
    show_room,
)
from sessions_app.models import InterviewSession, UnableToChangeState
from sessions_app.services.sessions import switch_mode
from sessions_app.views import personal

SWITCHED = {
    "interview": "Interview mode from here on: no feedback until the end.",
    "practice": "Practice mode from here on: feedback after each answer, and hints.",
}
ENDED_MODE = "This interview has ended; its mode stays as it was."
FIXED_MODE = "This interview keeps its mode until the end."
ENDED_RESET = (
    "This interview has ended, so it cannot be started over. "
    "“Start interview” begins a new one."
)


@require_POST
@personal
@sent_by_person
def mode(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Go on with feedback and hints, or without; again is harmless."""
    session = own_session(request, session_id)
    wanted = request.POST.get("mode", "")
    try:
        switch_mode(
            session_id=session.pk,
            mode=wanted,
            notice=SWITCHED.get(wanted, ""),
            now=timezone.now(),
        )
    except UnableToChangeState as error:
        why = ENDED_MODE if error.session.is_ended else FIXED_MODE
        return show_room(
            request, own_session(request, session_id), error=why, status=409
        )
    return back_to_room(request, session)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@login_required
def reset(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Ask whether to start over; forget all answers when confirmed."""
    session = own_session(request, session_id)
    if session.is_ended:
        return _too_late(request, session)
    if request.method != "POST" or "ask" in request.POST:
        context = {"session": session, "text": request.POST.get("text", "")}
        return render(request, "interview/reset.html", context)
    try:
        restart_interview(session=session, now=timezone.now())
    except UnableToChangeState:
        return _too_late(request, session)
    return redirect("interview_room", session.pk)


def _too_late(request: HttpRequest, session: InterviewSession) -> HttpResponse:
    messages.info(request, ENDED_RESET)
    return redirect("interview_report", session.pk)
