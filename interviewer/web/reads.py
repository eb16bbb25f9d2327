"""The same reads as JSON: the state of a session, and a page of the list.

Here Django answers; most of them are answered before it (interviewer/web/hot_reads.py),
by a token that this answer names in `Content-Location`.
"""

from __future__ import annotations

import urllib.parse
import uuid
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from interviewer.web.read_tokens import permission_of, read_token
from sessions_app.forms import SessionFilterForm
from sessions_app.models import User
from sessions_app.services.generations import Entry
from sessions_app.services.kept_sessions import PageKey
from sessions_app.services.listing import list_entry
from sessions_app.services.session_reads import session_entry

TOKEN = "token"
# Kept by the browser, and asked for again each time: the answer is mostly 304.
CACHE_CONTROL = "private, no-cache"


@require_safe
def session_state(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Tell how one's own interview stands."""
    return _answer(
        request, lambda user: session_entry(user=user, session_id=session_id)
    )


@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """Tell which interviews one has, page by page, with the list's filters."""
    filters = SessionFilterForm(request.GET)
    filters.is_valid()  # a value that is not on offer is no filter
    page = PageKey.of(
        filters=filters.cleaned_data,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    return _answer(request, lambda user: list_entry(user=user, page=page))


def _answer(request: HttpRequest, read: Callable[[User], Entry | None]) -> HttpResponse:
    if not request.user.is_authenticated:
        return JsonResponse({"error": "Sign in to read this."}, status=401)
    entry = read(request.user)
    if entry is None:
        raise Http404
    response = HttpResponse(entry.body, content_type="application/json")
    response["ETag"] = entry.etag
    response["Cache-Control"] = CACHE_CONTROL
    if address := _faster_address(request):
        response["Content-Location"] = address
    return cast(
        HttpResponse,
        get_conditional_response(request, etag=entry.etag, response=response),
    )


def _faster_address(request: HttpRequest) -> str | None:
    """Return this address with a token; None when the request has one that is good."""
    session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    given = permission_of(token=request.GET.get(TOKEN, ""), session_key=session_key)
    if given is not None and given.user_id == request.user.pk:
        return None
    token = read_token(user_id=cast(User, request.user).pk, session_key=session_key)
    if token is None:
        return None
    others = [item for item in request.GET.lists() if item[0] != TOKEN]
    query = urllib.parse.urlencode([*others, (TOKEN, token)], doseq=True)
    return f"{request.path}?{query}"
