"""After an interview: what comes back, what to do next, and starting it."""

from __future__ import annotations

import datetime
import functools
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interviewer.orchestrator.ending import end_interview
from interviewer.web.forms import SetupForm
from sessions_app.models import (
    InterviewSession,
    PlannedInterview,
    PracticeCard,
    PracticeReview,
    User,
)
from sessions_app.services.archive import drain
from tests.interviews import send_and_complete
from tests.people import make_answered_session, make_session
from tests.threads import at_once

DAY = datetime.timedelta(days=1)


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in(alice)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_card(user: User, bank_id: str, **fields: Any) -> PracticeCard:
    now = timezone.now()
    values = {
        "topic": "Lost updates",
        "competency": "Databases",
        "kind": "technical",
        "question": "What is lost?",
        "last_score": 0.3,
        "review_count": 1,
        "stability": 1.0,
        "difficulty": 5.0,
        "reviewed_at": now - 2 * DAY,
        "due_at": now - DAY,
    }
    return PracticeCard.objects.create(
        user=user, bank_id=bank_id, **{**values, **fields}
    )


def started(response: Any) -> InterviewSession:
    assert response.status_code == 302
    return InterviewSession.objects.get(pk=response["Location"].split("/")[2])


def asked(session: InterviewSession) -> list[str]:
    return [slot["bank_id"] for slot in session.plan["slots"]]


def test_a_weak_answer_comes_back_and_can_be_reviewed_in_one_click(
    client: Client, session: InterviewSession, alice: User
) -> None:
    send_and_complete(session)
    end_interview(session=session, now=timezone.now())
    drain(now=timezone.now())
    card = PracticeCard.objects.get(user=alice)
    PracticeCard.objects.update(due_at=timezone.now() - DAY)

    page = client.get("/").content.decode()
    review = started(client.post(reverse("practice_review")))

    assert "<h1>Review 1 answer</h1>" in page
    assert f"{card.topic} is due again" in page
    assert asked(review) == [card.bank_id]
    assert (review.purpose, review.mode, review.minutes) == ("review", "practice", None)


def test_a_drill_asks_without_follow_ups_and_what_was_said_is_scheduled(
    client: Client, session: InterviewSession, alice: User
) -> None:
    drill = started(client.post(reverse("practice_drill"), {"competency": "Databases"}))
    room = client.get(reverse("interview_room", args=[drill.pk])).content.decode()
    for _ in drill.plan["slots"]:
        send_and_complete(drill)
    drain(now=timezone.now())

    drill.refresh_from_db()
    assert len(asked(drill)) == 5
    assert "5 questions without follow-ups. Aim for about 60 seconds each" in room
    assert drill.is_finished
    assert not drill.messages.filter(kind="probe").exists()
    reviewed = PracticeReview.objects.filter(session=drill)
    judged = drill.evaluations.filter(is_counted=True, is_first=True, state="observed")
    assert reviewed.count() == judged.count() == 5


def test_a_drill_begins_with_what_is_due_in_its_subject(
    client: Client, session: InterviewSession, alice: User
) -> None:
    make_card(alice, "backend.db.lost-update")

    drill = started(client.post(reverse("practice_drill"), {"competency": "Databases"}))

    assert asked(drill)[0] == "backend.db.lost-update"
    assert drill.role_title == "Drill: Databases"


def test_a_report_starts_a_drill_of_its_questions_subject(
    client: Client, session: InterviewSession
) -> None:
    slot = session.plan["slots"][1]
    end_interview(session=session, now=timezone.now())
    address = reverse("interview_drill", args=[session.pk])
    report = client.get(reverse("interview_report", args=[session.pk]))

    drill = started(client.post(address, {"slot": slot["index"]}))

    assert address in report.content.decode()
    assert {s["competency"] for s in drill.plan["slots"]} == {slot["competency"]}


