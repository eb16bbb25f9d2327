import functools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interviewer.agents.model_types import ModelFailure
from interviewer.orchestrator.fold import ModelSummarizer, fold_session, fold_waiting
from interviewer.tasks import fold
from sessions_app.models import Fact, HistoryEpoch, InterviewSession, Message
from sessions_app.services.folding import put_in_force
from tests.orchestrator.test_history import load, make_epoch, make_long_session
from tests.people import START, answer, ask
from tests.threads import at_once


def go_on(session, *, turns):
    session.refresh_from_db()
    for _ in range(turns):
        ask(session, slot=0, text="And then?")
        answer(session, "We measured it again.")


def rows():
    return [
        sorted(map(str, model.objects.values_list()))
        for model in (HistoryEpoch, Fact, Message, InterviewSession)
    ]


class ScriptedSummarizer:
    """Answers with the words it was given, or fails."""

    def __init__(self, words):
        self.words = words
        self.prompts = []

    def __call__(self, session, prompt):
        self.prompts.append(prompt)
        if isinstance(self.words, Exception):
            raise self.words
        return self.words

    def as_model(self, **fields):
        return ModelSummarizer(ask=self, engine="scripted 1", **fields)


def test_a_short_history_is_left_alone(alice):
    make_long_session(alice, turns=11)

    assert fold_waiting(now=START) == 0
    assert not HistoryEpoch.objects.exists()


def test_a_fold_is_prepared_early_and_comes_into_force_late(alice):
    session = make_long_session(alice, turns=12)

    fold_waiting(now=START)
    session.refresh_from_db()
    assert HistoryEpoch.objects.get().number == 1
    assert session.history_epoch == 0

    go_on(session, turns=3)
    fold_waiting(now=START)
    session.refresh_from_db()
    assert session.history_epoch == 1
    assert len(load(session).messages) >= 20


def test_a_record_holds_what_was_said_and_facts_that_prove_themselves(alice):
    session = make_long_session(alice, turns=16)

    fold_waiting(now=START)

    epoch = HistoryEpoch.objects.get()
    assert "part 11 engineers" in epoch.ledger
    assert "Question 1?" in epoch.summary
    assert epoch.range_digest == session.messages.get(seq=epoch.upto_seq).digest
    assert epoch.tokens <= 800
    for fact in Fact.objects.select_related("message"):
        assert fact.message.content[fact.start :].startswith(fact.quote)


def test_a_correction_is_stored_with_what_it_supersedes(alice):
    session = make_long_session(alice, turns=2)
    ask(session, slot=0, text="Anything else?")
    answer(session, "Actually part 1 had 9 engineers, not 11.")
    go_on(session, turns=13)

    fold_waiting(now=START)

    correction = Fact.objects.get(kind="correction")
    assert correction.supersedes.value == "11"
    assert "part 9 engineers" in HistoryEpoch.objects.get().ledger


def test_folding_twice_changes_nothing(alice):
    make_long_session(alice, turns=16)
    fold_waiting(now=START)
    once = rows()

    fold()

    assert rows() == once


def test_not_every_turn_opens_an_epoch(alice):
    session = make_long_session(alice, turns=12)
    epochs = []
    for _ in range(12):
        go_on(session, turns=1)
        fold_waiting(now=START)
        session.refresh_from_db()
        epochs.append(session.history_epoch)

    assert epochs == sorted(epochs)
    assert epochs[-1] == 2


def test_the_epoch_in_force_is_never_replaced_by_another_fold_of_its_number(alice):
    session = make_long_session(alice)
    first = make_epoch(session)
    again = make_epoch(session, summary="Other words.")

    assert again.pk == first.pk
    assert again.summary == "They spoke of parts."
    assert put_in_force(session_id=session.pk, epoch=first)
    assert not put_in_force(session_id=session.pk, epoch=first)


def test_a_models_summary_is_kept_with_its_name(alice):
    session = make_long_session(alice, turns=16)
    model = ScriptedSummarizer("They led many parts.")

    fold_session(session_id=session.pk, now=START, summarizer=model.as_model())

    epoch = HistoryEpoch.objects.get()
    assert (epoch.summary, epoch.engine) == ("They led many parts.", "scripted 1")
    assert "Question 1?" in model.prompts[0].messages[-1].content


@pytest.mark.parametrize("words", [ModelFailure("unreachable"), "", "word " * 5_000])
def test_when_the_model_fails_everything_stays_word_for_word(alice, words):
    session = make_long_session(alice, turns=16)
    model = ScriptedSummarizer(words)

    fold_session(session_id=session.pk, now=START, summarizer=model.as_model())

    assert not HistoryEpoch.objects.exists()
    assert len(load(session).messages) == 33


def test_beyond_the_hard_cap_the_rules_stand_in_for_the_model(alice):
    session = make_long_session(alice, turns=31)
    model = ScriptedSummarizer(ModelFailure("unreachable"))

    fold_session(session_id=session.pk, now=START, summarizer=model.as_model())

    session.refresh_from_db()
    assert session.history_epoch == 1
    assert HistoryEpoch.objects.get().engine == "rules 1"


def test_one_sessions_trouble_does_not_hold_up_the_others(alice, bob, monkeypatch):
    broken, sound = make_long_session(alice), make_long_session(bob)
    from interviewer.orchestrator import fold as module

    real = module.fold_session

    def fails_for_one(*, session_id, **options):
        if session_id == broken.pk:
            raise ValueError
        real(session_id=session_id, **options)

    monkeypatch.setattr(module, "fold_session", fails_for_one)
    fold_waiting(now=START)

    sound.refresh_from_db()
    assert sound.history_epoch == 1


def test_ended_interviews_are_left_alone(alice):
    session = make_long_session(alice)
    InterviewSession.objects.filter(pk=session.pk).update(
        state="finished", finished_at=START
    )

    assert fold_waiting(now=START) == 0


def test_finding_work_takes_one_query(alice):
    make_long_session(alice, turns=11)

    with CaptureQueriesContext(connection) as queries:
        fold_waiting(now=START)

    assert len(queries) == 1


@pytest.mark.django_db(transaction=True)
def test_two_folds_and_a_writer_at_once_make_one_epoch(alice):
    session = make_long_session(alice, turns=16)
    folder = functools.partial(fold_session, session_id=session.pk, now=START)
    writer = functools.partial(
        go_on, InterviewSession.objects.get(pk=session.pk), turns=1
    )

    at_once([folder, folder, writer])
    fold_waiting(now=START)

    session.refresh_from_db()
    assert HistoryEpoch.objects.filter(session=session).count() == 1
    assert session.history_epoch == 1
    seqs = [message.seq for message in load(session).messages]
    assert seqs == list(range(seqs[0], session.message_count + 1))
