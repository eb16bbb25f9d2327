"""The interview session: its frozen set-up, its state and its counters."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q

from sessions_app.models.base import OwnedModel


class UnableToChangeState(Exception):
    """The session's state does not allow this change."""

    def __init__(self, *, session: InterviewSession, wanted: str) -> None:
        super().__init__(f"session {session.pk} is {session.state}, not {wanted}")
        self.session = session


class InterviewSession(OwnedModel):
    """One practice interview; set-up and plan never change after the start."""

    class State(models.TextChoices):
        DRAFT = "draft", "Not started"
        IN_PROGRESS = "in_progress", "In progress"
        PAUSED = "paused", "Paused"
        FINISHED = "finished", "Finished"
        ABANDONED = "abandoned", "Abandoned"

    class Mode(models.TextChoices):
        PRACTICE = "practice", "Practice"
        INTERVIEW = "interview", "Interview"
        SKILL_ASSESSMENT = "skill_assessment", "Skill assessment"
        FEEDBACK = "feedback", "Feedback"  # in force once the interview has ended

    class Style(models.TextChoices):
        FORMAL = "formal", "Formal"
        CASUAL = "casual", "Casual"
        TECHNICAL = "technical", "Technical"
        CHALLENGING = "challenging", "Challenging"

    class Level(models.TextChoices):
        JUNIOR = "junior", "Junior"
        MID = "mid", "Mid-level"
        SENIOR = "senior", "Senior"
        STAFF = "staff", "Staff"

    class Kind(models.TextChoices):
        MIXED = "mixed", "Mixed"
        TECHNICAL = "technical", "Technical"
        BEHAVIOURAL = "behavioural", "Behavioural"

    class Purpose(models.TextChoices):
        INTERVIEW = "interview", "Interview"
        DRILL = "drill", "Drill"  # a few questions on one subject
        REVIEW = "review", "Review"  # questions that are due again

    OPEN_STATES = (State.DRAFT, State.IN_PROGRESS, State.PAUSED)
    ENDED_STATES = (State.FINISHED, State.ABANDONED)
    SWITCHABLE_MODES = (Mode.PRACTICE, Mode.INTERVIEW)

    role = models.CharField(max_length=40)  # role family of the bank
    role_title = models.CharField(max_length=120)
    company = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=10, choices=Level)
    kind = models.CharField(max_length=12, choices=Kind)
    style = models.CharField(max_length=12, choices=Style)
    mode = models.CharField(max_length=20, choices=Mode)
    purpose = models.CharField(
        max_length=12, choices=Purpose, default=Purpose.INTERVIEW
    )
    language = models.CharField(max_length=8, default="en")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    job_description = models.TextField(blank=True)
    resume = models.TextField(blank=True)

    plan = models.JSONField(default=dict)
    versions = models.JSONField(default=dict)  # engine, scorer, encoder, plan
    setup_digest = models.CharField(max_length=64, blank=True)  # of all of the above
    config_revision = models.PositiveIntegerField(default=0)  # mode switches, edits

    # Of the set-up form and who sent it: sent twice, it starts one interview.
    start_id = models.UUIDField(null=True, blank=True, editable=False)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_count = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField()

    revision = models.PositiveIntegerField(default=0)  # raised by every write
    message_count = models.PositiveIntegerField(default=0)  # also the last seq
    digest = models.CharField(max_length=64, blank=True)  # rolling, last message's
    question_count = models.PositiveSmallIntegerField(default=0)  # planned
    answered_count = models.PositiveSmallIntegerField(default=0)
    skipped_count = models.PositiveSmallIntegerField(default=0)
    score = models.FloatField(null=True, blank=True)  # 0–100, from the last metrics
    score_error = models.FloatField(null=True, blank=True)
    # A reviewer's score of the whole, in force instead of the computed one.
    score_override = models.FloatField(null=True, blank=True)  # 0–100
    is_score_changed = models.BooleanField(default=False)  # by a reviewer, in any way
    # Without reviewers, as of their last change.
    original_score = models.FloatField(null=True, blank=True)
    # Somebody tried to tell the interviewer what to do; it had no effect on scores.
    has_instructions = models.BooleanField(default=False)
    history_epoch = models.PositiveSmallIntegerField(default=0)  # in force; 0: none

    model_call_count = models.PositiveIntegerField(default=0)
    avoided_call_count = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_cached = models.PositiveIntegerField(default=0)  # of `tokens_in`
    tokens_out = models.PositiveIntegerField(default=0)
    cost_micros = models.PositiveBigIntegerField(default=0)  # millionths
    calls_by_outcome = models.JSONField(default=dict, editable=False)
    # Counts and sums of the journal up to `digest`: services/running.py.
    running_figures = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = "interview session"
        permissions = [
            ("review_interviewsession", "Can review: notes, marks, disputes"),
            ("override_interviewsession", "Can change scores, with a reason"),
            ("redact_interviewsession", "Can black out words, with a reason"),
            ("export_interviewsession", "Can export interview sessions"),
            ("view_operations", "Can see the operations page"),
        ]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="session_by_user"),
            models.Index(
                fields=["ends_at"],
                name="session_running_by_end",
                condition=Q(state="in_progress"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft",
                        "in_progress",
                        "paused",
                        "finished",
                        "abandoned",
                    ]
                ),
                name="session_state_known",
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__range=(5, 120)),
                name="session_minutes_in_range",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(started_at__isnull=False),
                name="session_started_unless_draft",
            ),
            models.CheckConstraint(
                condition=Q(state="paused", paused_at__isnull=False)
                | (~Q(state="paused") & Q(paused_at__isnull=True)),
                name="session_paused_at_iff_paused",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["finished", "abandoned"], finished_at__isnull=False
                )
                | (
                    ~Q(state__in=["finished", "abandoned"])
                    & Q(finished_at__isnull=True)
                ),
                name="session_finished_at_iff_ended",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0.0, 100.0)),
                name="session_score_in_range",
            ),
            models.CheckConstraint(
                condition=Q(score_override__isnull=True)
                | Q(score_override__range=(0.0, 100.0)),
                name="session_score_override_in_range",
            ),
            models.UniqueConstraint(
                fields=["start_id"], name="session_unique_start_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_title} ({self.get_level_display()})"

    @property
    def is_ended(self) -> bool:
        return self.state in self.ENDED_STATES

    @property
    def is_finished(self) -> bool:
        return self.state == self.State.FINISHED

    @property
    def shows_feedback(self) -> bool:
        """Say whether judgements may be seen: after the end, and always in practice."""
        return self.is_ended or self.mode == self.Mode.PRACTICE

    @property
    def mode_in_force(self) -> str:
        """Return how a message is taken now; after the end the talk is about it."""
        return self.Mode.FEEDBACK if self.is_ended else self.mode

    def remaining_seconds(self, *, now: datetime.datetime) -> float | None:
        """Return the time left, below zero when it is up; None without a limit."""
        if self.ends_at is None:
            return None
        return (self.ends_at - (self.paused_at or now)).total_seconds()

    def start(self, *, now: datetime.datetime) -> None:
        """Begin the interview and its clock; unsaved."""
        self._require(self.State.DRAFT)
        self.state = self.State.IN_PROGRESS
        self.started_at = self.last_activity_at = now
        if self.minutes is not None:
            self.ends_at = now + datetime.timedelta(minutes=self.minutes)

    def pause(self, *, now: datetime.datetime) -> None:
        """Stop the clock; unsaved."""
        self._require(self.State.IN_PROGRESS)
        self.state = self.State.PAUSED
        self.paused_at = self.last_activity_at = now
        self.pause_count += 1

    def resume_clock(self, *, now: datetime.datetime) -> datetime.timedelta:
        """Go on with the time that was left; return how long it stood; unsaved."""
        self._require(self.State.PAUSED)
        # Never less than none: another machine's clock may be behind.
        stood = max(now - (self.paused_at or now), datetime.timedelta())
        if self.ends_at is not None:
            self.ends_at += stood
        self.state = self.State.IN_PROGRESS
        self.paused_at = None
        self.config_revision += 1  # a break: what was said before it is not repeated
        self.last_activity_at = now
        return stood

    def switch_mode(self, *, mode: str) -> None:
        """Go on as the other of the two planned modes; unsaved.

        What was chosen by an assessment, and what has ended, keeps its mode.
        """
        self._require(self.State.IN_PROGRESS, self.State.PAUSED)
        if not {self.mode, mode} <= set(self.SWITCHABLE_MODES):
            raise UnableToChangeState(session=self, wanted=f"open to {mode}")
        self.mode = mode
        self.config_revision += 1

    def start_over(self, *, now: datetime.datetime) -> None:
        """Begin again with the same plan and a full clock; unsaved.

        Its journal must be gone. What models were paid stays counted.
        """
        self._require(self.State.IN_PROGRESS, self.State.PAUSED)
        self.state = self.State.DRAFT
        self.paused_at = self.ends_at = self.score = self.score_error = None
        self.digest = ""
        self.running_figures = {}
        self.pause_count = self.message_count = self.history_epoch = 0
        self.answered_count = self.skipped_count = 0
        self.has_instructions = False
        self.config_revision += 1
        self.start(now=now)

    def finish(self, *, now: datetime.datetime) -> None:
        """End the interview; unsaved."""
        self._require(self.State.IN_PROGRESS, self.State.PAUSED)
        self.state = self.State.FINISHED
        self.paused_at = None
        self.finished_at = self.last_activity_at = now

    @property
    def can_pause(self) -> bool:
        """Say whether the clock may stop: once in an interview, freely in practice."""
        if self.state != self.State.IN_PROGRESS:
            return False
        return self.mode == self.Mode.PRACTICE or self.pause_count == 0

    def _require(self, *states: str) -> None:
        if self.state not in states:
            raise UnableToChangeState(session=self, wanted=" or ".join(states))
