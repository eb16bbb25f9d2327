"""How well people think they did, said before they see how they were judged."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sessions_app.models.base import OwnedModel
from sessions_app.models.journal import Message
from sessions_app.models.session import InterviewSession

LOWEST, HIGHEST = 1, 5  # as the bands of a score


class SelfRating(OwnedModel):
    """A candidate's own mark for one answer; the first one stays."""

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="self_ratings"
    )
    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, related_name="self_rating"
    )
    value = models.PositiveSmallIntegerField()  # 1 (weak) to 5 (strong)
    rated_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["session_id", "rated_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__range=(LOWEST, HIGHEST)),
                name="self_rating_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} of {HIGHEST}"
