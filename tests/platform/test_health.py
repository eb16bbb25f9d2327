import datetime

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from interviewer.web import health
from sessions_app.models import WorkerHeartbeat


@pytest.fixture(autouse=True)
def _fresh_redis_client():
    health._redis_client.cache_clear()
    yield
    health._redis_client.cache_clear()


def beat(*, age_seconds):
    WorkerHeartbeat.objects.create(
        name="worker",
        beat_at=timezone.now() - datetime.timedelta(seconds=age_seconds),
    )


def test_is_alive_without_asking_the_database(client):
    response = client.get(reverse("healthz"))

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.parametrize("name", ["healthz", "readyz"])
def test_refuses_to_be_posted_to(client, name):
    assert client.post(reverse(name)).status_code == 405


@pytest.mark.django_db
def test_is_ready_when_every_part_answers(client):
    beat(age_seconds=5)

    response = client.get(reverse("readyz"))

    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    assert all(check["ok"] for check in response.json()["checks"].values())


@pytest.mark.django_db
def test_names_a_worker_that_has_never_run_a_task(client):
    response = client.get(reverse("readyz"))

    assert response.status_code == 503
    assert response.json()["checks"]["worker"] == {
        "ok": False,
        "detail": "no task has run yet",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("age_seconds", "is_ok"), [(55, True), (65, False)])
def test_calls_a_worker_dead_when_its_last_task_is_a_minute_old(
    client, age_seconds, is_ok
):
    beat(age_seconds=age_seconds)

    response = client.get(reverse("readyz"))

    assert response.json()["checks"]["worker"]["ok"] is is_ok


@pytest.mark.django_db
def test_names_redis_when_it_is_gone_and_does_not_blame_the_worker(client, settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    beat(age_seconds=5)

    response = client.get(reverse("readyz"))

    assert response.status_code == 503
    checks = response.json()["checks"]
    assert [name for name, check in checks.items() if not check["ok"]] == ["redis"]
    assert "nowhere" not in response.content.decode()


@pytest.mark.django_db
def test_stays_alive_and_says_so_when_the_database_is_gone(client):
    def no_answer(*_):
        raise OperationalError("could not connect to host secret.example.org")

    with connection.execute_wrapper(no_answer):
        alive, ready = client.get(reverse("healthz")), client.get(reverse("readyz"))

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["checks"]["database"]["ok"] is False
    assert "secret.example.org" not in ready.content.decode()


def test_cache_is_a_real_redis_here():
    cache.set("probe", {"a": [1, None]}, timeout=5)

    assert cache.get("probe") == {"a": [1, None]}
