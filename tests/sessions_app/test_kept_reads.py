"""Lists, states and reports that are kept in Redis: what is served, and when not."""

from __future__ import annotations

import datetime
import threading
import uuid

import msgspec
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interviewer.orchestrator.start import begin_interview
from sessions_app.models import InterviewSession, Invalidation
from sessions_app.services import flights, generations, listing
from sessions_app.services.accounts import adopt_guest
from sessions_app.services.archive import drain
from sessions_app.services.deletion import delete_session
from sessions_app.services.generations import client, generation_key, prefixed
from sessions_app.services.journal import NewMessage
from sessions_app.services.kept_sessions import (
    PageKey,
    list_place,
    report_place,
    session_place,
)
from sessions_app.services.listing import list_entry, list_sessions
from sessions_app.services.model_calls import NewModelCall, store_background_calls
from sessions_app.services.session_reads import (
    find_report,
    find_session,
    session_entry,
)
from sessions_app.services.sessions import (
    finish_session,
    pause_session,
    restart_session,
    resume_session,
    switch_mode,
)
from tests.interviews import SETUP, complete, send, send_and_complete
from tests.people import make_answered_session, make_session, make_user

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)
FIRST = PageKey()
CLOSING = NewMessage(
    role="interviewer", kind="closing", content="Thank you.", origin="embedded"
)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def listed(user):
    return list_sessions(user=user, page=FIRST).sessions


def state(session):
    return find_session(user=session.user, session_id=session.pk).info


def report(session):
    found = find_session(user=session.user, session_id=session.pk)
    return find_report(user=session.user, found=found, practice_url="/")


def queries(read):
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def commands(read):
    """Return how many commands Redis got, by name, from `read`."""
    server = client()

    def counts():
        stats = server.info("commandstats")
        return {name: stats[name]["calls"] for name in stats}

    before = counts()
    read()
    after = counts()
    return {
        name.removeprefix("cmdstat_"): after[name] - before.get(name, 0)
        for name in after
        if after[name] != before.get(name, 0) and name != "cmdstat_info"
    }


# What it costs


@pytest.mark.parametrize("count", [1, 60])
def test_a_list_costs_one_query_once_and_then_none(alice, count):
    for _ in range(count):
        make_session(user=alice)

    assert [queries(lambda: listed(alice)) for _ in range(3)] == [1, 0, 0]


def test_a_state_costs_two_queries_at_most_once_and_then_none(alice):
    running = make_session(user=alice)
    ended = make_answered_session(user=alice)
    drain(now=NOW)

    assert [queries(lambda: state(running)) for _ in range(2)] == [1, 0]
    assert [queries(lambda: state(ended)) for _ in range(2)] == [2, 0]


def test_a_report_that_is_settled_costs_no_query(alice):
    session = make_answered_session(user=alice)
    drain(now=NOW)
    first = report(session)

    assert queries(lambda: report(session)) == 0
    assert report(session) == first


def test_a_hit_is_one_command(alice):
    session = make_session(user=alice)
    listed(alice)
    state(session)

    assert commands(lambda: listed(alice)) == {"mget": 1}
    assert commands(lambda: state(session)) == {"mget": 1}


def test_a_hit_says_what_the_database_says(alice):
    session = make_session(user=alice, company="Example Ltd")
    filled = listed(alice), state(session)

    assert (listed(alice), state(session)) == filled
    assert filled[0][0] == filled[1]


# What ends it


def changes(session):
    """Return name → a change of a running session, by every service that makes one."""
    return {
        "message": lambda: send(session),
        "turn": lambda: send_and_complete(session),
        "pause": lambda: pause_session(session_id=session.pk, now=timezone.now()),
        "mode": lambda: switch_mode(
            session_id=session.pk, mode="interview", notice="x", now=timezone.now()
        ),
        "restart": lambda: restart_session(
            session_id=session.pk, opening=[CLOSING], now=timezone.now()
        ),
        "finish": lambda: finish_session(
            session_id=session.pk, closing=CLOSING, now=timezone.now()
        ),
    }


@pytest.mark.parametrize(
    "name", ["message", "turn", "pause", "mode", "restart", "finish"]
)
def test_a_change_is_seen_by_the_next_read(session, name):
    before = listed(session.user)[0], state(session)

    changes(session)[name]()

    after = listed(session.user)[0], state(session)
    cache.clear()
    truth = listed(session.user)[0], state(session)
    assert after == truth
    assert before != truth


