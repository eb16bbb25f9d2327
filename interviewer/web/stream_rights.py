"""Who may read a turn's events, as of now, from the database."""

from __future__ import annotations

import uuid

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from sessions_app.models import Turn


def is_signed_in(*, user_id: uuid.UUID, session_key: str) -> bool:
    """Say whether this login is alive and its person active, as Django judges it.

    Read past the cache, which may have missed a sign-out while Redis was away.
    """
    request = HttpRequest()
    request.session = SessionStore(session_key)
    return get_user(request).pk == user_id


def owns_turn(*, user_id: uuid.UUID, session_id: uuid.UUID, turn_id: uuid.UUID) -> bool:
    """Say whether the turn exists, in this session, and is this person's."""
    owned = Turn.objects.filter(pk=turn_id, session_id=session_id, user_id=user_id)
    return owned.exists()
