import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interviewer.orchestrator.history import load_history
from sessions_app.models import InterviewSession
from sessions_app.services.folding import NewEpoch, put_in_force, store_epoch
from tests.people import START, answer, ask, make_session, say


def make_long_session(user, *, turns=30):
    session = make_session(user=user, slots=turns)
    say(session, role="interviewer", kind="opening", content="Welcome.")
    for number in range(1, turns + 1):
        ask(session, slot=0, text=f"Question {number}?")
        answer(session, f"In part {number} we had {number + 10} engineers.")
    return session


def make_epoch(session, *, number=1, upto_seq=41, **fields):
    values = {
        "range_digest": "0" * 64,
        "summary": "They spoke of parts.",
        "ledger": "Numbers: part 11 engineers",
        "tokens": 12,
        "engine": "rules 1",
    }
    return store_epoch(
        session=session,
        epoch=NewEpoch(number=number, upto_seq=upto_seq, **{**values, **fields}),
        now=START,
    )


def load(session, *, before_seq=None):
    session = InterviewSession.objects.get(pk=session.pk)
    return load_history(
        session=session, before_seq=before_seq or session.message_count + 1
    )


def test_a_short_history_is_loaded_whole(alice):
    session = make_long_session(alice, turns=5)

    history = load(session)

    assert (history.epoch, history.record) == (0, None)
    assert [message.seq for message in history.messages] == list(range(1, 12))


def test_of_a_long_history_the_record_and_the_messages_after_it_are_loaded(alice):
    session = make_long_session(alice)
    epoch = make_epoch(session)
    put_in_force(session_id=session.pk, epoch=epoch)

    history = load(session)
    summary, *rest = history.relevant

    assert (history.epoch, history.covered_upto) == (1, 41)
    assert [message.seq for message in history.messages] == list(range(42, 62))
    assert summary.is_summary
    assert summary.content == "They spoke of parts.\nNumbers: part 11 engineers"
    assert len(rest) == 20


def test_an_epoch_that_is_only_prepared_changes_nothing(alice):
    session = make_long_session(alice)
    make_epoch(session)

    assert load(session).epoch == 0


def test_the_message_that_is_being_answered_is_not_history(alice):
    session = make_long_session(alice, turns=2)

    assert [m.seq for m in load(session, before_seq=5).messages] == [1, 2, 3, 4]


@pytest.mark.parametrize("turns", [25, 60])
def test_loading_takes_two_queries_at_any_length(alice, turns):
    session = make_long_session(alice, turns=turns)
    put_in_force(session_id=session.pk, epoch=make_epoch(session))
    session.refresh_from_db()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        load_history(session=session, before_seq=session.message_count + 1)

    assert len(queries) == 2
