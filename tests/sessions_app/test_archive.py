import datetime
import math

import pytest

from sessions_app.models import (
    Answer,
    InterviewSession,
    Message,
    Question,
    RubricVersion,
    SessionMetrics,
)
from sessions_app.services import archive, archive_pairs
from sessions_app.services.archive import drain
from tests.people import (
    START,
    answer,
    ask,
    judge,
    make_answered_session,
    make_session,
    probe,
    reask,
    say,
    skip,
)

NOW = START + datetime.timedelta(hours=1)
LATER = NOW + datetime.timedelta(hours=1)


class Killed(BaseException):
    """Stands for a process that ends in the middle: nothing may catch it."""


def everything():
    """Return all that archiving writes, ids included, as comparable rows."""
    return {
        model.__name__: sorted(map(str, model.objects.values_list()))
        for model in (Question, Answer, SessionMetrics, InterviewSession, Message)
    }


def test_stores_each_question_with_its_answer(alice):
    session = make_session(user=alice)
    ask(session, text="How do indexes work?")
    answer(session, "They are trees.", seconds=12.5, cut_by_timer=True)
    ask(session, text="And joins?")

    drain(now=NOW)

    first, second = session.questions.order_by("position")
    assert (first.text, first.status, first.slot) == (
        "How do indexes work?",
        "answered",
        0,
    )
    assert (second.text, second.status) == ("And joins?", "open")
    stored = session.answers.get()
    assert (stored.question, stored.text, stored.seconds, stored.attempt) == (
        first,
        "They are trees.",
        12.5,
        1,
    )
    assert stored.cut_by_timer
    assert stored.user == alice


def test_marks_every_message_as_archived(alice):
    make_answered_session(user=alice)

    drained = drain(now=NOW)

    assert drained.messages == Message.objects.count()
    assert not Message.objects.exclude(archived_at=NOW).exists()


def test_twice_is_the_same_as_once(alice):
    make_answered_session(user=alice)
    drain(now=NOW)
    once = everything()

    drain(now=LATER)

    assert everything() == once


def test_messages_put_back_are_archived_again_without_a_trace(alice):
    make_answered_session(user=alice)
    drain(now=NOW)
    once = everything()
    Message.objects.update(archived_at=None)

    drain(now=NOW)

    assert everything() == once


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (archive_pairs, "_store_questions"),
        (archive_pairs, "_store_statuses"),
        (archive, "refresh_metrics"),
        (archive, "_mark_archived"),
    ],
)
def test_a_worker_killed_in_the_middle_leaves_nothing_half_done(
    alice, monkeypatch, module, step
):
    make_answered_session(user=alice)
    before = everything()
    real = getattr(module, step)

    def killed_after(*args, **kwargs):
        real(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, step, killed_after)
        with pytest.raises(Killed):
            drain(now=NOW)
    assert everything() == before

    drain(now=NOW)

    assert Answer.objects.count() == 3
    assert not Message.objects.filter(archived_at=None).exists()


def test_an_answer_after_a_reask_is_the_second_attempt(alice):
    session = make_session(user=alice)
    ask(session)
    answer(session, "asdf", gate="gibberish")
    reask(session)
    answer(session, "Now properly.")

    drain(now=NOW)

    attempts = session.answers.order_by("attempt").values_list("attempt", "text")
    assert list(attempts) == [(1, "asdf"), (2, "Now properly.")]
    assert session.questions.get().status == "answered"


def test_attempts_are_counted_across_batches(alice):
    session = make_session(user=alice)
    ask(session)
    answer(session, "First.")
    drain(now=NOW)
    reask(session)
    answer(session, "Second.")

    drain(now=LATER)

    assert session.answers.get(text="Second.").attempt == 2


def test_an_answer_goes_to_the_question_whose_number_it_carries(alice):
    session = make_session(user=alice)
    ask(session, text="One?")
    ask(session, text="Two?")
    answer(session, "To the first.", question_no=1)

    drain(now=NOW)

    assert session.answers.get().question.text == "One?"
    assert session.questions.get(position=2).status == "open"


def test_requests_are_not_answers(alice):
    session = make_session(user=alice)
    ask(session)
    for kind in ("repeat", "hint", "clarify"):
        say(session, role="candidate", kind=kind, content="?", question_no=1)

    drain(now=NOW)

    assert not session.answers.exists()
    assert session.questions.get().status == "open"


def test_a_skip_is_recorded(alice):
    session = make_session(user=alice)
    ask(session)
    skip(session)

    drain(now=NOW)

    assert session.questions.get().status == "skipped"
    assert not session.answers.exists()


