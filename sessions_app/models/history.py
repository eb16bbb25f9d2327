"""What a conversation is remembered by: facts with their quotes, and summaries."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sessions_app.models.base import OwnedModel
from sessions_app.models.journal import Message
from sessions_app.models.session import InterviewSession


class Fact(OwnedModel):
    """A verified entry of the ledger: its quote stands in the message, word for word.

    A correction supersedes the entry that it corrects; both stay.
    """

    class Kind(models.TextChoices):
        CLAIM = "claim"
        NUMBER = "number"
        SKILL = "skill"
        GAP = "gap"
        OPEN_THREAD = "open_thread"
        ASKED_QUESTION = "asked_question"
        COMMITMENT = "commitment"
        CORRECTION = "correction"

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="facts"
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="facts")
    seq = models.PositiveIntegerField()  # of the message
    kind = models.CharField(max_length=16, choices=Kind)
    subject = models.CharField(max_length=120)
    value = models.CharField(max_length=240, blank=True)
    unit = models.CharField(max_length=24, blank=True)
    quote = models.CharField(max_length=400)
    start = models.PositiveIntegerField()  # offset of the quote in the message
    supersedes = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confidence = models.FloatField(default=1.0)
    engine = models.CharField(max_length=120)  # name and version of who proposed it
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["session_id", "seq", "start"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "kind", "subject", "start"], name="fact_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject} {self.value} {self.unit}".rstrip()


class HistoryEpoch(OwnedModel):
    """The record of messages 1 to `upto_seq`, folded once and never changed.

    Epoch n + 1 covers what n covered and a block more. `range_digest` is the rolling
    digest of the last message covered: a fold of other words is another fold.
    """

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="epochs"
    )
    number = models.PositiveSmallIntegerField()  # from 1
    upto_seq = models.PositiveIntegerField()
    range_digest = models.CharField(max_length=64)
    summary = models.TextField()
    ledger = models.TextField(blank=True)  # facts of the covered messages, rendered
    tokens = models.PositiveIntegerField()  # of summary and ledger, estimated
    engine = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["session_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "number"], name="history_epoch_unique"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1) & Q(upto_seq__gte=F("number")),
                name="history_epoch_covers_messages",
            ),
        ]

    def __str__(self) -> str:
        return f"epoch {self.number}: messages 1 to {self.upto_seq}"
