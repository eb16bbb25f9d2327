"""The law of the running figures: counted step by step equals counted anew."""

import contextlib
import datetime
import json
import statistics
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.models import InterviewSession
from sessions_app.services.archive import drain
from sessions_app.services.figures import EvaluationRow, MessageRow, SessionFrame
from sessions_app.services.journal import NewMessage
from sessions_app.services.metrics import load_facts, metrics_for
from sessions_app.services.model_calls import store_background_calls
from sessions_app.services.opinions import NewOpinion, store_opinions
from sessions_app.services.redacting import NothingToRedact, redact
from sessions_app.services.running import (
    RunningFigures,
    compute_metrics,
    evaluations_digest,
    running_figures,
)
from sessions_app.services.sessions import pause_session, resume_session
from sessions_app.services.turns import (
    NewEvaluation,
    TurnResult,
    claim_turn,
    commit_turn,
    receive_message,
)
from tests.model_calls import new_call
from tests.people import START, ask, finish, make_session

LEASE = datetime.timedelta(seconds=20)
FRAME = SessionFrame(started_at=START, ended_at=START, competency_of_slot={})
WORDS = ["", "   ", "One.", "Two words.", "I measured it, and then I changed it."]


class Interview:
    """An interview told through the services that write it."""

    def __init__(self, user):
        self.session = make_session(user=user, mode="practice")
        self.now = START
        ask(self.session)

    def answer(self, text, gate, score, follow_up):
        self._turn("answer", text, gate=gate, score=score, follow_up=follow_up)

    def skip(self):
        self._turn("skip", "", follow_up="question")

    def repeat(self):
        self._turn("repeat", "", follow_up="repeat")

    def pause(self):
        pause_session(session_id=self.session.pk, now=self._later())
        resume_session(session_id=self.session.pk, now=self._later())

    def call_in_background(self):
        store_background_calls(
            session=self.session, calls=[new_call(outcome="error")], now=self._later()
        )

    def judge_a_second_time(self, score):
        opinions = [
            NewOpinion(evaluation=row, score=score, confidence=0.5, result={})
            for row in self.session.evaluations.filter(is_counted=True)
        ]
        store_opinions(opinions=opinions, engine="model 1", now=self._later())

    def redact(self, place):
        message = self.session.messages.get(seq=self._seq(place))
        # A skip has no words.
        with contextlib.suppress(NothingToRedact):
            redact(
                session_id=self.session.pk,
                message_id=message.pk,
                passage="",
                now=self._later(),
            )

    def archive(self):
        drain(now=self._later())

    def end(self):
        finish(InterviewSession.objects.get(pk=self.session.pk))

    def _later(self):
        self.now += datetime.timedelta(seconds=7)
        return self.now

    def _seq(self, place):
        return place % self.session.messages.count() + 1

    def _turn(self, kind, text, *, gate=None, score=None, follow_up=""):
        asked = self.session.messages.exclude(role="candidate").latest("seq")
        message = NewMessage(
            role="candidate",
            kind=kind,
            content=text,
            origin="person",
            question_no=asked.question_no,
            client_message_id=uuid.uuid4(),
        )
        receipt = receive_message(
            session_id=self.session.pk, message=message, now=self._later()
        )
        if receipt.is_replay:
            return
        turn = receipt.turn
        fence = claim_turn(turn_id=turn.pk, now=self.now, lease=LEASE)
        slot = self._slot(asked.question_no)
        result = TurnResult(
            replies=[self._reply(follow_up, asked, slot)],
            evaluation=self._judgement(receipt.message, slot, score),
            gate=gate,
            answered_count=0,
            skipped_count=0,
            closes=False,
            first_words_ms=80,
            calls=[new_call(outcome="exact_hit")],
        )
        commit_turn(turn_id=turn.pk, fence=fence, result=result, now=self._later())

    def _slot(self, number):
        asked = self.session.messages.filter(
            question_no=number, kind__in=("question", "probe")
        )
        return asked.get().details["slot"]

    def _reply(self, kind, asked, slot):
        number = asked.question_no
        if kind in ("question", "probe"):
            number += 1
        return NewMessage(
            role="interviewer",
            kind=kind,
            content=f"Reply {number}.",
            origin="embedded",
            question_no=number,
            details={"slot": slot + (kind == "question")},
        )

    @staticmethod
    def _judgement(message, slot, score):
        if message.kind != "answer":
            return None
        return NewEvaluation(
            engine="rules 1",
            slot=slot,
            is_first=True,
            message_seqs=[message.seq],
            text=message.content,
            state="insufficient" if score is None else "observed",
            score=score,
            error=None if score is None else 0.1,
            confidence=0.8,
            result={},
            feedback={},
            outline=[],
        )


