import dataclasses
import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.models import InterviewSession, ModelCall
from sessions_app.services.deletion import delete_session
from sessions_app.services.model_calls import (
    COUNTERS,
    NewModelCall,
    count_calls,
    store_background_calls,
    store_model_calls,
)
from tests.model_calls import new_call, store_calls
from tests.people import START, answer, ask, make_session

NOTHING = {**dict.fromkeys(COUNTERS, 0), "calls_by_outcome": {}}
FIELDS = [field.name for field in dataclasses.fields(NewModelCall)]


def counters(session):
    return {name: getattr(session, name) for name in COUNTERS}


def recomputed(session):
    return dataclasses.asdict(count_calls(calls=session.model_calls.all()))


def test_every_field_of_a_call_is_kept(alice):
    session = make_session(user=alice)
    ask(session)
    turn = answer(session).turn
    call = new_call(
        failure="stalled",
        source="d" * 64,
        is_estimated=True,
        cost_micros=7,
        saved_micros=8,
    )

    store_model_calls(session=session, turn=turn, calls=[call], now=START)

    row = ModelCall.objects.get()
    assert {name: getattr(row, name) for name in FIELDS} == dataclasses.asdict(call)
    assert (row.user, row.session, row.turn) == (alice, session, turn)
    assert row.created_at == START


def test_a_row_has_no_field_that_a_new_call_lacks():
    own = {"id", "user", "session", "turn", "created_at"}

    assert {field.name for field in ModelCall._meta.fields} - own == set(FIELDS)


@pytest.mark.parametrize(
    ("outcome", "asked", "avoided"),
    [
        ("call", 1, 0),
        ("error", 1, 0),
        ("exact_hit", 0, 1),
        ("shared_hit", 0, 1),
        ("coalesced", 0, 1),
        ("replayed", 0, 1),
        ("rule", 0, 0),
        ("bypass", 0, 0),
    ],
)
def test_what_was_asked_and_what_was_avoided_are_counted_apart(outcome, asked, avoided):
    counts = count_calls(calls=[new_call(outcome=outcome)])

    assert (counts.model_call_count, counts.avoided_call_count) == (asked, avoided)


def test_the_calls_of_a_turn_are_one_query(alice, django_assert_num_queries):
    session = make_session(user=alice)

    with django_assert_num_queries(1):
        store_model_calls(
            session=session, turn=None, calls=[new_call()] * 20, now=START
        )

    assert session.model_call_count == 20


def test_no_calls_are_no_query(alice, django_assert_num_queries):
    session = make_session(user=alice)

    with django_assert_num_queries(0):
        store_model_calls(session=session, turn=None, calls=[], now=START)
        store_background_calls(session=session, calls=[], now=START)


def test_calls_of_a_commit_that_fails_are_not_stored(alice):
    session = make_session(user=alice)

    with transaction.atomic():
        store_calls(session, new_call())
        transaction.set_rollback(True)

    session.refresh_from_db()
    assert counters(session) == recomputed(session) == NOTHING


def test_background_calls_are_counted_from_a_stale_copy(alice):
    session = make_session(user=alice)
    stale = InterviewSession.objects.get(pk=session.pk)
    store_calls(session, new_call())

    store_background_calls(session=stale, calls=[new_call()], now=START)

    session.refresh_from_db()
    assert session.model_call_count == 2
    assert counters(session) == recomputed(session)


def test_background_calls_of_a_deleted_interview_are_dropped(alice):
    session = make_session(user=alice)
    delete_session(session_id=session.pk)

    store_background_calls(session=session, calls=[new_call()], now=START)

    assert not ModelCall.objects.exists()


CALLS = st.builds(
    new_call,
    outcome=st.sampled_from(ModelCall.Outcome.values),
    tokens_in=st.integers(1000, 100_000),
    tokens_cached=st.integers(0, 1000),
    tokens_out=st.integers(0, 5000),
    cost_micros=st.integers(0, 10**9),
)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(batches=st.lists(st.tuples(st.booleans(), st.lists(CALLS, max_size=4))))
def test_counters_equal_a_recomputation_from_the_rows(alice, batches):
    session = make_session(user=alice)
    for is_background, calls in batches:
        if is_background:
            later = START + datetime.timedelta(minutes=1)
            store_background_calls(session=session, calls=calls, now=later)
            session.refresh_from_db()
        else:
            store_calls(session, *calls)

    session.refresh_from_db()
    assert counters(session) == recomputed(session)
