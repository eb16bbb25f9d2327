import datetime
import uuid

from django.apps import apps

from sessions_app.models import (
    Dispute,
    Fact,
    HistoryEpoch,
    PlanDraft,
    PlannedInterview,
    PracticeReview,
    QuestionNote,
    RealInterview,
    Review,
    ReviewNote,
    RubricVersion,
    ScoreOverride,
    Story,
)
from sessions_app.models.base import OwnedModel
from sessions_app.services.archive import drain
from sessions_app.services.archive_faults import note_fault
from sessions_app.services.deletion import delete_session
from sessions_app.services.practice import remake_cards
from sessions_app.services.self_ratings import rate_answers
from tests.model_calls import new_call, store_calls
from tests.people import START, answer, ask, make_answered_session, make_session, probe

NOW = START + datetime.timedelta(hours=1)


# Not made of an interview: these outlive it, or come before it.
OF_THE_PERSON = {PlanDraft, PlannedInterview, QuestionNote, RealInterview, Story}


def rows_owned_by(user):
    return {
        model.__name__: model.objects.filter(user=user).count()
        for model in apps.get_app_config("sessions_app").get_models()
        if issubclass(model, OwnedModel) and model not in OF_THE_PERSON
    }


def remember(session, message):
    """Keep a fact from this message, and a record of what was said up to it."""
    own = {"user_id": session.user_id, "session": session, "created_at": NOW}
    Fact.objects.create(
        **own,
        message=message,
        seq=message.seq,
        kind=Fact.Kind.CLAIM,
        subject="index",
        quote=message.content[:10],
        start=0,
        engine="rules 1",
    )
    HistoryEpoch.objects.create(
        **own,
        number=1,
        upto_seq=message.seq,
        range_digest=message.digest,
        summary="They measured.",
        tokens=4,
        engine="rules 1",
    )


def practise(session):
    """Leave what an ended interview leaves in the schedule."""
    PracticeReview.objects.create(
        user_id=session.user_id,
        session=session,
        evaluation=session.evaluations.first(),
        slot=0,
        bank_id="bank.0",
        score=0.5,
        rating=2,
        reviewed_at=NOW,
    )
    remake_cards(user_id=session.user_id, bank_ids=["bank.0"])


def review(session, message, reviewer):
    """Leave one of everything that reviewers and disputes leave."""
    own = {"user_id": session.user_id, "session": session}
    Review.objects.create(**own, reviewer=reviewer, reviewed_at=NOW)
    Dispute.objects.create(**own, slot=0, reason="I said it.", opened_at=NOW)
    by = {**own, "author": reviewer, "created_at": NOW}
    ReviewNote.objects.create(**by, message=message, text="Clear.")
    ScoreOverride.objects.create(**by, value=50, reason="Reread.")
    evaluation = session.evaluations.first()
    ScoreOverride.objects.create(
        **by, evaluation=evaluation, value=50, reason="Reread."
    )


def test_leaves_no_row_of_the_session(alice, charlie):
    session = make_answered_session(user=alice, is_finished=False)
    probe(session)
    said = answer(session)
    remember(session, said)
    review(session, said, charlie)
    rate_answers(session_id=session.pk, values={said.seq: 4}, now=NOW)
    practise(session)
    store_calls(session, new_call(), turn=said.turn)
    drain(now=NOW)
    note_fault(session_id=session.pk, error=ValueError(), now=NOW)
    assert all(rows_owned_by(alice).values())

    delete_session(session_id=session.pk)

    assert not any(rows_owned_by(alice).values())


def test_leaves_other_interviews_alone(alice, bob):
    mine, other = make_answered_session(user=alice), make_answered_session(user=alice)
    make_answered_session(user=bob)
    drain(now=NOW)
    before = rows_owned_by(bob)

    delete_session(session_id=mine.pk)

    assert rows_owned_by(bob) == before
    assert other.messages.exists()
    assert other.answers.count() == 3


def test_puts_what_is_cached_for_the_person_out_of_reach(alice, bob):
    session = make_answered_session(user=alice)

    delete_session(session_id=session.pk)
    delete_session(session_id=session.pk)

    for person in (alice, bob):
        person.refresh_from_db()
    assert (alice.cache_generation, bob.cache_generation) == (1, 0)


def test_leaves_the_rubrics(alice):
    RubricVersion.objects.create(digest="a" * 64, bank_id="b", version=1, body={})
    session = make_session(user=alice)
    ask(session, rubric="a" * 64)
    drain(now=NOW)

    delete_session(session_id=session.pk)

    assert RubricVersion.objects.count() == 1


def test_again_is_harmless(db):
    delete_session(session_id=uuid.uuid4())


def test_the_archive_does_not_bring_it_back(alice):
    session = make_answered_session(user=alice)

    delete_session(session_id=session.pk)
    drain(now=NOW)

    assert not any(rows_owned_by(alice).values())