places = st.integers(min_value=0, max_value=50)
scores = st.sampled_from([None, 0.0, 0.3, 1 / 3, 0.9])
steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("answer"),
            st.sampled_from(WORDS),
            st.sampled_from([None, "passed", "gibberish"]),
            scores,
            st.sampled_from(["question", "probe", "reask"]),
        ),
        st.tuples(st.sampled_from(["skip", "repeat", "pause"])),
        st.tuples(st.sampled_from(["archive", "call_in_background"])),
        st.tuples(st.just("judge_a_second_time"), scores),
        st.tuples(st.just("redact"), places),
    ),
    max_size=14,
)


def assert_counted_right(session):
    session = InterviewSession.objects.get(pk=session.pk)
    facts = load_facts(sessions=[session])[session.pk]
    anew = running_figures(facts=facts, digest=session.digest)
    assert session.running_figures == anew.to_dict()
    assert metrics_for(session=session)[0] == compute_metrics(facts=facts)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=steps, is_ended=st.booleans())
def test_the_increment_equals_a_recomputation(alice, steps, is_ended):
    interview = Interview(alice)

    for name, *arguments in steps:
        getattr(interview, name)(*arguments)
        assert_counted_right(interview.session)
    if is_ended:
        interview.end()
    interview.archive()

    assert_counted_right(interview.session)
    session = InterviewSession.objects.get(pk=interview.session.pk)
    if is_ended:
        # A pause in between has nothing to archive; the next message stores them.
        assert not metrics_for(session=session)[1]


def test_a_turn_costs_no_query_for_its_figures(alice):
    """They change in the statements that save message and session anyway."""
    interview = Interview(alice)
    interview.answer("One.", "passed", 0.5, "question")
    session = InterviewSession.objects.get(pk=interview.session.pk)

    figures = RunningFigures.from_dict(session.running_figures)

    assert figures.roles == {"interviewer": 2, "candidate": 1}
    assert (figures.first_words_ms.total, figures.completed_ms.count) == (80, 1)
    assert session.calls_by_outcome == {"exact_hit": 1}


def test_the_state_does_not_grow_with_the_messages_of_a_topic():
    def size_after(turns):
        figures = RunningFigures()
        figures.add_message(row(1, "question", number=1))
        for number in range(2, turns + 2):
            figures.add_message(row(number * 2, "probe", number=number))
            figures.add_message(row(number * 2 + 1, "answer", number=number))
        return len(json.dumps(figures.to_dict()))

    assert size_after(1_000) <= size_after(10) + 20


def row(seq, kind, *, number, content="Some words.", slot=0):
    return MessageRow(
        seq=seq,
        role="candidate" if kind in ("answer", "skip") else "interviewer",
        kind=kind,
        content=content,
        question_no=number,
        details={"slot": slot, "seconds": 0.1},
    )


@given(st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=60))
def test_the_histogram_has_the_mean_and_the_median_of_the_lengths(lengths):
    figures = RunningFigures()
    figures.add_message(row(1, "question", number=1))
    for seq, length in enumerate(lengths, start=2):
        figures.add_message(row(seq, "answer", number=1, content="word " * length))

    view = figures.view(frame=FRAME)

    assert view.words_median == statistics.median(lengths)
    assert view.words_mean == statistics.fmean(lengths)
    assert view.thinking_seconds_mean == pytest.approx(0.1, abs=1e-9)


@given(st.lists(st.tuples(places, scores), max_size=8), st.randoms())
def test_the_digest_of_judgements_knows_no_order(rows, random):
    judgements = [
        EvaluationRow(
            seq=seq, slot=seq, is_first=True, state="observed", score=score, error=None
        )
        for seq, score in rows
    ]
    shuffled = random.sample(judgements, len(judgements))

    assert evaluations_digest(evaluations=judgements) == evaluations_digest(
        evaluations=shuffled
    )


def test_the_state_survives_json():
    figures = RunningFigures(digest="d" * 64)
    for number, slot in ((1, 0), (2, 0), (3, 1), (2, 1)):
        kind = "question" if number in (1, 3) else "probe"
        figures.add_message(row(number, kind, number=number, slot=slot))
    figures.add_message(row(9, "answer", number=2))
    figures.add_message(row(9, "skip", number=3))

    copy = RunningFigures.from_dict(json.loads(json.dumps(figures.to_dict())))

    assert copy == figures
    assert copy.topics[1].answers == 1  # the later question with that number
