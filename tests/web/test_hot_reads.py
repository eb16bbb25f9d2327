"""Lists and states as JSON, by Django and past it by a token: who gets what at both."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interviewer.web import read_tokens
from interviewer.web.hot_reads import serve_read
from interviewer.web.read_tokens import permission_of, read_token
from sessions_app.models import InterviewSession, User
from sessions_app.services.access import access_key
from sessions_app.services.deletion import delete_session
from sessions_app.services.generations import client as redis_client
from sessions_app.services.generations import generation_key
from sessions_app.services.sessions import pause_session
from tests.interviews import send
from tests.people import make_session

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/interviews/list.json"
NOT_HERE = 0  # Django is to answer
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in(alice)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def state_path(session: InterviewSession) -> str:
    return reverse("interview_state", args=[session.pk])


def faster(client: Client, path: str) -> str:
    """Return the address with a token that Django's answer names."""
    return str(client.get(path)["Content-Location"])


class Answer:
    """What the plain application sent; status 0 when it left it to Django."""

    def __init__(self) -> None:
        self.status = NOT_HERE
        self.headers: dict[str, str] = {}
        self.body = b""

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            self.body += message["body"]


def ask(
    client: Client | None,
    url: str,
    *,
    verb: str = "GET",
    headers: dict[str, str] | None = None,
) -> Answer:
    """Return what the plain application alone answers; no query is allowed."""
    address = urlsplit(url)
    given = [(k.encode(), v.encode()) for k, v in (headers or {}).items()]
    name = settings.SESSION_COOKIE_NAME
    if client is not None and name in client.cookies:
        given.append((b"cookie", f"{name}={client.cookies[name].value}".encode()))
    scope = {
        "type": "http",
        "method": verb,
        "path": address.path,
        "query_string": address.query.encode(),
        "headers": given,
    }
    answer = Answer()

    async def left_to_django(*_: Any) -> None:
        answer.status = NOT_HERE

    with CaptureQueriesContext(connection) as queries:
        asyncio.run(serve_read(scope, None, answer.send, otherwise=left_to_django))
    assert len(queries) == 0
    return answer


# What they say


def test_the_plain_application_sends_what_django_sent(
    client: Client, session: InterviewSession
) -> None:
    for path in (state_path(session), LIST):
        by_django = client.get(path)

        answer = ask(client, by_django["Content-Location"])

        assert answer.status == by_django.status_code == 200
        assert answer.body == by_django.content
        assert answer.headers["etag"] == by_django["ETag"]
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "private, no-cache"
        assert by_django["Cache-Control"] == "private, no-cache"


def test_a_state_says_how_the_interview_stands(
    client: Client, session: InterviewSession
) -> None:
    told = json.loads(client.get(state_path(session)).content)

    assert told["state"] == "in_progress"
    assert told["message_count"] == session.message_count
    assert told["ends_at"]
    assert not {"plan", "resume", "job_description", "user"} & set(told)


def test_the_list_has_the_pages_filters(client: Client, alice: User) -> None:
    make_session(user=alice)
    practice = make_session(user=alice, mode="practice")

    url = f"{LIST}?mode=practice&state=nonsense"
    told = json.loads(client.get(url).content)

    assert [row["id"] for row in told["sessions"]] == [str(practice.pk)]
    # A value that is not on offer is Django's to sort out.
    assert ask(client, faster(client, url)).status == NOT_HERE
    assert ask(client, faster(client, f"{LIST}?mode=practice")).status == 200


def test_what_is_known_already_is_not_sent_again(
    client: Client, session: InterviewSession
) -> None:
    path = state_path(session)
    first = client.get(path)
    url, known = first["Content-Location"], {"if-none-match": first["ETag"]}

    by_django = client.get(path, headers=known)
    answer = ask(client, url, headers=known)

    assert (by_django.status_code, by_django.content) == (304, b"")
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["etag"] == first["ETag"]

    send(session)

    assert ask(client, url, headers=known).status == 200
    assert client.get(path, headers=known).status_code == 200


def test_a_message_is_told_at_once(client: Client, session: InterviewSession) -> None:
    url = faster(client, state_path(session))

    send(session)

    # Replaced together with the token: still answered without a query.
    answer = ask(client, url)
    assert json.loads(answer.body)["message_count"] == session.messages.count() == 3


def test_a_change_that_replaces_nothing_is_left_to_django(
    client: Client, alice: User, session: InterviewSession
) -> None:
    url = faster(client, LIST)

    make_session(user=alice)  # past the services
    delete_session(session_id=session.pk)

    assert ask(client, url).status == NOT_HERE
    assert len(json.loads(client.get(url).content)["sessions"]) == 1


def test_has_the_security_headers(client: Client, session: InterviewSession) -> None:
    headers = ask(client, faster(client, LIST)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["vary"] == "Cookie"


# Who gets them


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["state", "list"])
def test_the_owner_gets_them_by_get_and_head(
    name: str, verb: str, client: Client, session: InterviewSession
) -> None:
    path = state_path(session) if name == "state" else LIST
    url = faster(client, path)

    answer = ask(client, url, verb=verb)

    assert answer.status == (200 if verb in ("GET", "HEAD") else NOT_HERE)
    assert bool(answer.body) == (verb == "GET")
    if verb not in ("GET", "HEAD"):
        assert client.generic(verb, url).status_code == 405


