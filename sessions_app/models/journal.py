"""The journal: what was said, in order, and the turns that answer it.

Everything else about an interview is derived from these rows.
"""

from __future__ import annotations

import hashlib
import json

from django.db import models
from django.db.models import Q

from sessions_app.models.base import OwnedModel
from sessions_app.models.session import InterviewSession


def rolling_digest(
    *, previous: str, role: str, agent: str, kind: str, content: str
) -> str:
    """Return the hex SHA-256 of the conversation up to and including this message.

    It covers what was said and by whom: no ids, clocks, usage or token counts.
    """
    encoded = json.dumps([previous, role, agent, kind, content], ensure_ascii=True)
    return hashlib.sha256(encoded.encode("ascii")).hexdigest()


class Message(OwnedModel):
    """One utterance of the interview, numbered without gaps from 1."""

    class Role(models.TextChoices):
        INTERVIEWER = "interviewer", "Interviewer"
        CANDIDATE = "candidate", "Candidate"
        COACH = "coach", "Coach"

    class Kind(models.TextChoices):
        OPENING = "opening"
        QUESTION = "question"
        PROBE = "probe"
        REASK = "reask"
        REPEAT = "repeat"
        CLARIFY = "clarify"
        HINT = "hint"
        NOTICE = "notice"
        INVITE = "invite"  # the candidate may ask the interviewer
        REPLY = "reply"  # to a question of the candidate's, who may ask on
        CLOSING = "closing"
        ANSWER = "answer"
        SKIP = "skip"
        INQUIRY = "inquiry"  # the candidate asks the interviewer
        ASK = "ask"  # the candidate asks the coach
        COACHING = "coaching"  # and the coach answers

    # After these, what the candidate says is a question to the interviewer.
    INVITING = (Kind.INVITE, Kind.REPLY)

    class Origin(models.TextChoices):
        PERSON = "person"
        LIVE = "live"  # a chat model's words
        CACHE = "cache"
        EMBEDDED = "embedded"  # the built-in engine's words

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="messages"
    )
    seq = models.PositiveIntegerField()
    role = models.CharField(max_length=12, choices=Role)
    agent = models.CharField(max_length=24, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    content = models.TextField(blank=True)
    question_no = models.PositiveSmallIntegerField(null=True, blank=True)
    details = models.JSONField(default=dict, blank=True)
    client_message_id = models.UUIDField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    tokens = models.PositiveIntegerField(default=0)  # estimated once, at append
    origin = models.CharField(max_length=10, choices=Origin)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["session_id", "seq"]
        indexes = [
            models.Index(
                fields=["session", "seq"],
                name="message_unarchived",
                condition=Q(archived_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "seq"], name="message_seq_unique"
            ),
            models.UniqueConstraint(
                fields=["session", "client_message_id"],
                name="message_client_id_unique",
            ),
            models.CheckConstraint(
                condition=Q(role="candidate", origin="person")
                | (~Q(role="candidate") & ~Q(origin="person")),
                name="message_origin_fits_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.role} {self.kind}"


class Turn(OwnedModel):
    """A candidate's message and the reply owed to it; generated once.

    `fence` is raised by each claim and required by the commit: a claimant that
    was overtaken commits nothing.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        FAILED = "failed"

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="turns"
    )
    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, related_name="turn"
    )
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    fence = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    # Digest of the conversation that the reply depends on; equal requests in a row
    # share the first one's.
    parent_digest = models.CharField(max_length=64, blank=True)
    first_words_ms = models.PositiveIntegerField(null=True, blank=True)
    completed_ms = models.PositiveIntegerField(null=True, blank=True)
    last_reply = models.ForeignKey(
        Message,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"],
                name="turn_pending",
                condition=Q(state="pending"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                name="turn_one_open_per_session",
                condition=Q(state="pending"),
            ),
        ]

    def __str__(self) -> str:
        return f"turn of message {self.message_id}: {self.state}"
