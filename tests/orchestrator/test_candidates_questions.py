"""The end of an interview: the candidate asks, and is told what is known."""

from __future__ import annotations

import dataclasses
import uuid

import pytest
from django.utils import timezone

from interviewer.orchestrator.start import begin_interview
from interviewer.policy.inquiries import NOT_KNOWN
from interviewer.web.samples import SAMPLE_SETUP
from sessions_app.models import Evaluation, InterviewSession, Message, User
from sessions_app.services.archive import drain
from sessions_app.services.reports import build_report
from sessions_app.services.turns import QuestionMoved
from tests.interviews import SETUP, complete, send, send_and_complete

SETUP_WITH_JOB = dataclasses.replace(
    SETUP, job_description=SAMPLE_SETUP["job_description"], company="Linden Pay"
)


@pytest.fixture
def invited(alice: User) -> InterviewSession:
    session = begin_interview(
        user=alice, setup=SETUP_WITH_JOB, seed=7, now=timezone.now()
    )
    for _ in session.plan["slots"]:
        send_and_complete(session, "", intent="skip")
        session.refresh_from_db()
    assert last(session).kind == Message.Kind.INVITE
    return session


def last(session: InterviewSession) -> Message:
    message: Message = session.messages.latest("seq")
    return message


def report(session: InterviewSession):
    session.refresh_from_db()
    assert session.is_finished
    drain(now=timezone.now())
    return build_report(session=session, practice_url="/")


def test_questions_are_replied_to_rated_and_no_part_of_the_score(
    invited: InterviewSession,
) -> None:
    send_and_complete(invited, "How does the on-call rota work?")
    first = last(invited)
    send_and_complete(invited, "Which idempotency decision was the hardest, and why?")

    assert "share the on-call rota" in first.content
    assert (first.kind, first.origin) == ("reply", "embedded")
    assert last(invited).content.startswith(NOT_KNOWN)
    shown = report(invited)
    assert shown.inquiries.score == 5
    assert len(shown.inquiries.asked) == 2
    assert any("design and run HTTP APIs" in text for text in shown.inquiries.stronger)
    assert shown.summary.score is None
    assert not Evaluation.objects.exists()
    assert len(shown.questions) == len(invited.plan["slots"])


@pytest.mark.parametrize(("text", "intent"), [("No, thanks.", "answer"), ("", "skip")])
def test_having_nothing_to_ask_ends_the_interview_and_is_no_zero(
    text: str, intent: str, invited: InterviewSession
) -> None:
    send_and_complete(invited, text, intent=intent)

    shown = report(invited)
    assert shown.inquiries.score is None
    assert "nothing to rate" in shown.inquiries.sentence
    assert shown.questions[-1].state_word == "Skipped"


def test_a_question_that_is_sent_again_is_replied_to_once(
    invited: InterviewSession,
) -> None:
    number = last(invited).question_no
    sent = {"question_no": number, "client_message_id": uuid.uuid4()}
    complete(send(invited, "How does the on-call rota work?", **sent))
    count = invited.messages.count()

    again = send(invited, "How does the on-call rota work?", **sent)

    assert again.is_replay
    assert invited.messages.count() == count


def test_a_late_answer_to_the_last_topic_is_no_question(
    invited: InterviewSession,
) -> None:
    number = last(invited).question_no

    with pytest.raises(QuestionMoved):
        send(invited, "I would measure it first.", question_no=number - 1)


def test_an_interview_that_was_ended_before_rates_nothing(alice: User) -> None:
    session = begin_interview(user=alice, setup=SETUP, seed=7, now=timezone.now())
    session.finish(now=timezone.now())
    session.save()

    assert build_report(session=session, practice_url="/").inquiries is None
