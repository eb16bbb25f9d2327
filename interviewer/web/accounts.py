"""Who is practising: guests who become account holders keep their sessions."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse

from sessions_app.models import User
from sessions_app.services.accounts import adopt_guest


def ensure_person(request: HttpRequest) -> User:
    """Return who is practising, creating a guest for an unknown visitor."""
    if request.user.is_authenticated:
        return request.user
    guest = User.objects.create_guest()
    login(request, guest, backend="django.contrib.auth.backends.ModelBackend")
    return guest


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
