"""Rows of the machinery, to look at."""

from __future__ import annotations

import json

from axes.models import AccessAttempt
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sessions_app.admin.base import KeptAdmin, ReadOnlyAdmin
from sessions_app.models import ArchiveFault, RubricVersion, WorkerHeartbeat
from sessions_app.services.archive_faults import release_faults
from sessions_app.tasks import ring_archive


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


@admin.register(ArchiveFault)
class ArchiveFaultAdmin(KeptAdmin):
    """Interviews that could not be archived; released ones are tried again."""

    list_display = (
        "session",
        "user",
        "error",
        "problem",
        "tries",
        "is_parked",
        "last_seen_at",
        "resolved_at",
    )
    list_select_related = ("session", "user")
    ordering = ("resolved_at", "-last_seen_at")
    search_fields = ("=session__id", "error")
    fields = (*list_display, "seq", "first_seen_at")
    actions = ("try_again",)

    @admin.display(boolean=True, description="Left alone")
    def is_parked(self, fault: ArchiveFault) -> bool:
        return fault.is_parked

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("sessions_app.review_interviewsession")

    @admin.action(
        description="Let the archive try the selected again", permissions=["release"]
    )
    def try_again(self, request: HttpRequest, queryset: QuerySet[ArchiveFault]) -> None:
        chosen = list(queryset)
        count = release_faults(session_ids=[fault.session_id for fault in chosen])
        for fault in chosen:
            self.log_change(request, fault, "Released to the archive.")
        ring_archive()
        self.message_user(
            request, f"Released {count}; the archive tries again.", messages.SUCCESS
        )


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
