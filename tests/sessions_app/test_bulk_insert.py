import datetime
import functools

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from sessions_app.models import Answer, Question
from sessions_app.services import bulk_insert
from sessions_app.services.folding import NewEpoch, NewFact, store_epoch, store_facts
from sessions_app.services.opinions import NewOpinion, store_opinions
from sessions_app.services.sessions import Rubric, freeze_rubrics
from tests.people import START, answer, ask, judge, make_session
from tests.platform.conftest import PROJECT_DIR

TEXT = 'Tab\there, \\N, "quoted", {braces}, line\nbreak, ünïcödé, and NULL'
POSTGRESQL = connection.vendor == "postgresql"


def questions(session, numbers, *, text=TEXT):
    """Ask these questions and return their rows, unsaved."""
    return [
        Question(
            user_id=session.user_id,
            session=session,
            position=number,
            slot=0,
            message=ask(session, slot=0),
            kind="technical",
            difficulty=0.1 + number,
            text=f"{text} {number}",
            asked_at=START + datetime.timedelta(microseconds=number),
        )
        for number in numbers
    ]


def answer_to(question):
    return Answer(
        user_id=question.user_id,
        session_id=question.session_id,
        question=question,
        message_id=question.message_id,
        text=TEXT,
        seconds=1 / 3,
        cut_by_timer=True,
        answered_at=START,
    )


@pytest.fixture(params=["few rows", "many rows"])
def insert_missing(request):
    """The ways of inserting, whatever the number of rows in the test."""
    limit = 1 if request.param == "many rows" else 1_000
    return functools.partial(bulk_insert.insert_missing, copy_from_rows=limit)


def test_every_value_arrives_as_save_would_store_it(alice, insert_missing):
    session, other = make_session(user=alice), make_session(user=alice)
    saved = questions(session, [1])[0]
    saved.save(force_insert=True)
    [inserted] = questions(other, [1])

    with transaction.atomic():
        assert insert_missing(rows=[inserted]) == 1
        assert insert_missing(rows=[answer_to(inserted), answer_to(saved)]) == 2

    fields = [f.attname for f in Question._meta.concrete_fields]
    own = {"id", "session_id", "message_id"}
    rows = {row["session_id"]: row for row in Question.objects.values(*fields)}
    for name in fields:
        assert rows[other.pk][name] == getattr(inserted, name)
        if name not in own:
            assert rows[other.pk][name] == rows[session.pk][name]
    stored = Answer.objects.get(question=inserted)
    assert (stored.seconds, stored.text, stored.cut_by_timer) == (1 / 3, TEXT, True)


def test_what_is_there_stays_and_is_not_counted(alice, insert_missing):
    session = make_session(user=alice)
    rows = questions(session, [1, 2, 3])
    with transaction.atomic():
        assert insert_missing(rows=rows[:2]) == 2
    again = [
        Question(**{f.attname: getattr(row, f.attname) for f in row._meta.fields})
        for row in rows
    ]
    for row in again:
        row.pk, row.text = Question().pk, "Other words."

    with transaction.atomic():
        inserted = insert_missing(rows=again)

    assert inserted == 1
    stored = Question.objects.order_by("position")
    assert [row.pk for row in stored] == [rows[0].pk, rows[1].pk, again[2].pk]
    assert stored[0].text == f"{TEXT} 1"


def test_the_same_row_twice_in_one_call_is_stored_once(alice, insert_missing):
    [row] = questions(make_session(user=alice), [1])

    with transaction.atomic():
        assert insert_missing(rows=[row, row]) == 1


def test_a_row_that_breaks_another_rule_is_refused(alice, insert_missing):
    [row] = questions(make_session(user=alice), [1])
    row.text = None

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_missing(rows=[row])


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite does not limit lengths")
def test_a_text_that_is_too_long_is_refused_and_not_cut(alice, insert_missing):
    [row] = questions(make_session(user=alice), [1])
    row.kind = "k" * 17

    with pytest.raises(DataError), transaction.atomic():
        insert_missing(rows=[row])


def test_nothing_costs_nothing(db, insert_missing, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_missing(rows=[]) == 0


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite has one way only")
def test_many_rows_are_copied(alice, django_assert_num_queries):
    rows = questions(make_session(user=alice), range(bulk_insert.COPY_FROM_ROWS))

    with django_assert_num_queries(4) as queries:
        bulk_insert.insert_missing(rows=rows)

    assert any(q["sql"].startswith("COPY") for q in queries.captured_queries)


def fact_without_quote(session, message, _):
    fact = NewFact(
        message_id=message.pk,
        seq=message.seq,
        kind="claim",
        subject="words",
        value="",
        unit="",
        quote=None,
        start=0,
        confidence=0.5,
        engine="rules",
    )
    store_facts(session=session, facts=[fact], now=START)


def epoch_without_digest(session, message, _):
    epoch = NewEpoch(
        number=1,
        upto_seq=message.seq,
        range_digest=None,
        summary="",
        ledger="",
        tokens=0,
        engine="rules",
    )
    store_epoch(session=session, epoch=epoch, now=START)


def opinion_without_confidence(_session, _message, evaluation):
    opinion = NewOpinion(evaluation=evaluation, score=0.5, confidence=None, result={})
    store_opinions(opinions=[opinion], engine="model", now=START)


def rubric_without_version(*_):
    with transaction.atomic():
        freeze_rubrics(rubrics=[Rubric(digest="d", bank_id="b", version=None, body={})])


@pytest.mark.parametrize(
    "store",
    [
        fact_without_quote,
        epoch_without_digest,
        opinion_without_confidence,
        rubric_without_version,
    ],
)
def test_a_service_that_skips_what_is_known_refuses_what_breaks_a_rule(alice, store):
    """SQLite's INSERT OR IGNORE would drop the row and say nothing."""
    session = make_session(user=alice)
    ask(session)
    message = answer(session)
    evaluation = judge(message, score=0.5)

    with pytest.raises(IntegrityError):
        store(session, message, evaluation)


def test_nothing_ignores_broken_rules_together_with_conflicts():
    """The rivals in benchmarks may; the product may not."""
    rivals = PROJECT_DIR / "interviewer/benchmarks"
    found = [
        str(path.relative_to(PROJECT_DIR))
        for package in ("interviewer", "sessions_app")
        for path in (PROJECT_DIR / package).rglob("*.py")
        if not path.is_relative_to(rivals)
        and "ignore_conflicts" in path.read_text(encoding="utf-8")
    ]

    assert found == []
