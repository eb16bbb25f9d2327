"""Who is practising: guests who become account holders keep their sessions."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse

from sessions_app.models import User
from sessions_app.services.accounts import adopt_guest


def sign_in_guest(*, request: HttpRequest, guest: User) -> None:
    """Make this browser the guest's: there is no other way to their interviews."""
    login(request, guest, backend="django.contrib.auth.backends.ModelBackend")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up turns the present guest into an account; sign-in adopts their work."""

    def new_user(self, request: HttpRequest) -> User:
        if getattr(request.user, "is_guest", False):
            return cast(User, request.user)
        return User()

    def save_user(
        self, request: HttpRequest, user: User, form: Any, commit: bool = True
    ) -> User:
        user.is_guest = False
        return cast(User, super().save_user(request, user, form, commit=commit))

    def pre_login(
        self, request: HttpRequest, user: User, **options: Any
    ) -> HttpResponse | None:
        present = request.user
        if getattr(present, "is_guest", False) and present.pk != user.pk:
            adopt_guest(guest=cast(User, present), user=user)
        return cast(HttpResponse | None, super().pre_login(request, user, **options))
