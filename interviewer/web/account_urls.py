"""The account pages on offer, in place of all of allauth's.

A guest has no address and no password, so what changes one leads to sign-up: a
guest who could add an address would keep its owner from signing up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, re_path

View = Callable[..., HttpResponse]


def for_account_holders(view: View) -> View:
    """Send guests to sign-up; everybody else gets the view."""

    def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if getattr(request.user, "is_guest", False):
            return redirect("account_signup")
        return view(request, *args, **options)

    return guarded


urlpatterns = [
    path("signup/", views.signup, name="account_signup"),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("email/", for_account_holders(views.email), name="account_email"),
    path(
        "password/set/",
        for_account_holders(views.password_set),
        name="account_set_password",
    ),
    path(
        "password/change/",
        for_account_holders(views.password_change),
        name="account_change_password",
    ),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path(
        "password/reset/done/",
        views.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "confirm-email/",
        views.email_verification_sent,
        name="account_email_verification_sent",
    ),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        views.confirm_email,
        name="account_confirm_email",
    ),
]
