"""Pages of the live interview: set-up, room, and what is sent from them."""

from __future__ import annotations

import contextlib
import functools
import uuid
from collections.abc import Callable, Sequence
from typing import cast

import structlog
from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from interviewer.orchestrator.ending import end_interview
from interviewer.orchestrator.orchestrator import complete_turn
from interviewer.policy.plan import UnableToPlan
from interviewer.web.forms import SetupForm
from interviewer.web.kept_text import signed_out
from interviewer.web.rate_limits import TooMany
from interviewer.web.room import room_view
from interviewer.web.starting import draft_plan, enter_interview, start_interview
from interviewer.web.uploads import read_files, wants_files_read
from sessions_app.models import (
    InterviewSession,
    PlanDraft,
    UnableToChangeState,
    User,
)
from sessions_app.services.plan_drafts import setup_of
from sessions_app.services.sessions import (
    last_set_up,
    pause_session,
    resume_session,
)
from sessions_app.services.turns import retry_turn
from sessions_app.tasks import ring_archive
from sessions_app.views import personal

TOO_MANY_INTERVIEWS = (
    "Many interviews were started within the hour. Go on with one of them, or wait a "
    "while and press “Start interview” again: what you filled in is kept."
)


def own_session(request: HttpRequest, session_id: uuid.UUID) -> InterviewSession:
    """Return the person's own session; another's is as unknown as none: Http404."""
    own = InterviewSession.objects.visible_to(request.user)
    session = cast(InterviewSession, get_object_or_404(own, pk=session_id))
    session.user = cast(User, request.user)  # read once for the whole request
    structlog.contextvars.bind_contextvars(session_id=str(session.pk))
    return session


def sent_by_person(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse what a signed-out visitor sends, with the way back in."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, **ids: uuid.UUID) -> HttpResponse:
        return (
            view(request, **ids)
            if request.user.is_authenticated
            else signed_out(request)
        )

    return guarded


def written_by_person(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send a signed-out visitor to sign in, but keep in sight what was written."""
    shown, sent = login_required(view), sent_by_person(view)

    @functools.wraps(view)
    def guarded(request: HttpRequest, **ids: uuid.UUID) -> HttpResponse:
        return (sent if request.method == "POST" else shown)(request, **ids)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def new_interview(request: HttpRequest) -> HttpResponse:
    """Show the set-up; start the interview, or show its plan, when it is filled in."""
    if request.method != "POST":
        return _show_last_setup(request)
    if request.POST.get("fill") == "sample":
        return _show_setup(request, SetupForm.filled_with_sample())
    if wants_files_read(request):
        return _show_read_files(request)
    form = SetupForm(request.POST)
    if not form.is_valid():
        return _show_setup(request, form, status=400)
    try:
        if request.POST.get("then") == "plan":
            draft_plan(request=request, setup=form.setup())
            return redirect("interview_plan")
        session = start_interview(request=request, setup=form.setup())
    except UnableToPlan as error:
        form.add_error("kind", str(error))
        return _show_setup(request, form, status=400)
    except TooMany as error:
        form.add_error(None, TOO_MANY_INTERVIEWS)
        response = _show_setup(request, form, status=429)
        response["Retry-After"] = str(error.seconds)
        return response
    return enter_interview(request=request, session=session)


def _show_last_setup(request: HttpRequest) -> HttpResponse:
    """Show the form as it was filled in last, for a plan or for an interview."""
    session = last_set_up(user=request.user)
    draft = PlanDraft.objects.visible_to(request.user).first()
    # Their ids are of their time.
    if draft is not None and (session is None or draft.pk > session.pk):
        form = SetupForm.like_setup(setup_of(draft))
        return _show_setup(request, form, has_plan=True)
    return _show_setup(request, SetupForm.like_session(session))


def _show_read_files(request: HttpRequest) -> HttpResponse:
    """Show the set-up with the files' text in its boxes, to be checked there."""
    read = read_files(request)
    form = SetupForm(read.typed)
    for name, problem in read.problems.items():
        form.add_error(name, problem)
    status = 400 if read.problems else 200
    return _show_setup(request, form, status=status, notes=read.notes)


def _show_setup(
    request: HttpRequest,
    form: SetupForm,
    *,
    status: int = 200,
    notes: Sequence[str] = (),
    has_plan: bool = False,
) -> HttpResponse:
    context = {
        "form": form,
        "form_id": uuid.uuid4(),
        "notes": notes,
        "has_plan": has_plan,
    }
    return render(request, "interview/setup.html", context, status=status)


@require_safe
@personal
@login_required
def room(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Show the interview as it stands."""
    return show_room(request, own_session(request, session_id))


def show_room(
    request: HttpRequest,
    session: InterviewSession,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the interview as it stands, with what was typed and not sent."""
    typed = request.POST.get("text", "")
    # An answer that came too late is no question to the coach.
    is_late = session.is_ended and request.POST.get("intent") != "ask"
    view = room_view(
        request=request,
        session=session,
        now=timezone.now(),
        draft_text="" if is_late else typed,
        unsent_answer=typed if is_late else "",
        error=error,
    )
    context = {"session": session, "room": view}
    return render(request, "interview/room.html", context, status=status)


def back_to_room(request: HttpRequest, session: InterviewSession) -> HttpResponse:
    """Go back to the room; unsent text cannot travel through a redirect."""
    if request.POST.get("text"):
        return show_room(request, own_session(request, session.pk))
    return redirect("interview_room", session.pk)


@require_POST
@personal
@sent_by_person
def pause(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Stop the clock."""
    session = own_session(request, session_id)
    if session.can_pause:
        # A double click may have paused it meanwhile: that is what was wanted.
        with contextlib.suppress(UnableToChangeState):
            pause_session(session_id=session.pk, now=timezone.now())
    elif session.state == InterviewSession.State.IN_PROGRESS:
        mode = session.get_mode_display().lower()
        messages.info(request, f"In {mode} mode the clock can be paused once.")
    return back_to_room(request, session)


@require_POST
@personal
@sent_by_person
def resume(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Go on after a pause; again is harmless."""
    session = own_session(request, session_id)
    with contextlib.suppress(UnableToChangeState):
        resume_session(session_id=session.pk, now=timezone.now())
    return back_to_room(request, session)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@login_required
def end(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Ask whether to end the interview; end it when confirmed."""
    session = own_session(request, session_id)
    if request.method != "POST" or "ask" in request.POST:
        context = {"session": session, "text": request.POST.get("text", "")}
        return render(request, "interview/end.html", context)
    end_interview(session=session, now=timezone.now())
    ring_archive()
    return redirect("interview_report", session.pk)


@require_POST
@personal
@sent_by_person
def retry(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Make the reply that is owed, within this request."""
    session = own_session(request, session_id)
    turn = retry_turn(session=session)
    if turn is not None:
        async_to_sync(complete_turn)(turn_id=turn.pk)
    return redirect("interview_room", session.pk)


def turn_events(
    request: HttpRequest, session_id: uuid.UUID, turn_id: uuid.UUID
) -> HttpResponse:
    """Name the address of a turn's events; `web.streaming` answers before Django."""
    raise Http404
