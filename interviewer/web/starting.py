"""Starting an interview once, however often the same set-up form arrives."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from django.http import HttpRequest
from django.utils import timezone

from interviewer.orchestrator.start import begin_interview
from interviewer.web.accounts import sign_in_guest
from interviewer.web.rate_limits import count_interview
from sessions_app.models import InterviewSession, User
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
