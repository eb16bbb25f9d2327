import datetime
import functools
import uuid

import pytest
from django.db import IntegrityError, transaction

from sessions_app.models import (
    Evaluation,
    Review,
    ReviewNote,
    ScoreOverride,
    SessionMetrics,
)
from sessions_app.services.archive import drain
from sessions_app.services.kept_sessions import session_info
from sessions_app.services.metrics import metrics_for
from sessions_app.services.reports import build_report
from sessions_app.services.reviews import (
    ChangedMeanwhile,
    NothingToChange,
    StillRunning,
    add_note,
    mark_reviewed,
    override_score,
    unmark_reviewed,
)
from tests.people import START, answer, ask, finish, judge, make_session
from tests.threads import at_once

LATER = START + datetime.timedelta(hours=1)


@pytest.fixture
def judged(alice):
    """A finished interview with scores of 60 and 80, and an answer without one."""
    session = make_session(user=alice)
    for score in (0.6, 0.8, None):
        ask(session)
        judge(answer(session), score=score)
    finish(session)
    drain(now=LATER)
    session.refresh_from_db()
    return session


def evaluations_of(session):
    return list(session.evaluations.order_by("message__seq"))


def change(session, by, value, *, evaluation=None, expected=None, reason="Reread."):
    override = override_score(
        session_id=session.pk,
        evaluation_id=evaluation.pk if evaluation else None,
        value=value,
        reason=reason,
        author=by,
        expected=expected,
        now=LATER,
    )
    session.refresh_from_db()
    return override


def report_of(session):
    return build_report(session=session, practice_url="/")


def test_a_changed_answer_counts_in_the_score_at_once(judged, charlie):
    assert judged.score == pytest.approx(70)

    override = change(judged, charlie, 90, evaluation=evaluations_of(judged)[0])

    assert judged.score == pytest.approx(85)
    assert judged.score_error is None
    assert judged.is_score_changed
    assert judged.original_score == pytest.approx(70)
    assert override.value_before == pytest.approx(60)


def test_what_the_engine_found_is_kept(judged, charlie):
    before = Evaluation.objects.values_list("state", "score", "error", "result")
    kept = list(before)

    change(judged, charlie, 90, evaluation=evaluations_of(judged)[0])
    change(judged, charlie, 10)

    assert list(before.all()) == kept


def test_an_answer_without_a_score_can_be_given_one(judged, charlie):
    change(judged, charlie, 40, evaluation=evaluations_of(judged)[2])

    assert judged.score == pytest.approx(60)
    assert metrics_for(session=judged)[0].enough_evidence == 3
    card = report_of(judged).questions[2]
    assert (card.percent, card.original_percent, card.reason) == (40, None, "")


def test_the_whole_score_can_be_changed_and_the_computed_one_stays_beside_it(
    judged, charlie
):
    change(judged, charlie, 55)

    summary = report_of(judged).summary
    assert (summary.score, summary.error, summary.original) == (55, None, 70)
    assert summary.is_changed
    row = session_info(session=judged, has_backlog=False)
    assert (row.score_label, row.original_label) == ("55", "70")
    assert row.is_score_changed


def test_the_report_marks_what_was_changed_and_its_parts_still_add_up(judged, charlie):
    before = report_of(judged).questions[0]
    assert not before.is_changed

    change(judged, charlie, 75, evaluation=evaluations_of(judged)[0])

    card = report_of(judged).questions[0]
    assert (card.percent, card.error, card.original_percent) == (75, None, 60)
    assert card.is_changed
    moved = [row.points for row in card.adjustments if "reviewer" in row.reason]
    assert moved == [pytest.approx(15)]


def test_the_original_comes_back_and_the_history_shows_both_changes(judged, charlie):
    first = change(judged, charlie, 90, evaluation=evaluations_of(judged)[0])

    change(
        judged,
        charlie,
        None,
        evaluation=evaluations_of(judged)[0],
        expected=first.pk,
        reason="I misread it.",
    )

    assert judged.score == pytest.approx(70)
    assert judged.score_error is not None
    assert not judged.is_score_changed
    history = ScoreOverride.objects.values_list("value_before", "value", "reason")
    assert list(history) == [(60, 90, "Reread."), (90, None, "I misread it.")]


def test_of_two_reviewers_with_the_same_page_the_second_is_told(judged, charlie, bob):
    evaluation = evaluations_of(judged)[0]
    change(judged, charlie, 90, evaluation=evaluation)

    with pytest.raises(ChangedMeanwhile):
        change(judged, bob, 10, evaluation=evaluation)

    judged.refresh_from_db()
    assert judged.score == pytest.approx(85)
    assert ScoreOverride.objects.count() == 1


def test_changes_of_one_answer_do_not_block_those_of_another(judged, charlie):
    first, second, _ = evaluations_of(judged)

    change(judged, charlie, 90, evaluation=first)
    change(judged, charlie, 90, evaluation=second)

    assert judged.score == pytest.approx(90)


def test_nothing_is_taken_back_that_was_never_given(judged, charlie):
    with pytest.raises(NothingToChange):
        change(judged, charlie, None)


