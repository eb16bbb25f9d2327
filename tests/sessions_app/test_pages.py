import uuid

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.models import InterviewSession
from tests.people import (
    answer,
    ask,
    finish,
    judge,
    make_answered_session,
    make_session,
)

LIST = reverse("interview_list")
OWN_PAGES = ["interview_report", "interview_delete"]
SCRIPT = "<script>alert('xss')</script>"


def page_of(name, session):
    return reverse(name, args=[session.pk])


# Who may see what


@pytest.mark.parametrize("name", OWN_PAGES)
def test_bob_gets_404_for_what_is_alices(client, alice, bob, name):
    session = make_answered_session(user=alice)
    client.force_login(bob)

    assert client.get(page_of(name, session)).status_code == 404
    assert client.post(page_of(name, session)).status_code in (404, 405)
    assert InterviewSession.objects.filter(pk=session.pk).exists()


@pytest.mark.parametrize("name", OWN_PAGES)
def test_staff_review_in_the_admin_not_here(client, alice, charlie, name):
    session = make_answered_session(user=alice)
    client.force_login(charlie)

    assert client.get(page_of(name, session)).status_code == 404


@pytest.mark.parametrize("name", OWN_PAGES)
def test_an_unknown_session_is_not_found(client, alice, name):
    client.force_login(alice)

    assert client.get(reverse(name, args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize("name", OWN_PAGES)
def test_strangers_are_sent_to_sign_in(client, alice, name):
    url = page_of(name, make_answered_session(user=alice))

    response = client.get(url)

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next={url}"


def test_strangers_are_sent_to_sign_in_from_the_list(client, db):
    assert client.get(LIST)["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_list_and_report_are_for_reading(client, alice, method):
    client.force_login(alice)
    report = page_of("interview_report", make_answered_session(user=alice))

    for url in (LIST, report):
        assert getattr(client, method)(url).status_code == 405


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_deleting_takes_a_post(client, alice, method):
    client.force_login(alice)
    session = make_answered_session(user=alice)

    response = getattr(client, method)(page_of("interview_delete", session))

    assert response.status_code == 405


def test_personal_pages_are_not_kept_by_caches(client, alice):
    client.force_login(alice)
    session = make_answered_session(user=alice)

    for url in (LIST, *(page_of(name, session) for name in OWN_PAGES)):
        header = client.get(url)["Cache-Control"]
        assert {"private", "no-store"} <= set(header.split(", "))


# The list


def test_the_list_shows_ones_own_interviews_only(client, alice, bob):
    make_session(user=alice, role_title="Keeper of indexes")
    make_session(user=bob, role_title="Keeper of secrets")
    client.force_login(alice)

    response = client.get(LIST)

    assert "Keeper of indexes" in response.text
    assert "Keeper of secrets" not in response.text


def test_another_persons_id_in_the_address_changes_nothing(client, alice, bob):
    make_session(user=bob, role_title="Keeper of secrets")
    client.force_login(alice)

    for user in (bob.pk, ""):
        response = client.get(LIST, {"user": user, "user_id": user})
        assert "Keeper of secrets" not in response.text


def test_the_list_filters(client, alice):
    make_session(user=alice, role_title="Running one")
    make_answered_session(user=alice, role_title="Finished one")
    client.force_login(alice)

    response = client.get(LIST, {"state": "finished"})

    assert "Finished one" in response.text
    assert "Running one" not in response.text


@pytest.mark.parametrize("value", ["nonsense", "\x00", "💥", "finished' OR 1=1"])
def test_a_filter_that_is_not_on_offer_is_not_used(client, alice, value):
    make_session(user=alice, role_title="Running one")
    client.force_login(alice)

    response = client.get(LIST, {"state": value, "role": value, "mode": value})

    assert response.status_code == 200
    assert "Running one" in response.text


def test_an_empty_list_offers_the_one_thing_to_do(client, alice):
    client.force_login(alice)

    assert reverse("interview_new") in client.get(LIST).text


# The report


def test_the_report_shows_question_answer_and_evidence(client, alice):
    session = make_answered_session(user=alice)
    client.force_login(alice)

    response = client.get(page_of("interview_report", session))

    assert "What do you know about indexing?" in response.text
    assert 'id="question-1-evidence-1"' in response.text
    assert "A practice estimate, not a hiring decision." in response.text


def test_every_link_within_the_report_leads_somewhere(client, alice):
    session = make_answered_session(user=alice)
    client.force_login(alice)

    text = client.get(page_of("interview_report", session)).text

    targets = {part.split('"')[0] for part in text.split('href="#')[1:]}
    ids = {part.split('"')[0] for part in text.split(' id="')[1:]}
    assert targets <= ids


def test_an_unfinished_interview_opens_its_room(client, alice):
    session = make_session(user=alice)
    client.force_login(alice)

    response = client.get(page_of("interview_report", session))

    assert response.status_code == 302
    assert response["Location"] == page_of("interview_room", session)


def test_an_interview_without_answers_has_a_report(client, alice):
    session = make_session(user=alice)
    ask(session)
    finish(session)
    client.force_login(alice)

    response = client.get(page_of("interview_report", session))

    assert response.status_code == 200
    assert "No question was answered, so there is nothing to score." in response.text


def test_without_a_worker_the_report_says_that_it_was_computed_on_demand(client, alice):
    session = make_answered_session(user=alice)
    client.force_login(alice)

    response = client.get(page_of("interview_report", session))

    assert "Computed on demand" in response.text


def test_what_a_person_typed_is_never_markup(client, alice):
    session = make_session(
        user=alice, role_title=SCRIPT, company=SCRIPT, job_description=SCRIPT
    )
    ask(session)
    judge(answer(session, f"I said {SCRIPT}"), quotes={"a": SCRIPT})
    finish(session)
    client.force_login(alice)

    for url in (LIST, *(page_of(name, session) for name in OWN_PAGES)):
        text = client.get(url).text
        assert SCRIPT not in text
        assert "alert(&#x27;xss&#x27;)" in text


@pytest.mark.parametrize("answers", [1, 20])
def test_report_queries_do_not_grow(client, alice, answers, django_assert_num_queries):
    session = make_answered_session(user=alice, answers=answers)
    client.force_login(alice)

    with django_assert_num_queries(8):  # person, session, six for the report
        client.get(page_of("interview_report", session))


# Deletion


def test_deleting_asks_first(client, alice):
    session = make_answered_session(user=alice)
    client.force_login(alice)

    client.get(page_of("interview_delete", session))

    assert InterviewSession.objects.filter(pk=session.pk).exists()


def test_deleting_removes_the_interview_and_says_so(client, alice):
    session = make_answered_session(user=alice)
    client.force_login(alice)

    response = client.post(page_of("interview_delete", session), follow=True)

    assert response.redirect_chain == [(LIST, 302)]
    assert "was deleted" in response.text
    assert client.get(page_of("interview_report", session)).status_code == 404


def test_a_running_interview_can_be_deleted(client, alice):
    session = make_session(user=alice)
    client.force_login(alice)

    client.post(page_of("interview_delete", session))

    assert not InterviewSession.objects.exists()


def test_deleting_needs_the_token_of_our_own_page(alice):
    session = make_session(user=alice)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)

    response = strict.post(page_of("interview_delete", session))

    assert response.status_code == 403
    assert InterviewSession.objects.filter(pk=session.pk).exists()