@pytest.mark.parametrize("name", ["state", "list"])
def test_another_person_gets_nothing_with_the_owners_address(
    name: str, client: Client, bob: User, session: InterviewSession
) -> None:
    url = faster(client, state_path(session) if name == "state" else LIST)
    other = signed_in(bob)

    assert ask(other, url).status == NOT_HERE
    assert str(session.pk).encode() not in other.get(url).content


def test_an_own_token_opens_nobody_elses_session(
    client: Client, bob: User, session: InterviewSession
) -> None:
    client.get(state_path(session))  # kept for alice
    other = signed_in(bob)
    token = urlsplit(faster(other, LIST)).query

    foreign = f"{state_path(session)}?{token}"
    unknown = f"/interviews/{uuid.uuid4()}/state.json?{token}"

    assert ask(other, foreign).status == ask(other, unknown).status == NOT_HERE
    answers = [other.get(foreign), other.get(unknown)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_anonymous_visitors_get_nothing(
    client: Client, session: InterviewSession
) -> None:
    url = faster(client, state_path(session))

    for visitor_url in (url, state_path(session), LIST):
        assert ask(None, visitor_url).status == NOT_HERE
        assert Client().get(visitor_url).status_code == 401


@pytest.mark.parametrize(
    "query",
    ["", "token=", "token=x", "token=a:b:c", "token=%00", "token=é", "tok=1", "&&"],
)
def test_without_a_good_token_django_decides(
    query: str, client: Client, session: InterviewSession
) -> None:
    faster(client, state_path(session))

    assert ask(client, f"{state_path(session)}?{query}").status == NOT_HERE
    assert client.get(state_path(session)).status_code == 200


@pytest.mark.parametrize("part", ["-" * 36, "0" * 36, "not-a-session-at-all"])
def test_what_is_no_session_is_left_to_django(part: str, client: Client) -> None:
    token = urlsplit(faster(client, LIST)).query

    if len(part) == 36:
        assert ask(client, f"/interviews/{part}/state.json?{token}").status == NOT_HERE
    assert client.get(f"/interviews/{part}/state.json?{token}").status_code == 404


def test_an_old_token_is_left_to_django(
    client: Client, session: InterviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = faster(client, LIST)
    monkeypatch.setattr(read_tokens, "MAX_AGE_SECONDS", -1)

    assert ask(client, url).status == NOT_HERE
    assert "Content-Location" in client.get(url)


def test_a_token_that_is_good_is_not_given_again(client: Client) -> None:
    assert "Content-Location" not in client.get(faster(client, LIST))


# Until when


def copied(client: Client) -> Client:
    """Return the cookie in other hands, which no sign-out can clear."""
    thief = Client()
    thief.cookies.load({k: m.value for k, m in client.cookies.items()})
    return thief


def test_A4_signing_out_ends_it_for_a_copied_cookie_too(
    client: Client, session: InterviewSession
) -> None:
    url = faster(client, LIST)
    thief = copied(client)
    assert ask(thief, url).status == 200

    client.post(reverse("account_logout"))

    assert ask(thief, url).status == NOT_HERE
    assert thief.get(url).status_code == 401


def test_A4_disabling_ends_it(client: Client, alice: User) -> None:
    url = faster(client, LIST)
    alice.is_active = False
    alice.save()

    assert ask(client, url).status == NOT_HERE
    assert client.get(url).status_code == 401


def test_A4_another_password_ends_it(client: Client, alice: User) -> None:
    url = faster(client, LIST)
    alice.set_password("another one entirely")
    alice.save()

    assert ask(client, url).status == NOT_HERE
    assert client.get(url).status_code == 401


def test_A4_deleting_the_person_ends_it(client: Client, alice: User) -> None:
    url = faster(client, LIST)
    alice.delete()

    assert ask(client, url).status == NOT_HERE
    assert client.get(url).status_code == 401


def test_a_login_that_ends_while_a_token_is_made_gets_none(
    client: Client, alice: User
) -> None:
    """As if the sign-out came between Django's look at the login and the token."""
    session_key = client.cookies[settings.SESSION_COOKIE_NAME].value
    Session.objects.all().delete()

    assert read_token(user_id=alice.pk, session_key=session_key) is None


def test_a_token_is_bound_to_the_value_from_before_the_login_was_looked_at(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_key = client.cookies[settings.SESSION_COOKIE_NAME].value
    is_signed_in = read_tokens.is_signed_in

    def then_signs_out(**options: Any) -> bool:
        was = is_signed_in(**options)
        client.post(reverse("account_logout"))
        return was

    monkeypatch.setattr(read_tokens, "is_signed_in", then_signs_out)
    token = read_token(user_id=alice.pk, session_key=session_key)

    assert token is not None
    permission = permission_of(token=token, session_key=session_key)
    assert permission is not None
    now = redis_client().get(access_key(user_id=alice.pk))
    assert now != permission.access.encode()


def test_R1_with_redis_away_django_answers(
    client: Client, session: InterviewSession, settings: Any
) -> None:
    url = faster(client, state_path(session))
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere.sock"}
    }
    settings.REDIS_CACHE_URL = "unix:///nowhere.sock"

    assert ask(client, url).status == NOT_HERE
    assert client.get(url).status_code == 200
    assert "Content-Location" not in client.get(state_path(session))


def test_a_damaged_generation_is_left_to_django(
    client: Client, alice: User, session: InterviewSession
) -> None:
    url = faster(client, LIST)
    redis_client().delete(generation_key(user_id=alice.pk))
    assert ask(client, url).status == NOT_HERE

    pause_session(session_id=session.pk, now=timezone.now())
    assert json.loads(client.get(url).content)["sessions"][0]["state"] == "paused"
