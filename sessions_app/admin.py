"""The admin: accounts, and interviews to read. Nobody edits what was said."""

from __future__ import annotations

import json
from typing import Any

from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sessions_app.forms import AccountChangeForm, AccountCreationForm
from sessions_app.models import (
    Evaluation,
    InterviewSession,
    RubricVersion,
    User,
    WorkerHeartbeat,
)
from sessions_app.services.deletion import delete_session
from sessions_app.services.kept_sessions import current_score
from sessions_app.services.labels import band_word
from sessions_app.services.listing import HAS_BACKLOG
from sessions_app.services.metrics import metrics_for
from sessions_app.services.report_tables import metrics_rows
from sessions_app.services.transcript import message_views


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows to look at: nobody adds or changes them here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


class KeptAdmin(ReadOnlyAdmin):
    """Rows that nobody deletes here either."""

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """Accounts by e-mail; only a superuser hands out or takes away rights."""

    form = AccountChangeForm
    add_form = AccountCreationForm
    ordering = ("-id",)
    list_display = (
        "__str__",
        "name",
        "is_guest",
        "is_staff",
        "is_active",
        "date_joined",
    )
    list_filter = ("is_guest", "is_staff", "is_active")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "password", "name")}),
        (
            "Rights",
            {
                "fields": (
                    "is_active",
                    "is_staff",
                    "is_superuser",
                    "groups",
                    "user_permissions",
                )
            },
        ),
        ("History", {"fields": ("is_guest", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "usable_password", "password1", "password2")}),
    )
    HISTORY_FIELDS = ("is_guest", "last_login", "date_joined")
    RIGHTS_FIELDS = ("is_staff", "is_superuser", "groups", "user_permissions")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        if _is_superuser(request):
            return self.HISTORY_FIELDS
        return (*self.HISTORY_FIELDS, *self.RIGHTS_FIELDS)

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)


@admin.register(InterviewSession)
class InterviewSessionAdmin(ReadOnlyAdmin):
    """Interviews with their transcript; may be deleted as a whole, with permission."""

    list_display = (
        "role_title",
        "user",
        "state",
        "created_at",
        "answered",
        "overall",
        "level",
        "mode",
    )
    list_filter = ("state", "mode", "kind", "level", "style")
    list_select_related = ("user",)
    list_per_page = 50
    search_fields = ("user__email", "role_title", "company")
    search_help_text = "E-mail address, role or company"
    show_full_result_count = False  # counting a big table costs more than it tells
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "user",
                    "state",
                    ("created_at", "started_at", "finished_at"),
                    ("answered", "overall"),
                )
            },
        ),
        (
            "Set-up",
            {
                "classes": ("collapse",),
                "fields": (
                    ("role_title", "role", "level"),
                    ("kind", "style", "mode", "language", "minutes"),
                    "company",
                    "job_description",
                    "resume",
                    "versions",
                ),
            },
        ),
        ("Transcript", {"fields": ("transcript",)}),
        ("Evaluations", {"fields": ("evaluations",)}),
        ("Metrics", {"fields": ("figures",)}),
        ("Model calls", {"fields": ("calls",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        rows = rows.annotate(has_backlog=HAS_BACKLOG)
        if request.resolver_match and "object_id" in request.resolver_match.kwargs:
            return rows
        # The list shows none of the long texts.
        return rows.defer("plan", "versions", "job_description", "resume")

    def delete_model(self, request: HttpRequest, obj: InterviewSession) -> None:
        delete_session(session_id=obj.pk)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[InterviewSession]
    ) -> None:
        for session_id in queryset.values_list("pk", flat=True):
            delete_session(session_id=session_id)

    @admin.display(description="Answered")
    def answered(self, session: InterviewSession) -> str:
        return f"{session.answered_count} of {session.question_count}"

    @admin.display(description="Score", ordering="score")
    def overall(self, session: Any) -> str:
        return current_score(session=session, has_backlog=session.has_backlog)

    @admin.display(description="Messages")
    def transcript(self, session: InterviewSession) -> SafeString:
        messages = session.messages.order_by("seq")
        return _rendered("transcript", messages=message_views(messages=messages))

    @admin.display(description="By answer")
    def evaluations(self, session: InterviewSession) -> SafeString:
        rows = session.evaluations.select_related("message").order_by(
            "message__seq", "-is_counted", "engine"
        )
        return _rendered("evaluations", rows=[_evaluation_row(row) for row in rows])

    @admin.display(description="Figures")
    def figures(self, session: InterviewSession) -> SafeString:
        metrics, is_on_demand = metrics_for(session=session)
        rows = metrics_rows(metrics=metrics)
        return _rendered("metrics", rows=rows, is_on_demand=is_on_demand)

    @admin.display(description="In order")
    def calls(self, session: InterviewSession) -> SafeString:
        return _rendered("calls", calls=session.model_calls.order_by("id"))


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


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _may_touch(request: HttpRequest, account: Model | None) -> bool:
    # Otherwise staff could set the password of somebody who may do more.
    is_staff = isinstance(account, User) and account.is_staff
    return _is_superuser(request) or not is_staff


def _rendered(name: str, **context: Any) -> SafeString:
    template = f"admin/sessions_app/interviewsession/{name}.html"
    return render_to_string(template, context)


def _evaluation_row(evaluation: Evaluation) -> dict[str, Any]:
    score = evaluation.score
    return {
        "seq": evaluation.message.seq,
        "topic": evaluation.slot + 1,
        "word": band_word(score=score),
        "score": "–" if score is None else f"{100 * score:.0f}",
        "state": evaluation.state,
        "confidence": f"{100 * evaluation.confidence:.0f} %",
        "is_first": evaluation.is_first,
        "engine": evaluation.engine,
        "is_counted": evaluation.is_counted,
    }
