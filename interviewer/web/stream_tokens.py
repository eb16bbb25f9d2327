"""Short-lived permission to read one turn's events.

A token names turn and owner and is bound to the login it was made in, so that
a copied address alone opens nothing.
"""

from __future__ import annotations

import hashlib
import uuid

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

MAX_AGE_SECONDS = 900
_signer = signing.TimestampSigner(salt="turn-events")


class BadToken(Exception):
    """The token is forged, too old, or belongs to another login or turn."""


def stream_url(
    *, request: HttpRequest, session_id: uuid.UUID, turn_id: uuid.UUID
) -> str:
    """Return the address of the turn's events for this login."""
    login = login_digest(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
    signed = _signer.sign_object([turn_id.hex, str(request.user.pk), login])
    path = reverse("turn_events", args=[session_id, turn_id])
    return f"{path}?token={signed}"


def owner_of(*, token: str, turn_id: uuid.UUID, session_key: str) -> uuid.UUID:
    """Return the id of the person the token was made for; raises BadToken."""
    try:
        named_turn, owner, login = _signer.unsign_object(token, max_age=MAX_AGE_SECONDS)
    except (signing.BadSignature, ValueError) as error:
        raise BadToken from error
    if named_turn != turn_id.hex or login != login_digest(session_key):
        raise BadToken
    return uuid.UUID(owner)


def login_digest(session_key: str) -> str:
    """Return a name for the login that reveals nothing of its key."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:24]
