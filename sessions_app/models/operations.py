"""Signs of life of background processes."""

from __future__ import annotations

from django.db import models


class WorkerHeartbeat(models.Model):
    """When a task last made the round trip beat → broker → worker → database."""

    name = models.CharField(primary_key=True, max_length=40)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.beat_at:%Y-%m-%d %H:%M:%S}"
