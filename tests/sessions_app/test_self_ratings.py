"""A candidate's own marks: stored once, of their own answers, seen by the report."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sessions_app.models import SelfRating
from sessions_app.models.base import new_id
from sessions_app.services.deletion import delete_session
from sessions_app.services.self_calibration import (
    MIN_RATINGS,
    describe,
    self_calibration,
)
from sessions_app.services.self_ratings import rate_answers
from sessions_app.services.session_reads import find_report, find_session
from tests.people import (
    answer,
    ask,
    finish,
    judge,
    make_answered_session,
    make_session,
    probe,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def rate(session, **values):
    marks = {int(name.removeprefix("seq")): value for name, value in values.items()}
    return rate_answers(session_id=session.pk, values=marks, now=NOW)


def answers_of(session):
    return list(session.messages.filter(kind="answer").order_by("seq"))


def marks():
    return list(SelfRating.objects.order_by("message__seq").values_list("value"))


def test_the_first_mark_of_an_answer_stays(alice):
    session = make_answered_session(user=alice)
    first, *_ = answers_of(session)

    assert rate(session, **{f"seq{first.seq}": 4}) == 1
    assert rate(session, **{f"seq{first.seq}": 1}) == 0

    assert marks() == [(4,)]
    assert SelfRating.objects.get().user == alice


def test_what_is_no_answer_of_the_session_is_ignored(alice):
    session = make_answered_session(user=alice)

    assert rate(session, seq1=3, seq9999=3) == 0

    assert marks() == []


def test_a_mark_outside_the_scale_is_impossible(alice):
    message = answers_of(make_answered_session(user=alice))[0]

    for value in (0, 6):
        with pytest.raises(IntegrityError), transaction.atomic():
            SelfRating.objects.create(
                id=new_id(),
                user=alice,
                session_id=message.session_id,
                message=message,
                value=value,
                rated_at=NOW,
            )


def test_the_kept_report_asks_until_there_is_a_mark_and_shows_it_at_once(alice):
    session = make_answered_session(user=alice)
    message = answers_of(session)[1]

    def report():
        found = find_session(user=alice, session_id=session.pk)
        return find_report(user=alice, found=found, practice_url="/")

    assert report().asks_rating
    assert report().asks_rating  # from what is kept

    rate(session, **{f"seq{message.seq}": 2})

    assert not report().asks_rating
    assert [card.own_rating for card in report().questions] == [None, 2, None]


def test_the_report_on_practice_asks_for_nothing(alice):
    session = make_answered_session(user=alice, mode="practice")

    found = find_session(user=alice, session_id=session.pk)

    assert not find_report(user=alice, found=found, practice_url="/").asks_rating


def test_a_mark_in_a_running_interview_raises_its_revision(alice):
    session = make_answered_session(user=alice, mode="practice", is_finished=False)
    before = session.revision

    rate(session, **{f"seq{answers_of(session)[0].seq}": 5})

    session.refresh_from_db()
    assert session.revision == before + 1


def test_marks_go_with_their_interview(alice):
    session = make_answered_session(user=alice)
    rate(session, **{f"seq{answers_of(session)[0].seq}": 5})

    delete_session(session_id=session.pk)

    assert marks() == []


# Calibration


def rate_all(session, value):
    rate(session, **{f"seq{message.seq}": value for message in answers_of(session)})


def test_own_marks_stand_beside_scores_and_of_nobody_else(alice, bob):
    rate_all(make_answered_session(user=bob), 1)
    rate_all(make_answered_session(user=alice, answers=5), 5)

    found = self_calibration(user=alice)

    assert [(a.rating, a.percent) for a in found.answers] == [(5, 70)] * 5
    assert [a.difference for a in found.answers] == [20] * 5
    assert (found.missing, found.answers[0].topic) == (0, "Indexing")
    assert "above the scores, by 20 ± 0" in found.sentence


def test_two_answers_to_one_question_are_one_case(alice):
    session = make_session(user=alice, mode="practice")
    ask(session)
    first = answer(session)
    judge(first, score=0.3, quotes={"a": "measured"})
    probe(session)
    second = answer(session, "More of it.")
    judge(second, score=0.5, quotes={"a": "measured"}, with_answers=(first,))
    rate(session, **{f"seq{first.seq}": 1})
    rate(session, **{f"seq{second.seq}": 3})

    found = self_calibration(user=alice)

    assert [(a.rating, a.percent) for a in found.answers] == [(3, 50)]


def test_scores_of_a_running_interview_stay_hidden(alice):
    session = make_answered_session(user=alice, is_finished=False)
    rate_all(session, 3)
    assert self_calibration(user=alice).answers == ()

    finish(session)
    assert len(self_calibration(user=alice).answers) == 3


def test_two_queries_however_many_marks(alice, django_assert_num_queries):
    for _ in range(3):
        rate_all(make_answered_session(user=alice), 3)

    with django_assert_num_queries(2):
        self_calibration(user=alice)


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        ([20] * (MIN_RATINGS - 1), ""),
        ([20, 24, 16, 22, 18], "you rated yourself above the scores, by 20 ± 2"),
        ([-9, -7, -8, -8, -8], "a little below the scores, by 8 ± 0"),
        ([-40, 40, -30, 30, 4], "no clear lean: +1 ±"),
        ([-40, 40, -30, 30, -6], "no clear lean: −1 ±"),
    ],
)
def test_a_lean_is_claimed_only_beyond_chance(differences, said):
    found = describe(differences=differences)

    assert said in found
    assert bool(found) == bool(said)
