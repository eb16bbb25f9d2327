"""What ends kept reads when the process that changed something could not say so."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from interviewer.cache import ForgivingRedisCache
from sessions_app import tasks
from sessions_app.models import Invalidation, User
from sessions_app.services import generations, invalidation
from sessions_app.services.access import access_key
from sessions_app.services.deletion import delete_session
from sessions_app.services.generations import client, generation_key
from sessions_app.services.invalidation import (
    note_changes,
    sweep_invalidations,
)
from sessions_app.services.kept_sessions import PageKey
from sessions_app.services.listing import list_sessions
from sessions_app.services.retention import forget_guests
from sessions_app.services.sessions import pause_session
from tests.interviews import send
from tests.people import make_session

pytestmark = pytest.mark.django_db(transaction=True)

LATER = datetime.timedelta(seconds=5)
PROJECT_DIR = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def state_in_list(user):
    return list_sessions(user=user, page=PageKey()).sessions[0].state


def token_of(user):
    return client().get(generation_key(user_id=user.pk))


@pytest.fixture
def killed_before_the_hook(monkeypatch):
    """The process dies between its commit and what follows it."""
    monkeypatch.setattr(transaction, "on_commit", lambda hook, robust: None)


def test_a_change_whose_process_died_is_seen_after_the_sweep(
    alice, session, killed_before_the_hook
):
    assert state_in_list(alice) == "in_progress"

    pause_session(session_id=session.pk, now=timezone.now())
    assert state_in_list(alice) == "in_progress"  # nobody has told Redis

    assert sweep_invalidations(now=timezone.now() + LATER) > 0
    assert state_in_list(alice) == "paused"
    assert not Invalidation.objects.exists()


def test_a_token_made_between_commit_and_sweep_does_not_keep_an_old_list(
    alice, session, killed_before_the_hook
):
    state_in_list(alice)
    pause_session(session_id=session.pk, now=timezone.now())
    # Younger than the row, beside a list that is older than the change.
    old = client().get(generation_key(user_id=alice.pk))
    client().set(generation_key(user_id=alice.pk), old, ex=60)

    sweep_invalidations(now=timezone.now() + LATER)

    assert state_in_list(alice) == "paused"


def test_the_sweep_leaves_alone_what_a_hook_has_told(alice, session):
    send(session)
    before = token_of(alice)
    assert Invalidation.objects.exists()

    assert sweep_invalidations(now=timezone.now() + LATER) == 0

    assert token_of(alice) == before
    assert not Invalidation.objects.exists()
    assert not client().exists(invalidation._applied_key(alice.pk))


def test_the_sweep_waits_for_the_hook(alice, session, killed_before_the_hook):
    Invalidation.objects.all().delete()
    now = timezone.now()
    pause_session(session_id=session.pk, now=now)

    assert sweep_invalidations(now=now) == 0
    assert Invalidation.objects.count() == 1


def test_two_sweepers_are_as_good_as_one(alice, session, killed_before_the_hook):
    Invalidation.objects.all().delete()
    pause_session(session_id=session.pk, now=timezone.now())

    assert sweep_invalidations(now=timezone.now() + LATER) == 1
    assert sweep_invalidations(now=timezone.now() + LATER) == 0


def test_the_task_sweeps(alice, session, killed_before_the_hook, monkeypatch):
    pause_session(session_id=session.pk, now=timezone.now())
    monkeypatch.setattr(invalidation, "SWEPT_AFTER", -LATER)

    tasks.invalidate()

    assert not Invalidation.objects.exists()


def test_R1_with_redis_away_reads_and_writes_go_on(alice, session, settings):
    state_in_list(alice)
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere.sock"}
    }

    pause_session(session_id=session.pk, now=timezone.now())

    assert state_in_list(alice) == "paused"
    assert sweep_invalidations(now=timezone.now() + LATER) == 0
    assert Invalidation.objects.exists()  # for when it is back


def test_R3_what_redis_missed_while_it_was_away_is_made_good(alice, session, settings):
    state_in_list(alice)
    with pytest.MonkeyPatch.context() as patch:
        lost = ForgivingRedisCache("unix:///nowhere.sock", settings.CACHES["default"])
        patch.setattr(
            generations, "get_redis_connection", lambda _: lost.client.get_client()
        )
        pause_session(session_id=session.pk, now=timezone.now())

    sweep_invalidations(now=timezone.now() + LATER)

    assert state_in_list(alice) == "paused"


def test_a_command_that_took_too_long_is_sent_once_more(alice, session, monkeypatch):
    state_in_list(alice)
    apply, failures = invalidation._apply, [TimeoutError()]

    def slow_once(**options):
        if failures:
            raise failures.pop()
        apply(**options)

    monkeypatch.setattr(invalidation, "_apply", slow_once)

    pause_session(session_id=session.pk, now=timezone.now())

    assert state_in_list(alice) == "paused"


def test_a_change_outside_a_transaction_is_a_mistake(alice):
    with pytest.raises(transaction.TransactionManagementError, match="transaction"):
        note_changes(user_ids=[alice.pk])


def test_one_row_per_person_and_transaction(alice, bob):
    Invalidation.objects.all().delete()
    with transaction.atomic():
        note_changes(user_ids=[alice.pk, bob.pk, alice.pk])
        note_changes(user_ids=[alice.pk])

    rows = Invalidation.objects.values_list("user_id", flat=True)
    assert sorted(rows) == sorted([alice.pk, bob.pk])


# Access


def granted(user):
    client().set(access_key(user_id=user.pk), "granted", ex=60)
    return lambda: client().exists(access_key(user_id=user.pk)) == 1


def test_another_password_ends_access(alice):
    is_granted = granted(alice)
    alice.set_password("another one entirely")
    alice.save()

    assert not is_granted()


def test_disabling_ends_access(alice):
    is_granted = granted(alice)
    alice.is_active = False
    alice.save(update_fields=["is_active"])

    assert not is_granted()


def test_signing_in_ends_nothing(alice):
    is_granted = granted(alice)
    alice.save(update_fields=["last_login"])

    assert is_granted()


def test_what_a_guest_could_read_ends_with_the_guest(db):
    guest = User.objects.create_guest()
    User.objects.filter(pk=guest.pk).update(
        date_joined=timezone.now() - datetime.timedelta(days=99)
    )
    is_granted = granted(guest)
    token = token_of(guest)

    forget_guests(idle_since=timezone.now() - datetime.timedelta(days=30))

    assert not is_granted()
    assert token_of(guest) != token


def test_access_that_nobody_ended_is_ended_by_the_sweep(alice, killed_before_the_hook):
    is_granted = granted(alice)
    alice.is_active = False
    alice.save()
    assert is_granted()

    sweep_invalidations(now=timezone.now() + LATER)

    assert not is_granted()


def test_deleting_does_not_end_access(alice):
    session = make_session(user=alice)
    is_granted = granted(alice)

    delete_session(session_id=session.pk)

    assert is_granted()


# Nobody writes past the services

WRITES = re.compile(
    r"\b(?:InterviewSession|Message|Question|Answer|Evaluation|SessionMetrics)\b"
    r"(?:\s*\.\s*\w+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?)*?"
    r"\s*\.\s*(?:create|update|delete|bulk_create|bulk_update|get_or_create"
    r"|update_or_create|raw)\("
    r"|\b(?:session|message|question|answer|evaluation|metrics|row|obj)"
    r"\.(?:save|delete)\("
    r"|\.(?:messages|turns|evaluations|epochs|answers|questions)"
    r"(?:\.\w+\([^()]*\))*\.(?:create|update|delete|bulk_create)\("
)
# They make rows of their own, in a database of their own.
MAKERS = ("interviewer/benchmarks/",)


def test_the_data_is_written_by_services_only():
    found = {
        f"{path.relative_to(PROJECT_DIR)}: {match[0]}"
        for package in ("interviewer", "sessions_app")
        for path in (PROJECT_DIR / package).rglob("*.py")
        if not path.is_relative_to(PROJECT_DIR / "sessions_app/services")
        and not str(path.relative_to(PROJECT_DIR)).startswith(MAKERS)
        and "migrations" not in path.parts
        for match in WRITES.finditer(path.read_text(encoding="utf-8"))
    }

    assert found == set()


@pytest.mark.parametrize(
    "write",
    [
        "InterviewSession.objects.filter(pk=1).update(",
        "Message.objects.bulk_create(",
        "session.save(",
        "session.messages.all().delete(",
        "InterviewSession.objects.visible_to(user).filter(a=f(b)).delete(",
    ],
)
def test_the_search_for_writes_finds(write):
    assert WRITES.search(write)


def test_every_service_that_writes_says_what_it_changed():
    """Or is known to write nothing that is kept."""
    keeps_nothing = {
        "folding.py",  # records and facts: no page shows them
        "opinions.py",  # second opinions, which no score or report rests on
        "metrics.py",  # within the archive's transaction, which says so
        "archive_pairs.py",  # as above
        "rebuilding.py",  # its callers say so
        "retention.py",  # people go, which a signal tells
        "journal.py",
    }
    writers = {
        path.name
        for path in (PROJECT_DIR / "sessions_app/services").glob("*.py")
        if WRITES.search(path.read_text(encoding="utf-8"))
    }
    say = {
        path.name
        for path in (PROJECT_DIR / "sessions_app/services").glob("*.py")
        if re.search(r"\bnote_\w+\(", path.read_text(encoding="utf-8"))
    }

    assert writers - say - keeps_nothing == set()
