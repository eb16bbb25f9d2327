"""Candidates rate their own answers before they see how they were judged."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from interviewer.web.views import back_to_room, own_session, sent_by_person
from sessions_app.services.self_ratings import RATING_WORDS, rate_answers
from sessions_app.views import personal

_FIELD = re.compile(r"rating-([1-9][0-9]{0,6})")  # with the number of an answer
_MARKS = {str(value): value for value in RATING_WORDS}


@require_POST
@personal
@sent_by_person
def rate(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Store the marks, then show what they were asked before; none is fine too."""
    session = own_session(request, session_id)
    values = ratings_in(form=request.POST)
    if values:
        rate_answers(session_id=session.pk, values=values, now=timezone.now())
    if session.is_ended:
        return redirect("interview_report", session.pk)
    if request.POST.get("text"):
        return back_to_room(request, session)
    return redirect(f"{reverse('interview_room', args=[session.pk])}#feedback")


def ratings_in(*, form: Mapping[str, str]) -> dict[int, int]:
    """Return seq of an answer → mark, for the fields that hold one."""
    found = ((_FIELD.fullmatch(name), _MARKS.get(form[name])) for name in form)
    return {int(name[1]): mark for name, mark in found if name and mark}