def test_a_resumed_interview_is_seen_at_once(session):
    pause_session(session_id=session.pk, now=timezone.now())
    assert state(session).paused_at

    resume_session(session_id=session.pk, now=timezone.now())

    assert state(session).paused_at is None


def test_a_new_interview_is_listed_at_once(session):
    listed(session.user)
    send(session)

    other = begin_interview(user=session.user, setup=SETUP, seed=8, now=timezone.now())

    assert [row.id for row in listed(session.user)] == [other.pk, session.pk]


def test_the_archived_score_is_seen_at_once(alice):
    session = make_answered_session(user=alice)
    assert (listed(alice)[0].score_label, state(session).score_label) == ("–", "–")

    drain(now=NOW)

    assert listed(alice)[0].score_label == state(session).score_label == "70 ± 6"


def test_a_deleted_interview_is_gone_at_once_with_all_that_was_kept(alice):
    session = make_answered_session(user=alice)
    drain(now=NOW)
    listed(alice), report(session)
    keys = [
        session_place(user_id=alice.pk, session_id=session.pk).key,
        report_place(user_id=alice.pk, session_id=session.pk).key,
    ]
    assert client().exists(*keys) == 2

    delete_session(session_id=session.pk)

    assert listed(alice) == ()
    assert session_entry(user=alice, session_id=session.pk) is None
    assert client().exists(*keys) == 0


def test_a_guests_interviews_are_the_accounts_at_once(alice):
    guest = make_user(email="guest@example.org")
    session = make_session(user=guest)
    assert (len(listed(guest)), len(listed(alice))) == (1, 0)

    adopt_guest(guest=guest, user=alice)

    session.refresh_from_db()
    assert [row.id for row in listed(alice)] == [session.pk]


def test_a_late_model_call_gives_the_report_another_receipt(alice):
    session = make_answered_session(user=alice)
    drain(now=NOW)
    assert report(session).receipt.no_model

    call = NewModelCall(task="answer.judge", outcome="call", model="openai:x")
    store_background_calls(session=session, calls=[call], now=NOW)

    assert not report(session).receipt.no_model


def test_a_report_with_a_reply_owed_is_not_kept(alice):
    session = make_answered_session(user=alice)
    drain(now=NOW)
    session.turns.all().delete()
    message = session.messages.filter(kind="answer").first()
    session.turns.create(user=alice, message=message, received_at=NOW)

    assert find_session(user=alice, session_id=session.pk).fingerprint == ""


def pause_and_fail(session):
    with transaction.atomic():
        pause_session(session_id=session.pk, now=timezone.now())
        raise RuntimeError


def test_a_rolled_back_change_changes_nothing(session):
    before = state(session)
    Invalidation.objects.all().delete()

    with pytest.raises(RuntimeError):
        pause_and_fail(session)

    assert state(session) == before
    assert not Invalidation.objects.exists()


def test_a_rolled_back_savepoint_takes_its_note_along_and_no_other(session):
    Invalidation.objects.all().delete()

    with transaction.atomic():
        with pytest.raises(RuntimeError):
            pause_and_fail(session)
        switch_mode(
            session_id=session.pk, mode="interview", notice="x", now=timezone.now()
        )

    assert Invalidation.objects.count() == 1
    assert (state(session).mode, state(session).state) == ("interview", "in_progress")


# Writing through


def test_a_message_replaces_what_is_kept(alice, session):
    listed(alice), state(session)

    send(session)

    assert queries(lambda: listed(alice)) == 0
    assert queries(lambda: session_entry(user=alice, session_id=session.pk)) == 0
    assert state(session).message_count == listed(alice)[0].message_count == 3


def test_what_was_replaced_is_what_would_be_read(session):
    listed(session.user), state(session)

    send_and_complete(session)
    kept = listed(session.user), state(session)

    cache.clear()
    assert kept == (listed(session.user), state(session))


def test_an_older_commit_that_is_told_later_replaces_nothing(session, monkeypatch):
    """Two writers, whose hooks run in the other order."""
    listed(session.user), state(session)
    late = []
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "on_commit", lambda hook, robust: late.append(hook))
        receipt = send(session)
    complete(receipt)

    for hook in late:
        hook()

    kept = listed(session.user), state(session)
    cache.clear()
    assert late
    assert kept == (listed(session.user), state(session))


# Races


