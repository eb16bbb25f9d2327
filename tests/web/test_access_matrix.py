"""Who gets what at every address: the resolver is walked, and no row may be missing.

Owner, another user, an anonymous visitor and an unknown id, for every verb. What
belongs to somebody else answers exactly like what does not exist.
"""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sessions_app.models import (
    InterviewSession,
    PlannedInterview,
    QuestionNote,
    RealInterview,
    Story,
    User,
)
from tests.people import answer, finish

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LOGIN = "login"  # a redirect to the sign-in page
NOT_ALLOWED = 405


@dataclasses.dataclass(frozen=True)
class Row:
    """Expected status per verb group, for owner and for anonymous visitors."""

    get: int
    post: int
    anonymous_get: int | str = LOGIN
    anonymous_post: int | str = LOGIN
    is_personal: bool = True  # has a session id: bob and unknown ids get 404
    is_kept: bool = False  # by the browser, which asks again each time

    def expected(self, verb: str, *, anonymous: bool) -> int | str:
        if verb in ("GET", "HEAD"):
            allowed = self.get
            answer_ = self.anonymous_get if anonymous else self.get
        elif verb == "POST":
            allowed = self.post
            answer_ = self.anonymous_post if anonymous else self.post
        else:
            return NOT_ALLOWED
        return NOT_ALLOWED if allowed == NOT_ALLOWED else answer_


# The open session of alice is in progress, its first question unanswered.
ROWS = {
    "home": Row(200, 400, 200, 400, is_personal=False),
    "theme": Row(405, 302, 405, 302, is_personal=False),
    "interview_new": Row(200, 400, 200, 400, is_personal=False),
    # Without a plan: to the set-up.
    "interview_plan": Row(302, 302, is_personal=False),
    "interview_list": Row(200, 405, is_personal=False),
    "interview_list_json": Row(200, 405, 401, is_personal=False, is_kept=True),
    "interview_state": Row(200, 405, 401, is_kept=True),
    "interview_room": Row(200, 405),
    "interview_answer": Row(405, 400, 405, 401),
    "interview_pause": Row(405, 302, 405, 401),
    "interview_resume": Row(405, 302, 405, 401),
    "interview_mode": Row(405, 409, 405, 401),  # without naming one
    "interview_reset": Row(200, 302),
    "interview_dispute": Row(405, 302, 405, 401),  # to the room, while it is open
    "interview_dispute_withdraw": Row(405, 302, 405, 401),
    "interview_ratings": Row(405, 302, 405, 401),
    "answer_lab": Row(302, 302, LOGIN, 401),  # nothing is judged yet: to the report
    "answer_compare": Row(200, 405),
    "progress": Row(200, 405, is_personal=False),
    "about_scoring": Row(200, 405, 200, 405, is_personal=False),
    "interview_retry": Row(405, 302, 405, 401),
    "interview_end": Row(200, 302),
    "interview_report": Row(302, 405),  # to the room, while it is open
    "interview_delete": Row(200, 302),
    "interview_drill": Row(405, 302, 405, 401),  # to a page, for want of a slot
    "interview_story": Row(405, 302, 405, 401),
    "practice": Row(200, 405, is_personal=False),
    "practice_review": Row(405, 302, 405, 401, is_personal=False),
    "practice_drill": Row(405, 302, 405, 401, is_personal=False),
    "stories": Row(200, 405, is_personal=False),
    "story_new": Row(200, 400, LOGIN, 401, is_personal=False),
    "story": Row(200, 400, LOGIN, 401),
    "story_delete": Row(200, 302),
    "interview_day": Row(200, 400, LOGIN, 401, is_personal=False),
    "cue_card": Row(200, 405, is_personal=False),
    "note_delete": Row(405, 302, 405, 401),
    "real_interviews": Row(200, 400, LOGIN, 401, is_personal=False),
    "real_interview": Row(200, 400, LOGIN, 401),
    "real_interview_delete": Row(200, 302),
    "real_interview_note": Row(405, 302, 405, 401),
    # For the token and for staff; to others it looks like no address at all.
    "metrics": Row(404, 405, 404, 405, is_personal=False),
    # For staff with the right: others are sent to the admin's own sign-in page.
    "operations": Row(302, 405, 302, 405, is_personal=False),
    "healthz": Row(200, 405, 200, 405, is_personal=False),
}
# Answered by the plain ASGI application; under Django nobody finds it.
RELAYED = {"turn_events"}
# Checks of the machine, tested with their parts broken in tests/platform.
ELSEWHERE = {"readyz"}
# Owned by the framework or a library, with tests of their own.
LIBRARIES = ("account_", "admin:")


@pytest.fixture(autouse=True)
def written_down(alice: User, session: InterviewSession) -> None:
    """Let alice own one of everything that has an address, under the same id."""
    own = {"id": session.pk, "user": alice, "created_at": session.created_at}
    day = session.created_at.date()
    words = {"title": "The list", "text": "Her own words."}
    Story.objects.create(**own, **words, updated_at=session.created_at)
    interview = RealInterview.objects.create(
        **own, held_on=day, company="Acme", outcome="well"
    )
    QuestionNote.objects.create(**own, interview=interview, text="Why us?")


def names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


OF_A_QUESTION = {"answer_lab", "answer_compare"}  # by its place in the plan


def address(name: str, session_id: uuid.UUID) -> str:
    slot = [0] if name in OF_A_QUESTION else []
    return reverse(name, args=[session_id, *slot] if ROWS[name].is_personal else [])


def status(client: Client, verb: str, path: str) -> int | str:
    response = client.generic(verb, path)
    if response.status_code == 302 and "/accounts/login/" in response["Location"]:
        return LOGIN
    return int(response.status_code)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def personal_rows() -> list[str]:
    return [name for name, row in ROWS.items() if row.is_personal]


