"""Guessed passwords: five lock both sign-in pages, with or without Redis."""

from __future__ import annotations

import copy
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions_app.models import User
from sessions_app.tasks import forget_idle_guests
from tests.people import START, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough passphrase"
HERE = "192.0.2.1"
THERE = "192.0.2.2"
LIMIT = settings.AXES_FAILURE_LIMIT


@pytest.fixture(autouse=True)
def no_attempts_before() -> None:
    """Forget the attempts of other tests, which allauth counts by address."""
    cache.clear()


@pytest.fixture
def root() -> User:
    return make_user(
        email="root@example.org", password=PASSWORD, is_staff=True, is_superuser=True
    )


def browser(address: str = HERE) -> Client:
    return Client(REMOTE_ADDR=address)


def sign_in(
    client: Client,
    password: str = PASSWORD,
    email: str = "root@example.org",
    **more: Any,
) -> Any:
    form = {"login": email, "password": password}
    return client.post(reverse("account_login"), form, **more)


def sign_in_to_admin(
    client: Client, password: str = PASSWORD, email: str = "root@example.org"
) -> Any:
    form = {"username": email, "password": password}
    return client.post(reverse("admin:login"), form)


def guess(way: Any, times: int, client: Client | None = None, **more: Any) -> list[int]:
    client = client or browser()
    return [
        way(client, f"wrong guess {number}", **more).status_code
        for number in range(times)
    ]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


BOTH_PAGES = pytest.mark.parametrize(
    "way", [sign_in, sign_in_to_admin], ids=["site", "admin"]
)


@BOTH_PAGES
def test_A6_the_right_password_is_refused_after_five_wrong_ones(
    way: Any, root: User
) -> None:
    client = browser()

    assert guess(way, LIMIT, client) == [200] * (LIMIT - 1) + [429]

    response = way(client)
    assert response.status_code == 429
    assert not is_signed_in(client)


@BOTH_PAGES
def test_A6_four_wrong_ones_lock_nobody_and_are_forgotten(way: Any, root: User) -> None:
    guess(way, LIMIT - 1)
    assert way(browser()).status_code == 302

    assert guess(way, LIMIT - 1) == [200] * (LIMIT - 1)


@BOTH_PAGES
def test_A6_the_page_says_what_happened_and_what_to_do(way: Any, root: User) -> None:
    guess(way, LIMIT)
    response = way(browser())

    page = response.text
    assert "Too many wrong passwords" in page
    assert "root@example.org" in page
    assert "30 minutes" in page
    assert reverse("account_reset_password") in page
    assert 29 * 60 < int(response["Retry-After"]) <= 30 * 60
    assert "no-store" in response["Cache-Control"]


def test_A6_a_script_is_told_in_its_own_language(root: User) -> None:
    guess(sign_in, LIMIT)

    response = sign_in(browser(), headers={"Accept": "application/json"})

    assert response.status_code == 429
    assert response.json()["status"] == "locked"
    assert "Access-Control-Allow-Origin" not in response


def test_A6_both_pages_count_together(root: User) -> None:
    guess(sign_in, 3)
    assert guess(sign_in_to_admin, 2) == [200, 429]

    assert sign_in(browser()).status_code == 429


@BOTH_PAGES
def test_A6_it_holds_while_redis_is_away(
    way: Any, root: User, settings: Any, tmp_path: Any
) -> None:
    caches = copy.deepcopy(settings.CACHES)
    caches["default"]["LOCATION"] = f"unix://{tmp_path}/nobody.sock"
    settings.CACHES = caches

    assert guess(way, LIMIT)[-1] == 429

    assert way(browser()).status_code == 429


def test_the_person_is_not_locked_out_elsewhere(root: User) -> None:
    guess(sign_in, LIMIT)

    assert sign_in(browser(THERE)).status_code == 302


def test_other_people_of_the_same_address_are_not_locked_out(
    root: User,
) -> None:
    make_user(email="dora@example.org", password=PASSWORD)
    guess(sign_in, LIMIT)

    assert sign_in(browser(), email="dora@example.org").status_code == 302


def test_one_password_tried_on_many_accounts_is_stopped_by_address() -> None:
    for number in range(20):
        sign_in(browser(), "Passw0rd1234", email=f"user{number}@example.org")

    response = sign_in(browser(), "Passw0rd1234", email="another@example.org")

    assert "Too many failed login attempts" in response.text


@pytest.mark.parametrize(
    ("guesser", "again"),
    [("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"), ("::ffff:192.0.2.1", "192.0.2.1")],
    ids=["same IPv6 network", "IPv4 on a socket for both"],
)
def test_a_network_is_one_visitor(guesser: str, again: str, root: User) -> None:
    guess(sign_in, LIMIT, browser(guesser))

    assert sign_in(browser(again)).status_code == 429


