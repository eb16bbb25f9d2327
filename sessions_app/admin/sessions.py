"""Interviews in the admin: the list, the page to review one, exports.

The page is read-only but for what reviewers add beside the interview, and for words
that are blacked out; each such action has a right of its own and leaves a row in the
admin's log.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from sessions_app.admin import acts
from sessions_app.admin.base import DeletesInterviews, ReadOnlyAdmin
from sessions_app.admin.filters import (
    BandFilter,
    FlagFilter,
    RoleFilter,
    flags_of,
    with_flags,
)
from sessions_app.forms import (
    DisputeAnswerForm,
    NoteForm,
    OverrideForm,
    RedactionForm,
    ReviewedForm,
)
from sessions_app.models import InterviewSession, User
from sessions_app.services import review_exports
from sessions_app.services.deletion import delete_session
from sessions_app.services.disputes import UnableToDispute
from sessions_app.services.kept_sessions import current_score, minutes_spent
from sessions_app.services.pricing import money
from sessions_app.services.review_page import build_review_page
from sessions_app.services.reviews import UnableToReview

PAGE = "admin:sessions_app_interviewsession_change"
REVIEW = "sessions_app.review_interviewsession"
OVERRIDE = "sessions_app.override_interviewsession"
REDACT = "sessions_app.redact_interviewsession"
EXPORT = "sessions_app.export_interviewsession"


@admin.register(InterviewSession)
class InterviewSessionAdmin(DeletesInterviews, ReadOnlyAdmin):
    """Interviews to find, read and review; may be deleted whole, with permission."""

    list_display = (
        "role_title",
        "overall",
        "flags",
        "state",
        "user",
        "created",
        "answered",
        "duration",
        "engine",
        "cost",
    )
    list_filter = (
        FlagFilter,
        "state",
        BandFilter,
        "created_at",
        "mode",
        "level",
        "style",
        RoleFilter,
    )
    list_select_related = ("user",)
    list_per_page = 50
    search_fields = ("user__email", "role_title", "company")
    search_help_text = "E-mail address, role, company, or the id of an interview"
    show_full_result_count = False  # counting a big table costs more than it tells
    actions = ("export_json", "export_csv")

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("css/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        rows = with_flags(rows)
        match = request.resolver_match
        if match and {"object_id", "session_id"} & match.kwargs.keys():
            return rows
        # The list shows none of the long texts.
        return rows.defer("plan", "job_description", "resume")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        try:
            wanted = uuid.UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(Q(pk=wanted) | Q(user=wanted)), False

    # The list's columns

    @admin.display(description="Created", ordering="created_at")
    def created(self, session: InterviewSession) -> str:
        return f"{timezone.localtime(session.created_at):%d %b %Y, %H:%M}"

    @admin.display(description="Answered")
    def answered(self, session: InterviewSession) -> str:
        return f"{session.answered_count} of {session.question_count}"

    @admin.display(description="Score", ordering="score")
    def overall(self, session: Any) -> str:
        return current_score(session=session, has_backlog=session.has_backlog)

    @admin.display(description="Flags")
    def flags(self, session: Any) -> str:
        return ", ".join(flags_of(session)) or "–"

    @admin.display(description="Duration")
    def duration(self, session: InterviewSession) -> str:
        minutes = minutes_spent(session=session)
        return "–" if minutes is None else f"{minutes} min"

    @admin.display(description="Engine")
    def engine(self, session: InterviewSession) -> str:
        return str(session.versions.get("model") or session.versions.get("engine", "–"))

    @admin.display(description="Cost", ordering="cost_micros")
    def cost(self, session: InterviewSession) -> str:
        return money(micros=session.cost_micros) if session.model_call_count else "–"

    # Deleting

    def delete_model(self, request: HttpRequest, obj: InterviewSession) -> None:
        delete_session(session_id=obj.pk)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[InterviewSession]
    ) -> None:
        for session_id in queryset.values_list("pk", flat=True):
            delete_session(session_id=session_id)

    # Exports

    def has_export_permission(self, request: HttpRequest) -> bool:
        return _may(request, EXPORT)

    @admin.action(description="Export selected as JSON", permissions=["export"])
    def export_json(
        self, request: HttpRequest, queryset: QuerySet[InterviewSession]
    ) -> HttpResponse | None:
        return self._export(request, queryset, review_exports.as_json, "json")

    @admin.action(description="Export selected as CSV", permissions=["export"])
    def export_csv(
        self, request: HttpRequest, queryset: QuerySet[InterviewSession]
    ) -> HttpResponse | None:
        return self._export(request, queryset, review_exports.as_csv, "csv")

    def _export(
        self,
        request: HttpRequest,
        queryset: QuerySet[InterviewSession],
        write: Callable[..., str],
        suffix: str,
    ) -> HttpResponse | None:
        most = review_exports.MAX_SESSIONS
        chosen = list(queryset.order_by("-pk")[: most + 1])
        try:
            content = write(session_ids=[session.pk for session in chosen])
        except review_exports.TooMuch as error:
            self.message_user(request, str(error), messages.ERROR)
            return None
        self._log(request, chosen, f"Exported as {suffix.upper()}.")
        kind = {"json": "application/json", "csv": "text/csv"}[suffix]
        response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
        name = f"interviews-{timezone.now():%Y%m%d-%H%M}.{suffix}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    # The page of one interview

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        return [
            path(
                f"<uuid:session_id>/{name}/",
                site(require_POST(view)),
                name=f"sessions_app_interviewsession_{name}",
            )
            for name, view in (
                ("note", self.note_view),
                ("score", self.score_view),
                ("dispute", self.dispute_view),
                ("reviewed", self.reviewed_view),
                ("redact", self.redact_view),
            )
        ] + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the interview; what was said and found is edited by nobody."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        session = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, session):
            raise PermissionDenied
        if session is None:
            raise Http404
        return self._page(request, session)

    def note_view(self, request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
        """Add a note to a message."""
        form = NoteForm(request.POST)
        return self._act(request, session_id, REVIEW, form, acts.note)

    def score_view(self, request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
        """Change a score, or bring the original back."""
        form = OverrideForm(request.POST)
        return self._act(request, session_id, OVERRIDE, form, acts.change_score)

    def dispute_view(self, request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
        """Answer a dispute; a new score takes the right to change scores as well."""
        form = DisputeAnswerForm(request.POST)
        if form.is_valid() and form.cleaned_data["value"] is not None:
            _require(request, OVERRIDE)
        return self._act(request, session_id, REVIEW, form, acts.answer)

    def reviewed_view(
        self, request: HttpRequest, session_id: uuid.UUID
    ) -> HttpResponse:
        """Mark the interview as read by this person, or take the mark back."""
        form = ReviewedForm(request.POST)
        return self._act(request, session_id, REVIEW, form, acts.mark)

    def redact_view(self, request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
        """Black out words of a message, for good."""
        form = RedactionForm(request.POST)
        return self._act(request, session_id, REDACT, form, acts.redact_words)

    def _act(
        self,
        request: HttpRequest,
        session_id: uuid.UUID,
        right: str,
        form: Any,
        act: acts.Act,
    ) -> HttpResponse:
        """Do what the form says and log it, both or neither; else show it again."""
        session = self.get_object(request, str(session_id))
        if not self.has_view_permission(request, session):
            raise PermissionDenied
        _require(request, right)
        if session is None:
            raise Http404
        if form.is_valid():
            try:
                with transaction.atomic():
                    said, place = act(session, _person(request), form.cleaned_data)
                    self._log(request, [session], said)
            except (UnableToReview, UnableToDispute) as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, said, messages.SUCCESS)
                response = redirect(PAGE, session.pk)
                response["Location"] += f"#{place}"
                return response
        session.refresh_from_db()
        return self._page(request, session, failed=form)

    def _page(
        self, request: HttpRequest, session: Any, *, failed: forms.Form | None = None
    ) -> HttpResponse:
        page = build_review_page(session=session)
        context = {
            **self.admin_site.each_context(request),
            "title": str(session),
            "opts": self.opts,
            "session": session,
            "page": page,
            "flags": flags_of(session),
            "failed": failed,
            "may_review": _may(request, REVIEW),
            "may_override": _may(request, OVERRIDE),
            "may_redact": _may(request, REDACT),
            "may_delete": self.has_delete_permission(request, session),
            "is_reviewed_by_me": any(
                review.reviewer_id == request.user.pk for review in page.reviews
            ),
        }
        request.current_app = self.admin_site.name
        template = "admin/sessions_app/interviewsession/review.html"
        status = 200 if failed is None else 400
        return TemplateResponse(request, template, context, status=status)

    def _log(
        self, request: HttpRequest, sessions: list[InterviewSession], text: str
    ) -> None:
        LogEntry.objects.log_actions(
            user_id=_person(request).pk,
            queryset=sessions,
            action_flag=CHANGE,
            change_message=text,
        )


def _may(request: HttpRequest, right: str) -> bool:
    return _person(request).has_perm(right)


def _require(request: HttpRequest, right: str) -> None:
    if not _may(request, right):
        raise PermissionDenied


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)  # the admin lets nobody else in
