"""Short-lived permission to read one's own lists and states past Django.

A token names the person, the login that it was made in, and the value that the end of
any login deletes. It opens what is kept in Redis and nothing else: whatever is
in doubt, Django decides as ever.
"""

from __future__ import annotations

import dataclasses
import functools
import time
import uuid
from typing import Final

from django.core import signing

from interviewer.web.stream_rights import is_signed_in
from interviewer.web.stream_tokens import login_digest
from sessions_app.services.access import current_access

MAX_AGE_SECONDS: Final = 300
_signer = signing.TimestampSigner(salt="kept-reads")


@dataclasses.dataclass(frozen=True, slots=True)
class Permission:
    """Whose reads a token opens, while the access value is still this one."""

    user_id: uuid.UUID
    access: str


def read_token(*, user_id: uuid.UUID, session_key: str) -> str | None:
    """Return a token for this login; None when it has ended or Redis is away.

    The value first, then the login, past every cache: see sessions_app.services.access.
    """
    access = current_access(user_id=user_id)
    if access is None or not is_signed_in(user_id=user_id, session_key=session_key):
        return None
    login = login_digest(session_key)
    return _signer.sign_object([user_id.hex, login, access], compress=False)


def permission_of(*, token: str, session_key: str) -> Permission | None:
    """Return what the token permits in this login; None when it permits nothing."""
    if not token:
        return None
    try:
        permission, login, signed_at = _opened(token)
    except (signing.BadSignature, ValueError):
        return None
    is_old = time.time() - signed_at > MAX_AGE_SECONDS
    return None if is_old or login != login_digest(session_key) else permission


@functools.lru_cache(maxsize=1_000)
def _opened(token: str) -> tuple[Permission, str, int]:
    """Return the permission, its login and when it was signed; raises BadSignature.

    A token that was found genuine stays so; its age and its login are asked each time.
    """
    user_id, login, access = _signer.unsign_object(token)
    signed_at = signing.b62_decode(token.rsplit(_signer.sep, 2)[1])
    return Permission(user_id=uuid.UUID(user_id), access=access), login, signed_at
