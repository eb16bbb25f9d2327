"""What ends a person's permissions to read: changed rights, password or existence.

Signing out is told by the login session itself (interviewer/web/login_sessions.py).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from sessions_app.models import User
from sessions_app.services.invalidation import note_end_of_access

# What signing in writes by itself.
HARMLESS = frozenset({"last_login", "cache_generation"})


@receiver(post_save, sender=User)
def end_access_of_changed_person(
    instance: User,
    created: bool,
    update_fields: Collection[str] | None = None,
    **_: Any,
) -> None:
    """A password, a right or an address may be another now."""
    if created or (update_fields and HARMLESS.issuperset(update_fields)):
        return
    note_end_of_access(user_id=instance.pk)


@receiver(post_delete, sender=User)
def end_access_of_deleted_person(instance: User, **_: Any) -> None:
    """Nothing of the person is left to be read."""
    note_end_of_access(user_id=instance.pk)
