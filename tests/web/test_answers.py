"""Sending answers: bad input, bad moments, bad luck; and the typed text stays in sight.

Every case is told twice, as the page's script sends it and as a plain form.
"""

from __future__ import annotations

import datetime
import html
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, connections, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interviewer.orchestrator.ending import end_interview
from interviewer.orchestrator.orchestrator import complete_turn
from interviewer.web.text import PlainTextField
from sessions_app.models import InterviewSession, Message, Turn, User
from sessions_app.services.journal import lock_session
from sessions_app.services.sessions import pause_session
from tests.interviews import open_question_no, send, send_and_complete

ANSWER = "I measured the slow calls first and then rewrote the two worst queries."
LIMIT = settings.ANSWER_MAX_CHARACTERS

both_ways = pytest.mark.parametrize("as_json", [True, False], ids=["script", "form"])


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def url(session: InterviewSession) -> str:
    return reverse("interview_answer", args=[session.pk])


def room(client: Client, session: InterviewSession) -> str:
    return client.get(reverse("interview_room", args=[session.pk])).content.decode()


def fields(session: InterviewSession, **changed: Any) -> dict[str, Any]:
    values = {
        "intent": "answer",
        "text": ANSWER,
        "question_no": open_question_no(session),
        "client_message_id": uuid.uuid4(),
        **changed,
    }
    return {name: value for name, value in values.items() if value is not None}


def post(
    client: Client, session: InterviewSession, *, as_json: bool, **changed: Any
) -> HttpResponse:
    headers = {"Accept": "application/json" if as_json else "text/html"}
    data = fields(session, **changed)
    return cast(HttpResponse, client.post(url(session), data, headers=headers))


def post_raw(client: Client, session: InterviewSession, body: str) -> HttpResponse:
    """Send a body that no form library would make."""
    return cast(
        HttpResponse,
        client.post(url(session), body, "application/x-www-form-urlencoded"),
    )


def texts(session: InterviewSession) -> list[str]:
    said = session.messages.filter(role=Message.Role.CANDIDATE).order_by("seq")
    return list(said.values_list("content", flat=True))


def assert_keeps(response: HttpResponse, text: str, *, as_json: bool) -> None:
    """A page shows the text in a box; a script has it still, and gets a sentence."""
    if as_json:
        assert response["Content-Type"] == "application/json"
        assert response.json()["message"]  # type: ignore[attr-defined]
    else:
        page = response.content.decode()
        assert html.escape(text) in page[page.index("<textarea") :]


# --- Taken ----------------------------------------------------------------------------


def test_a_script_gets_the_message_and_the_address_of_the_reply(
    client: Client, session: InterviewSession
) -> None:
    response = post(client, session, as_json=True)

    assert response.status_code == 200
    said = response.json()  # type: ignore[attr-defined]
    assert said["status"] == "accepted"
    assert ANSWER in said["message_html"]
    turn = Turn.objects.get()
    assert said["stream"].startswith(
        f"/interviews/{session.pk}/turns/{turn.pk}/events?"
    )
    assert turn.state == Turn.State.PENDING
    assert "no-store" in response["Cache-Control"]


def test_a_form_gets_the_room_with_the_reply(
    client: Client, session: InterviewSession
) -> None:
    response = post(client, session, as_json=False)

    assert response.status_code == 302
    assert response["Location"] == f"/interviews/{session.pk}/#latest"
    reply = Turn.objects.get().last_reply
    assert reply is not None
    page = room(client, session)
    assert ANSWER in page
    assert html.escape(reply.content[-60:]) in page


