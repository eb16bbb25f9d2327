"""The operations page: what it shows, to whom, and in how many queries."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from interviewer import telemetry
from sessions_app.models import (
    MAX_ARCHIVE_TRIES,
    ArchiveFault,
    ModelCall,
    Turn,
    WorkerHeartbeat,
)
from sessions_app.services.archive import drain
from sessions_app.services.usage import usage_between
from tests.model_calls import new_call, store_calls, unanswered_call
from tests.people import START, answer, ask, make_session, make_user, say
from tests.sessions_app.test_admin import allow

PAGE = reverse("operations")
DAY = START.date()
RANGE = {"since": DAY.isoformat(), "until": DAY.isoformat()}


@pytest.fixture
def root(db):
    return make_user(email="root@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def broken(alice):
    """An interview that the archive has given up."""
    session = make_session(user=alice)
    say(session, role="interviewer", kind="opening", content="Welcome.")
    say(session, role="interviewer", kind="opening", content="Welcome.")
    say(session, role="candidate", kind="answer", content="Hello.", question_no=7)
    for _ in range(MAX_ARCHIVE_TRIES):
        drain(now=timezone.now())
    return session


@pytest.fixture
def used(alice):
    """An interview whose models were asked, avoided and failed."""
    session = make_session(user=alice)
    store_calls(
        session,
        *[new_call(cost_micros=1_500_000, complete_ms=ms) for ms in (100, 200, 900)],
        new_call(outcome="exact_hit", tokens_in=0, tokens_cached=0, tokens_out=0),
        unanswered_call("stalled"),
    )
    return session


def test_it_takes_a_right_of_its_own(client, charlie):
    client.force_login(charlie)
    assert client.get(PAGE).status_code == 403

    charlie = type(charlie).objects.get(pk=charlie.pk)
    allow(charlie, "view_operations")

    assert client.get(PAGE).status_code == 200


def test_staff_with_the_right_find_it_in_the_admin(client, root, charlie):
    client.force_login(charlie)
    assert PAGE not in client.get(reverse("admin:index")).text

    client.force_login(root)

    assert PAGE in client.get(reverse("admin:index")).text


def test_other_people_are_sent_to_the_admin_login(client, alice):
    client.force_login(alice)

    assert client.get(PAGE)["Location"].startswith(reverse("admin:login"))


def test_an_idle_installation_says_that_nothing_happened(client, root):
    client.force_login(root)

    text = client.get(PAGE).text

    assert "No language model was used in these days." in text
    assert "Nothing was spent." in text
    assert "No worker has given a sign of life yet." in text


def test_calls_tokens_and_cost_of_a_day(client, root, used):
    client.force_login(root)

    text = client.get(PAGE, RANGE).text

    assert "Asked a model" in text
    assert "3 (60 %)" in text
    assert text.count("4.50") >= 2
    assert '<td class="end">2700</td>' in text
    assert '<title id="cost-chart">' in text


def test_the_days_are_counted_in_utc_with_both_ends(used):
    def on(moment):
        ModelCall.objects.update(created_at=moment)
        usage = usage_between(first=DAY, last=DAY)
        return usage.total.asked, sum(usage.outcomes.values())

    midnight = datetime.datetime.combine(DAY, datetime.time(), datetime.UTC)
    day = datetime.timedelta(days=1)
    moment = datetime.timedelta(microseconds=1)

    assert on(midnight) == (4, 5)
    assert on(midnight + day - moment) == (4, 5)
    assert on(midnight - moment) == (0, 0)
    assert on(midnight + day) == (0, 0)


def test_quantiles_are_values_that_were_measured(used):
    usage = usage_between(first=DAY, last=DAY)

    asked = usage.times[2]
    assert (asked.count, asked.p50_ms, asked.p95_ms) == (3, 200, 900)
    assert usage.times[0].p50_ms is None


def test_waiting_is_measured_on_turns(alice):
    session = make_session(user=alice, slots=20)
    ask(session)
    for ms in range(1, 21):
        message = answer(session)
        Turn.objects.filter(message=message).update(completed_ms=ms)
    moment = START + datetime.timedelta(seconds=60)
    Turn.objects.update(received_at=moment)

    usage = usage_between(first=DAY, last=DAY)

    times = usage.times[1]
    assert (times.count, times.p50_ms, times.p95_ms) == (20, 10, 19)


def test_it_names_interviews_that_cannot_be_archived(client, root, broken):
    client.force_login(root)

    page = client.get(PAGE).text

    assert "Interviews that could not be archived" in page
    assert "MalformedJournal message 3 answers what was never asked" in page
    assert "left alone" in page
    assert reverse("admin:sessions_app_archivefault_changelist") in page


@pytest.mark.parametrize("sessions", [1, 8])
def test_its_queries_do_not_grow(
    client, root, alice, sessions, django_assert_num_queries
):
    for _ in range(sessions):
        session = make_session(user=alice)
        ask(session)
        answer(session)
        store_calls(session, *[new_call()] * sessions)
    client.force_login(root)

    with django_assert_num_queries(19):
        client.get(PAGE, {**RANGE, "until": DAY + datetime.timedelta(days=60)})


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "x", "until": "y"},
        {"since": "2026-03-02"},
        {"since": "2026-03-03", "until": "2026-03-02"},
        {"since": "2020-01-01", "until": "2026-03-02"},
        {"since": "0001-01-01", "until": "9999-12-31"},
        {"since": "2026-03-02\0", "until": "2026-03-02"},
    ],
)
def test_an_impossible_range_is_an_error_and_shows_the_last_week(client, root, wrong):
    client.force_login(root)

    response = client.get(PAGE, wrong)

    assert response.status_code == 200
    assert "errorlist" in response.text
    assert response.context["last"] == timezone.now().date()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1969-12-31"])
def test_the_ends_of_the_calendar_are_no_days_to_look_at(client, root, day):
    client.force_login(root)

    response = client.get(PAGE, {"since": day, "until": day})

    assert response.status_code == 200
    assert "errorlist" in response.text


def test_a_worker_that_went_quiet_is_named(client, root):
    now = timezone.now()
    WorkerHeartbeat.objects.create(name="quiet", beat_at=now - datetime.timedelta(1))
    client.force_login(root)
    assert "late: it may not be running" in client.get(PAGE).text

    WorkerHeartbeat.objects.update(beat_at=now)

    assert "late: it may not be running" not in client.get(PAGE).text


def test_breakers_and_caches_are_shown_as_the_processes_count_them(client, root):
    telemetry.set_breaker("test:model-of-operations", "open")
    before = telemetry.cache_reads().get("test.operations", {}).get("hit", 0)
    telemetry.record_cache("test.operations", "hit")
    client.force_login(root)

    text = client.get(PAGE).text

    assert telemetry.breaker_states()["test:model-of-operations"] == "open"
    assert "test:model-of-operations" in text
    assert telemetry.cache_reads()["test.operations"]["hit"] == before + 1
    assert "test.operations" in text


# Interviews that could not be archived, one by one


FAULTS = reverse("admin:sessions_app_archivefault_changelist")


def release(client, fault):
    return client.post(
        FAULTS, {"action": "try_again", "_selected_action": [fault.pk]}, follow=True
    )


def test_releasing_a_parked_interview_lets_the_archive_try_again(client, root, broken):
    client.force_login(root)

    page = release(client, broken.archive_fault)

    assert "Released 1; the archive tries again." in page.text
    assert not ArchiveFault.objects.get(session=broken).is_parked


def test_who_may_only_look_releases_nothing(client, charlie, broken):
    allow(charlie, "view_archivefault")
    client.force_login(charlie)
    assert client.get(FAULTS).status_code == 200

    release(client, broken.archive_fault)

    assert ArchiveFault.objects.get(session=broken).is_parked


def test_the_list_of_faults_takes_the_same_queries_however_long_it_is(
    client, root, alice, django_assert_max_num_queries
):
    client.force_login(root)
    for _ in range(6):
        session = make_session(user=alice)
        ArchiveFault.objects.create(
            user=alice,
            session=session,
            error="ValueError",
            tries=1,
            first_seen_at=START,
            last_seen_at=START,
        )

    with django_assert_max_num_queries(6):
        client.get(FAULTS)
