import datetime

import pytest

from sessions_app.models import MAX_ARCHIVE_TRIES, ArchiveFault
from sessions_app.services import archive_pairs
from sessions_app.services.archive import DUPLICATES_SUPPRESSED, drain
from sessions_app.services.archive_faults import list_faults, release_faults
from tests.people import START, make_answered_session, make_session, say

NOW = START + datetime.timedelta(hours=1)
LATER = NOW + datetime.timedelta(hours=1)
SECRET = "what a person said"


@pytest.fixture
def broken(alice):
    """A session whose third message contradicts the journal's conventions."""
    session = make_session(user=alice)
    for _ in range(2):
        say(session, role="interviewer", kind="opening", content="Welcome.")
    say(session, role="candidate", kind="answer", content=SECRET, question_no=7)
    return session


def drain_often(times=MAX_ARCHIVE_TRIES):
    return [drain(now=NOW).set_aside for _ in range(times)]


def suppressed():
    return DUPLICATES_SUPPRESSED._value.get()


def test_a_fault_names_message_and_reason_and_no_word_of_a_person(broken):
    drain(now=NOW)

    fault = broken.archive_fault
    assert (fault.seq, fault.error) == (3, "MalformedJournal")
    assert fault.problem == "message 3 answers what was never asked"
    assert (fault.tries, fault.is_parked) == (1, False)
    assert (fault.user, fault.first_seen_at) == (broken.user, NOW)


def test_an_unexpected_error_tells_its_place_and_not_its_text(alice, monkeypatch):
    session = make_answered_session(user=alice)

    def fail(**_):
        raise ValueError(SECRET)

    monkeypatch.setattr(archive_pairs, "extract_pairs", fail)

    drain(now=NOW)

    fault = session.archive_fault
    assert fault.error == "ValueError"
    assert fault.problem.startswith("in sessions_app.services.archive_pairs, line ")
    assert fault.seq is None


def test_after_five_tries_it_is_parked_and_left_alone(broken):
    assert drain_often() == [{broken.pk}] * MAX_ARCHIVE_TRIES
    assert broken.archive_fault.is_parked

    assert drain(now=LATER).set_aside == frozenset()

    broken.archive_fault.refresh_from_db()
    assert broken.archive_fault.tries == MAX_ARCHIVE_TRIES
    assert broken.archive_fault.last_seen_at == NOW


def test_a_parked_session_does_not_hold_up_the_others(broken, bob):
    drain_often()
    whole = make_answered_session(user=bob)

    drain(now=LATER)

    assert whole.answers.count() == 3
    assert broken.messages.filter(archived_at=None).count() == 3


def test_released_it_is_tried_again_as_often(broken):
    drain_often()

    assert release_faults(session_ids=[broken.pk]) == 1

    assert drain_often(1) == [{broken.pk}]
    broken.archive_fault.refresh_from_db()
    assert (broken.archive_fault.tries, broken.archive_fault.is_parked) == (1, False)


def test_what_can_be_archived_again_is_resolved(broken):
    drain_often()
    broken.messages.filter(seq=3).delete()
    release_faults(session_ids=[broken.pk])

    drain(now=LATER)

    fault = broken.archive_fault
    assert fault.resolved_at == LATER
    assert list_faults() == []
    assert not broken.messages.filter(archived_at=None).exists()


def test_a_fault_after_a_recovery_begins_anew(broken):
    drain(now=NOW)
    ArchiveFault.objects.update(resolved_at=NOW, tries=4)

    drain(now=LATER)

    fault = broken.archive_fault
    assert (fault.tries, fault.first_seen_at, fault.resolved_at) == (1, LATER, None)


def test_faults_are_listed_the_latest_first(broken, bob, django_assert_num_queries):
    drain(now=NOW)
    other = make_session(user=bob)
    say(other, role="candidate", kind="skip", content="", question_no=2)
    drain(now=LATER)
    ArchiveFault.objects.filter(session=broken).update(last_seen_at=NOW)

    with django_assert_num_queries(1):
        found = [(fault.session.role, fault.session_id) for fault in list_faults()]

    assert [pk for _, pk in found] == [other.pk, broken.pk]


def test_a_deleted_session_takes_its_fault_along(broken):
    drain(now=NOW)

    broken.delete()

    assert not ArchiveFault.objects.exists()


def test_rows_that_were_there_are_counted(alice):
    session = make_answered_session(user=alice)
    before = suppressed()
    drain(now=NOW)
    assert suppressed() == before

    session.messages.update(archived_at=None)
    drain(now=NOW)

    assert suppressed() - before == 6  # three questions, three answers
