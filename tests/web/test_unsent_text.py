"""Unsent text survives pausing, resuming and thinking again, without a script."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions_app.models import InterviewSession, User
from sessions_app.services.sessions import pause_session
from tests.ui.page import Page

TYPED = 'Half a thought,\nwith </textarea> & "quotes"'


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def press(client: Client, session: InterviewSession, name: str, **fields: str) -> Any:
    address = reverse(f"interview_{name}", args=[session.pk])
    return client.post(address, {"text": TYPED, **fields})


def boxes(response: Any) -> list[str]:
    """Return the texts that the page's forms would send on."""
    assert response.status_code == 200
    page = Page(response.content.decode())
    return [
        box.text
        for box in page.all("textarea")
        if "readonly" not in box.attributes
        and box.attributes["name"] == "text"
        and not box.within("template")
    ]


def test_pausing_keeps_what_is_typed(client: Client, session: InterviewSession) -> None:
    response = press(client, session, "pause")

    session.refresh_from_db()
    assert session.state == "paused"
    assert boxes(response) == [TYPED]
    assert "Resume" in response.content.decode()


def test_resuming_brings_it_back_to_the_answer_box(
    client: Client, session: InterviewSession
) -> None:
    pause_session(session_id=session.pk, now=timezone.now())

    response = press(client, session, "resume")

    session.refresh_from_db()
    assert session.state == "in_progress"
    assert boxes(response) == [TYPED]
    assert "Send answer" in response.content.decode()


def test_a_pause_that_is_not_allowed_keeps_it_too(
    client: Client, session: InterviewSession
) -> None:
    InterviewSession.objects.update(mode="interview", pause_count=1)

    response = press(client, session, "pause")

    assert "can be paused once" in response.content.decode()
    assert boxes(response) == [TYPED]


def test_asking_to_end_keeps_it_and_ends_nothing(
    client: Client, session: InterviewSession
) -> None:
    response = press(client, session, "end", ask="1")

    session.refresh_from_db()
    assert session.state == "in_progress"
    assert boxes(response) == [TYPED]


@pytest.mark.parametrize(
    ("is_paused", "way_back"), [(False, "resume"), (True, "pause")]
)
def test_keeping_going_leads_back_with_it_and_leaves_the_clock_alone(
    is_paused: bool, way_back: str, client: Client, session: InterviewSession
) -> None:
    if is_paused:
        pause_session(session_id=session.pk, now=timezone.now())
    asked = press(client, session, "end", ask="1").content.decode()
    assert reverse(f"interview_{way_back}", args=[session.pk]) in asked
    session.refresh_from_db()
    state = session.state

    response = press(client, session, way_back)

    session.refresh_from_db()
    assert session.state == state
    assert boxes(response) == [TYPED]


@pytest.mark.parametrize("name", ["pause", "resume"])
def test_without_text_the_browser_is_sent_back_to_the_room(
    name: str, client: Client, session: InterviewSession
) -> None:
    response = press(client, session, name, text="")

    assert response.status_code == 302
    assert response["Location"] == reverse("interview_room", args=[session.pk])


def test_without_text_the_question_whether_to_end_has_no_box(
    client: Client, session: InterviewSession
) -> None:
    assert boxes(press(client, session, "end", ask="1", text="")) == []
