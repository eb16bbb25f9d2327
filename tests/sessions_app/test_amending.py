import datetime

import pytest

from sessions_app.models import Answer, Fact, HistoryEpoch, Message, Turn
from sessions_app.services.amending import (
    UnableToAmend,
    delete_message,
    edit_message,
)
from sessions_app.services.archive import drain
from sessions_app.services.metrics import load_facts, metrics_for
from sessions_app.services.reconciling import check_archive
from sessions_app.services.running import compute_metrics
from tests.people import START, answer, ask, judge, make_session, probe, reask

NOW = START + datetime.timedelta(hours=1)


@pytest.fixture
def told(alice):
    session = make_session(user=alice)
    ask(session)
    first = answer(session, "One two three.")
    judge(first, score=0.2)
    probe(session)
    judge(answer(session, "Four five."), score=0.4, with_answers=(first,))
    ask(session)
    reask(session)
    judge(answer(session, "Six."), score=0.9)
    drain(now=NOW)
    session.refresh_from_db()
    return session


def chain_and_figures_are_whole(session):
    session.answered_count = metrics_for(session=session)[0].answered
    session.save()
    return [
        row.what
        for step in check_archive()
        for row in step.differences
        if row.part in ("journal", "counters", "pairs") or "running" in row.what
    ] == []


def test_an_edit_changes_every_later_digest_and_the_fingerprint(told):
    before = list(told.messages.values_list("digest", flat=True))
    assert not metrics_for(session=told)[1]

    session = edit_message(session_id=told.pk, seq=2, content="Quite other words now.")

    after = list(session.messages.values_list("digest", flat=True))
    assert after[0] == before[0]
    assert not set(after[1:]) & set(before)
    assert session.digest == after[-1]
    metrics, is_on_demand = metrics_for(session=session)
    assert is_on_demand
    assert metrics.words_mean == pytest.approx((4 + 2 + 1) / 3)


@pytest.mark.parametrize("seq", [2, 4, 7])
def test_an_edit_of_any_message_equals_a_recomputation(told, seq):
    session = edit_message(session_id=told.pk, seq=seq, content="Seven eight.")

    facts = load_facts(sessions=[session])[session.pk]
    assert metrics_for(session=session)[0] == compute_metrics(facts=facts)
    assert chain_and_figures_are_whole(session)


def test_judgements_of_the_old_words_go_with_them(told):
    edit_message(session_id=told.pk, seq=2, content="Other.")

    # The second one judged both answers together.
    assert [row.message.seq for row in told.evaluations.all()] == [7]


def test_a_deleted_answer_is_gone_and_the_others_move_up(told):
    session = delete_message(session_id=told.pk, seq=4)

    assert list(session.messages.values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert session.message_count == 6
    assert metrics_for(session=session)[0].answers == 2
    assert chain_and_figures_are_whole(session)
    last = told.evaluations.order_by("message__seq").last()
    assert (last.message.seq, last.message_seqs) == (6, [6])


def test_the_archive_follows(told):
    edit_message(session_id=told.pk, seq=2, content="Other.")
    delete_message(session_id=told.pk, seq=6)

    drain(now=NOW)

    assert sorted(Answer.objects.values_list("text", flat=True)) == [
        "Four five.",
        "Other.",
        "Six.",
    ]
    told.refresh_from_db()
    assert chain_and_figures_are_whole(told)


def test_a_question_stays(told):
    for seq in (1, 3):
        with pytest.raises(UnableToAmend):
            delete_message(session_id=told.pk, seq=seq)

    assert told.messages.count() == 7


def test_nothing_changes_while_a_reply_is_owed(told):
    ask(told, slot=2)
    answer(told, turn=Turn.State.PENDING)

    with pytest.raises(UnableToAmend):
        edit_message(session_id=told.pk, seq=2, content="Other.")


def test_what_was_folded_over_the_message_is_dropped(told):
    messages = list(told.messages.order_by("seq"))
    for number, upto in ((1, 1), (2, 4)):
        HistoryEpoch.objects.create(
            user=told.user,
            session=told,
            number=number,
            upto_seq=upto,
            range_digest=messages[upto - 1].digest,
            summary="",
            tokens=0,
            engine="rules",
            created_at=NOW,
        )
    for message in (messages[1], messages[6]):
        Fact.objects.create(
            user=told.user,
            session=told,
            message=message,
            seq=message.seq,
            kind="claim",
            subject="words",
            quote=message.content,
            start=0,
            engine="rules",
            created_at=NOW,
        )
    told.history_epoch = 2
    told.save()

    session = delete_message(session_id=told.pk, seq=2)

    assert session.history_epoch == 1
    assert [epoch.number for epoch in told.epochs.all()] == [1]
    assert [fact.seq for fact in told.facts.all()] == [6]


def test_kept_replies_are_out_of_reach(told):
    generation = told.user.cache_generation
    config = told.config_revision

    session = edit_message(session_id=told.pk, seq=2, content="Other.")

    told.user.refresh_from_db()
    assert told.user.cache_generation == generation + 1
    assert session.config_revision == config + 1
    assert not Message.objects.exclude(archived_at=None).exists()
