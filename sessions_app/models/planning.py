"""A plan that its person looks at before the interview begins."""

from __future__ import annotations

from django.db import models

from sessions_app.models.base import OwnedModel


class PlanDraft(OwnedModel):
    """Set-up and plan of an interview that has not begun; the newest one counts.

    Its id becomes the session's `start_id`: begun twice, it is one interview.
    """

    setup = models.JSONField()  # of services.sessions.Setup
    plan = models.JSONField()
    revision = models.PositiveIntegerField(default=1)  # raised by every change
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "-id"], name="plan_draft_by_user")]

    def __str__(self) -> str:
        return f"plan for {self.setup.get('role_title', '')}"
