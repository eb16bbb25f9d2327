"""What language models were asked, what came of it, and what it cost."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sessions_app.models.base import OwnedModel
from sessions_app.models.journal import Turn
from sessions_app.models.session import InterviewSession


class ModelCall(OwnedModel):
    """One use of a registered model task, on whichever path it was answered."""

    class Outcome(models.TextChoices):
        CALL = "call"  # the model was asked
        EXACT_HIT = "exact_hit"  # the same request of the same conversation
        SHARED_HIT = "shared_hit"  # a public artefact of somebody's earlier call
        COALESCED = "coalesced"  # waited for an identical call that was under way
        REPLAYED = "replayed"  # a resend; the stored outcome was returned
        RULE = "rule"  # answered by rules; no model is needed for it
        BYPASS = "bypass"  # breaker, limit or budget: the model was not asked
        ERROR = "error"  # the model was asked and failed

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="model_calls"
    )
    turn = models.ForeignKey(
        Turn,
        on_delete=models.SET_NULL,  # starting over does not give the money back
        null=True,
        blank=True,
        related_name="model_calls",
    )
    task = models.CharField(max_length=40)  # name of the registered task
    model = models.CharField(max_length=120)  # provider:model; empty for rules
    outcome = models.CharField(max_length=12, choices=Outcome)
    failure = models.CharField(max_length=24, blank=True)  # why, for error and bypass
    source = models.CharField(max_length=64, blank=True)  # digest of the cache key
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_cached = models.PositiveIntegerField(default=0)  # of `tokens_in`
    tokens_out = models.PositiveIntegerField(default=0)
    is_estimated = models.BooleanField(default=False)  # counted by us
    cost_micros = models.PositiveBigIntegerField(default=0)  # millionths
    saved_micros = models.PositiveBigIntegerField(default=0)  # what a hit avoided
    first_token_ms = models.PositiveIntegerField(null=True, blank=True)
    complete_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["session_id", "created_at", "id"]
        indexes = [
            models.Index(fields=["session", "created_at"], name="model_call_session"),
            models.Index(fields=["user", "created_at"], name="model_call_user_day"),
            models.Index(fields=["created_at"], name="model_call_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(tokens_cached__lte=F("tokens_in")),
                name="model_call_cached_within_in",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.outcome}"