def test_every_browser_and_spelling_counts_for_the_same(root: User) -> None:
    for number in range(LIMIT):
        client = Client(REMOTE_ADDR=HERE, HTTP_USER_AGENT=f"browser {number}")
        sign_in_to_admin(client, "wrong", email=" ROOT@Example.org"[number % 2 :])

    assert sign_in(browser()).status_code == 429


def test_forwarding_headers_of_just_anybody_change_nothing(root: User) -> None:
    for number in range(LIMIT):
        client = Client(REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
        response = sign_in(client, "wrong")

    assert response.status_code == 429


def test_an_unknown_address_is_locked_like_a_known_one(root: User) -> None:
    for email in ("root@example.org", "nobody@example.org"):
        expected = [200] * (LIMIT - 1) + [429]
        assert guess(sign_in, LIMIT, email=email) == expected


def test_the_lock_lapses_and_attempts_meanwhile_do_not_prolong_it(root: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        guess(sign_in, LIMIT)
        clock.shift(timedelta(minutes=29))
        assert sign_in(browser()).status_code == 429
        clock.shift(timedelta(minutes=1, seconds=1))

        assert sign_in(browser()).status_code == 302


def test_a_guest_signs_in_as_before(root: User) -> None:
    client = browser()
    client.force_login(User.objects.create_guest())
    guess(sign_in, LIMIT - 1, client)

    assert sign_in(client).status_code == 302
    assert client.session["_auth_user_id"] == str(root.pk)


def test_a_guest_who_begins_meanwhile_lifts_no_lock(root: User) -> None:
    client = browser()
    guess(sign_in, LIMIT, client)

    client.force_login(User.objects.create_guest())

    assert sign_in(client).status_code == 429


def test_a_new_password_lifts_the_lock_at_once(
    root: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = browser()
    guess(sign_in, LIMIT, client)

    client.post(reverse("account_reset_password"), {"email": "root@example.org"})
    address = re.search(
        r"https?://\S+/accounts/password/reset/key/\S+", str(mail.outbox[0].body)
    )
    assert address is not None
    form = client.get(address[0], follow=True)
    new = "quite another passphrase"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})

    assert sign_in(client, new).status_code == 302


def test_asking_for_a_new_password_lifts_nothing(root: User) -> None:
    guess(sign_in, LIMIT)

    browser().post(reverse("account_reset_password"), {"email": "root@example.org"})

    assert sign_in(browser()).status_code == 429


@BOTH_PAGES
def test_what_is_kept_of_an_attempt_holds_no_password(way: Any, root: User) -> None:
    guess(way, LIMIT)
    sign_in_to_admin(browser(), "whatever", email="hunter2 in the wrong field")

    rows = AccessAttempt.objects.values()
    assert len(rows) == 2
    assert "wrong guess" not in str(rows)
    assert "hunter2" not in str(rows)


def test_attempts_are_forgotten_once_they_do_not_count_any_more(root: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        guess(sign_in, 1)
        clock.shift(timedelta(minutes=20))
        guess(sign_in, 1, email="nobody@example.org")
        clock.shift(timedelta(minutes=11))

        forget_idle_guests()

    (left,) = AccessAttempt.objects.all()
    assert left.username == "nobody@example.org"


def test_who_is_locked_out_is_seen_and_freed_in_the_admin(
    root: User, charlie: User
) -> None:
    guess(sign_in, LIMIT)
    names = ("view_accessattempt", "delete_accessattempt")
    charlie.user_permissions.add(*Permission.objects.filter(codename__in=names))
    staff = browser(THERE)
    staff.force_login(charlie)

    assert (
        "root@example.org"
        in staff.get(reverse("admin:axes_accessattempt_changelist")).text
    )
    (attempt,) = AccessAttempt.objects.all()
    assert (
        "wrong guess"
        not in staff.get(
            reverse("admin:axes_accessattempt_change", args=[attempt.pk])
        ).text
    )
    staff.post(
        reverse("admin:axes_accessattempt_delete", args=[attempt.pk]), {"post": "yes"}
    )

    assert sign_in(browser()).status_code == 302


def test_a_locked_attempt_costs_few_queries_and_no_hash(
    root: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess(sign_in, LIMIT)
    monkeypatch.setattr(User, "check_password", None)
    client = browser()

    with CaptureQueriesContext(connection) as queries:
        response = sign_in(client)

    assert response.status_code == 429
    assert len(queries) == 3, [query["sql"] for query in queries]
