"""Own marks: asked for before the feedback and before the report."""

from __future__ import annotations

import pytest
from django.urls import reverse

from interviewer.web.self_ratings import ratings_in
from sessions_app.models import SelfRating
from tests.interviews import send_and_complete
from tests.people import make_answered_session
from tests.ui.page import Page


@pytest.fixture
def answered(session):
    send_and_complete(session)
    return session


@pytest.fixture
def own(client, alice):
    client.force_login(alice)
    return client


def url(session, name="interview_ratings"):
    return reverse(name, args=[session.pk])


def answer_seqs(session):
    answers = session.messages.filter(kind="answer")
    return list(answers.order_by("seq").values_list("seq", flat=True))


def feedback(client, session):
    page = Page(client.get(url(session, "interview_room")).text)
    return next(e for e in page.elements if e.attributes.get("id") == "feedback")


def test_the_feedback_comes_after_the_mark(own, answered):
    [seq] = answer_seqs(answered)
    before = feedback(own, answered)
    assert "how well did you answer?" in before.text
    assert "Show the feedback without rating" in before.text

    response = own.post(url(answered), {f"rating-{seq}": "4"})

    assert response["Location"].endswith("#feedback")
    assert SelfRating.objects.get().value == 4
    after = feedback(own, answered)
    assert "how well did you answer?" not in after.text
    assert "You rated yourself 4 of 5 (good)." in after.text


def test_a_half_typed_answer_survives_the_mark(own, answered):
    [seq] = answer_seqs(answered)

    response = own.post(url(answered), {f"rating-{seq}": "2", "text": "Half an ans"})

    assert response.status_code == 200
    assert "Half an ans</textarea>" in response.text
    assert SelfRating.objects.get().value == 2


def test_the_report_asks_first_and_shows_the_marks_beside_the_scores(own, alice):
    session = make_answered_session(user=alice)
    first, second, _ = answer_seqs(session)
    page = own.get(url(session, "interview_report")).text
    assert "Before you look" in page
    assert "Show the report without rating" in page

    own.post(url(session), {f"rating-{first}": "5", f"rating-{second}": "1"})

    page = own.get(url(session, "interview_report")).text
    assert "Before you look" not in page
    assert "5 of 5 (strong)" in page
    assert "1 of 5 (weak)" in page


def test_no_mark_is_fine_too(own, alice):
    session = make_answered_session(user=alice)

    response = own.post(url(session), {})

    assert response["Location"] == url(session, "interview_report")
    assert not SelfRating.objects.exists()


@pytest.mark.parametrize(
    "field",
    [
        "rating-",
        "rating-0",
        "rating-x",
        "rating-1x",
        "rating-٣",
        "rating-99999999",
        "r",
    ],
)
def test_fields_that_are_no_mark_are_ignored(field):
    assert ratings_in(form={field: "3"}) == {}


@pytest.mark.parametrize("value", ["0", "6", "", "3.0", "-1", "٣", "<b>"])
def test_marks_outside_the_scale_are_ignored(value):
    assert ratings_in(form={"rating-3": value}) == {}


def test_bob_cannot_rate_alices_answers(client, bob, answered):
    client.force_login(bob)

    response = client.post(url(answered), {"rating-3": "1"})

    assert response.status_code == 404
    assert not SelfRating.objects.exists()


def test_progress_says_what_is_missing_before_it_claims_anything(own, alice):
    assert "You have rated no answer yet" in own.get(reverse("progress")).text

    session = make_answered_session(user=alice, answers=6)
    own.post(url(session), {f"rating-{seq}": "5" for seq in answer_seqs(session)})

    page = Page(own.get(reverse("progress")).text)
    assert "Over 6 answers you rated yourself above the scores" in page.html
    assert len(page.all("tbody")[0].text.split("5 of 5")) == 7
    chart = next(e for e in page.all("svg") if e.has_class("chart"))
    assert chart.attributes["role"] == "img"
    assert "Own marks and scores" in chart.text