def test_a_question_stored_open_is_completed_by_a_later_batch(alice):
    session = make_session(user=alice)
    ask(session)
    drain(now=NOW)
    answer(session)

    drain(now=LATER)

    question = session.questions.get()
    assert question.status == "answered"
    assert question.answers.count() == 1


def test_a_probe_points_to_its_question(alice):
    session = make_session(user=alice)
    ask(session)
    answer(session)
    drain(now=NOW)
    probe(session, text="How much faster?")
    answer(session, "Twice.")

    drain(now=LATER)

    main, follow_up = session.questions.order_by("position")
    assert follow_up.parent == main
    assert follow_up.kind == "missing"
    assert follow_up.answers.get().text == "Twice."


def test_the_question_is_stored_without_the_acknowledgement_before_it(alice):
    session = make_session(user=alice)
    say(
        session,
        role="interviewer",
        kind="question",
        content="Thanks. And joins?",
        question_no=1,
        details={"slot": 0, "text": "And joins?"},
    )

    drain(now=NOW)

    assert session.questions.get().text == "And joins?"


def test_a_question_keeps_the_rubric_it_was_asked_with(alice):
    rubric = RubricVersion.objects.create(
        digest="a" * 64, bank_id="bank.0", version=1, body={}
    )
    session = make_session(user=alice)
    ask(session, rubric=rubric.digest)
    ask(session, rubric="b" * 64)

    drain(now=NOW)

    known, lost = session.questions.order_by("position")
    assert known.rubric == rubric
    assert lost.rubric is None


def test_a_malformed_session_does_not_hold_up_the_others(alice, bob):
    broken = make_session(user=alice)
    say(broken, role="candidate", kind="answer", content="?", question_no=7)
    whole = [make_answered_session(user=bob) for _ in range(3)]

    drained = drain(now=NOW)

    assert drained.set_aside == {broken.pk}
    assert broken.messages.get().archived_at is None
    for session in whole:
        assert session.answers.count() == 3
        assert not session.messages.filter(archived_at=None).exists()


def test_a_session_set_aside_is_tried_again(alice, monkeypatch):
    session = make_answered_session(user=alice)
    with monkeypatch.context() as patch:
        patch.setattr(archive_pairs, "extract_pairs", _raise)
        assert drain(now=NOW).set_aside == {session.pk}

    assert drain(now=LATER).set_aside == frozenset()

    assert session.answers.count() == 3


def _raise(**_):
    raise ValueError("unreadable")


def test_a_batch_ends_at_the_end_of_a_pair(alice, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MESSAGES_PER_BATCH", 4)
    session = make_session(user=alice)
    ask(session)
    answer(session)
    ask(session)
    answer(session, "Short.")
    reask(session)
    answer(session, "Longer.")

    batch = archive._next_messages([session.pk])

    assert [message.seq for message in batch] == [1, 2]


def test_a_pair_longer_than_a_batch_is_archived_all_the_same(alice, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MESSAGES_PER_BATCH", 3)
    session = make_session(user=alice)
    ask(session)
    for number in range(5):
        answer(session, f"Attempt {number}.")
        reask(session)

    drain(now=NOW)

    attempts = session.answers.order_by("attempt").values_list("attempt", flat=True)
    assert list(attempts) == [1, 2, 3, 4, 5]


def test_many_batches_give_the_same_as_one(alice, bob, monkeypatch):
    sessions = [make_answered_session(user=user) for user in (alice, bob) * 3]
    monkeypatch.setattr(archive, "MAX_MESSAGES_PER_BATCH", 5)
    monkeypatch.setattr(archive, "MAX_SESSIONS_PER_BATCH", 2)

    drain(now=NOW)

    for session in sessions:
        assert session.answers.count() == 3
        assert session.metrics.values["answered"] == 3


def test_the_score_reaches_the_session_in_the_same_batch(alice):
    session = make_session(user=alice)
    for score in (0.6, 0.8):
        ask(session)
        judge(answer(session), score=score)

    drain(now=NOW)

    session.refresh_from_db()
    assert session.score == pytest.approx(70)
    assert session.score_error == pytest.approx(100 * math.hypot(0.1, 0.1) / 2)


def test_deleted_sessions_are_forgotten(alice, monkeypatch):
    session = make_answered_session(user=alice)
    real = archive._lock

    def deleted_before_the_lock(session_ids):
        session.delete()
        return real(session_ids)

    monkeypatch.setattr(archive, "_lock", deleted_before_the_lock)

    assert drain(now=NOW).messages == 0
    assert not Question.objects.exists()


@pytest.mark.parametrize("answers", [2, 20])
def test_queries_do_not_grow_with_the_length(
    alice, answers, django_assert_max_num_queries
):
    for _ in range(3):
        make_answered_session(user=alice, answers=answers)

    with django_assert_max_num_queries(20):
        drain(now=NOW)
