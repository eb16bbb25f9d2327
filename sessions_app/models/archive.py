"""What is derived from the journal: questions, answers, evaluations, metrics.

These rows can be rebuilt; unique keys make every insert safe to repeat.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sessions_app.models.base import OwnedModel
from sessions_app.models.journal import Message
from sessions_app.models.session import InterviewSession

MAX_ARCHIVE_TRIES = 5


class RubricVersion(models.Model):
    """A bank question as it was when asked, stored once however often it is asked."""

    digest = models.CharField(primary_key=True, max_length=64)
    bank_id = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    body = models.JSONField()

    class Meta:
        verbose_name = "rubric version"

    def __str__(self) -> str:
        return f"{self.bank_id} v{self.version}"


class Question(OwnedModel):
    """A question or probe that was asked; probes point to their parent."""

    class Status(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"
        SKIPPED = "skipped"

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="questions"
    )
    position = models.PositiveSmallIntegerField()  # order of asking, from 1
    slot = models.PositiveSmallIntegerField()  # index in the plan
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="probes"
    )
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="+")
    rubric = models.ForeignKey(
        RubricVersion, on_delete=models.PROTECT, null=True, blank=True
    )
    bank_id = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=16)  # technical, behavioural, … or probe kind
    competency = models.CharField(max_length=120, blank=True)
    difficulty = models.FloatField(default=0.0)
    text = models.TextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["session_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"], name="question_position_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.text[:60]}"


class Answer(OwnedModel):
    """One answer to a question; a further attempt is a further row."""

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="answers"
    )
    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="answers"
    )
    attempt = models.PositiveSmallIntegerField(default=1)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    seconds = models.FloatField(null=True, blank=True)  # thinking and typing time
    cut_by_timer = models.BooleanField(default=False)
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["session_id", "question_id", "attempt"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "attempt"], name="answer_attempt_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.attempt} at {self.question_id}"


class Evaluation(OwnedModel):
    """The judgement on one answer message, over all that was said to its question.

    `result` holds everything the explanation shows (points, spans, thresholds,
    contributions), so that a report never needs the scorer again. Spans are
    offsets into `text`, the answers to this question joined by a blank line.
    """

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="evaluations"
    )
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="evaluations"
    )
    engine = models.CharField(max_length=255)  # name and version
    # Scores rest on one evaluation of a message; others are second opinions.
    is_counted = models.BooleanField(default=True)
    slot = models.PositiveSmallIntegerField()
    is_first = models.BooleanField()  # before any probe: the unaided score
    message_seqs = models.JSONField(default=list)  # of the answers joined in `text`
    text = models.TextField()
    state = models.CharField(max_length=16)
    score = models.FloatField(null=True, blank=True)  # 0.0–1.0
    error = models.FloatField(null=True, blank=True)  # half width, same unit
    # A reviewer's score, in force instead of the engine's; see `ScoreOverride`.
    override = models.FloatField(null=True, blank=True)  # 0.0–1.0
    confidence = models.FloatField(default=0.0)
    result = models.JSONField()
    feedback = models.JSONField(default=dict)
    outline = models.JSONField(default=list)
    created_at = models.DateTimeField()
    # The candidate's own mark, in queries that ask for it: services/self_ratings.py.
    own_rating: int | None = None

    class Meta:
        ordering = ["session_id", "created_at", "id"]
        indexes = [
            models.Index(fields=["session", "slot"], name="evaluation_by_slot"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "engine"], name="evaluation_engine_unique"
            ),
            models.CheckConstraint(
                condition=Q(state="observed", score__isnull=False)
                | (~Q(state="observed") & Q(score__isnull=True)),
                name="evaluation_score_iff_observed",
            ),
            models.CheckConstraint(
                condition=Q(override__isnull=True) | Q(override__range=(0.0, 1.0)),
                name="evaluation_override_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engine} on slot {self.slot}: {self.state}"

    @property
    def is_scored(self) -> bool:
        """Say whether it carries a score, be it a reviewer's."""
        return self.override is not None or self.state == "observed"

    @property
    def score_in_force(self) -> float | None:
        """Return the reviewer's score, or else the engine's; 0.0–1.0."""
        return self.score if self.override is None else self.override

    @property
    def error_in_force(self) -> float | None:
        """Return the engine's error; a person's score has none that is known."""
        return self.error if self.override is None else None


class SessionMetrics(OwnedModel):
    """A session's figures as of `fingerprint`, precomputed by the worker."""

    session = models.OneToOneField(
        InterviewSession, on_delete=models.CASCADE, related_name="metrics"
    )
    fingerprint = models.CharField(max_length=64)
    values = models.JSONField()
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "session metrics"

    def __str__(self) -> str:
        return f"metrics of {self.session_id}"


class ArchiveFault(OwnedModel):
    """What kept a session's journal from being archived, and how often it was tried.

    After MAX_ARCHIVE_TRIES the session is parked until somebody releases it.
    """

    session = models.OneToOneField(
        InterviewSession, on_delete=models.CASCADE, related_name="archive_fault"
    )
    seq = models.PositiveIntegerField(null=True, blank=True)  # of the message, if known
    error = models.CharField(max_length=80)  # the exception's class
    problem = models.CharField(max_length=240)  # no word of what a person said
    tries = models.PositiveSmallIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_seen_at", "-id"]
        indexes = [
            models.Index(
                fields=["session"],
                name="archive_fault_parked",
                condition=Q(resolved_at__isnull=True, tries__gte=MAX_ARCHIVE_TRIES),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.error}, tried {self.tries} times"

    @property
    def is_parked(self) -> bool:
        """Say whether the archive leaves the session alone."""
        return self.resolved_at is None and self.tries >= MAX_ARCHIVE_TRIES
