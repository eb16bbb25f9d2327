"""Starting an interview: one form, one interview, however often it arrives."""

from __future__ import annotations

import functools
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.models import InterviewSession, User
from tests.threads import at_once

CHOSEN = {
    "role": "backend",
    "level": "mid",
    "kind": "mixed",
    "minutes": "15",
    "mode": "practice",
    "style": "formal",
}
SETUP_PAGE = "/interviews/new/"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def filled_in(client: Client, **changed: str) -> dict[str, Any]:
    """Open the set-up page and return its form, filled in."""
    page = client.get(SETUP_PAGE).content.decode()
    return {**dict(HIDDEN.findall(page)), **CHOSEN, **changed}


def copy_of(client: Client) -> Client:
    """Return the same browser, for a request that overlaps with another."""
    copy = Client(enforce_csrf_checks=True)
    for name, morsel in client.cookies.items():
        copy.cookies[name] = morsel.value
    return copy


def double_click(client: Client, form: dict[str, Any]) -> list[Any]:
    clicks = [functools.partial(copy_of(client).post, SETUP_PAGE, form)] * 2
    return at_once(clicks)


def signed_in(user: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def room(session: InterviewSession) -> str:
    return reverse("interview_room", args=[session.pk])


def test_F9_a_form_sent_again_leads_to_the_interview_it_started(alice: User) -> None:
    client = signed_in(alice)
    form = filled_in(client)
    first = client.post(SETUP_PAGE, form)

    again = client.post(SETUP_PAGE, form)

    session = InterviewSession.objects.get()
    assert first["Location"] == again["Location"] == room(session)


@pytest.mark.django_db(transaction=True)
def test_C1_a_double_click_of_an_account_holder_starts_one_interview(
    alice: User,
) -> None:
    client = signed_in(alice)

    first, second = double_click(client, filled_in(client))

    session = InterviewSession.objects.get()
    assert session.messages.count() == session.message_count == 2
    assert first["Location"] == second["Location"] == room(session)


@pytest.mark.django_db(transaction=True)
def test_C1_a_double_click_of_a_new_visitor_makes_one_guest_and_one_interview() -> None:
    visitor = Client(enforce_csrf_checks=True)

    answers = double_click(visitor, filled_in(visitor))

    session = InterviewSession.objects.get()
    assert User.objects.get() == session.user
    for answer in answers:
        assert answer["Location"] == room(session)
        # Whichever of the two the browser shows, its cookie opens the room.
        assert answer.client.get(room(session)).status_code == 200


def test_another_form_starts_another_interview(alice: User) -> None:
    client = signed_in(alice)

    for _ in range(2):
        client.post(SETUP_PAGE, filled_in(client))

    assert InterviewSession.objects.count() == 2


@pytest.mark.parametrize("form_id", ["", "7", "\0", "x" * 10_000])
def test_F5_a_form_without_a_usable_id_starts_as_well(
    form_id: str, alice: User
) -> None:
    client = signed_in(alice)

    response = client.post(SETUP_PAGE, filled_in(client, form_id=form_id))

    assert response["Location"] == room(InterviewSession.objects.get())


def test_a_form_id_opens_nobody_elses_interview(alice: User, bob: User) -> None:
    form_id = str(uuid.uuid4())
    for client in (signed_in(alice), signed_in(bob)):
        client.post(SETUP_PAGE, filled_in(client, form_id=form_id))

    owners = InterviewSession.objects.values_list("user", flat=True)

    assert set(owners) == {alice.pk, bob.pk}


@pytest.mark.django_db
def test_a_form_id_signs_nobody_in_as_another_visitors_guest() -> None:
    form_id = str(uuid.uuid4())
    for client in (Client(), Client()):
        client.post(SETUP_PAGE, filled_in(client, form_id=form_id))

    assert User.objects.count() == InterviewSession.objects.count() == 2


@pytest.mark.django_db
def test_a_refused_set_up_leaves_no_guest() -> None:
    visitor = Client()
    form = filled_in(visitor)

    response = visitor.post(SETUP_PAGE, {**form, "kind": "nothing"})

    assert response.status_code == 400
    assert User.objects.count() == 0
