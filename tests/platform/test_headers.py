import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
PAGES = ["healthz", "account_login", "account_signup", "admin:login"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_limits_what_a_browser_does_with_the_page(client, name):
    headers = client.get(reverse(name)).headers

    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]
    assert "Server" not in headers


@pytest.mark.django_db
def test_limits_the_page_for_an_unknown_address_too(client):
    headers = client.get("/no/such/page/").headers

    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["home", "account_login", "account_signup"])
def test_a_page_that_differs_for_each_visitor_is_kept_by_nobody(name):
    """One that came out the same could be public: docs/caching.md."""
    first, second = (Client().get(reverse(name)) for _ in range(2))

    assert first.content != second.content
    for response in (first, second):
        assert "no-store" in response["Cache-Control"]
        assert "public" not in response["Cache-Control"]


@pytest.mark.django_db
def test_uses_no_inline_script_or_style_in_the_admin(admin_client):
    pages = [
        reverse("admin:index"),
        reverse("admin:sessions_app_user_changelist"),
        reverse("admin:sessions_app_user_change", args=[_admin().pk]),
    ]

    for page in pages:
        text = admin_client.get(page).content.decode()
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert not re.search(r"<script(?![^>]* src=)", text)


def _admin():
    return get_user_model().objects.get(is_superuser=True)
