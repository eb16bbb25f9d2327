"""What practice leaves behind: how each question went, and when it is due again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sessions_app.models.archive import Evaluation
from sessions_app.models.base import OwnedModel
from sessions_app.models.session import InterviewSession


class PracticeReview(OwnedModel):
    """One unaided answer to a question of the bank, as the schedule counts it.

    The log from which cards can be made again; it goes with its interview.
    """

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="practice_reviews"
    )
    evaluation = models.OneToOneField(
        Evaluation, on_delete=models.CASCADE, related_name="practice_review"
    )
    slot = models.PositiveSmallIntegerField()
    bank_id = models.CharField(max_length=120)
    score = models.FloatField()  # 0.0–1.0
    is_helped = models.BooleanField(default=False)  # a hint came before it
    rating = models.PositiveSmallIntegerField()  # 1 again … 4 easy
    reviewed_at = models.DateTimeField()  # when it was answered

    class Meta:
        default_permissions = ()
        ordering = ["reviewed_at", "id"]
        indexes = [
            models.Index(
                fields=["user", "bank_id", "reviewed_at"], name="practice_review_log"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "slot"], name="practice_review_once_per_question"
            ),
            models.CheckConstraint(
                condition=Q(rating__range=(1, 4)), name="practice_review_rating_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_id}: {self.rating}"


class PracticeCard(OwnedModel):
    """Where a person stands with one question of the bank; made of its reviews."""

    bank_id = models.CharField(max_length=120)
    topic = models.CharField(max_length=200)
    competency = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)  # technical, behavioural, system_design
    question = models.TextField()
    last_score = models.FloatField()  # 0.0–1.0
    review_count = models.PositiveIntegerField()
    stability = models.FloatField()  # days
    difficulty = models.FloatField()
    reviewed_at = models.DateTimeField()
    due_at = models.DateTimeField()  # as if there were no interview to prepare for

    class Meta:
        default_permissions = ()
        ordering = ["user_id", "due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "bank_id"], name="practice_card_once_per_question"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}, due {self.due_at:%Y-%m-%d}"
