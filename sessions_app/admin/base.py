"""What the pages of the admin have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from sessions_app.models import Dispute


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


class DeletesInterviews(admin.ModelAdmin):  # type: ignore[type-arg]
    """Deletes rows that interviews, and with them their disputes, hang on."""

    def get_deleted_objects(
        self, objs: Sequence[Any] | QuerySet[Any], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        listed, counts, missing, protected = super().get_deleted_objects(objs, request)
        # Nobody deletes a dispute by itself; with its interview it goes.
        missing.discard(str(Dispute._meta.verbose_name))
        return listed, counts, missing, protected
