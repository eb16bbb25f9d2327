"""What people say about an interview's result: reviewers' marks and disputes.

Nothing here is edited. A score that a reviewer changed has a row for every change;
the newest is in force, and what the engine found stays where it was.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from sessions_app.models.archive import Evaluation
from sessions_app.models.base import OwnedModel
from sessions_app.models.journal import Message
from sessions_app.models.session import InterviewSession


class Review(OwnedModel):
    """A mark that a member of staff has read the interview."""

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="reviews"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    reviewed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["session_id", "reviewed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "reviewer"], name="review_once_per_reviewer"
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.session_id}"


class ReviewNote(OwnedModel):
    """A reviewer's remark on one message; for staff only."""

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="notes"
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["session_id", "created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="review_note_has_text"),
        ]

    def __str__(self) -> str:
        return f"note on {self.message_id}"


class ScoreOverride(OwnedModel):
    """One change of a score by a reviewer, of an answer or of the whole interview.

    Without a value the engine's score is back in force.
    """

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="overrides"
    )
    evaluation = models.ForeignKey(
        Evaluation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="overrides",
    )
    value = models.FloatField(null=True, blank=True)  # 0–100
    value_before = models.FloatField(null=True, blank=True)  # shown until then
    reason = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["session_id", "created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__range=(0.0, 100.0)),
                name="override_value_in_range",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason"),
        ]

    def __str__(self) -> str:
        return f"override in {self.session_id}: {self.value}"


class Dispute(OwnedModel):
    """A candidate's objection to the score of one question, and staff's answer."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        UPHELD = "upheld", "The score stands"
        CHANGED = "changed", "The score was changed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    ANSWERED_STATES = (State.UPHELD, State.CHANGED)

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="disputes"
    )
    slot = models.PositiveSmallIntegerField()  # of the question, in the plan
    topic = models.CharField(max_length=200, blank=True)  # as the report names it
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    answer = models.TextField(blank=True)  # for the candidate to read
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["session_id", "opened_at", "id"]
        indexes = [
            models.Index(
                fields=["opened_at"], name="dispute_open", condition=Q(state="open")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "slot"],
                name="dispute_one_open_per_question",
                condition=Q(state="open"),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="dispute_has_reason"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (
                    Q(state__in=["upheld", "changed", "withdrawn"])
                    & Q(closed_at__isnull=False)
                ),
                name="dispute_closed_unless_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"], answer="")
                | (Q(state__in=["upheld", "changed"]) & ~Q(answer="")),
                name="dispute_answered_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic or 'A question'}: {self.get_state_display()}"
