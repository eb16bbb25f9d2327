"""Accounts in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model
from django.http import HttpRequest

from sessions_app.admin.base import DeletesInterviews
from sessions_app.forms import AccountChangeForm, AccountCreationForm
from sessions_app.models import User


@admin.register(User)
class PersonAdmin(DeletesInterviews, UserAdmin):  # type: ignore[type-arg]
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


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _may_touch(request: HttpRequest, account: Model | None) -> bool:
    # Otherwise staff could set the password of somebody who may do more.
    is_staff = isinstance(account, User) and account.is_staff
    return _is_superuser(request) or not is_staff