def test_a_running_interview_has_no_score_to_change(alice, charlie):
    session = make_session(user=alice)
    ask(session)
    evaluation = judge(answer(session))

    with pytest.raises(StillRunning):
        change(session, charlie, 50, evaluation=evaluation)

    assert not ScoreOverride.objects.exists()


def test_an_answer_of_another_interview_is_not_found(judged, bob, charlie):
    other = make_session(user=bob)
    ask(other)
    foreign = judge(answer(other))

    with pytest.raises(Evaluation.DoesNotExist):
        change(judged, charlie, 50, evaluation=foreign)

    foreign.refresh_from_db()
    assert foreign.override is None


def test_a_second_opinion_cannot_be_changed(judged, charlie):
    counted = evaluations_of(judged)[0]
    opinion = Evaluation.objects.get(pk=counted.pk)
    opinion.pk, opinion.engine, opinion.is_counted = uuid.uuid4(), "model", False
    opinion.save(force_insert=True)

    with pytest.raises(Evaluation.DoesNotExist):
        change(judged, charlie, 50, evaluation=opinion)


def test_every_change_makes_the_figures_new_ones(judged, charlie):
    known = {SessionMetrics.objects.get(session=judged).fingerprint}
    evaluation = evaluations_of(judged)[0]

    first = change(judged, charlie, 90, evaluation=evaluation)
    known.add(SessionMetrics.objects.get(session=judged).fingerprint)
    change(judged, charlie, 20, evaluation=evaluation, expected=first.pk)
    known.add(SessionMetrics.objects.get(session=judged).fingerprint)

    assert len(known) == 3
    assert metrics_for(session=judged)[1] is False  # stored, and up to date


def test_later_archiving_keeps_the_changed_score(judged, charlie):
    change(judged, charlie, 90, evaluation=evaluations_of(judged)[0])
    judged.messages.update(archived_at=None)

    drain(now=LATER)

    judged.refresh_from_db()
    assert judged.score == pytest.approx(85)


@pytest.mark.parametrize("questions", [2, 12])
def test_a_change_costs_the_same_whatever_the_length(
    alice, charlie, questions, django_assert_num_queries
):
    session = make_session(user=alice, slots=questions)
    for _ in range(questions):
        ask(session)
        judge(answer(session))
    finish(session)
    drain(now=LATER)
    evaluation = evaluations_of(session)[0]

    with django_assert_num_queries(18):
        override_score(
            session_id=session.pk,
            evaluation_id=evaluation.pk,
            value=50,
            reason="Reread.",
            author=charlie,
            expected=None,
            now=LATER,
        )


@pytest.mark.parametrize(
    "values", [{"value": 101.0}, {"value": -1.0}, {"reason": ""}, {"value": 1e9}]
)
def test_the_database_itself_refuses_impossible_changes(judged, charlie, values):
    fields = {"value": 50.0, "reason": "Reread.", **values}

    with pytest.raises(IntegrityError), transaction.atomic():
        ScoreOverride.objects.create(
            user_id=judged.user_id,
            session=judged,
            author=charlie,
            created_at=LATER,
            **fields,
        )


def test_a_review_is_marked_once_per_person_and_taken_back(judged, charlie, bob):
    mark_reviewed(session=judged, reviewer=charlie, now=LATER)
    mark_reviewed(session=judged, reviewer=bob, now=LATER)
    again = LATER + datetime.timedelta(days=1)
    mark_reviewed(session=judged, reviewer=charlie, now=again)

    assert Review.objects.count() == 2
    assert Review.objects.get(reviewer=charlie).reviewed_at == again

    assert unmark_reviewed(session=judged, reviewer=charlie)
    assert not unmark_reviewed(session=judged, reviewer=charlie)
    assert [review.reviewer for review in Review.objects.all()] == [bob]


def test_a_note_stays_when_its_author_leaves(judged, charlie):
    message = judged.messages.first()
    add_note(message=message, author=charlie, text="Clear.", now=LATER)

    charlie.delete()

    note = ReviewNote.objects.get()
    assert (note.message, note.author, note.user) == (message, None, judged.user)


@pytest.mark.django_db(transaction=True)
def test_of_reviewers_at_the_same_moment_one_changes_the_score(judged, charlie):
    evaluation = evaluations_of(judged)[0]
    values = [10.0, 30.0, 50.0, 90.0]

    def override(value):
        return override_score(
            session_id=judged.pk,
            evaluation_id=evaluation.pk,
            value=value,
            reason="Reread.",
            author=charlie,
            expected=None,
            now=LATER,
        )

    outcomes = at_once([functools.partial(override, value) for value in values])

    (won,) = [row for row in outcomes if isinstance(row, ScoreOverride)]
    lost = [row for row in outcomes if isinstance(row, ChangedMeanwhile)]
    assert len(lost) == 3
    judged.refresh_from_db()
    assert judged.score == pytest.approx((won.value + 80) / 2)
    assert ScoreOverride.objects.get() == won
