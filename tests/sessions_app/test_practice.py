import datetime

import pytest
from django.db import transaction

from sessions_app.models import InterviewSession, PracticeCard, PracticeReview
from sessions_app.services.accounts import adopt_guest
from sessions_app.services.archive import drain
from sessions_app.services.deletion import delete_session
from sessions_app.services.practice import practice_cards, take_in_answers
from sessions_app.services.preparation import behavioural_answers
from tests.people import (
    START,
    User,
    answer,
    ask,
    finish,
    judge,
    make_session,
    make_slot,
    probe,
    say,
)

NOW = START + datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


def practised(user, *scores, hint=False, end=True):
    """Hold an interview that asks bank.0, bank.1 …, with these unaided scores."""
    slots = [
        {**make_slot(n), "bank_id": f"bank.{n}", "question": f"Question {n}?"}
        for n in range(len(scores))
    ]
    session = make_session(user=user, slots=len(scores), plan={"slots": slots})
    for slot, score in enumerate(scores):
        ask(session)
        if hint:
            say(session, role="candidate", kind="hint", content="")
            details = {"slot": slot, "reason": "asked for", "text": ""}
            say(session, role="coach", kind="hint", content="Think.", details=details)
        judge(answer(session), score=score)
    if end:
        finish(session)
        drain(now=NOW)
    return session


def cards(user):
    return list(
        PracticeCard.objects.filter(user=user)
        .order_by("bank_id")
        .values_list("bank_id", "last_score", "review_count", "due_at")
    )


def test_an_ended_interview_schedules_what_was_asked(alice):
    session = practised(alice, 0.3, 0.9, None)

    first, second = PracticeCard.objects.filter(user=alice).order_by("bank_id")
    assert (first.bank_id, first.topic, first.competency, first.kind) == (
        *("bank.0", "Indexing", "Databases", "technical"),
    )
    assert first.question == "Question 0?"
    answered = session.messages.filter(kind="answer").values_list("created_at", flat=1)
    assert [first.reviewed_at, second.reviewed_at] == list(answered)[:2]
    assert first.due_at == first.reviewed_at + DAY
    assert second.due_at == second.reviewed_at + 8 * DAY


def test_a_running_interview_schedules_nothing(alice):
    practised(alice, 0.3, end=False)

    drain(now=NOW)

    assert not PracticeReview.objects.exists()


def test_an_answer_counts_once_however_often_it_is_archived(alice):
    session = practised(alice, 0.3, 0.9)
    once = cards(alice)

    session.messages.update(archived_at=None)
    drain(now=NOW + DAY)

    assert cards(alice) == once
    assert PracticeReview.objects.count() == 2


def test_what_was_said_after_a_follow_up_does_not_count(alice):
    session = practised(alice, end=False)
    session.plan = {"slots": [{**make_slot(0), "bank_id": "bank.0"}]}
    session.save()
    ask(session)
    said = answer(session)
    judge(said, score=0.2)
    probe(session)
    judge(answer(session), score=0.9, with_answers=(said,))
    finish(session)

    drain(now=NOW)

    assert [row[:2] for row in cards(alice)] == [("bank.0", 0.2)]


def test_an_answer_after_a_hint_was_hard_at_best(alice):
    practised(alice, 0.95, hint=True)

    review = PracticeReview.objects.get()
    assert (review.is_helped, review.rating, review.score) == (True, 2, 0.95)


def test_questions_of_ones_own_are_not_scheduled(alice):
    session = practised(alice, 0.3, end=False)
    session.plan["slots"][0]["bank_id"] = "own.1"
    session.save()
    finish(session)

    drain(now=NOW)

    assert not PracticeCard.objects.exists()


def test_the_order_of_archiving_does_not_matter(alice, bob):
    for person in (alice, bob):
        practised(person, 0.3, end=False)
        practised(person, 0.9, end=False)
    for person, order in ((alice, ("id",)), (bob, ("-id",))):
        for session in InterviewSession.objects.filter(user=person).order_by(*order):
            finish(session)
            drain(now=NOW)

    assert cards(alice)[0][1:] == cards(bob)[0][1:]
    assert cards(alice)[0][2] == 2


def test_deleting_an_interview_leaves_the_schedule_as_without_it(alice, bob):
    kept = practised(alice, 0.5)
    practised(bob, 0.5)
    gone = practised(alice, 0.9, 0.9)
    assert cards(alice) != cards(bob)

    delete_session(session_id=gone.pk)

    assert cards(alice) == cards(bob)
    assert set(PracticeReview.objects.filter(user=alice).values_list("session")) == {
        (kept.pk,)
    }


def test_deleting_the_person_leaves_nothing(alice):
    practised(alice, 0.5)

    alice.delete()

    assert not PracticeReview.objects.exists()
    assert not PracticeCard.objects.exists()


def test_an_account_and_its_guest_have_one_schedule(alice, bob):
    guest = User.objects.create_guest()
    practised(alice, 0.3)
    practised(guest, 0.9, 0.6)
    practised(bob, 0.3)
    practised(bob, 0.9, 0.6)

    adopt_guest(guest=guest, user=alice)

    assert cards(alice) == cards(bob)


def test_the_date_of_an_interview_brings_reviews_forward(alice):
    practised(alice, 0.9)
    on = (START + 6 * DAY).date()

    free = practice_cards(user=alice, interview_on=None)[0]
    bound = practice_cards(user=alice, interview_on=on)[0]

    assert free.due_at - free.reviewed_at == 8 * DAY
    assert bound.due_at - bound.reviewed_at == 3 * DAY


@pytest.mark.parametrize("answers", [1, 6])
def test_queries_do_not_grow_with_the_answers(
    alice, bob, answers, django_assert_num_queries
):
    sessions = []
    for person in (alice, bob):
        session = practised(person, *[0.5] * answers, end=False)
        finish(session)
        sessions.append(session)

    with transaction.atomic(), django_assert_num_queries(7):
        take_in_answers(sessions=sessions)
    with transaction.atomic(), django_assert_num_queries(1):
        take_in_answers(sessions=sessions)
    with django_assert_num_queries(1):
        assert len(practice_cards(user=alice, interview_on=None)) == answers


def test_a_telling_holds_what_follow_ups_brought(alice):
    session = make_session(user=alice)
    ask(session, type="behavioural")
    answer(session, "First words.")
    probe(session)
    answer(session, "Then more.")
    ask(session, type="technical")
    answer(session, "Not a story.")
    finish(session)
    drain(now=NOW)

    (told,) = behavioural_answers(user=alice, since=START)

    assert told.text == "First words.\n\nThen more."
    assert told.session_id == session.pk
    assert behavioural_answers(user=alice, since=NOW) == []
