"""Switching the mode of a running interview, and starting it over."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interviewer.orchestrator.ending import end_interview
from interviewer.orchestrator.start import begin_interview
from sessions_app.models import Evaluation, InterviewSession, User
from sessions_app.services.archive import drain
from sessions_app.services.sessions import pause_session
from tests.interviews import SETUP, progress_of, send_and_complete
from tests.ui.page import Page

TYPED = "Half a thought"


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def address(session: InterviewSession, name: str) -> str:
    return reverse(f"interview_{name}", args=[session.pk])


def switch(client: Client, session: InterviewSession, mode: str, text: str = "") -> Any:
    return client.post(address(session, "mode"), {"mode": mode, "text": text})


def room(client: Client, session: InterviewSession) -> str:
    return client.get(address(session, "room")).content.decode()


def answer_box(response: Any) -> str:
    page = Page(response.content.decode())
    return next(e.text for e in page.all("textarea") if not e.within("template"))


# The mode


def test_switching_to_interview_mode_takes_feedback_and_hints_away(
    client: Client, session: InterviewSession
) -> None:
    send_and_complete(session)
    assert "Feedback on your last answer" in room(client, session)

    response = switch(client, session, "interview")

    page = room(client, session)
    assert response.status_code == 302
    assert "Feedback on your last answer" not in page
    assert "Get a hint" not in page
    assert "Interview mode from here on" in page
    assert "Switch to practice mode (feedback and hints)" in page


def test_switching_back_brings_them_back(
    client: Client, session: InterviewSession
) -> None:
    send_and_complete(session)
    switch(client, session, "interview")

    switch(client, session, "practice")

    page = room(client, session)
    assert "Feedback on your last answer" in page
    assert "Switch to interview mode (no feedback until the end)" in page


def test_switching_twice_is_said_once(
    client: Client, session: InterviewSession
) -> None:
    switch(client, session, "interview")

    assert switch(client, session, "interview").status_code == 302
    assert session.messages.filter(kind="notice").count() == 1


def test_switching_keeps_what_is_typed(
    client: Client, session: InterviewSession
) -> None:
    assert answer_box(switch(client, session, "interview", TYPED)) == TYPED


def test_a_paused_interview_can_be_switched(
    client: Client, session: InterviewSession
) -> None:
    pause_session(session_id=session.pk, now=timezone.now())

    switch(client, session, "interview")

    session.refresh_from_db()
    assert (session.state, session.mode) == ("paused", "interview")


@pytest.mark.parametrize("mode", ["", "feedback", "skill_assessment", "other"])
def test_refuses_a_mode_that_one_cannot_switch_to(
    mode: str, client: Client, session: InterviewSession
) -> None:
    response = switch(client, session, mode, TYPED)

    assert response.status_code == 409
    assert "keeps its mode" in response.content.decode()
    assert answer_box(response) == TYPED
    session.refresh_from_db()
    assert session.mode == "practice"


def test_an_ended_interview_keeps_its_mode(
    client: Client, session: InterviewSession
) -> None:
    end_interview(session=session, now=timezone.now())

    response = switch(client, session, "interview")

    assert response.status_code == 409
    assert "This interview has ended" in response.content.decode()


# A skill assessment


@pytest.fixture
def assessment(client: Client, alice: User) -> InterviewSession:
    fields = {
        "role": "backend",
        "level": "mid",
        "kind": "technical",
        "minutes": "30",
        "style": "formal",
        "mode": "skill_assessment",
    }
    client.post(reverse("interview_new"), fields)
    return InterviewSession.objects.get(user=alice)


def test_a_skill_assessment_can_be_chosen_and_keeps_its_mode(
    client: Client, assessment: InterviewSession
) -> None:
    page = room(client, assessment)

    assert assessment.mode == "skill_assessment"
    assert "Get a hint" not in page
    assert "Switch to" not in page
    assert switch(client, assessment, "practice").status_code == 409


def test_a_skill_assessment_follows_up_once_and_shows_no_feedback(
    client: Client, assessment: InterviewSession
) -> None:
    for _ in range(4):
        send_and_complete(assessment)

    probes = assessment.messages.filter(kind="probe")
    slots = [probe.details["slot"] for probe in probes]
    assert len(slots) == len(set(slots))
    assert {probe.details["probe"]["kind"] for probe in probes} <= {
        "clarify",
        "expand",
    }
    assert Evaluation.objects.filter(session=assessment).exists()
    assert "Feedback on your last answer" not in room(client, assessment)


# Starting over


def test_asks_before_it_starts_over(client: Client, session: InterviewSession) -> None:
    send_and_complete(session)

    page = client.get(address(session, "reset")).content.decode()

    assert "All answers you sent" in page
    assert session.messages.filter(kind="answer").exists()


def test_asking_keeps_what_is_typed(client: Client, session: InterviewSession) -> None:
    response = client.post(address(session, "reset"), {"ask": "1", "text": TYPED})

    assert answer_box(response) == TYPED
    session.refresh_from_db()
    assert session.config_revision == 0


def test_starting_over_forgets_the_answers_and_keeps_the_plan(
    client: Client, session: InterviewSession
) -> None:
    before = [m.content for m in session.messages.order_by("seq")]
    send_and_complete(session)
    drain(now=timezone.now())
    plan = session.plan

    response = client.post(address(session, "reset"))

    assert response["Location"] == address(session, "room")
    session.refresh_from_db()
    assert session.plan == plan
    assert [m.content for m in session.messages.order_by("seq")] == before
    assert not session.evaluations.exists()
    assert not session.answers.exists()


def test_the_interview_goes_on_after_starting_over(
    client: Client, session: InterviewSession
) -> None:
    send_and_complete(session)
    client.post(address(session, "reset"))

    send_and_complete(session)

    assert progress_of(session).answered_slots == (0,)


def test_starts_over_in_the_mode_in_force(client: Client, alice: User) -> None:
    session = begin_interview(user=alice, setup=SETUP, seed=7, now=timezone.now())
    switch(client, session, "interview")

    client.post(address(session, "reset"))

    session.refresh_from_db()
    assert session.mode == "interview"
    opening = session.messages.get(seq=1).content
    assert "hint" not in opening


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_ended_interview_leads_to_its_report(
    method: str, client: Client, session: InterviewSession
) -> None:
    send_and_complete(session)
    end_interview(session=session, now=timezone.now())

    response = getattr(client, method)(address(session, "reset"), follow=True)

    assert response.redirect_chain[-1][0] == address(session, "report")
    assert "cannot be started over" in response.content.decode()
    assert session.evaluations.exists()


def test_the_question_whether_to_end_offers_to_start_over(
    client: Client, session: InterviewSession
) -> None:
    page = client.get(address(session, "end")).content.decode()

    assert address(session, "reset") in page
