import pytest
from django.db import connection
from django.utils import timezone

from interviewer.benchmarks import metrics
from interviewer.benchmarks.persistence import methods
from interviewer.benchmarks.persistence.rows import (
    MESSAGES_PER_SESSION,
    make_backlog,
    make_sessions,
)
from sessions_app.models import Answer, InterviewSession, Message
from sessions_app.services.archive import drain
from sessions_app.services.bulk_insert import COPY_FROM_ROWS
from sessions_app.services.reconciling import check_archive


def differences():
    return [row.what for step in check_archive() for row in step.differences]


@pytest.mark.parametrize("messages", [1, 2, 25, 60])
def test_interviews_made_in_bulk_are_those_that_the_services_would_write(
    alice, messages
):
    assert make_sessions(user=alice, count=3, messages=messages) == 3 * messages
    assert differences() == []

    drain(now=timezone.now())

    assert differences() == []
    assert not Message.objects.filter(archived_at=None).exists()
    assert Answer.objects.count() == 3 * ((messages - 1) // 2)


def test_so_many_rows_that_they_are_copied_are_the_same(alice):
    assert make_sessions(user=alice, count=25) >= COPY_FROM_ROWS

    drain(now=timezone.now())

    assert differences() == []


def test_a_backlog_has_at_least_the_wanted_size(alice):
    made = make_backlog(user=alice, messages=MESSAGES_PER_SESSION + 1)

    assert made == 2 * MESSAGES_PER_SESSION == Message.objects.count()


def test_every_method_stores_the_same_rows(alice):
    session = methods._session_with_messages(alice, 30)
    rows = methods._answers_to_store(alice, session)
    stored = {}
    for name, insert in methods._methods(Answer).items():
        insert(rows)
        assert Answer.objects.count() == 30, name
        stored[name] = methods._fingerprint(Answer)
        Answer.objects.all()._raw_delete(connection.alias)

    assert len(set(stored.values())) == 1
    assert len(stored) == (7 if connection.vendor == "postgresql" else 4)


def test_the_arms_of_the_figures_agree_and_leave_nothing_behind(alice):
    make_sessions(user=alice, count=1, messages=10)
    session = InterviewSession.objects.get()

    views = [metrics._measure(work, session)[1] for work in metrics.ARMS.values()]

    assert all(view == views[0] for view in views)
    assert views[0].answers == 5
    assert Message.objects.count() == 10
    assert differences() == []


def test_the_running_arm_asks_the_database_nothing(alice, django_assert_num_queries):
    make_sessions(user=alice, count=1, messages=10)
    session = InterviewSession.objects.get()

    with django_assert_num_queries(0):
        metrics._running(session)
