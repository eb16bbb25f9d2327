import datetime

import pytest

from sessions_app.models import Evaluation, SessionMetrics
from sessions_app.services.archive import drain
from sessions_app.services.metrics import metrics_for
from tests.people import START, answer, ask, judge, make_answered_session, make_session

NOW = START + datetime.timedelta(hours=1)


def test_without_a_worker_they_are_computed_on_demand(alice):
    session = make_answered_session(user=alice)

    metrics, is_on_demand = metrics_for(session=session)

    assert is_on_demand
    assert metrics.answered == 3
    assert not SessionMetrics.objects.exists()


def test_the_worker_stores_exactly_what_on_demand_gives(alice):
    session = make_answered_session(user=alice)
    on_demand, _ = metrics_for(session=session)

    drain(now=NOW)
    stored, is_on_demand = metrics_for(session=session)

    assert not is_on_demand
    assert stored == on_demand


def test_stored_figures_are_not_used_once_more_was_said(alice):
    session = make_answered_session(user=alice, is_finished=False)
    drain(now=NOW)
    ask(session, slot=3)
    answer(session)

    metrics, is_on_demand = metrics_for(session=session)

    assert is_on_demand
    assert metrics.answered == 4


def test_a_late_evaluation_is_seen_at_once(alice):
    session = make_session(user=alice)
    ask(session)
    said = answer(session)
    drain(now=NOW)
    judge(said)

    metrics, is_on_demand = metrics_for(session=session)

    assert is_on_demand
    assert metrics.enough_evidence == 1


@pytest.mark.parametrize(
    "change",
    [{"score": 0.1}, {"error": 0.2}, {"slot": 7}, {"is_first": False}],
)
def test_every_changed_figure_of_an_evaluation_is_seen(alice, change):
    session = make_answered_session(user=alice, answers=2)
    drain(now=NOW)
    Evaluation.objects.filter(pk=session.evaluations.first().pk).update(**change)

    assert metrics_for(session=session)[1]


@pytest.mark.parametrize("field", ["digest", "message_count", "revision"])
def test_every_change_of_the_session_is_seen(alice, field):
    session = make_answered_session(user=alice)
    drain(now=NOW)
    setattr(session, field, "f" * 64 if field == "digest" else 99)

    assert metrics_for(session=session)[1]


def test_no_person_gets_figures_of_another(alice, bob):
    mine = make_answered_session(user=alice, answers=1)
    make_answered_session(user=bob, answers=3)
    drain(now=NOW)

    assert metrics_for(session=mine)[0].answered == 1


@pytest.mark.parametrize("answers", [1, 30])
def test_queries_do_not_grow_with_the_length(alice, answers, django_assert_num_queries):
    session = make_answered_session(user=alice, answers=answers)

    with django_assert_num_queries(2):
        metrics_for(session=session)


def test_without_running_figures_the_journal_is_read(alice, django_assert_num_queries):
    session = make_answered_session(user=alice)
    running, _ = metrics_for(session=session)
    session.running_figures = {}

    with django_assert_num_queries(5):
        from_the_journal, _ = metrics_for(session=session)

    assert from_the_journal == running


def test_running_figures_of_another_journal_are_not_used(alice):
    session = make_answered_session(user=alice)
    said = session.messages.filter(kind="answer").first()
    said.content = "Two words."
    said.save()
    session.digest = "f" * 64

    assert metrics_for(session=session)[0].words_mean == pytest.approx(20 / 3)


def test_the_archive_restores_lost_running_figures(alice):
    session = make_answered_session(user=alice)
    running = session.running_figures
    session.running_figures = {}
    session.save()

    drain(now=NOW)

    session.refresh_from_db()
    assert session.running_figures == running