def test_every_address_has_a_row() -> None:
    ours = {name for name in names(get_resolver()) if not name.startswith(LIBRARIES)}

    assert ours == set(ROWS) | RELAYED | ELSEWHERE


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ROWS)
def test_the_owner_gets(
    name: str, verb: str, alice: User, session: InterviewSession
) -> None:
    path = address(name, session.pk)

    assert status(signed_in(alice), verb, path) == ROWS[name].expected(
        verb, anonymous=False
    )


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ROWS)
def test_an_anonymous_visitor_gets(
    name: str, verb: str, session: InterviewSession
) -> None:
    path = address(name, session.pk)

    assert status(Client(), verb, path) == ROWS[name].expected(verb, anonymous=True)


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("name", personal_rows())
def test_another_user_gets_the_answer_for_an_unknown_id_and_changes_nothing(
    name: str, verb: str, bob: User, session: InterviewSession
) -> None:
    client = signed_in(bob)
    before = snapshot(session)

    foreign = client.generic(verb, address(name, session.pk))
    unknown = client.generic(verb, address(name, uuid.uuid4()))

    assert foreign.status_code == unknown.status_code
    assert foreign.status_code in (404, NOT_ALLOWED)
    assert without_tokens(foreign.content) == without_tokens(unknown.content)
    session.refresh_from_db()
    assert snapshot(session) == before


@pytest.mark.parametrize("name", personal_rows())
def test_staff_reach_other_peoples_interviews_in_the_admin_only(
    name: str, charlie: User, session: InterviewSession
) -> None:
    response = signed_in(charlie).get(address(name, session.pk))

    assert response.status_code in (404, NOT_ALLOWED)


@pytest.mark.parametrize("name", [n for n, row in ROWS.items() if row.get != 405])
def test_looking_at_a_page_changes_nothing(
    name: str, alice: User, session: InterviewSession
) -> None:
    client = signed_in(alice)
    before = snapshot(session)

    client.get(address(name, session.pk))

    session.refresh_from_db()
    assert snapshot(session) == before


@pytest.mark.parametrize(
    "name", [n for n, row in ROWS.items() if row.post != NOT_ALLOWED]
)
def test_a_form_without_its_token_is_refused(
    name: str, alice: User, session: InterviewSession
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    before = snapshot(session)

    response = client.post(address(name, session.pk), {"text": "kept words"})

    assert response.status_code == 403
    assert b"kept words" in response.content
    session.refresh_from_db()
    assert snapshot(session) == before


@pytest.mark.parametrize("name", ROWS)
def test_pages_with_personal_data_are_kept_by_no_cache(
    name: str, alice: User, session: InterviewSession
) -> None:
    if not ROWS[name].is_personal or ROWS[name].get == NOT_ALLOWED:
        return
    response = signed_in(alice).get(address(name, session.pk))

    is_kept = ROWS[name].is_kept
    assert ("no-cache" if is_kept else "no-store") in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_a_disabled_person_is_signed_out_at_once(
    alice: User, session: InterviewSession
) -> None:
    client = signed_in(alice)
    alice.is_active = False
    alice.save()

    assert status(client, "GET", address("interview_room", session.pk)) == LOGIN


def test_bobs_pages_never_hold_alices_words(
    alice: User, bob: User, session: InterviewSession
) -> None:
    answer(session, "canary-4711 is what alice said")
    finish(session)
    client = signed_in(bob)

    for name in ROWS:
        if ROWS[name].get != NOT_ALLOWED:
            page = client.get(address(name, session.pk))
            assert b"canary-4711" not in page.content


@pytest.mark.parametrize("model", admin.site._registry)
def test_the_admin_shows_nothing_to_people_without_permission(
    model: Any, charlie: User, session: InterviewSession
) -> None:
    meta = model._meta
    path = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")

    assert signed_in(charlie).get(path).status_code == 403


# Their rights, one by one, are held in tests/sessions_app/test_review_admin.py.
REVIEW_ACTIONS = {"note", "score", "dispute", "reviewed", "redact"}
DJANGOS_OWN = {"changelist", "add", "history", "delete", "change"}


def test_no_action_of_a_reviewer_is_without_its_rights() -> None:
    prefix = "admin:sessions_app_interviewsession_"
    actions = {
        name.removeprefix(prefix)
        for name in names(get_resolver())
        if name.startswith(prefix)
    }

    assert actions == REVIEW_ACTIONS | DJANGOS_OWN


@pytest.mark.parametrize("action", sorted(REVIEW_ACTIONS))
@pytest.mark.parametrize("verb", VERBS)
def test_staff_without_rights_change_nothing_in_the_admin(
    action: str, verb: str, charlie: User, session: InterviewSession
) -> None:
    path = reverse(f"admin:sessions_app_interviewsession_{action}", args=[session.pk])
    before = snapshot(session)

    found = status(signed_in(charlie), verb, path)

    assert found == (403 if verb == "POST" else NOT_ALLOWED)
    session.refresh_from_db()
    assert snapshot(session) == before


def snapshot(session: InterviewSession) -> tuple[Any, ...]:
    return (
        session.state,
        session.revision,
        session.message_count,
        session.messages.count(),
        session.turns.count(),
        *(
            list(model.objects.order_by("pk").values_list())
            for model in (Story, RealInterview, QuestionNote, PlannedInterview)
        ),
    )


def without_tokens(content: bytes) -> bytes:
    return re.sub(
        rb'(csrfmiddlewaretoken" value=|name="next" value=)"[^"]*"', b"", content
    )