def test_a_fill_that_overlaps_a_change_is_never_served(session, monkeypatch):
    """The reader has read the database; before it stores, somebody writes."""
    load = listing._load

    def slow(user, page):
        rows = load(user, page)
        pause_session(session_id=session.pk, now=timezone.now())
        return rows

    monkeypatch.setattr(listing, "_load", slow)
    assert listed(session.user)[0].state == "in_progress"  # as of when it was read
    monkeypatch.setattr(listing, "_load", load)

    assert listed(session.user)[0].state == "paused"


def test_readers_at_the_same_time_share_one_query(alice, monkeypatch):
    make_session(user=alice)
    loads, all_are_in = [], threading.Barrier(8)
    load, enter = listing._load, flights.enter

    def counted(user, page):
        loads.append(page)
        return load(user, page)

    def enter_together(key):
        # The first to enter computes when all the others wait for it.
        entered = enter(key)
        all_are_in.wait(10)
        return entered

    monkeypatch.setattr(listing, "_load", counted)
    monkeypatch.setattr(flights, "enter", enter_together)
    results = []

    def read():
        try:
            results.append(list_entry(user=alice, page=FIRST).body)
        finally:
            connection.close()

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(loads) == 1
    assert len(results) == 8
    assert len(set(results)) == 1


def test_a_transaction_sees_what_it_wrote_and_keeps_nothing(session):
    listed(session.user)

    with transaction.atomic():
        InterviewSession.objects.filter(pk=session.pk).update(company="Unseen")
        inside = listed(session.user)[0].company
        transaction.set_rollback(True)

    assert inside == "Unseen"
    assert listed(session.user)[0].company == ""


# Whose it is


def test_another_person_never_gets_what_is_kept(alice, bob):
    session = make_session(user=alice)
    state(session)

    assert session_entry(user=bob, session_id=session.pk) is None
    assert listed(bob) == ()


def test_an_entry_under_another_persons_key_is_not_believed(alice, bob):
    make_session(user=alice)
    listed(alice), listed(bob)
    stolen = client().get(list_place(user_id=alice.pk, page=FIRST).key)
    token = client().get(generation_key(user_id=alice.pk))
    client().set(list_place(user_id=bob.pk, page=FIRST).key, stolen, ex=60)
    client().set(generation_key(user_id=bob.pk), token, ex=60)

    assert listed(bob) == ()


def test_an_entry_of_another_page_is_not_believed(alice):
    make_session(user=alice)
    listed(alice)
    other = PageKey.of(filters={"state": "finished"})
    raw = client().get(list_place(user_id=alice.pk, page=FIRST).key)
    client().set(list_place(user_id=alice.pk, page=other).key, raw, ex=60)

    assert list_sessions(user=alice, page=other).sessions == ()


@pytest.mark.parametrize(
    "damage", [b"", b"\x80\x04K\x01.", b"[1]", msgspec.msgpack.encode([9] * 7)]
)
def test_a_damaged_entry_is_a_miss(alice, damage):
    make_session(user=alice)
    listed(alice)
    client().set(list_place(user_id=alice.pk, page=FIRST).key, damage, ex=60)

    assert len(listed(alice)) == 1


def test_what_is_handed_out_cannot_be_altered(alice):
    make_session(user=alice)

    with pytest.raises(AttributeError):
        listed(alice)[0].role_title = "x"
    with pytest.raises(AttributeError):
        list_entry(user=alice, page=FIRST).body = b""


# How long


def test_every_key_has_an_end(session, settings):
    listed(session.user), state(session)
    send(session)

    seconds = {
        key.decode().split(":")[2]: client().ttl(key)
        for key in client().scan_iter(prefixed("*"))
        if key.decode().split(":")[2] in ("gen", "list", "sess", "applied")
    }

    assert 0 < seconds["list"] <= settings.READ_CACHE_SECONDS
    assert 0 < seconds["sess"] <= settings.READ_CACHE_SECONDS
    assert 0 < seconds["gen"] <= generations.GENERATION_SECONDS
    assert seconds["applied"] > 0


def test_a_lost_token_is_a_miss_and_not_an_old_list(alice):
    make_session(user=alice)
    listed(alice)
    InterviewSession.objects.filter(user=alice).update(company="Changed")
    client().delete(generation_key(user_id=alice.pk))

    assert listed(alice)[0].company == "Changed"


def test_an_unknown_session_is_not_kept(alice):
    unknown = uuid.uuid4()

    assert session_entry(user=alice, session_id=unknown) is None
    assert queries(lambda: session_entry(user=alice, session_id=unknown)) == 1
