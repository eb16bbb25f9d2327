import datetime

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from interviewer import telemetry
from interviewer.web import metrics as view
from sessions_app.models import MAX_ARCHIVE_TRIES, Invalidation, User
from sessions_app.models.base import earliest_id
from sessions_app.services.archive import drain
from sessions_app.services.kept_sessions import PageKey
from sessions_app.services.listing import list_sessions
from tests.model_calls import MODEL, new_call
from tests.people import answer, ask, make_answered_session, make_session, say

HOUR = datetime.timedelta(hours=1)
METRICS = reverse("metrics")
TOKEN = "a token of thirty-two characters"


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = TOKEN


def scrape(client):
    response = client.get(METRICS, headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def test_the_token_is_all_it_takes(client, db):
    response = client.get(METRICS, headers={"Authorization": f"Bearer {TOKEN}"})

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer ", f"bearer {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "ü"],
)
def test_a_wrong_token_finds_nothing(client, db, given):
    response = client.get(METRICS, headers={"Authorization": given})

    assert response.status_code == 404
    assert "llm_calls" not in response.text


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer None"])
def test_without_a_token_in_the_settings_none_is_right(client, db, settings, given):
    settings.METRICS_TOKEN = ""

    assert client.get(METRICS, headers={"Authorization": given}).status_code == 404


def test_staff_see_it_and_others_do_not(client, alice, charlie):
    client.force_login(alice)
    assert client.get(METRICS).status_code == 404

    client.force_login(charlie)

    assert client.get(METRICS).status_code == 200


def test_staff_who_were_shut_out_do_not(client, charlie):
    client.force_login(charlie)
    User.objects.update(is_active=False)

    assert client.get(METRICS).status_code == 404


def test_the_stranger_gets_the_page_of_an_unknown_address(client, db):
    assert client.get(METRICS).content == client.get("/no-such-page").content


def test_queries_do_not_grow(client, alice, django_assert_num_queries):
    for _ in range(3):
        session = make_session(user=alice)
        ask(session)
        answer(session)

    with django_assert_num_queries(5):
        scrape(client)


def test_what_waits_is_read_at_the_time(client, alice):
    first, second = make_session(user=alice), make_session(user=alice)
    for session, state in ((first, "pending"), (second, "failed")):
        ask(session)
        answer(session, turn=state)

    found = scrape(client)

    assert found["archive_backlog",] == 4
    assert found["archive_oldest_seconds",] > 0
    assert (
        found["turns_pending",] == found["turns_failed",] == found["database_up",] == 1
    )


def test_parked_sessions_do_not_hide_how_far_the_archive_is_behind(client, alice):
    parked, other = make_session(user=alice), make_session(user=alice)
    for session in (parked, other):
        ask(session)
    say(parked, role="candidate", kind="answer", content="Words.", question_no=9)
    now = datetime.datetime.now(datetime.UTC)
    for _ in range(MAX_ARCHIVE_TRIES):
        drain(now=now)

    found = scrape(client)

    assert found["archive_parked",] == 1
    assert found["archive_backlog",] == found["archive_oldest_seconds",] == 0


def test_rows_that_the_archive_had_already_are_counted(client, alice):
    session = make_answered_session(user=alice)
    now = datetime.datetime.now(datetime.UTC)
    drain(now=now)
    before = scrape(client)["archive_duplicates_suppressed_total",]
    session.messages.update(archived_at=None)

    drain(now=now)

    assert scrape(client)["archive_duplicates_suppressed_total",] == before + 6


def test_a_turn_that_failed_long_ago_is_not_news(alice):
    session = make_session(user=alice)
    ask(session)
    answer(session, turn="failed")
    now = datetime.datetime.now(datetime.UTC)

    def failed(later):
        return view.current_workload(now=now + later).failed_turns

    assert failed(datetime.timedelta(hours=23)) == 1
    assert failed(datetime.timedelta(hours=25)) == 0


def test_with_the_database_away_the_other_figures_are_there(client, monkeypatch):
    def refuse(**_):
        raise DatabaseError

    monkeypatch.setattr(view, "current_workload", refuse)
    telemetry.set_breaker("model", "open")

    found = scrape(client)

    assert found["database_up",] == 0
    assert found["breaker_state", "model"] == 2
    assert ("archive_backlog",) not in found


def test_calls_turns_and_caches_are_counted(client, db):
    before = scrape(client)
    telemetry.record_calls([new_call(task="t", cost_micros=5), new_call(task="t")])
    telemetry.record_calls([new_call(task="t", outcome="error", failure="stalled")])
    telemetry.record_turn(origin="live", first_words_ms=300, complete_ms=None)
    telemetry.record_cache("response", "hit")
    telemetry.record_event("fence_rejected")
    telemetry.record_event("ledger_dropped", count=3)

    after = scrape(client)

    def added(*key):
        return after[key] - before.get(key, 0)

    assert added("llm_calls_total", "call", "t") == 2
    assert added("llm_failures_total", "stalled", "t") == 1
    assert added("llm_tokens_total", "in", "t") == 2700
    assert added("llm_tokens_total", "cache_read", "t") == 1800
    assert added("llm_tokens_total", "out", "t") == 300
    assert added("llm_cost_micros_total", "t") == 5
    assert added("llm_first_token_seconds_count", "call") == 2
    assert added("llm_complete_seconds_count", "error") == 1
    assert added("turn_first_words_seconds_count", "live") == 1
    assert added("turn_complete_seconds_count", "live") == 0
    assert added("cache_ops_total", "hit", "response") == 1
    assert added("fence_rejected_total") == 1
    assert added("ledger_dropped_total") == 3


def test_figures_name_no_model_and_no_person(client, alice):
    telemetry.record_calls([new_call(source="canary")])

    text = client.get(METRICS, headers={"Authorization": f"Bearer {TOKEN}"}).text

    assert not any(word in text for word in (MODEL, "canary", "alice"))


@pytest.mark.parametrize(
    "record",
    [
        lambda: telemetry.record_calls([None]),
        lambda: telemetry.record_turn(origin="live", first_words_ms="x", complete_ms=1),
        lambda: telemetry.record_event("unheard of"),
        lambda: telemetry.set_breaker("model", "ajar"),
    ],
)
def test_recording_never_raises(record):
    record()


@pytest.mark.django_db(transaction=True)
def test_counts_kept_reads_and_how_soon_redis_heard_of_a_change(client, alice):
    cache.clear()
    before = scrape(client)
    session = make_session(user=alice)
    for _ in range(3):
        list_sessions(user=alice, page=PageKey())

    ask(session)

    after = scrape(client)

    def added(*name):
        return after.get(name, 0) - before.get(name, 0)

    assert added("cache_ops_total", "list", "miss") == 1
    assert added("cache_ops_total", "hit", "list") == 2
    assert added("generation_missing_total") == 1
    assert added("invalidation_lag_seconds_count") == 1


@pytest.mark.django_db(transaction=True)
def test_tells_the_age_of_the_oldest_change_that_no_sweep_has_seen(client, alice):
    assert scrape(client)["outbox_age_seconds",] == 0

    ask(make_session(user=alice))
    Invalidation.objects.update(id=earliest_id(since=timezone.now() - HOUR))

    assert scrape(client)["outbox_age_seconds",] == pytest.approx(3600, abs=60)
