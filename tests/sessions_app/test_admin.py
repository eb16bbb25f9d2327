import datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions_app.models import InterviewSession, RubricVersion, User, WorkerHeartbeat
from sessions_app.services.archive import drain
from sessions_app.services.opinions import NewOpinion, store_opinions
from tests.model_calls import MODEL, new_call, store_calls, unanswered_call
from tests.people import (
    START,
    answer,
    ask,
    finish,
    judge,
    make_answered_session,
    make_session,
    make_user,
)

SESSIONS = reverse("admin:sessions_app_interviewsession_changelist")
ADD_USER = reverse("admin:sessions_app_user_add")
USERS = reverse("admin:sessions_app_user_changelist")
SCRIPT = "<script>alert('xss')</script>"


@pytest.fixture
def root(db):
    return make_user(email="root@example.org", is_staff=True, is_superuser=True)


def allow(user, *names):
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))


def page_of(row, action="change"):
    name = f"admin:sessions_app_{row._meta.model_name}_{action}"
    return reverse(name, args=[row.pk])


# Reviewing interviews


def test_staff_with_permission_read_the_transcript_in_order(client, alice, charlie):
    session = make_session(user=alice)
    ask(session, text="How do indexes work?")
    judge(answer(session, "They are trees."), score=0.62)
    allow(charlie, "view_interviewsession")
    client.force_login(charlie)

    text = client.get(page_of(session)).text

    assert text.index("How do indexes work?") < text.index("They are trees.")
    assert "Solid" in text
    assert "Words per answer, mean" in text
    assert "Computed on demand" in text


def test_staff_read_what_models_were_asked(client, alice, root):
    session = make_session(user=alice)
    client.force_login(root)
    assert "No language model was used." in client.get(page_of(session)).text

    store_calls(session, new_call(), unanswered_call("stalled"))

    text = client.get(page_of(session)).text
    assert MODEL in text
    assert "(stalled)" in text


def give_second_opinion(evaluation, score):
    opinion = NewOpinion(evaluation=evaluation, score=score, confidence=1, result={})
    store_opinions(opinions=[opinion], engine=MODEL, now=START)


def test_staff_read_second_opinions_beside_what_counts(client, alice, root):
    session = make_session(user=alice)
    ask(session)
    judged = judge(answer(session), score=0.62)
    client.force_login(root)
    assert "not counted" not in client.get(page_of(session)).text

    give_second_opinion(judged, 0.31)

    text = client.get(page_of(session)).text
    assert text.index("rules 1") < text.index(f"{MODEL} (second opinion, not counted)")
    assert "<td>62</td>" in text
    assert "<td>31</td>" in text


def test_second_opinions_cost_the_page_no_query(
    client, alice, root, django_assert_num_queries
):
    session = make_answered_session(user=alice)
    client.force_login(root)
    with CaptureQueriesContext(connection) as without:
        client.get(page_of(session))
    for judged in session.evaluations.all():
        give_second_opinion(judged, 0.5)

    with django_assert_num_queries(len(without)):
        client.get(page_of(session))


def test_the_admin_bears_the_products_name(client, root):
    login = client.get(reverse("admin:login")).text
    client.force_login(root)
    index = client.get(reverse("admin:index")).text

    for text in (login, index):
        assert "| Interviewer</title>" in text
        assert "Django" not in text


def test_staff_without_permission_see_nothing(client, alice, charlie):
    session = make_session(user=alice)
    client.force_login(charlie)

    assert client.get(SESSIONS).status_code == 403
    assert client.get(page_of(session)).status_code == 403


def test_other_people_are_sent_to_the_admin_login(client, alice, bob):
    client.force_login(bob)

    response = client.get(page_of(make_session(user=alice)))

    assert response["Location"].startswith(reverse("admin:login"))


def test_what_a_candidate_typed_is_never_markup(client, alice, root):
    session = make_session(user=alice, role_title=SCRIPT, job_description=SCRIPT)
    ask(session)
    answer(session, SCRIPT)
    client.force_login(root)

    for url in (SESSIONS, page_of(session), page_of(session, "delete")):
        assert SCRIPT not in client.get(url).text


def test_nobody_changes_what_was_said(client, alice, root):
    session = make_answered_session(user=alice)
    client.force_login(root)

    response = client.post(page_of(session), {"role_title": "Changed"})

    assert response.status_code == 403
    session.refresh_from_db()
    assert session.role_title == "Backend engineer"


def test_nobody_adds_an_interview(client, root):
    client.force_login(root)

    url = reverse("admin:sessions_app_interviewsession_add")

    assert client.get(url).status_code == 403


def test_deleting_takes_a_permission_of_its_own(client, alice, charlie):
    session = make_answered_session(user=alice)
    allow(charlie, "view_interviewsession")
    client.force_login(charlie)
    assert client.post(page_of(session, "delete"), {"post": "yes"}).status_code == 403

    allow(charlie, "delete_interviewsession")
    client.post(page_of(session, "delete"), {"post": "yes"})

    assert not InterviewSession.objects.exists()


def test_many_are_deleted_after_a_question(client, alice, root):
    sessions = [make_answered_session(user=alice) for _ in range(2)]
    client.force_login(root)
    chosen = {
        "action": "delete_selected",
        "_selected_action": [session.pk for session in sessions],
    }

    client.post(SESSIONS, chosen)
    assert InterviewSession.objects.count() == 2
    client.post(SESSIONS, {**chosen, "post": "yes"})

    assert InterviewSession.objects.count() == 0


