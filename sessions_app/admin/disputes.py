"""The queue of disputes: open ones first, the oldest at the top."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Case, Model, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from sessions_app.admin.base import KeptAdmin
from sessions_app.models import Dispute, User
from sessions_app.services.labels import age_label

OPEN_FIRST = Case(When(state=Dispute.State.OPEN, then=Value(0)), default=Value(1))


@admin.register(Dispute)
class DisputeAdmin(KeptAdmin):
    """Leads to the interview, where a dispute is read and answered."""

    list_display = ("topic", "interview", "user", "state", "age", "answered_by")
    list_filter = ("state", "opened_at")
    list_select_related = ("session", "user", "answered_by")
    list_per_page = 50
    ordering = (OPEN_FIRST, "opened_at", "pk")
    search_fields = ("user__email", "session__role_title")
    search_help_text = "E-mail address or role"
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return isinstance(request.user, User) and request.user.has_perms(
            [
                "sessions_app.view_interviewsession",
                "sessions_app.review_interviewsession",
            ]
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer(
            "session__plan",
            "session__versions",
            "session__job_description",
            "session__resume",
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to where the dispute stands among what it is about."""
        dispute = self.get_object(request, object_id)
        if dispute is None or request.method != "GET":
            return super().change_view(request, object_id, form_url, extra_context)
        if not self.has_view_permission(request, dispute):
            return super().change_view(request, object_id, form_url, extra_context)
        page = redirect(
            "admin:sessions_app_interviewsession_change", dispute.session_id
        )
        page["Location"] += f"#dispute-{dispute.pk}"
        return page

    @admin.display(description="Interview", ordering="session")
    def interview(self, dispute: Dispute) -> str:
        return str(dispute.session)

    @admin.display(description="Waiting or taken", ordering="opened_at")
    def age(self, dispute: Dispute) -> str:
        until: datetime.datetime = dispute.closed_at or timezone.now()
        return age_label(age=until - dispute.opened_at)
