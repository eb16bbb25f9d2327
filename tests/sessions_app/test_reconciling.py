import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sessions_app.models import Answer, InterviewSession, Message, Question
from sessions_app.services import reconciling
from sessions_app.services.archive import drain
from sessions_app.services.model_calls import store_background_calls
from sessions_app.services.reconciling import check_archive, mend
from tests.interviews import send_and_complete
from tests.model_calls import new_call
from tests.people import (
    START,
    answer,
    ask,
    finish,
    judge,
    make_session,
    probe,
    reask,
    skip,
)

NOW = START + datetime.timedelta(hours=1)


@pytest.fixture
def told(alice):
    """An interview with all that an archive holds, archived."""
    session = make_session(user=alice, answered_count=2, skipped_count=1)
    ask(session)
    judge(answer(session, "First of all I measured it."), score=0.6)
    probe(session)
    answer(session, "asdf", gate="gibberish")
    reask(session)
    judge(answer(session, "It took half of the time."), score=0.7)
    ask(session)
    skip(session)
    ask(session)
    judge(answer(session, "We cached it for an hour."), score=0.8)
    finish(session)
    store_background_calls(session=session, calls=[new_call()], now=NOW)
    drain(now=NOW)
    session.refresh_from_db()
    return session


def differences():
    return [
        (row.part, row.what) for step in check_archive() for row in step.differences
    ]


def reconcile(*options):
    out = io.StringIO()
    call_command("reconcile_archive", *options, stdout=out)
    return out.getvalue()


def stored():
    """Return all that is derived, as comparable rows without their own ids."""
    questions = Question.objects.order_by("session_id", "position")
    answers = Answer.objects.order_by("message_id")
    sessions = InterviewSession.objects.order_by("pk")
    return [
        list(questions.values_list("position", "text", "status", "parent__position")),
        list(answers.values_list("text", "attempt", "question__position", "seconds")),
        list(sessions.values_list("digest", "score", "running_figures", "tokens_in")),
    ]


def test_what_the_archive_made_is_the_journals(told):
    assert differences() == []
    assert "1 sessions, 11 messages, 0 of them not archived yet; 0" in reconcile()


@pytest.mark.django_db
def test_a_real_interview_leaves_no_difference(session):
    send_and_complete(session)
    send_and_complete(session, intent="repeat", text="")
    send_and_complete(session, intent="skip", text="")
    send_and_complete(session, "asdf asdf")
    assert differences() == []  # before it is archived ...

    drain(now=timezone.now())

    assert differences() == []  # ... and after


DAMAGES = {
    "a lost answer": (
        lambda s: s.answers.order_by("answered_at").first().delete(),
        ("pairs", "the answer in message 2 is missing"),
    ),
    "a lost question with its answers": (
        lambda s: s.questions.get(position=4).delete(),
        ("pairs", "question 4 is missing"),
    ),
    "other words": (
        lambda s: s.answers.filter(attempt=2).update(text="Never said."),
        ("pairs", "the answer in message 6 has another text"),
    ),
    "another attempt": (
        lambda s: s.answers.filter(attempt=2).update(attempt=3),
        ("pairs", "the answer in message 6 has another attempt"),
    ),
    "another question": (
        lambda s: s.answers.filter(question__position=4).update(
            question=s.questions.get(position=3)
        ),
        ("pairs", "the answer in message 10 has another question"),
    ),
    "another status": (
        lambda s: s.questions.filter(position=3).update(status="open"),
        ("pairs", "question 3 has another status"),
    ),
    "a lost parent": (
        lambda s: s.questions.filter(position=2).update(parent=None),
        ("pairs", "question 2 has another parent"),
    ),
    "a question that was never asked": (
        lambda s: s.questions.filter(position=4).update(position=9),
        ("pairs", "question 9 is not in the journal"),
    ),
    "a wrong counter": (
        lambda s: InterviewSession.objects.update(message_count=7),
        ("counters", "message_count is 7, not 11"),
    ),
    "a wrong count of answers": (
        lambda s: InterviewSession.objects.update(answered_count=7),
        ("counters", "answered_count is 7, not 2"),
    ),
    "a wrong sum of tokens": (
        lambda s: InterviewSession.objects.update(tokens_in=7),
        ("counters", "tokens_in is 7, not 900"),
    ),
    "lost running figures": (
        lambda s: InterviewSession.objects.update(running_figures={}),
        ("figures", "the running figures are not those of the journal"),
    ),
    "lost metrics": (
        lambda s: s.metrics.delete(),
        ("figures", "the stored metrics are of another state"),
    ),
    "wrong metrics": (
        lambda s: type(s.metrics).objects.update(values={}),
        ("figures", "the stored metrics are not those of the journal"),
    ),
    "a wrong score": (
        lambda s: InterviewSession.objects.update(score=1.0),
        ("figures", "the score in the list is not that of the metrics"),
    ),
    "words changed behind the journal's back": (
        lambda s: s.messages.filter(seq=2).update(content="Changed."),
        ("journal", "the digest of message 2 is not that of its words"),
    ),
    "a wrong digest of the session": (
        lambda s: InterviewSession.objects.update(digest="f" * 64),
        ("journal", "the session's digest is not that of its last message"),
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_and_mended(told, damage):
    whole = stored()
    harm, expected = DAMAGES[damage]
    harm(told)
    assert expected in differences()
    with pytest.raises(CommandError):
        reconcile()

    printed = reconcile("--repair")

    assert f"{told.pk} differs: {expected[0]}: {expected[1]}" in printed
    assert differences() == []
    if "words changed" not in damage:
        assert stored() == whole
    assert "differs" not in reconcile()


def test_what_waits_is_no_difference(told):
    running = make_session(user=told.user)
    ask(running)

    assert differences() == []
    assert "12 messages, 1 of them not archived yet; 0 differences" in reconcile()


def test_a_gap_in_the_journal_is_found_and_not_papered_over(told):
    Message.objects.filter(seq=3).update(seq=99)

    with pytest.raises(CommandError):
        reconcile("--repair")

    assert ("journal", "broken: message 3 is missing") in differences()


def test_a_parked_session_is_tried_again(told, monkeypatch):
    question = told.messages.get(seq=3)
    good, question.details = question.details, {}
    question.save()
    told.messages.update(archived_at=None)
    for _ in range(6):
        drain(now=NOW)
    assert told.archive_fault.is_parked
    question.details = good
    question.save()

    mend(session_id=told.pk, now=NOW)

    assert differences() == []
    told.archive_fault.refresh_from_db()
    assert told.archive_fault.resolved_at == NOW
    assert not told.messages.filter(archived_at=None).exists()


def test_few_messages_are_held_at_a_time(told, monkeypatch, alice):
    for _ in range(4):
        ask(make_session(user=alice))
    monkeypatch.setattr(reconciling, "MAX_SESSIONS_AT_ONCE", 2)

    assert [step.sessions for step in check_archive()] == [2, 2, 1]


def test_long_journals_come_alone(told, monkeypatch, alice):
    monkeypatch.setattr(reconciling, "MAX_MESSAGES_AT_ONCE", 5)
    ask(make_session(user=alice))

    assert [step.sessions for step in check_archive()] == [1, 1]


def test_queries_do_not_grow(told, alice, django_assert_max_num_queries):
    for _ in range(5):
        ask(make_session(user=alice))

    with django_assert_max_num_queries(25):
        assert differences() == []
