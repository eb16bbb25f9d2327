import datetime
import threading

import pytest
from django.db import connection, connections

from sessions_app.models import Answer, Message, Question, Turn
from sessions_app.services.archive import drain
from sessions_app.services.deletion import delete_session
from sessions_app.services.metrics import metrics_for
from sessions_app.services.turns import (
    NewEvaluation,
    TurnResult,
    claim_turn,
    commit_turn,
)
from tests.people import (
    START,
    answer,
    ask,
    finish,
    make_answered_session,
    make_session,
    make_user,
)

NOW = START + datetime.timedelta(hours=1)
LEASE = datetime.timedelta(seconds=20)


def complete(turn, **fields):
    """Commit a turn that says nothing more."""
    result = {
        "replies": [],
        "evaluation": None,
        "gate": None,
        "answered_count": 0,
        "skipped_count": 0,
        "closes": False,
        "first_words_ms": 80,
    }
    fence = claim_turn(turn_id=turn.pk, now=NOW, lease=LEASE)
    outcome = TurnResult(**{**result, **fields})
    commit_turn(turn_id=turn.pk, fence=fence, result=outcome, now=NOW)


def test_a_judgement_that_comes_after_the_end_reaches_the_stored_metrics(alice):
    session = make_session(user=alice)
    ask(session)
    said = answer(session, turn=Turn.State.PENDING)
    finish(session)
    drain(now=NOW)
    judgement = NewEvaluation(
        engine="rules 1",
        slot=0,
        is_first=True,
        message_seqs=[said.seq],
        text=said.content,
        state="observed",
        score=0.5,
        error=0.1,
        confidence=0.8,
        result={},
        feedback={},
        outline=[],
    )
    complete(said.turn, evaluation=judgement, gate="passed", answered_count=1)

    drain(now=NOW)

    session.refresh_from_db()
    metrics, is_on_demand = metrics_for(session=session)
    assert not is_on_demand
    assert metrics.enough_evidence == 1
    assert session.answers.count() == 1


def test_a_gate_that_closes_after_archiving_is_counted(alice):
    session = make_session(user=alice)
    ask(session)
    said = answer(session, "asdf", turn=Turn.State.PENDING)
    drain(now=NOW)
    complete(said.turn, gate="gibberish")

    drain(now=NOW)

    session.refresh_from_db()
    metrics, is_on_demand = metrics_for(session=session)
    assert (metrics.answers, metrics.answered) == (1, 0)
    assert not is_on_demand


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="the in-memory database of the tests has one connection for all threads",
)
def test_two_workers_at_once_store_everything_once():
    sessions = [
        make_answered_session(user=make_user(email=f"person{n}@example.org"))
        for n in range(6)
    ]

    at_once([lambda: drain(now=NOW), lambda: drain(now=NOW), lambda: drain(now=NOW)])
    drain(now=NOW)  # what one left to another that held it

    assert not Message.objects.filter(archived_at=None).exists()
    assert Answer.objects.count() == Question.objects.count() == 3 * len(sessions)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="the in-memory database of the tests has one connection for all threads",
)
def test_a_session_deleted_while_it_is_archived_stays_deleted():
    session = make_answered_session(user=make_user(email="alice@example.org"))

    at_once([lambda: drain(now=NOW), lambda: delete_session(session_id=session.pk)])

    assert not Message.objects.exists()
    assert not Question.objects.exists()


def at_once(jobs):
    barrier = threading.Barrier(len(jobs))
    failures = []

    def run(job):
        try:
            barrier.wait(timeout=10)
            job()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failures == []
