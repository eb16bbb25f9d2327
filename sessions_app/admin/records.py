"""Rows of the machinery, to look at."""

from __future__ import annotations

import json

from axes.models import AccessAttempt
from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sessions_app.admin.base import KeptAdmin, ReadOnlyAdmin
from sessions_app.models import RubricVersion, WorkerHeartbeat


@admin.register(RubricVersion)
class RubricVersionAdmin(KeptAdmin):
    """Questions as they were when they were asked."""

    list_display = ("bank_id", "version", "digest")
    search_fields = ("bank_id", "digest")
    ordering = ("bank_id", "-version")
    fields = ("bank_id", "version", "digest", "content")

    @admin.display(description="Question and rubric")
    def content(self, rubric: RubricVersion) -> SafeString:
        body = json.dumps(rubric.body, indent=2, ensure_ascii=False)
        return format_html("<pre>{}</pre>", body)


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(KeptAdmin):
    """When the worker last gave a sign of life."""

    list_display = ("name", "beat_at")


@admin.register(AccessAttempt)
class FailedSignInAdmin(ReadOnlyAdmin):
    """Failed sign-ins of the last half hour; deleting somebody's lifts the lock."""

    list_display = ("username", "ip_address", "failures_since_start", "attempt_time")
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time",)
    fields = (*list_display, "path_info", "user_agent")
