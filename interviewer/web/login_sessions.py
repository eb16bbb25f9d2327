"""Login sessions as Django keeps them, which tell when one has ended."""

from __future__ import annotations

import uuid

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import cached_db

from sessions_app.services.invalidation import note_end_of_access


class SessionStore(cached_db.SessionStore):
    """Read from the cache, kept in the database; its end ends permissions."""

    def flush(self) -> None:
        """Forget the login, then what it was permitted to read.

        In this order: a permission that is given in between finds no login any more.
        """
        user_id = self.get(SESSION_KEY)
        super().flush()
        if user_id is not None:
            note_end_of_access(user_id=uuid.UUID(user_id))
