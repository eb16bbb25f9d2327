"""Who may read a turn's events, as of now, from the database."""

from __future__ import annotations

import uuid
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY

from sessions_app.models import Turn


def may_read(
    *,
    session_id: uuid.UUID,
    turn_id: uuid.UUID,
    user_id: uuid.UUID,
    session_key: str,
) -> bool:
    """Say whether this login is alive and its active user owns the turn."""
    login = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    if login.get(SESSION_KEY) != str(user_id):
        return False
    return Turn.objects.filter(
        pk=turn_id, session_id=session_id, user_id=user_id, user__is_active=True
    ).exists()
