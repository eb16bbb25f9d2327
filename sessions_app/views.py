"""Pages on past interviews: list, report, attempts, progress, deletion."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from sessions_app.forms import SessionFilterForm
from sessions_app.models import InterviewSession, User
from sessions_app.services.attempt_changes import compare_attempts
from sessions_app.services.attempts import attempts_at, chosen, find_asked
from sessions_app.services.deletion import delete_session
from sessions_app.services.kept_sessions import PageKey
from sessions_app.services.listing import list_sessions
from sessions_app.services.self_calibration import self_calibration
from sessions_app.services.session_reads import find_report, find_session

personal = cache_control(private=True, no_store=True)


@require_safe
@personal
@login_required
def session_list(request: HttpRequest) -> HttpResponse:
    """Show the person's interviews, newest first."""
    filters = SessionFilterForm(request.GET)
    filters.is_valid()  # a value that is not on offer is shown as an error, not used
    page = list_sessions(
        user=cast(User, request.user),
        page=PageKey.of(
            filters=filters.cleaned_data,
            before=request.GET.get("before", ""),
            after=request.GET.get("after", ""),
        ),
    )
    return render(request, "sessions/list.html", {"page": page, "filters": filters})


@require_safe
@personal
@login_required
def session_report(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Show the report of an ended interview; an unfinished one opens its room."""
    return show_report(request, session_id)


def show_report(
    request: HttpRequest,
    session_id: uuid.UUID,
    *,
    failed: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the report; `failed` is an objection with what was typed and not sent."""
    user = cast(User, request.user)
    try:
        found = find_session(user=user, session_id=session_id)
        if not found.info.is_ended:
            return redirect("interview_room", session_id)
        report = find_report(
            user=user, found=found, practice_url=reverse("interview_new")
        )
    except InterviewSession.DoesNotExist:
        raise Http404 from None
    context = {"session": found.info, "report": report, "failed": failed}
    return render(request, "sessions/report.html", context, status=status)


@require_safe
@personal
@login_required
def answer_compare(
    request: HttpRequest, session_id: uuid.UUID, slot: int
) -> HttpResponse:
    """Show two of the person's attempts at the same question side by side."""
    user = cast(User, request.user)
    own = InterviewSession.objects.visible_to(user)
    session = get_object_or_404(own, pk=session_id)
    if not session.shows_feedback:
        return redirect("interview_room", session_id)
    asked = find_asked(session=session, slot=slot)
    if asked is None:
        raise Http404
    attempts = attempts_at(user=user, asked=asked)
    pair = chosen(
        attempts=attempts,
        first=request.GET.get("first", ""),
        second=request.GET.get("second", ""),
        asked=asked,
    )
    context = {
        "session": session,
        "asked": asked,
        "attempts": attempts,
        "changes": pair and compare_attempts(first=pair[0], second=pair[1]),
    }
    return render(request, "sessions/compare.html", context)


@require_safe
@personal
@login_required
def progress(request: HttpRequest) -> HttpResponse:
    """Show how well the person's own marks agree with the scores."""
    calibration = self_calibration(user=cast(User, request.user))
    return render(request, "sessions/progress.html", {"calibration": calibration})


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@login_required
def session_delete(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Ask before deleting; delete on POST."""
    session = get_object_or_404(
        InterviewSession.objects.visible_to(request.user), pk=session_id
    )
    if request.method != "POST":
        return render(request, "sessions/delete.html", {"session": session})
    delete_session(session_id=session.pk)
    messages.success(request, "The interview and everything in it was deleted.")
    return redirect("interview_list")
