"""The lock against guessed passwords: what django-axes asks us, and what people see.

It counts failures on the site's sign-in page and the admin's together, by the address
that was tried and the network that it came from. A new password lifts it.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from typing import Any

from allauth.account.signals import password_reset
from axes.handlers.proxy import AxesProxyHandler
from axes.utils import reset
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Max
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

from interviewer.web.kept_text import wants_json
from interviewer.web.rate_limits import network
from sessions_app.models import User


def tried_address(
    request: HttpRequest, credentials: Mapping[str, Any] | None = None
) -> str:
    """Return the e-mail address that somebody tries to sign in with, or "".

    What is no address may be a password in the wrong field; it is not kept.
    """
    # The site's form says "email", the admin's "username"; either may be there empty.
    given = credentials or {}
    address = str(given.get("email") or given.get("username") or "").strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def network_of(request: HttpRequest) -> str | None:
    """Return the visitor's IP address, of an IPv6 network its first; None if unknown.

    The server applies forwarding headers, and those of TRUSTED_PROXIES only.
    """
    return network(request.META.get("REMOTE_ADDR", "")).partition("/")[0] or None


def locked(
    request: HttpRequest,
    original_response: HttpResponse | None,
    credentials: dict[str, Any] | None,
) -> HttpResponse:
    """Say that too many passwords were wrong, until when, and what helps meanwhile."""
    wait = _time_to_wait(request, credentials)
    minutes = math.ceil(wait / datetime.timedelta(minutes=1))
    headers = {
        "Retry-After": str(math.ceil(wait.total_seconds())),
        "Cache-Control": "private, no-store",
    }
    if wants_json(request):
        message = f"Too many wrong passwords. Try again in {minutes} min."
        body = {"status": "locked", "message": message}
        return JsonResponse(body, status=429, headers=headers)
    context = {"address": tried_address(request, credentials), "minutes": minutes}
    page = render_to_string("account/locked.html", context, request)
    return HttpResponse(page, status=429, headers=headers)


def _time_to_wait(
    request: HttpRequest, credentials: dict[str, Any] | None
) -> datetime.timedelta:
    handler = AxesProxyHandler.get_implementation()
    (attempts,) = handler.get_user_attempts(request, credentials)
    last = attempts.aggregate(last=Max("attempt_time"))["last"]
    if last is None:  # lifted just now
        return datetime.timedelta(seconds=1)
    until: datetime.datetime = last + settings.AXES_COOLOFF_TIME
    return max(until - timezone.now(), datetime.timedelta(seconds=1))


@receiver(password_reset)
def lift_lock(*, user: User, **_: Any) -> None:
    """Forget the failures of whoever proved to own the mailbox, wherever they were."""
    reset(username=(user.email or "").lower())
