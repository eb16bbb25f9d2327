import time_machine

from sessions_app import tasks
from sessions_app.models import Message, WorkerHeartbeat
from tests.people import make_answered_session


def test_tasks_have_the_names_that_callers_ring():
    assert tasks.archive.name == "sessions.archive"
    assert tasks.heartbeat.name == "sessions.heartbeat"


def test_the_doorbell_needs_no_data(alice):
    make_answered_session(user=alice)

    tasks.archive()

    assert not Message.objects.filter(archived_at=None).exists()


def test_a_second_ring_finds_nothing_to_do(alice, django_assert_num_queries):
    make_answered_session(user=alice)
    tasks.archive()

    with django_assert_num_queries(1):
        tasks.archive()


def test_there_is_one_heartbeat_and_it_is_the_latest(db):
    for moment in ("2026-03-02T10:00:00Z", "2026-03-02T10:00:15Z"):
        with time_machine.travel(moment, tick=False):
            tasks.heartbeat()

    beat = WorkerHeartbeat.objects.get()
    assert beat.beat_at.isoformat() == "2026-03-02T10:00:15+00:00"