@pytest.mark.parametrize("query", ["alice@", "backend", "Initech"])
def test_sessions_are_found_by_person_role_and_company(client, alice, root, query):
    make_session(user=alice, company="Initech")
    make_session(user=root, role="data", role_title="Analyst")
    client.force_login(root)

    text = client.get(SESSIONS, {"q": query}).text

    assert "alice@example.org" in text
    assert "Analyst" not in text


@pytest.mark.parametrize("query", ["'", "\x00", "💥", "0" * 500])
def test_odd_searches_find_nothing(client, alice, root, query):
    make_session(user=alice)
    client.force_login(root)

    response = client.get(SESSIONS, {"q": query})

    assert response.status_code in (200, 302)


@pytest.mark.parametrize("count", [1, 12])
def test_list_queries_do_not_grow(
    client, alice, root, count, django_assert_max_num_queries
):
    for number in range(count):
        person = make_user(email=f"person{number}@example.org")
        make_session(user=person)
    client.force_login(root)

    with django_assert_max_num_queries(5):
        client.get(SESSIONS)


@pytest.mark.parametrize("answers", [1, 20])
def test_review_queries_do_not_grow(
    client, alice, root, answers, django_assert_num_queries
):
    session = make_answered_session(user=alice, answers=answers)
    store_calls(session, *[new_call()] * answers)
    drain(now=START + datetime.timedelta(hours=1))
    client.force_login(root)

    # Notes, changes, disputes and marks are four of them.
    with django_assert_num_queries(12):
        client.get(page_of(session))


def test_rubrics_and_heartbeats_are_only_looked_at(client, root):
    rubric = RubricVersion.objects.create(
        digest="a" * 64, bank_id="db.index", version=1, body={"question": SCRIPT}
    )
    beat = WorkerHeartbeat.objects.create(name="worker", beat_at=START)
    client.force_login(root)

    for row in (rubric, beat):
        assert client.get(page_of(row)).status_code == 200
        assert client.post(page_of(row), {}).status_code == 403
        assert client.post(page_of(row, "delete"), {"post": "yes"}).status_code == 403
    assert SCRIPT not in client.get(page_of(rubric)).text


# Accounts


def test_an_account_is_added_by_email(client, root):
    client.force_login(root)
    password = "correct horse battery"

    response = client.post(
        ADD_USER,
        {
            "email": "Dora@Example.org",
            "usable_password": "true",
            "password1": password,
            "password2": password,
        },
    )

    dora = User.objects.get(email="dora@example.org")
    assert response["Location"] == page_of(dora)
    assert dora.check_password(password)
    assert not dora.is_staff


def test_an_address_is_taken_whatever_its_case(client, alice, root):
    client.force_login(root)

    response = client.post(
        ADD_USER, {"email": "ALICE@example.org", "usable_password": "false"}
    )

    assert response.status_code == 200
    assert User.objects.filter(email__iexact="alice@example.org").count() == 1


def test_an_account_is_changed(client, alice, root):
    client.force_login(root)

    client.post(
        page_of(alice),
        {"email": "alice@example.org", "name": "Alicia", "is_active": "on"},
    )

    alice.refresh_from_db()
    assert alice.name == "Alicia"


def test_a_guest_is_shown_and_cannot_be_given_an_address_by_mistake(client, root):
    guest = User.objects.create_guest()
    client.force_login(root)
    assert client.get(page_of(guest)).status_code == 200

    response = client.post(page_of(guest), {"email": "x@example.org"})

    assert response.status_code == 200
    guest.refresh_from_db()
    assert guest.email is None


def test_staff_cannot_give_themselves_more_rights(client, alice, charlie):
    allow(charlie, "view_user", "change_user")
    client.force_login(charlie)

    client.post(
        page_of(alice),
        {"email": "alice@example.org", "is_superuser": "on", "is_staff": "on"},
    )
    response = client.post(page_of(charlie), {"is_superuser": "on"})

    assert response.status_code == 403
    for person in (alice, charlie):
        person.refresh_from_db()
        assert not person.is_superuser
    assert not alice.is_staff


def test_staff_cannot_take_over_or_delete_a_superuser(client, charlie, root):
    allow(charlie, "view_user", "change_user", "delete_user")
    client.force_login(charlie)
    passwords = {"password1": "correct horse", "password2": "correct horse"}

    password_page = reverse("admin:auth_user_password_change", args=[root.pk])

    assert client.post(password_page, passwords).status_code == 403
    assert client.post(page_of(root, "delete"), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=root.pk).exists()


def test_a_score_that_is_not_computed_yet_is_not_called_missing(client, alice, root):
    make_answered_session(user=alice)
    client.force_login(root)

    assert "Not enough evidence" not in client.get(SESSIONS).text


def test_finished_interviews_show_their_score_in_the_list(client, alice, root):
    session = make_session(user=alice)
    for _ in range(2):
        ask(session)
        judge(answer(session), score=0.7)
    finish(session)
    drain(now=START + datetime.timedelta(hours=1))
    client.force_login(root)

    assert "70 ± 7" in client.get(SESSIONS).text
