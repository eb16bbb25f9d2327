"""What a person's permissions to read past Django are bound to.

A random value in Redis, which signing out, another password and other rights delete
(sessions_app/services/invalidation.py). Whoever gives a permission takes the value
first and looks at the login afterwards: then a permission that overlaps the end of a
login is bound to a value that is gone, or is not given.
"""

from __future__ import annotations

import uuid
from typing import Final, cast

from sessions_app.services.generations import TROUBLES, client, new_token, prefixed

ACCESS_SECONDS: Final = 86_400


def access_key(*, user_id: uuid.UUID) -> str:
    """Return the key of the value; in the slot of the person's other keys."""
    return prefixed(f"access:{{{user_id.hex}}}")


def current_access(*, user_id: uuid.UUID) -> str | None:
    """Return the person's value, a new one if there was none; None without Redis."""
    fresh = new_token()
    try:
        earlier = client().set(
            access_key(user_id=user_id), fresh, nx=True, get=True, ex=ACCESS_SECONDS
        )
    except TROUBLES:
        return None
    return fresh if earlier is None else cast(bytes, earlier).decode("latin-1")
