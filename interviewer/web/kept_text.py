"""Refusals that come before the room can be shown: the typed text stays in sight."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse

SEND_AGAIN = (
    "This could not be stored just now: the storage is full or not reachable. "
    "Go back and send it again in a moment."
)
RELOAD = "The storage is not reachable just now. Try again in a moment."

# What people type at length, by the field's name.
TYPED = {
    "text": "What you typed",
    "job_description": "Job description",
    "resume": "Résumé",
    "question": "Your question",
    "situation": "Situation",
    "action": "What you did",
    "result": "Result",
    "facts": "Facts and numbers",
    "mentions": "Three things to mention",
    "questions": "Questions",
    "lessons": "Lessons",
}
# Where forms without a page of their own are sent from.
PAGES = {
    "practice_review": "practice",
    "practice_drill": "practice",
    "note_delete": "interview_day",
    "real_interview_note": "real_interviews",
}

NO_STORE = {"Cache-Control": "private, no-store"}


def wants_json(request: HttpRequest) -> bool:
    """Say whether a script asks, not a person's browser."""
    preferred = request.get_preferred_type(["text/html", "application/json"])
    return preferred == "application/json"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose security token is missing or out of date."""
    return _keep(
        request,
        status=403,
        code="out_of_date",
        heading="This form is out of date",
        message="It was opened before you signed in or out, or cookies are switched "
        "off. Nothing was sent. Open the page again and send it from there.",
        url=request.path if request.method == "GET" else _page_of(request),
        label="Open the page again",
    )


def signed_out(request: HttpRequest) -> HttpResponse:
    """Answer a message from a person whose login has ended."""
    return _keep(
        request,
        status=401,
        code="signed_out",
        heading="You are signed out",
        message="Your earlier answers are saved. Sign in again to go on.",
        url=f"{resolve_url(settings.LOGIN_URL)}?next={_page_of(request)}",
        label="Sign in",
    )


def storage_refused(request: HttpRequest) -> HttpResponse:
    """Answer a request that the database could not serve just now."""
    is_sent = request.method == "POST"
    response = _keep(
        request,
        status=503,
        code="not_saved" if is_sent else "unavailable",
        heading="Not saved yet" if is_sent else "The page could not be shown",
        message="What you sent before is saved. " + (SEND_AGAIN if is_sent else RELOAD),
        url=_page_of(request),
        label="Back to the page" if is_sent else "Try again",
    )
    response["Retry-After"] = "5"
    return response


def _keep(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    heading: str,
    message: str,
    url: str,
    label: str,
) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(
            {"status": code, "message": message, "next": url},
            status=status,
            headers=NO_STORE,
        )
    context = {
        "heading": heading,
        "message": message,
        "url": url,
        "label": label,
        "typed": [
            (name, label, request.POST[name])
            for name, label in TYPED.items()
            if request.POST.get(name)
        ],
    }
    response = render(request, "interview/kept_text.html", context, status=status)
    response["Cache-Control"] = NO_STORE["Cache-Control"]
    return response


def _page_of(request: HttpRequest) -> str:
    """Return the page to go back to: the room, for whatever is sent from it.

    A page about one question of an interview is sent to itself.
    """
    match = request.resolver_match
    if match is not None and set(match.kwargs) == {"session_id"}:
        return reverse("interview_room", kwargs=match.kwargs)
    if match is not None and match.url_name in PAGES:
        return reverse(PAGES[match.url_name])
    return request.path