@pytest.mark.django_db(transaction=True)
def test_a_double_click_begins_one_drill(alice: User) -> None:
    make_card(alice, "backend.db.lost-update")
    browsers = [signed_in(alice), signed_in(alice)]

    both = at_once(
        [functools.partial(b.post, reverse("practice_review")) for b in browsers]
    )

    assert {started(response).pk for response in both} == set(
        InterviewSession.objects.values_list("pk", flat=True)
    )
    assert InterviewSession.objects.count() == 1


def test_a_drill_that_was_not_begun_is_gone_on_with(client: Client) -> None:
    def drill(competency: str) -> InterviewSession:
        address = reverse("practice_drill")
        return started(client.post(address, {"competency": competency}))

    first, again, other = drill("People"), drill("People"), drill("Databases")
    send_and_complete(first)
    begun = drill("People")

    assert first == again
    assert len({first.pk, other.pk, begun.pk}) == 3


@pytest.mark.parametrize(
    ("name", "form"),
    [("practice_review", {}), ("practice_drill", {"competency": "<b>Juggling</b>"})],
)
def test_with_nothing_to_ask_it_says_so(
    client: Client, name: str, form: dict[str, str]
) -> None:
    response = client.post(reverse(name), form, follow=True)

    assert response.redirect_chain == [("/practice/", 302)]
    assert b'role="status"' in response.content
    assert not InterviewSession.objects.exists()


@pytest.mark.parametrize("name", ["practice_review", "practice_drill"])
def test_a_button_pressed_while_signed_out_leads_back_to_its_page(
    db: None, name: str
) -> None:
    response = Client().post(reverse(name))

    assert response.status_code == 401
    assert b"?next=/practice/" in response.content


def test_what_is_due_to_others_is_nobody_elses(client: Client, bob: User) -> None:
    make_card(bob, "backend.db.lost-update", topic="canary-4711")

    page = client.get(reverse("practice"))
    client.post(reverse("practice_review"))

    assert b"canary-4711" not in page.content
    assert not InterviewSession.objects.exists()


def test_a_drill_leaves_the_set_up_as_it_was(
    client: Client, session: InterviewSession
) -> None:
    client.post(reverse("practice_drill"), {"competency": "People"})

    form = client.get(reverse("interview_new")).context["form"]

    assert isinstance(form, SetupForm)
    assert (form.initial["role_title"], form.initial["minutes"]) == (
        *("Backend engineer", "30"),
    )


def test_home_names_the_weakest_subject_and_the_countdown(
    client: Client, alice: User
) -> None:
    make_answered_session(user=alice)
    make_card(alice, "backend.db.lost-update", due_at=timezone.now() + DAY)
    plan_interview(alice, days=9)

    page = client.get("/").content.decode()

    assert "<h1>Drill Databases</h1>" in page
    assert "Your interview is in 9 days." in page
    assert page.index("Drill Databases") < page.index("Last reports")


def test_an_unfinished_interview_comes_first(client: Client, alice: User) -> None:
    make_session(user=alice)
    make_card(alice, "backend.db.lost-update")

    page = client.get("/").content.decode()

    assert "<h1>Continue where you left off</h1>" in page
    assert page.index("Resume interview") < page.index("Review 1 answer")
    assert page.count("button-primary") == 1


@pytest.mark.parametrize("count", [1, 6])
def test_queries_of_the_pages_do_not_grow(
    client: Client, alice: User, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make_answered_session(user=alice, answers=1)
        make_card(alice, f"backend.{number}")
    plan_interview(alice, days=9)

    with django_assert_num_queries(5):  # person, two lists, date, cards
        assert client.get("/").status_code == 200
    with django_assert_num_queries(3):
        assert client.get(reverse("practice")).status_code == 200


def plan_interview(user: User, *, days: int, **fields: Any) -> PlannedInterview:
    now = timezone.now()
    return PlannedInterview.objects.create(
        user=user,
        held_on=now.date() + days * DAY,
        updated_at=now,
        **{"company": "Acme", **fields},
    )
