"""One browser cannot exhaust the machine, and whoever is refused loses nothing."""

from __future__ import annotations

import html
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from limits import RateLimitItemPerHour

from interviewer.breaker import OPEN
from interviewer.rate_limits import Counter
from interviewer.web import rate_limits
from interviewer.web.rate_limits import ANSWERS_PER_MINUTE, INTERVIEWS_PER_HOUR
from sessions_app.models import InterviewSession, Message, User
from tests.interviews import open_question_no
from tests.redis_server import StoppableRedis

CHOSEN = {
    "role": "backend",
    "level": "mid",
    "kind": "mixed",
    "minutes": "15",
    "mode": "practice",
    "style": "formal",
}
ANSWER = "I would read the query plan and add the missing index."
SETUP_PAGE = "/interviews/new/"


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def own_redis(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StoppableRedis]:
    """Count in a Redis server of the test's own, as a process does from its start."""
    server = StoppableRedis(tmp_path / "redis.sock")
    server.start()
    settings.REDIS_CACHE_URL = server.url
    monkeypatch.setattr(rate_limits, "_counter", Counter(name="limits"))
    yield server
    server.stop()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, session: InterviewSession, text: str, **headers: str) -> Any:
    fields = {
        "intent": "answer",
        "text": text,
        "question_no": open_question_no(session),
        "client_message_id": uuid.uuid4(),
    }
    address = reverse("interview_answer", args=[session.pk])
    return client.post(address, fields, headers=headers)


def use_up_answers(client: Client, session: InterviewSession) -> None:
    """Send as many messages as one may; being empty, none is stored."""
    for _ in range(ANSWERS_PER_MINUTE):
        assert post(client, session, "").status_code == 400


def start(client: Client, **changed: Any) -> Any:
    return client.post(SETUP_PAGE, {**CHOSEN, "form_id": uuid.uuid4(), **changed})


# --- Answers --------------------------------------------------------------------------


def test_an_answer_too_many_stays_on_the_page(
    client: Client, session: InterviewSession
) -> None:
    use_up_answers(client, session)

    response = post(client, session, ANSWER)

    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60
    page = response.content.decode()
    assert html.escape(ANSWER) in page[page.index("<textarea") :]
    assert "messages within a minute" in page
    assert not session.messages.filter(role=Message.Role.CANDIDATE).exists()


def test_a_script_is_told_the_same_in_json(
    client: Client, session: InterviewSession
) -> None:
    use_up_answers(client, session)

    response = post(client, session, ANSWER, Accept="application/json")

    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60
    assert response.json()["status"] == "too_many"
    assert "wait a moment" in response.json()["message"]


def test_one_persons_haste_is_nobody_elses(
    client: Client, session: InterviewSession, bob: User
) -> None:
    use_up_answers(client, session)
    bobs = signed_in(bob)
    start(bobs)

    response = post(bobs, InterviewSession.objects.get(user=bob), ANSWER)

    assert response.status_code == 302


def test_another_persons_interview_is_unknown_before_it_is_too_many(
    client: Client, session: InterviewSession, bob: User
) -> None:
    bobs = signed_in(bob)

    for _ in range(ANSWERS_PER_MINUTE + 1):
        assert post(bobs, session, ANSWER).status_code == 404


# --- Interviews -----------------------------------------------------------------------


def test_an_interview_too_many_is_not_started_and_its_form_is_kept(
    client: Client,
) -> None:
    for _ in range(INTERVIEWS_PER_HOUR):
        assert start(client).status_code == 302

    response = start(client, job_description="We look for a patient gardener.")

    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 3600
    page = response.content.decode()
    assert "Many interviews were started" in page
    assert "We look for a patient gardener." in page
    assert InterviewSession.objects.count() == INTERVIEWS_PER_HOUR


def test_a_form_that_was_taken_is_not_counted_again(client: Client) -> None:
    first = uuid.uuid4()
    for _ in range(INTERVIEWS_PER_HOUR + 1):
        assert start(client, form_id=first).status_code == 302

    assert InterviewSession.objects.count() == 1


@pytest.mark.django_db
def test_new_visitors_are_counted_by_their_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    only_two = RateLimitItemPerHour(2, namespace=uuid.uuid4().hex)
    monkeypatch.setattr(rate_limits, "_visitors", only_two)

    def visit_from(address: str) -> int:
        status: int = start(Client(REMOTE_ADDR=address)).status_code
        return status

    assert [visit_from("192.0.2.1") for _ in range(3)] == [302, 302, 429]
    assert visit_from("192.0.2.2") == 302
    # A household has many addresses of the newer kind, all in one network.
    assert [visit_from(f"2001:db8::{n}") for n in (1, 2, 3)] == [302, 302, 429]
    assert visit_from("") == 302
    assert User.objects.count() == 6


# --- Redis ----------------------------------------------------------------------------


def test_counts_are_shared_between_processes(
    own_redis: StoppableRedis,
    client: Client,
    session: InterviewSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_up_answers(client, session)
    another_process = Counter(name="limits")
    monkeypatch.setattr(rate_limits, "_counter", another_process)

    assert post(client, session, ANSWER).status_code == 429


def test_R1_without_redis_nobody_is_refused_and_this_process_counts(
    own_redis: StoppableRedis, client: Client, session: InterviewSession
) -> None:
    use_up_answers(client, session)
    own_redis.stop()

    assert post(client, session, ANSWER).status_code == 302
    for _ in range(ANSWERS_PER_MINUTE - 1):
        assert post(client, session, "").status_code == 400
    assert post(client, session, "").status_code == 429


def test_R1_a_lost_redis_is_asked_once_and_then_left_alone(
    own_redis: StoppableRedis,
    client: Client,
    session: InterviewSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own_redis.stop()
    post(client, session, "")
    counter = rate_limits._counter
    assert counter._redis.state == OPEN

    with monkeypatch.context() as patched:
        patched.setitem(vars(counter), "_shared_memory", None)  # asking it would fail

        assert post(client, session, "").status_code == 400
