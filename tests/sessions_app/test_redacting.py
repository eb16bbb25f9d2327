"""Blacking out: gone from all that an interview holds, and nothing else changes."""

import datetime
import json

import pytest
from django.core import serializers
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app.models import (
    Answer,
    Evaluation,
    Fact,
    HistoryEpoch,
    Message,
    Question,
    Turn,
)
from sessions_app.services.archive import drain
from sessions_app.services.disputes import open_dispute
from sessions_app.services.metrics import load_facts, metrics_for
from sessions_app.services.reconciling import check_archive
from sessions_app.services.redacting import NothingToRedact, ReplyOwed, redact
from sessions_app.services.reports import build_report
from sessions_app.services.reviews import add_note
from sessions_app.services.running import compute_metrics
from sessions_app.services.session_reads import find_report, find_session
from tests.people import START, answer, ask, finish, judge, make_session, probe

NOW = START + datetime.timedelta(hours=1)
NAME = "Jane Doe-Müller"
SAID = f"I told {NAME} that the result of the test was observed twice."


@pytest.fixture
def told(alice):
    session = make_session(user=alice)
    ask(session)
    said = answer(session, SAID)
    judge(said, score=0.6, quotes={"result": f"I told {NAME}", "why": "Müller that"})
    probe(session, text=f"What did {NAME} say?")
    judge(answer(session, "Nothing."), score=0.7, with_answers=(said,))
    finish(session)
    drain(now=NOW)
    note_everything(session, said)
    session.refresh_from_db()
    return session


def note_everything(session, said):
    add_note(message=said, author=session.user, text=f"Who is {NAME}?", now=NOW)
    open_dispute(session_id=session.pk, slot=0, reason=f"Ask {NAME}.", now=NOW)
    owned = {"user": session.user, "session": session, "created_at": NOW}
    Fact.objects.create(
        message=said,
        seq=said.seq,
        kind="claim",
        subject="told",
        quote=NAME,
        start=7,
        **owned,
    )
    for number, upto in ((1, 1), (2, 2)):
        HistoryEpoch.objects.create(
            number=number,
            upto_seq=upto,
            range_digest="",
            summary=NAME if upto == 2 else "",
            tokens=0,
            **owned,
        )
    session.history_epoch = 2
    session.answered_count = 1
    session.save()


def black_out(session, seq=2, passage=NAME):
    message = session.messages.get(seq=seq)
    redact(session_id=session.pk, message_id=message.pk, passage=passage, now=NOW)
    session.refresh_from_db()


def everything(session):
    """Return all rows of the session as text."""
    names = ("messages", "evaluations", "questions", "answers", "facts", "epochs")
    rows = [row for name in (*names, "notes", "disputes", "metrics")
            for row in related(session, name)]  # fmt: skip
    return json.dumps(json.loads(serializers.serialize("json", rows)), indent=1)


def related(session, name):
    found = getattr(session, name)
    return found.all() if hasattr(found, "all") else [found]


def differences():
    return [row.what for step in check_archive() for row in step.differences]


def test_the_words_are_gone_from_all_that_is_kept(told):
    for part in (NAME, "Jane", "Müller"):
        assert json.dumps(part)[1:-1] in everything(told)

    black_out(told)

    for part in (NAME, "Jane", "Müller", "Doe"):
        assert json.dumps(part)[1:-1] not in everything(told)
    assert told.messages.get(seq=2).content == SAID.replace(NAME, "████ ██████████")
    assert Answer.objects.get(message__seq=2).text.startswith("I told ████")
    assert Question.objects.get(message__seq=3).text == "What did ████ ██████████ say?"


def test_quotes_keep_their_places_and_names_of_states_stay(told):
    black_out(told, passage="observed")
    black_out(told)

    evaluation = Evaluation.objects.get(message__seq=2)
    assert evaluation.result["state"] == "observed"
    for point in evaluation.result["points"]:
        found = point["evidence"]
        assert evaluation.text[found["start"] : found["end"]] == found["quote"]
        assert "█" in found["quote"]
    assert (
        "█"
        in build_report(session=told, practice_url="")
        .questions[0]
        .answers[0]
        .segments[0]
        .text
    )


def test_scores_and_figures_stay_and_the_archive_is_still_the_journals(told):
    before, _ = metrics_for(session=told)
    score = told.score
    digests = list(told.messages.values_list("digest", flat=True))

    black_out(told)

    after, is_on_demand = metrics_for(session=told)
    assert (after, is_on_demand) == (before, False)
    assert after == compute_metrics(facts=load_facts(sessions=[told])[told.pk])
    assert told.score == score
    assert told.digest not in digests
    assert differences() == []


def test_facts_and_records_of_the_message_go_and_earlier_ones_stay(told):
    black_out(told)

    assert not told.facts.exists()
    assert [epoch.number for epoch in told.epochs.all()] == [1]
    assert told.history_epoch == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_kept_is_not_served_any_more(told):
    cache.clear()
    user, generation = told.user, told.user.cache_generation
    drain(now=NOW)

    def report():
        found = find_session(user=user, session_id=told.pk)
        return str(find_report(user=user, found=found, practice_url=""))

    assert "Jane" in report()
    config = told.config_revision

    black_out(told)

    assert "Jane" not in report()
    user.refresh_from_db()
    assert user.cache_generation == generation + 1
    assert told.config_revision == config + 1


def test_without_a_passage_the_whole_message_is_blacked_out(told):
    black_out(told, seq=4, passage="")

    assert told.messages.get(seq=4).content == "█" * len("Nothing.")
    assert told.messages.get(seq=2).content == SAID


@pytest.mark.parametrize("passage", ["jane doe", "I", "███", "  \n "])
def test_words_that_do_not_stand_there_or_say_too_little_change_nothing(told, passage):
    before = everything(told)

    with pytest.raises(NothingToRedact):
        black_out(told, passage=passage)

    assert everything(told) == before


def test_twice_is_refused_for_there_is_nothing_left(told):
    black_out(told, passage="")

    with pytest.raises(NothingToRedact):
        black_out(told, passage="")


def test_nothing_changes_while_a_reply_is_owed(told):
    ask(told, slot=1)
    answer(told, turn=Turn.State.PENDING)

    with pytest.raises(ReplyOwed):
        black_out(told)


def test_other_interviews_keep_the_words(told, bob):
    other = make_session(user=bob)
    ask(other)
    answer(other, SAID)

    black_out(told)

    assert other.messages.get(seq=2).content == SAID
    theirs = other.messages.get(seq=2)
    with pytest.raises(Message.DoesNotExist):
        redact(session_id=told.pk, message_id=theirs.pk, passage=NAME, now=NOW)


def test_queries_do_not_grow_with_the_interview(alice):
    def queries(questions):
        session = make_session(user=alice, slots=questions)
        for _ in range(questions):
            ask(session)
            judge(answer(session, f"{SAID} Again."), score=0.5)
        drain(now=NOW)
        with CaptureQueriesContext(connection) as captured:
            black_out(session)
        return len(captured)

    assert queries(2) == queries(6) <= 36
