"""What all rows that belong to a person have in common."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Any, Self

import uuid_utils.compat
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

if TYPE_CHECKING:
    from sessions_app.models.user import User


def new_id() -> uuid.UUID:
    """Return a UUIDv7: unique, and sorted by the time it was made."""
    return uuid_utils.compat.uuid7()


def earliest_id(*, since: datetime.datetime) -> uuid.UUID:
    """Return the lower bound of ids made since then: rows by time, by primary key."""
    return uuid.UUID(int=int(since.timestamp() * 1_000) << 80)


class OwnedQuerySet(models.QuerySet[Any]):
    """Rows with a `user`; `visible_to` is the one way to reach them for a person."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Return the rows that this person may see: their own.

        Staff review other people's rows in the admin, never through here.
        """
        if user.pk is None:
            return self.none()
        return self.filter(user_id=user.pk)


class OwnedModel(models.Model):
    """A row that belongs to one person; `user` is the future sharding key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True
