import datetime
import functools

import pytest
from django.db import IntegrityError, transaction

from sessions_app.models import Dispute, ScoreOverride
from sessions_app.services.archive import drain
from sessions_app.services.disputes import (
    MAX_PER_QUESTION,
    AlreadyClosed,
    AlreadyOpen,
    NotEnded,
    NothingJudged,
    TooOften,
    answer_dispute,
    open_dispute,
    withdraw_dispute,
)
from sessions_app.services.metrics import metrics_for
from sessions_app.services.reports import build_report
from tests.people import START, make_answered_session, make_session
from tests.threads import at_once

LATER = START + datetime.timedelta(hours=1)


@pytest.fixture
def judged(alice):
    """A finished interview of three answers with a score of 70 each."""
    session = make_answered_session(user=alice)
    drain(now=LATER)
    return session


def question(session, slot=0, reason="I named the number."):
    return open_dispute(session_id=session.pk, slot=slot, reason=reason, now=LATER)


def answered(dispute, by, *, value=None):
    return answer_dispute(
        dispute_id=dispute.pk, words="I read it.", value=value, author=by, now=LATER
    )


def card_of(session, slot=0):
    session.refresh_from_db()
    return build_report(session=session, practice_url="/").questions[slot]


def test_the_figures_stay_those_of_the_archive(judged, charlie):
    def is_computed_on_demand():
        judged.refresh_from_db()
        return metrics_for(session=judged)[1]

    dispute = question(judged)
    assert not is_computed_on_demand()

    answered(dispute, charlie, value=80)
    assert not is_computed_on_demand()

    question(judged, slot=1)
    withdraw_dispute(session_id=judged.pk, slot=1, now=LATER)
    assert not is_computed_on_demand()


def test_the_report_shows_an_objection_until_it_is_answered(judged, charlie):
    assert card_of(judged).may_dispute
    dispute = question(judged)

    card = card_of(judged)
    assert [view.reason for view in card.disputes] == ["I named the number."]
    assert card.disputes[0].is_open
    assert not card.may_dispute
    assert card_of(judged, 1).may_dispute

    answered(dispute, charlie)

    view = card_of(judged).disputes[0]
    assert (view.state, view.answer) == ("upheld", "I read it.")
    assert card_of(judged).percent == 70


def test_a_justified_objection_changes_the_score_and_says_why(judged, charlie):
    dispute = answered(question(judged), charlie, value=85)

    assert dispute.state == Dispute.State.CHANGED
    card = card_of(judged)
    assert (card.percent, card.original_percent) == (85, 70)
    assert judged.score == pytest.approx(75)
    override = ScoreOverride.objects.get()
    assert override.reason == "Answer to a dispute: I read it."
    assert override.author == charlie


def test_a_score_that_was_changed_before_can_be_disputed_and_changed_again(
    judged, charlie
):
    answered(question(judged), charlie, value=85)

    answered(question(judged), charlie, value=90)

    assert card_of(judged).percent == 90
    assert ScoreOverride.objects.count() == 2


def test_one_objection_at_a_time_for_each_question(judged):
    question(judged)
    question(judged, slot=1)

    with pytest.raises(AlreadyOpen):
        question(judged)

    assert Dispute.objects.count() == 2


def test_what_was_withdrawn_may_be_said_again_but_not_for_ever(judged):
    for _ in range(MAX_PER_QUESTION):
        question(judged)
        assert withdraw_dispute(session_id=judged.pk, slot=0, now=LATER)

    assert not withdraw_dispute(session_id=judged.pk, slot=0, now=LATER)
    with pytest.raises(TooOften):
        question(judged)
    assert not card_of(judged).may_dispute


def test_what_was_withdrawn_is_not_answered(judged, charlie):
    dispute = question(judged)
    withdraw_dispute(session_id=judged.pk, slot=0, now=LATER)

    with pytest.raises(AlreadyClosed):
        answered(dispute, charlie, value=90)

    assert not ScoreOverride.objects.exists()
    assert card_of(judged).percent == 70


def test_an_answered_objection_is_answered_once(judged, charlie, bob):
    dispute = question(judged)
    answered(dispute, charlie)

    with pytest.raises(AlreadyClosed):
        answered(dispute, bob, value=0)

    assert Dispute.objects.get().answered_by == charlie


def test_nothing_is_final_while_the_interview_runs(alice):
    session = make_answered_session(user=alice, is_finished=False)

    with pytest.raises(NotEnded):
        question(session)


def test_only_what_was_judged_can_be_questioned(alice, judged):
    with pytest.raises(NothingJudged):
        question(judged, slot=17)


def test_every_step_makes_the_report_a_new_one(judged, charlie):
    revisions = [judged.revision]
    dispute = question(judged)
    judged.refresh_from_db()
    revisions.append(judged.revision)
    answered(dispute, charlie, value=85)
    judged.refresh_from_db()
    revisions.append(judged.revision)

    assert revisions == sorted(set(revisions))


@pytest.mark.parametrize(
    "values",
    [
        {"reason": ""},
        {"state": "upheld", "closed_at": LATER},
        {"state": "changed", "answer": "Yes."},
        {"answer": "Words before the answer."},
        {"closed_at": LATER},
    ],
)
def test_the_database_itself_refuses_half_answers(alice, values):
    session = make_session(user=alice)
    fields = {"reason": "Why?", "slot": 0, "opened_at": LATER, **values}

    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.create(user=alice, session=session, **fields)


@pytest.mark.django_db(transaction=True)
def test_four_clicks_at_the_same_moment_are_one_objection(judged):
    outcomes = at_once([functools.partial(question, judged)] * 4)

    assert sum(isinstance(row, Dispute) for row in outcomes) == 1
    assert sum(isinstance(row, AlreadyOpen) for row in outcomes) == 3


@pytest.mark.django_db(transaction=True)
def test_withdrawn_and_answered_at_the_same_moment_has_one_outcome(judged, charlie):
    dispute = question(judged)

    withdraw = functools.partial(
        withdraw_dispute, session_id=judged.pk, slot=0, now=LATER
    )
    withdrawn, reply = at_once(
        [withdraw, functools.partial(answered, dispute, charlie, value=90)]
    )

    dispute.refresh_from_db()
    judged.refresh_from_db()
    if withdrawn:
        assert isinstance(reply, AlreadyClosed)
        assert (dispute.state, judged.is_score_changed) == ("withdrawn", False)
    else:
        assert (dispute.state, judged.is_score_changed) == ("changed", True)
