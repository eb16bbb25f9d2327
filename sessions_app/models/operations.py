"""Signs of life of background processes, and what they have to make good."""

from __future__ import annotations

import datetime

from django.db import models

from sessions_app.models.base import new_id


class WorkerHeartbeat(models.Model):
    """When a task last made the round trip beat → broker → worker → database."""

    name = models.CharField(primary_key=True, max_length=40)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.beat_at:%Y-%m-%d %H:%M:%S}"


class Invalidation(models.Model):
    """A person's data changed: what is cached of it must not be served any more.

    Written in the transaction that changes the data, because a process may die between
    its commit and the call that tells Redis. `user_id` is no foreign key: the row
    outlives a person who was deleted. The id is a UUIDv7 and carries the time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField()
    ends_access = models.BooleanField(default=False)  # sign-out, password, rights

    def __str__(self) -> str:
        return f"change at {self.noted_at:%Y-%m-%d %H:%M:%S}"

    @property
    def noted_at(self) -> datetime.datetime:
        """Return when the change was noted, in milliseconds, by its writer's clock."""
        return datetime.datetime.fromtimestamp((self.pk.int >> 80) / 1000, datetime.UTC)
