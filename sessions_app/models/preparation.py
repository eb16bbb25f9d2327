"""What people write down for real interviews: stories, a date, what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sessions_app.models.base import OwnedModel
from sessions_app.models.session import InterviewSession


class Story(OwnedModel):
    """A case of one's own to tell when asked about behavior, in one's own words.

    Saved from a report or written; it outlives the interview that it came from.
    """

    session = models.ForeignKey(
        InterviewSession,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stories",
    )
    slot = models.PositiveSmallIntegerField(null=True, blank=True)  # in its plan
    title = models.CharField(max_length=120)
    text = models.TextField()
    situation = models.TextField(blank=True)
    action = models.TextField(blank=True)
    result = models.TextField(blank=True)
    competencies = models.JSONField(default=list)  # names, as reports use them
    facts = models.TextField(blank=True)  # numbers to have at hand, one a line
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "stories"
        ordering = ["-updated_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-updated_at"], name="story_by_user"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "slot"], name="story_once_per_question"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(text=""), name="story_has_words"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlannedInterview(OwnedModel):
    """A real interview to come, and what to have at hand on its day."""

    held_on = models.DateField()
    role = models.CharField(max_length=120, blank=True)
    company = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    mentions = models.TextField(blank=True)  # to bring up, one a line
    questions = models.TextField(blank=True)  # to ask there, one a line
    updated_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["held_on", "id"]
        indexes = [
            models.Index(fields=["user", "held_on"], name="planned_interview_by_user"),
        ]

    def __str__(self) -> str:
        return f"interview on {self.held_on:%Y-%m-%d}"


class RealInterview(OwnedModel):
    """A real interview that took place, as the person remembers it."""

    class Outcome(models.TextChoices):
        WELL = "well", "Well"
        MIXED = "mixed", "Partly well"
        BADLY = "badly", "Badly"

    held_on = models.DateField()
    company = models.CharField(max_length=120)
    questions = models.TextField(blank=True)  # that were asked, one a line
    outcome = models.CharField(max_length=8, choices=Outcome)
    text = models.TextField(blank=True)  # how it went
    lessons = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-held_on", "-id"]
        indexes = [
            models.Index(fields=["user", "-held_on"], name="real_interview_by_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(company=""), name="real_interview_has_company"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}, {self.held_on:%Y-%m-%d}"


class QuestionNote(OwnedModel):
    """A question that was really asked, kept to prepare an answer to it."""

    interview = models.ForeignKey(
        RealInterview, on_delete=models.CASCADE, related_name="notes"
    )
    text = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "text"], name="question_note_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text
