"""A candidate questions a score: the form on the report, and what becomes of it."""

import pytest
from django.urls import reverse

from sessions_app.models import Dispute
from sessions_app.services.disputes import MAX_REASON_CHARACTERS
from tests.people import make_answered_session

SCRIPT = "<script>alert('xss')</script>"


@pytest.fixture
def judged(alice):
    return make_answered_session(user=alice)


def url(session, name="interview_dispute"):
    return reverse(name, args=[session.pk])


def report(client, session):
    return client.get(reverse("interview_report", args=[session.pk])).text


def test_an_objection_is_sent_and_stands_on_the_report(client, judged, alice):
    client.force_login(alice)

    response = client.post(url(judged), {"slot": 1, "text": f"I said it. {SCRIPT}"})

    assert response["Location"].endswith("/report/#dispute-1")
    dispute = Dispute.objects.get()
    assert (dispute.user, dispute.slot, dispute.topic) == (alice, 1, "Disagreement")
    text = report(client, judged)
    assert "I said it." in text
    assert "waiting for an answer" in text
    assert SCRIPT not in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Please write what is not right"),
        (" \u200b ", "Please write what is not right"),
        ("x" * (MAX_REASON_CHARACTERS + 1), "are the limit"),
        ("kept \0 words", "cannot be stored"),
    ],
)
def test_what_was_typed_stays_when_it_is_refused(client, judged, alice, text, told):
    client.force_login(alice)

    response = client.post(url(judged), {"slot": 0, "text": text})

    assert response.status_code == 400
    assert told in response.text
    assert f"{text}</textarea>" in response.text
    assert not Dispute.objects.exists()


def test_the_longest_text_fits(client, judged, alice):
    client.force_login(alice)
    text = "😀" * MAX_REASON_CHARACTERS

    client.post(url(judged), {"slot": 0, "text": text})

    assert Dispute.objects.get().reason == text


def test_the_same_form_sent_twice_is_one_objection(client, judged, alice):
    client.force_login(alice)
    form = {"slot": 0, "text": "I said it."}
    client.post(url(judged), form)

    response = client.post(url(judged), form)

    assert response.status_code == 400
    assert Dispute.objects.count() == 1


@pytest.mark.parametrize("slot", ["", "-1", "99", "x", "99999999999"])
def test_a_question_that_is_none_has_no_form(client, judged, alice, slot):
    client.force_login(alice)

    response = client.post(url(judged), {"slot": slot, "text": "I said it."})

    assert response.status_code == 400
    assert not Dispute.objects.exists()


def test_an_objection_is_taken_back(client, judged, alice):
    client.force_login(alice)
    client.post(url(judged), {"slot": 0, "text": "I said it."})
    assert "Take it back" in report(client, judged)

    for _ in range(2):  # a double click
        client.post(url(judged, "interview_dispute_withdraw"), {"slot": 0})

    assert Dispute.objects.get().state == "withdrawn"
    text = report(client, judged)
    assert "Take it back" not in text
    assert "Question this score" in text


@pytest.mark.parametrize("name", ["interview_dispute", "interview_dispute_withdraw"])
def test_bob_cannot_touch_what_is_alices(client, judged, alice, bob, name):
    client.force_login(alice)
    client.post(url(judged), {"slot": 0, "text": "I said it."})
    client.force_login(bob)

    response = client.post(url(judged, name), {"slot": 0, "text": "Mine now."})

    assert response.status_code == 404
    assert Dispute.objects.get().state == "open"


def test_a_signed_out_person_keeps_the_words(client, judged):
    response = client.post(url(judged), {"slot": 0, "text": "I said it."})

    assert response.status_code == 401
    assert "I said it." in response.text


def test_an_answer_can_only_be_given_by_staff(client, judged, alice):
    client.force_login(alice)

    client.post(
        url(judged),
        {"slot": 0, "text": "Mine.", "state": "changed", "answer": "Yes", "value": 99},
    )

    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.answer) == ("open", "")
