"""The plan before the start: seen, changed and begun, once and by its person only."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interviewer.policy.plan import Plan
from interviewer.web.samples import SAMPLE_SETUP
from sessions_app.models import InterviewSession, PlanDraft, RubricVersion, User
from sessions_app.services.accounts import adopt_guest
from sessions_app.services.deletion import delete_session
from sessions_app.services.plan_drafts import keep_draft, setup_of
from sessions_app.services.reports import build_report
from sessions_app.services.retention import forget_guests, forget_plans
from tests.interviews import send_and_complete
from tests.ui.page import Page
from tests.web.test_starting import CHOSEN, SETUP_PAGE, room

PLAN_PAGE = "/interviews/plan/"
OWN = "How do you decide which alarm may wake a person?"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def see_plan(client: Client, **changed: str) -> PlanDraft:
    response = client.post(SETUP_PAGE, {**CHOSEN, "then": "plan", **changed})
    assert response["Location"] == PLAN_PAGE
    return PlanDraft.objects.get()


def act(client: Client, draft: PlanDraft, **wanted: Any) -> Any:
    stands = {"draft": draft.pk, "revision": draft.revision}
    return client.post(PLAN_PAGE, {**stands, **wanted})


def ids(draft: PlanDraft) -> list[str]:
    draft.refresh_from_db()
    return [slot.bank_id for slot in Plan.from_dict(draft.plan).slots]


def shown(client: Client) -> str:
    response = client.get(PLAN_PAGE)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.django_db
def test_a_visitor_sees_the_topics_and_what_the_job_asks_for() -> None:
    visitor = Client()

    draft = see_plan(visitor, **SAMPLE_SETUP)
    page = shown(visitor)

    assert draft.user.is_guest
    assert not InterviewSession.objects.exists()
    plan = Plan.from_dict(draft.plan)
    assert page.count('class="plan-topic"') == len(plan.slots)
    assert "make payment processing safe to retry" in page
    assert page.count("Checks a claim of your résumé") == 1
    # The topics are told, the questions are not.
    assert not [slot for slot in plan.slots if slot.question in page]


def test_what_is_changed_is_what_is_asked(
    alice: User, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(alice)
    draft = see_plan(client)
    first, second, third, *rest = ids(draft)

    act(client, draft, do="up", slot=1)
    assert ids(draft) == [second, first, third, *rest]
    act(client, draft, do="remove", slot=2)
    assert ids(draft) == [second, first, *rest]
    act(client, draft, do="pin", slot=0)
    draft.refresh_from_db()
    answered = act(client, draft, do="add", question=OWN)
    draft.refresh_from_db()
    assert answered["Location"] == f"{PLAN_PAGE}#topic-{len(rest) + 3}"
    with django_assert_max_num_queries(5):
        assert OWN in shown(client)
    begun = act(client, draft, do="start")

    session = InterviewSession.objects.get()
    assert begun["Location"] == room(session)
    asked = Plan.from_dict(session.plan).slots
    assert [slot.bank_id for slot in asked][:-1] == [second, first, *rest]
    assert asked[-1].question == OWN
    assert asked[0].is_pinned
    assert not PlanDraft.objects.exists()


def test_a_plan_begins_one_interview_however_often_it_is_started(alice: User) -> None:
    client = signed_in(alice)
    draft = see_plan(client)

    answers = [act(client, draft, do="start") for _ in range(2)]

    session = InterviewSession.objects.get()
    assert {answer["Location"] for answer in answers} == {room(session)}


def test_a_page_that_is_out_of_date_changes_nothing_and_says_so(alice: User) -> None:
    client = signed_in(alice)
    draft = see_plan(client)
    act(client, draft, do="remove", slot=0)
    left = ids(PlanDraft.objects.get())

    late = act(client, draft, do="add", question=OWN)

    assert late.status_code == 409
    assert OWN in late.content.decode()
    assert ids(PlanDraft.objects.get()) == left


def test_another_persons_plan_is_out_of_reach(alice: User, bob: User) -> None:
    draft = see_plan(signed_in(alice))
    before = ids(draft)
    bobs = signed_in(bob)

    answers = [
        act(bobs, draft, do=do, slot=0, question=OWN)
        for do in ("remove", "add", "start")
    ]

    assert {answer["Location"] for answer in answers} == {SETUP_PAGE}
    assert bobs.get(PLAN_PAGE)["Location"] == SETUP_PAGE
    assert ids(draft) == before
    assert not InterviewSession.objects.exists()


@pytest.mark.parametrize(
    "wanted",
    [
        {"do": "nothing"},
        {"do": "up", "slot": "x"},
        {"do": "up", "slot": 99},
        {"do": "up"},
        {"do": "add", "question": ""},
        {"do": "add", "question": "x" * 501},
        {"do": "add", "question": "Are you married?"},
        {"do": "add", "question": "a \0 b"},
    ],
    ids=lambda wanted: str(wanted)[:40],
)
def test_what_makes_no_sense_is_refused_in_words(
    wanted: dict[str, Any], alice: User
) -> None:
    client = signed_in(alice)
    draft = see_plan(client)
    before = ids(draft)

    response = act(client, draft, **wanted)

    assert response.status_code in (400, 409)
    page = Page(response.content.decode())
    assert any(e.attributes.get("role") == "alert" for e in page.elements)
    assert ids(draft) == before


def test_an_odd_question_is_added_with_a_word_on_it(alice: User) -> None:
    client = signed_in(alice)
    draft = see_plan(client)

    act(client, draft, do="add", question="Don't you think tests are worth it?")

    assert "suggests the answer" in shown(client)


def test_the_set_up_comes_back_from_the_plan(alice: User) -> None:
    client = signed_in(alice)
    see_plan(client, company="Linden Pay")

    page = client.get(SETUP_PAGE).content.decode()
    assert 'value="Linden Pay"' in page
    assert f'<a href="{PLAN_PAGE}">Back to the plan</a>' in page


def test_a_plan_whose_questions_are_gone_is_not_begun(alice: User) -> None:
    client = signed_in(alice)
    draft = see_plan(client)
    draft.plan["slots"][0]["digest"] = "0" * 64
    draft.save()

    answers = [client.get(PLAN_PAGE), act(client, draft, do="start")]

    assert {answer["Location"] for answer in answers} == {SETUP_PAGE}
    assert not InterviewSession.objects.exists()


def test_an_own_question_is_followed_up_not_scored_and_erased_with_its_session(
    alice: User,
) -> None:
    client = signed_in(alice)
    draft = see_plan(client, kind="technical")
    for _ in range(len(ids(draft)) - 1):
        draft.refresh_from_db()
        act(client, draft, do="remove", slot=0)
    draft.refresh_from_db()
    act(client, draft, do="add", question=OWN)
    draft.refresh_from_db()
    act(client, draft, do="remove", slot=0)
    draft.refresh_from_db()
    act(client, draft, do="start")
    session = InterviewSession.objects.get()

    send_and_complete(
        session,
        "Only alarms that a customer notices wake anybody; the others wait for the "
        "morning, which halved our nightly calls.",
    )
    session.refresh_from_db()
    client.post(f"/interviews/{session.pk}/end/")

    session.refresh_from_db()
    report = build_report(session=session, practice_url="/")
    (card,) = report.questions
    assert (card.text, card.percent) == (OWN, None)
    assert "no rubric" in card.reason
    assert card.probes
    assert not RubricVersion.objects.filter(bank_id__startswith="own.").exists()
    delete_session(session_id=session.pk)
    assert not InterviewSession.objects.exists()


def test_plans_go_with_their_person_and_after_a_while(alice: User) -> None:
    now = timezone.now()
    guest = User.objects.create_guest()
    User.objects.update(date_joined=now - datetime.timedelta(days=90))
    setup = setup_of(see_plan(signed_in(alice)))
    plan = PlanDraft.objects.get().plan
    keep_draft(user=guest, setup=setup, plan=plan, now=now)

    forget_guests(idle_since=now - datetime.timedelta(days=30))
    assert PlanDraft.objects.filter(user=guest).exists()
    adopt_guest(guest=guest, user=alice)
    assert PlanDraft.objects.filter(user=alice).count() == 2
    PlanDraft.objects.update(updated_at=now - datetime.timedelta(days=31))
    forget_plans(before=now - datetime.timedelta(days=30))
    assert not PlanDraft.objects.exists()


def test_looking_at_another_plan_replaces_the_first(alice: User) -> None:
    client = signed_in(alice)
    first = see_plan(client)

    second = see_plan(client)

    assert first.pk != second.pk
    assert act(client, first, do="start").status_code == 409
    assert uuid.UUID(str(second.pk)) == PlanDraft.objects.get().pk
