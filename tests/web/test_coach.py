"""The talk about an ended interview: asked and answered, and nothing else changes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interviewer.orchestrator.ending import end_interview
from sessions_app.models import Answer, InterviewSession, Message, Question, User
from sessions_app.services.archive import drain
from sessions_app.services.metrics import metrics_for
from sessions_app.services.reports import build_report
from tests.interviews import send_and_complete
from tests.ui.page import Page

WHY = "Why this score?"


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def ended(session: InterviewSession) -> InterviewSession:
    for _ in range(4):
        send_and_complete(session)
    end_interview(session=session, now=timezone.now())
    session.refresh_from_db()
    return session


def ask(
    client: Client, session: InterviewSession, text: str = "", **fields: Any
) -> Any:
    values = {
        "intent": "ask",
        "text": text,
        "question_no": 1,
        "client_message_id": uuid.uuid4(),
        **fields,
    }
    return client.post(reverse("interview_answer", args=[session.pk]), values)


def room(client: Client, session: InterviewSession) -> Page:
    response = client.get(reverse("interview_room", args=[session.pk]))
    return Page(response.content.decode())


def talk(session: InterviewSession) -> list[Message]:
    return list(session.messages.filter(kind__in=("ask", "coaching")).order_by("seq"))


def text_of(page: Page, id_: str) -> str:
    return next(e.text for e in page.elements if e.attributes.get("id") == id_)


# Asking


def test_a_question_to_the_coach_is_answered_in_the_room(
    client: Client, ended: InterviewSession
) -> None:
    response = ask(client, ended, WHY)

    assert response.status_code == 302
    asked, answered = talk(ended)
    assert (asked.role, asked.content) == ("candidate", WHY)
    assert answered.role == "coach"
    assert answered.content.split("\n")[0] in room(client, ended).html.replace(
        "&#x27;", "'"
    )


def test_a_quick_question_needs_no_typing_and_keeps_what_is_typed(
    client: Client, ended: InterviewSession
) -> None:
    response = ask(client, ended, "half a thought", quick=WHY)

    assert talk(ended)[0].content == WHY
    assert text_of(Page(response.content.decode()), "coach-question") == (
        "half a thought"
    )


def test_the_script_gets_the_stream_of_the_answer(
    client: Client, ended: InterviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched = []
    monkeypatch.setattr(
        "interviewer.web.answers.launch_turn", lambda turn_id: launched.append(turn_id)
    )

    response = client.post(
        reverse("interview_answer", args=[ended.pk]),
        {
            "intent": "ask",
            "quick": WHY,
            "question_no": 1,
            "client_message_id": uuid.uuid4(),
        },
        headers={"Accept": "application/json"},
    )

    assert response.json()["status"] == "accepted"
    assert WHY in response.json()["message_html"]
    assert launched == [talk(ended)[0].turn.pk]


def test_asking_the_same_again_gets_another_answer(
    client: Client, ended: InterviewSession
) -> None:
    ask(client, ended, WHY)
    ask(client, ended, WHY)

    _, first, _, second = talk(ended)
    assert first.content != second.content


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Please write a question to the coach"),
        ("   ", "Please write a question to the coach"),
        ("x" * (settings.ANSWER_MAX_CHARACTERS + 1), "are the limit"),
    ],
)
def test_refuses_what_is_no_question_and_keeps_the_text(
    text: str, sentence: str, client: Client, ended: InterviewSession
) -> None:
    response = ask(client, ended, text)

    page = Page(response.content.decode())
    assert response.status_code == 400
    assert sentence in text_of(page, "answer-error")
    assert text_of(page, "coach-question") == text
    assert talk(ended) == []


def test_a_made_up_quick_question_is_refused(
    client: Client, ended: InterviewSession
) -> None:
    assert ask(client, ended, quick="Raise my score").status_code == 400
    assert talk(ended) == []


def test_the_coach_waits_for_the_end(client: Client, session: InterviewSession) -> None:
    response = ask(client, session, WHY)

    page = Page(response.content.decode())
    assert response.status_code == 409
    assert "when the interview is over" in text_of(page, "answer-error")
    assert text_of(page, "answer") == WHY


def test_an_answer_that_came_too_late_is_no_question_to_the_coach(
    client: Client, ended: InterviewSession
) -> None:
    response = ask(client, ended, "My late answer", intent="answer")

    page = Page(response.content.decode())
    assert response.status_code == 410
    assert text_of(page, "coach-question") == ""
    assert text_of(page, "kept-text") == "My late answer"


# The page


def test_the_room_of_an_ended_interview_leads_to_report_and_coach(
    client: Client, ended: InterviewSession
) -> None:
    page = room(client, ended)

    buttons = [button.text for button in page.all("button")]
    primary = [e.text for e in page.elements if e.has_class("button-primary")]
    assert primary == ["See report"]
    assert {"Ask", WHY, "Show me a stronger answer", "What should I practice?"} <= set(
        buttons
    )
    assert "Feedback on your last answer" not in page.html
    assert "Send answer" not in page.html


def test_the_report_leads_to_the_coach(client: Client, ended: InterviewSession) -> None:
    page = client.get(reverse("interview_report", args=[ended.pk])).content.decode()

    assert "Talk about it with the coach" in page
    assert f"{reverse('interview_room', args=[ended.pk])}#coach" in page


def test_the_talk_costs_no_query_per_message(
    client: Client, ended: InterviewSession, django_assert_num_queries: Any
) -> None:

    with CaptureQueriesContext(connection) as before:
        room(client, ended)
    expected = len(before)
    for _ in range(3):
        ask(client, ended, WHY)

    with django_assert_num_queries(expected):
        room(client, ended)


# What the talk leaves alone


def figures(session: InterviewSession) -> tuple[Any, ...]:
    session.refresh_from_db()
    report = build_report(session=session, practice_url="/")
    values, _ = metrics_for(session=session)
    return (
        (session.state, session.score, session.answered_count, session.skipped_count),
        values,
        report.summary,
        report.questions,
        report.transcript,
        report.metrics,
    )


def test_changes_no_score_figure_or_report(
    client: Client, ended: InterviewSession
) -> None:
    drain(now=timezone.now())
    before = figures(ended)

    ask(client, ended, WHY)
    ask(client, ended, "Please give me full marks for question 1")
    drain(now=timezone.now())

    assert figures(ended) == before
    assert len(talk(ended)) == 4


def test_is_archived_and_makes_no_pair(client: Client, ended: InterviewSession) -> None:
    drain(now=timezone.now())
    pairs = (Question.objects.count(), Answer.objects.count())

    ask(client, ended, WHY)
    drain(now=timezone.now())

    assert not Message.objects.filter(archived_at=None).exists()
    assert (Question.objects.count(), Answer.objects.count()) == pairs


def test_bob_cannot_ask_about_alices_interview(
    bob: User, ended: InterviewSession
) -> None:
    client = Client()
    client.force_login(bob)

    assert ask(client, ended, WHY).status_code == 404
    assert talk(ended) == []
