"""Guests, sign-up, sign-in and sign-out: whoever practised keeps the interviews."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from interviewer.orchestrator.start import begin_interview
from sessions_app.models import InterviewSession, Message, User
from sessions_app.models.base import OwnedModel
from sessions_app.services import accounts
from sessions_app.services.archive import drain
from tests.interviews import SETUP, send_and_complete
from tests.people import START, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough passphrase"
CHOSEN = {
    "role": "backend",
    "level": "mid",
    "kind": "mixed",
    "minutes": "15",
    "mode": "practice",
    "style": "formal",
}


@pytest.fixture(autouse=True)
def no_attempts_before() -> None:
    """Forget the attempts of other tests, which the rate limits count by address."""
    cache.clear()


def practise(client: Client) -> InterviewSession:
    """Start an interview as whoever the browser is."""
    response = client.post(reverse("interview_new"), CHOSEN)
    assert response.status_code == 302
    return InterviewSession.objects.order_by("-id")[0]


def sign_up(client: Client, email: str, password: str = PASSWORD) -> Any:
    form = {"email": email, "password1": password}
    return client.post(reverse("account_signup"), form)


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    form = {"login": email, "password": password}
    return client.post(reverse("account_login"), form)


def user_of(client: Client) -> User | None:
    user_id = client.session.get("_auth_user_id")
    return User.objects.get(pk=user_id) if user_id else None


# --- Guests ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["home", "interview_new", "account_login", "account_signup"]
)
def test_looking_around_makes_nobody_a_guest(name: str, client: Client) -> None:
    assert client.get(reverse(name)).status_code == 200

    assert not User.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{}, {**CHOSEN, "role": "astronaut"}, {**CHOSEN, "job_description": "x" * 99_999}],
    ids=["nothing", "unknown role", "too long"],
)
def test_a_set_up_with_errors_makes_nobody_a_guest(
    wrong: dict[str, str], client: Client
) -> None:
    assert client.post(reverse("interview_new"), wrong).status_code == 400

    assert not User.objects.exists()


@pytest.mark.parametrize("fill", ["sample"])
def test_the_sample_set_up_makes_nobody_a_guest(fill: str, client: Client) -> None:
    assert client.post(reverse("interview_new"), {"fill": fill}).status_code == 200

    assert not User.objects.exists()


def test_starting_an_interview_makes_a_guest_who_owns_it(client: Client) -> None:
    session = practise(client)

    guest = User.objects.get()
    assert guest.is_guest
    assert guest.email is None
    assert not guest.has_usable_password()
    assert session.user == user_of(client) == guest


def test_a_guest_stays_the_same_person(client: Client) -> None:
    sessions = [practise(client), practise(client)]

    assert {session.user for session in sessions} == {User.objects.get()}
    page = client.get(reverse("interview_list")).content.decode()
    assert all(str(session.pk) in page for session in sessions)


def test_two_guests_see_nothing_of_each_other(client: Client) -> None:
    session = practise(client)
    other = Client()
    practise(other)

    room = other.get(reverse("interview_room", args=[session.pk]))

    assert room.status_code == 404
    assert User.objects.count() == 2


def test_A5_becoming_a_guest_gives_the_browser_a_new_key(client: Client) -> None:
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key

    practise(client)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted.session_key
    assert not Session.objects.filter(pk=planted.session_key).exists()


# --- Sign-up --------------------------------------------------------------------------


def test_signing_up_turns_the_guest_into_the_account_and_keeps_the_interviews(
    client: Client,
) -> None:
    session = practise(client)
    send_and_complete(session)
    guest = session.user

    response = sign_up(client, "alice@example.org")

    assert response.status_code == 302
    account = User.objects.get()
    assert account.pk == guest.pk
    assert (account.is_guest, account.email) == (False, "alice@example.org")
    assert account.check_password(PASSWORD)
    assert EmailAddress.objects.get().user == account
    assert user_of(client) == account
    room = client.get(reverse("interview_room", args=[session.pk]))
    assert room.status_code == 200


def test_signing_up_without_having_practised_makes_an_account(client: Client) -> None:
    sign_up(client, "alice@example.org")

    account = User.objects.get()
    assert not account.is_guest
    assert user_of(client) == account


def test_the_next_visitor_who_signs_up_is_somebody_else(client: Client) -> None:
    sign_up(client, "alice@example.org")
    client.logout()
    sign_up(client, "bob@example.org")

    emails = set(User.objects.values_list("email", flat=True))
    assert emails == {"alice@example.org", "bob@example.org"}


def test_somebody_signed_in_who_signs_up_again_does_not_rename_the_account(
    client: Client,
) -> None:
    sign_up(client, "alice@example.org")
    alice = User.objects.get()

    sign_up(client, "second@example.org")

    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


@pytest.mark.parametrize("weak", ["short", "password1234", "alice@example.org", ""])
def test_a_weak_password_is_refused_and_the_rest_kept(
    weak: str, client: Client
) -> None:
    session = practise(client)

    response = sign_up(client, "alice@example.org", weak)

    assert response.status_code == 200
    page = response.content.decode()
    assert 'value="alice@example.org"' in page
    assert 'id="id_password1_error"' in page
    session.refresh_from_db()
    assert session.user.is_guest
    assert User.objects.count() == 1


def test_a_failed_sign_up_leaves_the_guest_a_guest(client: Client) -> None:
    make_user(email="taken@example.org")
    session = practise(client)

    sign_up(client, "taken@example.org")

    session.refresh_from_db()
    assert session.user.is_guest
    assert user_of(client) == session.user


def test_too_many_attempts_are_refused_in_a_sentence(client: Client) -> None:
    for _ in range(6):
        response = sign_up(client, "alice@example.org", "short")

    assert response.status_code == 429
    assert b"Too many attempts" in response.content


def test_mixed_case_is_one_address(client: Client) -> None:
    sign_up(client, "Alice@Example.ORG")
    assert User.objects.get().email == "alice@example.org"
    client.logout()

    sign_up(Client(), "ALICE@example.org")
    assert User.objects.count() == 1

    sign_in(client, "aLiCe@EXAMPLE.org")
    assert user_of(client) == User.objects.get()


# --- Sign-in --------------------------------------------------------------------------


def account(email: str = "alice@example.org") -> User:
    return make_user(email=email, password=PASSWORD)


def test_signing_in_takes_the_guests_interviews_along(client: Client) -> None:
    alice = account()
    session = practise(client)
    send_and_complete(session)
    drain(now=START)

    response = sign_in(client, "alice@example.org")

    assert response.status_code == 302
    assert User.objects.get() == user_of(client) == alice
    assert InterviewSession.objects.get().user == alice
    assert set(Message.objects.values_list("user", flat=True)) == {alice.pk}
    room = client.get(reverse("interview_room", args=[session.pk]))
    assert room.status_code == 200
    send_and_complete(session)
    assert Message.objects.filter(user=alice).count() == session.message_count


def test_signing_in_twice_adopts_once(client: Client) -> None:
    alice = account()
    practise(client)
    sign_in(client, "alice@example.org")
    client.logout()

    sign_in(client, "alice@example.org")

    assert InterviewSession.objects.get().user == alice
    assert User.objects.get() == alice


def test_an_account_that_signs_in_as_another_gives_nothing_away(client: Client) -> None:
    alice, _ = account(), account("bob@example.org")
    sign_in(client, "alice@example.org")
    session = practise(client)

    sign_in(client, "bob@example.org")

    session.refresh_from_db()
    assert session.user == alice
    assert User.objects.count() == 2


def test_a_wrong_password_leaves_the_guest_with_the_interview(client: Client) -> None:
    account()
    session = practise(client)

    response = sign_in(client, "alice@example.org", "not the passphrase")

    assert response.status_code == 200
    assert PASSWORD not in response.content.decode()
    session.refresh_from_db()
    assert session.user.is_guest
    assert user_of(client) == session.user


def test_A7_an_unknown_address_gets_the_answer_of_a_wrong_password(
    client: Client,
) -> None:
    account()

    known = sign_in(client, "alice@example.org", "not the passphrase")
    unknown = sign_in(Client(), "carol@example.org", "not the passphrase")

    sentence = "not correct"
    assert known.status_code == unknown.status_code == 200
    assert sentence in known.content.decode()
    assert sentence in unknown.content.decode()


def test_a_guest_cannot_sign_in(client: Client) -> None:
    User.objects.create_guest()

    for login in ("", "None", "null"):
        sign_in(client, login, "")
        assert user_of(client) is None


def test_A5_signing_in_gives_the_browser_a_new_key(client: Client) -> None:
    account()
    practise(client)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value

    sign_in(client, "alice@example.org")

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert not Session.objects.filter(pk=before).exists()


def test_an_interview_of_another_person_is_not_adopted(client: Client) -> None:
    account()
    bobs = begin_interview(
        user=account("bob@example.org"), setup=SETUP, seed=1, now=START
    )
    practise(client)

    sign_in(client, "alice@example.org")

    bobs.refresh_from_db()
    assert bobs.user.email == "bob@example.org"


def test_every_kind_of_row_a_guest_owns_moves_along() -> None:
    guest, alice = User.objects.create_guest(), account()
    session = begin_interview(user=guest, setup=SETUP, seed=1, now=START)
    send_and_complete(session)
    drain(now=START)

    accounts.adopt_guest(guest=guest, user=alice)

    owners = {
        model.__name__: set(model.objects.values_list("user", flat=True))
        for model in owned_models()
    }
    assert {name for name, owner in owners.items() if owner} >= {
        "InterviewSession",
        "Message",
        "Turn",
        "Evaluation",
        "Question",
        "Answer",
        "SessionMetrics",
    }
    assert set.union(*owners.values()) == {alice.pk}


def owned_models() -> list[Any]:
    models = apps.get_app_config("sessions_app").get_models()
    return [model for model in models if issubclass(model, OwnedModel)]


# --- Sign-out -------------------------------------------------------------------------


def test_signing_out_ends_the_login_and_keeps_the_interviews(client: Client) -> None:
    sign_up(client, "alice@example.org")
    session = practise(client)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value

    response = client.post(reverse("account_logout"))

    assert response.status_code == 302
    assert not Session.objects.filter(pk=key).exists()
    assert user_of(client) is None
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    room = client.get(reverse("interview_room", args=[session.pk]))
    assert room.status_code == 302
    assert InterviewSession.objects.exists()


def test_looking_at_the_sign_out_page_signs_nobody_out(client: Client) -> None:
    sign_up(client, "alice@example.org")

    assert client.get(reverse("account_logout")).status_code == 200

    assert user_of(client) is not None


def test_signing_in_leads_back_to_where_one_was(client: Client) -> None:
    alice = account()
    session = begin_interview(user=alice, setup=SETUP, seed=1, now=START)
    room = reverse("interview_room", args=[session.pk])
    refused = client.get(room)

    form = {"login": "alice@example.org", "password": PASSWORD}
    response = client.post(refused["Location"], {**form, "next": room})

    assert response["Location"] == room


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example", "javascript:1"]
)
def test_signing_in_leads_to_no_foreign_place(next_: str, client: Client) -> None:
    account()
    form = {"login": "alice@example.org", "password": PASSWORD, "next": next_}

    response = client.post(reverse("account_login"), form)

    assert response["Location"] == "/"


@pytest.mark.parametrize(
    "name", ["account_email", "account_set_password", "account_change_password"]
)
def test_a_guest_cannot_claim_an_address_before_its_owner_signs_up(db, name):
    guest = User.objects.create_guest()
    client = Client()
    client.force_login(guest)

    response = client.post(
        reverse(name), {"email": "victim@example.org", "action_add": ""}
    )

    assert response.status_code == 302
    assert response["Location"] == reverse("account_signup")
    assert not EmailAddress.objects.exists()
