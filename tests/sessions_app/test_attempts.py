"""Attempts at the same question: whose they are, and what moved between two."""

import pytest
from django.utils import timezone

from sessions_app.services.archive import drain
from sessions_app.services.attempt_changes import compare_attempts
from sessions_app.services.attempts import attempts_at, chosen, find_asked
from tests.people import answer, ask, finish, judge, make_session, probe

pytestmark = pytest.mark.django_db


def attempt(user, text="I measured it.", *, score=0.5, is_finished=True, **fields):
    """Hold an interview with one answer to the first question of the bank."""
    session = make_session(user=user, slots=1, **fields)
    ask(session)
    judge(answer(session, text), score=score, quotes={"measure": "measured it"})
    if is_finished:
        finish(session)
    drain(now=timezone.now())
    return session


def asked_in(session):
    return find_asked(session=session, slot=0)


def texts(user, session):
    return [a.text for a in attempts_at(user=user, asked=asked_in(session))]


def test_finds_the_persons_own_attempts_in_ended_interviews(alice, bob):
    attempt(bob, "Bob measured it.")
    attempt(alice, "First I measured it.")
    attempt(alice, "Hidden: I measured it.", is_finished=False)
    last = attempt(alice, "Last I measured it.")

    assert texts(alice, last) == ["First I measured it.", "Last I measured it."]


def test_other_questions_and_unscored_answers_are_no_attempts(alice):
    other = make_session(user=alice, slots=2)
    ask(other, slot=1)
    judge(answer(other, "I measured it elsewhere."), quotes={"a": "measured it"})
    finish(other)
    attempt(alice, "No.", score=None)
    last = attempt(alice)

    assert texts(alice, last) == ["I measured it."]


def test_an_answer_and_the_one_with_its_follow_up_are_two_attempts(alice):
    session = make_session(user=alice, slots=1, mode="practice")
    ask(session)
    first = answer(session, "I measured it.")
    judge(first, score=0.4, quotes={"measure": "measured it"})
    probe(session)
    second = answer(session, "Then I dropped it.")
    judge(
        second,
        score=0.6,
        quotes={"measure": "measured it", "drop": "dropped it"},
        with_answers=(first,),
    )

    asked = asked_in(session)
    one, other = chosen(
        attempts=attempts_at(user=alice, asked=asked), first="", second="", asked=asked
    )

    assert (one.verdict.percent, other.verdict.percent) == (40, 60)
    assert other.text == "I measured it.\n\nThen I dropped it."
    assert [one.label[-12:], other.label[-18:]] == [
        "first answer",
        "2 answers together",
    ]


def test_two_are_chosen_by_id_and_nonsense_means_the_latest_two(alice):
    attempt(alice, "One: I measured it.")
    attempt(alice, "Two: I measured it.")
    asked = asked_in(attempt(alice, "Three: I measured it."))
    attempts = attempts_at(user=alice, asked=asked)
    ids = [str(a.id) for a in attempts]

    def pair(first, second):
        return chosen(attempts=attempts, first=first, second=second, asked=asked)

    assert [a.text[:3] for a in pair(ids[0], ids[2])] == ["One", "Thr"]
    assert [a.text[:3] for a in pair("x", "")] == ["Two", "Thr"]
    assert [a.text[:3] for a in pair(ids[1], ids[1])] == ["One", "Two"]
    assert chosen(attempts=attempts[:1], first="", second="", asked=asked) is None


@pytest.mark.parametrize(("score", "is_noise"), [(0.60, True), (0.80, False)])
def test_a_difference_within_both_errors_is_noise(alice, score, is_noise):
    attempt(alice, score=0.5)
    asked = asked_in(attempt(alice, score=score))
    one, other = attempts_at(user=alice, asked=asked)

    overall = compare_attempts(first=one, second=other).overall

    assert overall.difference == round(100 * score) - 50
    assert (overall.noise, overall.is_noise) == (14, is_noise)  # hypot(10, 10)


def test_each_movement_names_the_words_that_caused_it(alice):
    session = make_session(user=alice, slots=1)
    ask(session)
    first = answer(session, "I measured it.")
    judge(first, score=0.4, quotes={"measure": "measured it"}, missing=("drop",))
    second = answer(session, "I dropped it.")
    judge(second, score=0.4, quotes={"drop": "dropped it"}, missing=("measure",))
    finish(session)
    one, other = attempts_at(user=alice, asked=asked_in(session))

    changes = compare_attempts(first=one, second=other)

    moved = {(p.kind, p.text, p.quote) for p in changes.points}
    assert moved == {
        ("gained", "says something on drop", "dropped it"),
        ("lost", "says something on measure", "measured it"),
    }
    assert (changes.words_added, changes.words_lost) == (1, 1)
    assert changes.other_version == ""


def test_the_queries_do_not_grow_with_the_attempts(alice, django_assert_num_queries):
    for _ in range(3):
        last = attempt(alice)

    with django_assert_num_queries(4):
        assert len(attempts_at(user=alice, asked=asked_in(last))) == 3
