"""Starting an interview once, however often the same set-up form arrives."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone

from interviewer.orchestrator.background import launch_preparation
from interviewer.orchestrator.rubrics import planned_questions
from interviewer.orchestrator.start import (
    begin_interview,
    begin_planned,
    plan_interview,
)
from interviewer.policy.plan import Plan
from interviewer.web.accounts import sign_in_guest
from interviewer.web.rate_limits import count_interview, count_plan
from sessions_app.models import InterviewSession, PlanDraft, User
from sessions_app.services.plan_drafts import drop_draft, keep_draft, setup_of
from sessions_app.services.sessions import Setup, session_started_by


def start_interview(*, request: HttpRequest, setup: Setup) -> InterviewSession:
    """Start the interview and see that its person is signed in.

    The same form sent again, or twice at once, returns the first one's interview.
    Raises UnableToPlan and TooMany.
    """
    start_id = _start_id(request)
    session = session_started_by(start_id=start_id) or _begin(request, setup, start_id)
    if not request.user.is_authenticated and session.user.is_guest:
        sign_in_guest(request=request, guest=session.user)
    return session


def _begin(
    request: HttpRequest, setup: Setup, start_id: uuid.UUID | None
) -> InterviewSession:
    count_interview(request)
    known = request.user if request.user.is_authenticated else None
    person = known or User.objects.create_guest()
    session = None
    try:
        session = begin_interview(
            user=person,
            setup=setup,
            seed=secrets.randbits(31),
            start_id=start_id,
            now=timezone.now(),
        )
        return session
    finally:
        is_needed = session is not None and session.user_id == person.pk
        if known is None and not is_needed:
            person.delete()


def draft_plan(*, request: HttpRequest, setup: Setup) -> PlanDraft:
    """Keep a plan to look at before the start; raises UnableToPlan and TooMany.

    A visitor becomes a guest, as with a start.
    """
    count_plan(request)
    known = request.user if request.user.is_authenticated else None
    person = known or User.objects.create_guest()
    now = timezone.now()
    draft = None
    try:
        plan = plan_interview(
            user=person, setup=setup, seed=secrets.randbits(31), now=now
        )
        draft = keep_draft(user=person, setup=setup, plan=plan.to_dict(), now=now)
    finally:
        if known is None and draft is None:
            person.delete()
    if known is None:
        sign_in_guest(request=request, guest=person)
    return draft


def start_draft(*, request: HttpRequest, draft: PlanDraft) -> InterviewSession:
    """Start the interview that was planned; again it is the same; raises TooMany."""
    count_interview(request)
    session = begin_planned(
        user=cast(User, request.user),
        setup=setup_of(draft),
        plan=Plan.from_dict(draft.plan),
        start_id=draft.pk,
        now=timezone.now(),
    )
    drop_draft(draft=draft)
    return session


def enter_interview(
    *, request: HttpRequest, session: InterviewSession
) -> HttpResponseRedirect:
    """Lead into the room of an interview that has just begun."""
    # A guest has no other way back than this login: practicing renews it.
    request.session.set_expiry(settings.SESSION_COOKIE_AGE)
    launch_preparation(questions=planned_questions(session=session))
    return redirect("interview_room", session.pk)


def _start_id(request: HttpRequest) -> uuid.UUID | None:
    """Return what this form, from this person or this browser, stands for.

    None when the form names nothing usable: then it is like any other form.
    """
    try:
        form_id = uuid.UUID(request.POST.get("form_id", ""))
    except ValueError:
        return None
    # A visitor is known by the cookie that the form's token belongs to. It is a
    # secret, and signing in changes it: nobody else finds the guest by it.
    sender = str(request.user.pk or request.META.get("CSRF_COOKIE") or "")
    if not sender:
        return None
    return uuid.UUID(bytes=hashlib.sha256(f"{form_id}:{sender}".encode()).digest()[:16])