@both_ways
@pytest.mark.parametrize("text", ["x" * LIMIT, "𝄞" * LIMIT, "👩‍💻" * (LIMIT // 3)])
def test_F4_an_answer_of_exactly_the_limit_is_stored_unaltered(
    text: str, as_json: bool, client: Client, session: InterviewSession
) -> None:
    response = post(client, session, as_json=as_json, text=text)

    assert response.status_code in (200, 302)
    assert texts(session) == [text]


def test_line_ends_count_once_however_a_browser_sends_them(
    client: Client, session: InterviewSession
) -> None:
    text = "a\r\n" * (LIMIT // 2)

    post(client, session, as_json=True, text=text)

    assert texts(session) == ["a\n" * (LIMIT // 2)]


STRANGE = [
    "\u202edesrever si sihT\u202c and this is not",
    "unbalanced \u2066 isolate",
    "a" + "\u0301" * 1_000,
    "caf\u00e9 and cafe\u0301",
    "👨‍👩‍👧‍👦 🏳️‍🌈 i wrote this",
    "x" * 9_999,
    "line\n" * 1_999,
    "tab\there\vand\fthere",
    "&amp; &lt;b&gt; %s {{ 7*7 }} {% now 'Y' %}",
    "\n\nevent: done\ndata: {}\n\n",
    "'; DROP TABLE sessions_app_message; --",
]


@pytest.mark.parametrize("text", STRANGE, ids=ascii)
def test_M2_strange_but_harmless_text_is_stored_unaltered(
    text: str, client: Client, session: InterviewSession
) -> None:
    assert post(client, session, as_json=True, text=text).status_code == 200

    assert texts(session) == [text]


MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</article></main><iframe src=//evil.example>",
    "<a href='javascript:alert(1)'>x</a>",
    '"><b onmouseover="alert(1)">',
    "<b>{{ 7*7 }}{% csrf_token %}</b>",
    "<form id=composer action=//evil.example>",
]


@pytest.mark.parametrize("markup", MARKUP)
def test_M3_markup_is_shown_as_text_in_room_reply_and_report(
    markup: str, client: Client, session: InterviewSession
) -> None:
    said = f"I would say {markup} to that, because the query plan shows a scan."

    accepted = post(client, session, as_json=True, text=said)
    shown = accepted.json()["message_html"]  # type: ignore[attr-defined]
    send_reply()
    refused = post(client, session, as_json=False, text=markup + "x" * LIMIT)
    pages = [shown, room(client, session), refused.content.decode()]
    end_interview(session=session, now=timezone.now())
    report = client.get(reverse("interview_report", args=[session.pk]))
    pages.append(report.content.decode())

    assert refused.status_code == 400
    for page in pages:
        assert markup not in page
        assert html.escape(markup) in page


def send_reply() -> None:
    async_to_sync(complete_turn)(turn_id=Turn.objects.latest("id").pk)


# --- Bad input ------------------------------------------------------------------------

NOTHING = ["", " ", "\n\t \r\n", "\u200b", "\u200b\ufeff\u2060\u200d", "\u00a0\u3000"]


@both_ways
@pytest.mark.parametrize("text", NOTHING, ids=ascii)
def test_F1_nothing_is_no_answer(
    text: str, as_json: bool, client: Client, session: InterviewSession
) -> None:
    response = post(client, session, as_json=as_json, text=text)

    assert response.status_code == 400
    assert b"Please write an answer" in response.content
    assert texts(session) == []


@both_ways
@pytest.mark.parametrize("text", ["x" * (LIMIT + 1), "𝄞" * (LIMIT + 1)], ids=["x", "𝄞"])
def test_F4_one_character_more_than_the_limit_is_refused_and_kept(
    text: str, as_json: bool, client: Client, session: InterviewSession
) -> None:
    response = post(client, session, as_json=as_json, text=text)

    assert response.status_code == 400
    assert f"{LIMIT + 1} characters" in response.content.decode()
    assert_keeps(response, text, as_json=as_json)
    assert texts(session) == []


@both_ways
def test_F2_a_null_character_is_refused_and_named(
    as_json: bool, client: Client, session: InterviewSession
) -> None:
    response = post(client, session, as_json=as_json, text="before\0after")

    assert response.status_code == 400
    assert b"characters that cannot be stored" in response.content
    assert_keeps(response, "before", as_json=as_json)
    assert texts(session) == []


@pytest.mark.parametrize("char", ["\ud800", "\0"], ids=ascii)
def test_F3_no_field_takes_what_no_database_holds(char: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        PlainTextField(max_length=100).clean(f"before{char}after")

    assert refusal.value.code == "unreadable"


@pytest.mark.parametrize("broken", ["%ED%A0%80", "%FF%FE", "%C3%28", "%F5%80%80%80"])
def test_F3_bytes_that_are_no_text_do_no_harm(
    broken: str, client: Client, session: InterviewSession
) -> None:
    sent = {**fields(session, text=None), "text": f"before{broken}after"}
    body = "&".join(f"{name}={value}" for name, value in sent.items())

    response = post_raw(client, session, body)

    assert response.status_code == 302
    [text] = texts(session)
    assert text.startswith("before\ufffd")
    assert text.endswith("after")


@both_ways
@pytest.mark.parametrize("missing", ["client_message_id", "question_no", "intent"])
def test_F5_a_missing_field_is_named_and_the_text_kept(
    missing: str, as_json: bool, client: Client, session: InterviewSession
) -> None:
    response = post(client, session, as_json=as_json, **{missing: None})

    assert response.status_code == 400
    assert missing in response.content.decode()
    assert_keeps(response, ANSWER, as_json=as_json)
    assert texts(session) == []


ILL_TYPED = [
    ("client_message_id", "1"),
    ("client_message_id", "' OR 1=1 --"),
    ("question_no", "0"),
    ("question_no", "-1"),
    ("question_no", "1.5"),
    ("question_no", "NaN"),
    ("question_no", "9" * 30),
    ("question_no", "9" * 5_000),
    ("question_no", "[1]"),
    ("intent", "delete"),
    ("intent", "clarify"),
    ("intent", "ANSWER"),
    ("intent", "<script>"),
]


@both_ways
@pytest.mark.parametrize(("name", "value"), ILL_TYPED, ids=lambda value: value[:12])
def test_F5_an_ill_typed_field_is_named_and_the_text_kept(
    name: str, value: str, as_json: bool, client: Client, session: InterviewSession
) -> None:
    response = post(client, session, as_json=as_json, **{name: value})

    assert response.status_code == 400
    assert name in response.content.decode()
    assert "<script>" not in response.content.decode().partition("<body")[2]
    assert_keeps(response, ANSWER, as_json=as_json)
    assert texts(session) == []


def test_F5_of_a_repeated_field_the_last_one_counts(
    client: Client, session: InterviewSession
) -> None:
    post(client, session, as_json=True, text=["First.", "Second."])

    assert texts(session) == ["Second."]


def test_F5_a_thousand_fields_are_refused(
    client: Client, session: InterviewSession
) -> None:
    many = {f"field{number}": "x" for number in range(1_001)}

    assert post(client, session, as_json=True, **many).status_code == 400
    assert texts(session) == []


@pytest.mark.parametrize(
    "body", ["{}", '{"text": "\\ud800"}', "[" * 100_000, "NaN", "{", ""]
)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_F6_a_body_that_is_no_form_has_no_fields(
    body: str, content_type: str, client: Client, session: InterviewSession
) -> None:
    response = client.post(url(session), body, content_type=content_type)

    assert response.status_code == 400
    assert texts(session) == []


def test_F7_a_body_of_ten_megabytes_is_refused(
    client: Client, session: InterviewSession
) -> None:
    response = post_raw(client, session, f"text={'x' * 10_000_000}")

    assert response.status_code in (400, 413)
    assert texts(session) == []


def test_A8_fields_that_are_not_the_candidates_to_set_are_ignored(
    client: Client, session: InterviewSession, bob: User
) -> None:
    before = {"is_staff": "1", "user": bob.pk, "score": "10", "state": "finished"}

    post(client, session, as_json=True, seq="999", role="interviewer", **before)

    session.refresh_from_db()
    said = session.messages.latest("seq")
    assert (said.seq, said.role, said.user) == (3, "candidate", session.user)
    assert (session.state, session.score) == ("in_progress", None)
    assert not User.objects.filter(is_staff=True).exists()


# --- Bad moments ----------------------------------------------------------------------


@both_ways
def test_C4_an_ended_interview_takes_no_answer_and_leads_to_the_report(
    as_json: bool, client: Client, session: InterviewSession
) -> None:
    end_interview(session=session, now=timezone.now())

    response = post(client, session, as_json=as_json)

    assert response.status_code == 410
    assert f"/interviews/{session.pk}/report/" in response.content.decode()
    assert_keeps(response, ANSWER, as_json=as_json)
    assert texts(session) == []


@both_ways
def test_C4_a_paused_interview_says_to_resume_first(
    as_json: bool, client: Client, session: InterviewSession
) -> None:
    pause_session(session_id=session.pk, now=timezone.now())

    response = post(client, session, as_json=as_json)

    assert response.status_code == 409
    assert b"Resume" in response.content
    assert_keeps(response, ANSWER, as_json=as_json)
    assert texts(session) == []


@both_ways
def test_C2_a_question_answered_in_another_tab_shows_both_texts(
    as_json: bool, client: Client, session: InterviewSession
) -> None:
    asked = open_question_no(session)
    send_and_complete(session, "", intent="skip")

    response = post(client, session, as_json=as_json, question_no=asked)

    assert response.status_code == 409
    assert b"answered in another tab" in response.content
    assert_keeps(response, ANSWER, as_json=as_json)
    assert texts(session) == [""]


def test_C2_the_page_after_a_conflict_shows_the_other_answer(
    client: Client, session: InterviewSession
) -> None:
    asked = open_question_no(session)
    send_and_complete(session, "The answer of the other tab, with a reason in it.")
    while open_question_no(session) == asked:
        send_and_complete(session, "", intent="skip")

    response = post(client, session, as_json=False, question_no=asked)

    assert response.status_code == 409
    assert b"The answer of the other tab" in response.content
    assert_keeps(response, ANSWER, as_json=False)


@both_ways
def test_a_second_message_waits_for_the_reply_and_is_kept(
    as_json: bool, client: Client, session: InterviewSession
) -> None:
    send(session, "The first answer.")

    response = post(client, session, as_json=as_json)

    assert response.status_code == 409
    assert b"still being answered" in response.content
    assert_keeps(response, ANSWER, as_json=as_json)
    assert texts(session) == ["The first answer."]


@both_ways
def test_T3_an_answer_in_flight_when_the_time_ends_is_taken_and_closes(
    as_json: bool, client: Client, session: InterviewSession
) -> None:
    session.ends_at = timezone.now() - datetime.timedelta(seconds=5)
    session.save()

    response = post(client, session, as_json=as_json)

    assert response.status_code in (200, 302)
    assert texts(session) == [ANSWER]
    send_reply()
    session.refresh_from_db()
    assert session.state == InterviewSession.State.FINISHED
    assert session.messages.latest("seq").kind == Message.Kind.CLOSING


def test_the_room_says_when_the_time_is_up(
    client: Client, session: InterviewSession
) -> None:
    session.ends_at = timezone.now() - datetime.timedelta(seconds=5)
    session.save()

    page = room(client, session)

    assert "The time is up. You can finish and send this answer" in page
    assert "0:00 left" in page


# --- Sent again -----------------------------------------------------------------------


def test_F9_a_form_sent_again_shows_the_recorded_answer_and_adds_no_row(
    client: Client, session: InterviewSession
) -> None:
    same = {"client_message_id": uuid.uuid4(), "question_no": 1}
    first = post(client, session, as_json=False, **same)
    count = session.messages.count()

    again = post(client, session, as_json=False, **same)

    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert session.messages.count() == count
    assert Turn.objects.count() == 1
    assert ANSWER in room(client, session)


def test_C1_a_script_that_sends_again_gets_the_first_outcome(
    client: Client, session: InterviewSession
) -> None:
    same = {"client_message_id": uuid.uuid4(), "question_no": 1}
    first = post(client, session, as_json=True, **same).json()  # type: ignore[attr-defined]
    send_reply()

    again = post(client, session, as_json=True, **same).json()  # type: ignore[attr-defined]

    assert again["status"] == "replayed"
    # The page may not have heard the first time: it needs the words to show them.
    assert again["message_html"] == first["message_html"]
    assert again["stream"].partition("?")[0] == first["stream"].partition("?")[0]
    assert texts(session) == [ANSWER]


def test_C1_a_resend_after_the_end_is_still_acknowledged(
    client: Client, session: InterviewSession
) -> None:
    same = {"client_message_id": uuid.uuid4(), "question_no": 1}
    post(client, session, as_json=True, **same)
    end_interview(session=session, now=timezone.now())

    assert post(client, session, as_json=True, **same).status_code == 200
    assert texts(session) == [ANSWER]


@both_ways
def test_F9_other_words_in_an_old_form_are_not_lost(
    as_json: bool, client: Client, session: InterviewSession
) -> None:
    same = {"client_message_id": uuid.uuid4(), "question_no": 1}
    post(client, session, as_json=False, **same)

    response = post(client, session, as_json=as_json, text="Second thoughts.", **same)

    assert response.status_code == 409
    assert_keeps(response, "Second thoughts.", as_json=as_json)
    assert texts(session) == [ANSWER]


# --- Login and token ------------------------------------------------------------------


@both_ways
def test_F8_without_its_token_a_form_is_refused_and_the_text_kept(
    as_json: bool, client: Client, session: InterviewSession
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies

    response = post(strict, session, as_json=as_json)

    assert response.status_code == 403
    assert_keeps(response, ANSWER, as_json=as_json)
    assert texts(session) == []


@both_ways
@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_A9_a_foreign_origin_is_refused(
    origin: str, as_json: bool, client: Client, session: InterviewSession
) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Origin": origin})
    strict.cookies = client.cookies
    room(strict, session)
    token = strict.cookies["csrftoken"].value

    response = post(strict, session, as_json=as_json, csrfmiddlewaretoken=token)

    assert response.status_code == 403
    assert texts(session) == []


@both_ways
def test_F8_signed_out_the_text_is_kept_and_the_way_back_named(
    as_json: bool, client: Client, session: InterviewSession
) -> None:
    client.logout()

    response = post(client, session, as_json=as_json)

    assert response.status_code == 401
    assert "/accounts/login/?next=/interviews/" in response.content.decode()
    assert_keeps(response, ANSWER, as_json=as_json)
    assert texts(session) == []


# --- The database in trouble ----------------------------------------------------------


@pytest.fixture
def full_disk(session: InterviewSession) -> Iterator[None]:
    """SQLite that may not grow by one page."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no such limit per connection")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        yield
        cursor.execute("PRAGMA max_page_count = 1073741823")


@pytest.fixture
def locked_session(session: InterviewSession) -> Iterator[None]:
    """A session that another transaction holds for longer than we wait."""
    is_held, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            lock_session(session_id=session.pk)
            is_held.set()
            is_over.wait(timeout=60)
        connections.close_all()

    own, shorter = {
        "sqlite": ("PRAGMA busy_timeout = 20000", "PRAGMA busy_timeout = 100"),
        "postgresql": ("RESET lock_timeout", "SET lock_timeout = 100"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(shorter)
    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(timeout=10)
    yield
    is_over.set()
    thread.join()
    with connection.cursor() as cursor:
        cursor.execute(own)


@pytest.fixture
def database_away(client: Client, session: InterviewSession) -> Iterator[None]:
    """A database that answers nothing, reads included."""

    def refuse(*_: Any) -> None:
        raise OperationalError("the connection is lost")

    client.get("/")  # the login is in the cache, as it is for everybody who practises
    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.django_db(transaction=True)
@both_ways
@pytest.mark.parametrize("trouble", ["full_disk", "locked_session", "database_away"])
def test_D2_an_answer_that_cannot_be_stored_is_kept_and_sent_again_later(
    trouble: str,
    as_json: bool,
    client: Client,
    session: InterviewSession,
    request: pytest.FixtureRequest,
) -> None:
    long = ANSWER + " and so on" * 900
    data = fields(session, text=long)
    request.getfixturevalue(trouble)

    headers = {"Accept": "application/json" if as_json else "text/html"}
    response = client.post(url(session), data, headers=headers)

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "no-store" in response["Cache-Control"]
    assert "send it again" in response.content.decode()
    assert_keeps(response, long, as_json=as_json)
    if trouble == "full_disk":
        assert texts(session) == []


def test_D2_the_same_answer_is_taken_once_the_database_is_back(
    client: Client, session: InterviewSession
) -> None:
    data = fields(session)

    def refuse(*_: Any) -> None:
        raise OperationalError("the connection is lost")

    with connection.execute_wrapper(refuse):
        assert client.post(url(session), data).status_code == 503
    assert client.post(url(session), data).status_code == 302

    assert texts(session) == [ANSWER]


@pytest.mark.django_db(transaction=True)
def test_D2_an_answer_that_was_stored_is_acknowledged_though_its_reply_must_wait(
    client: Client, session: InterviewSession
) -> None:
    data = fields(session)

    def refuse_turns(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE") and "_turn" in sql:
            raise OperationalError("the connection is lost")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse_turns):
        response = client.post(url(session), data)

    assert response.status_code == 302
    assert texts(session) == [ANSWER]
    assert "Interviewer is writing" in room(client, session)


@pytest.mark.parametrize(
    "name", ["home", "interview_list", "interview_room", "interview_report"]
)
def test_D2_pages_say_that_they_cannot_be_shown_just_now(
    name: str, client: Client, session: InterviewSession, database_away: None
) -> None:
    has_id = name.startswith(("interview_room", "interview_report"))
    address = reverse(name, args=[session.pk] if has_id else [])

    response = client.get(address)

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert b"could not be shown" in response.content


def test_D2_a_set_up_that_cannot_be_stored_shows_what_was_pasted(
    client: Client, database_away: None
) -> None:
    chosen = {
        "role": "backend",
        "level": "mid",
        "kind": "mixed",
        "minutes": "15",
        "mode": "practice",
        "style": "formal",
        "job_description": "We seek a person who likes queues.",
        "resume": "I like queues.",
    }

    response = client.post(reverse("interview_new"), chosen)

    assert response.status_code == 503
    assert_keeps(response, chosen["job_description"], as_json=False)
    assert_keeps(response, chosen["resume"], as_json=False)


# --- Cost -----------------------------------------------------------------------------


def test_the_room_asks_the_database_as_often_for_twenty_messages_as_for_two(
    client: Client, session: InterviewSession
) -> None:
    send_and_complete(session)
    with CaptureQueriesContext(connection) as early:
        room(client, session)
    while session.message_count < 20:
        send_and_complete(session)

    with CaptureQueriesContext(connection) as late:
        page = room(client, session)

    assert page.count("<article") >= 20
    assert len(late) == len(early)
    assert len(late) <= 8
