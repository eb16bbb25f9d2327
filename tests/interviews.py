"""Interviews conducted for real: planned, asked, answered and judged in-process."""

from __future__ import annotations

import datetime
import uuid

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from interviewer.bank.loader import load_bank
from interviewer.orchestrator.conversation import load_conversation
from interviewer.orchestrator.orchestrator import complete_turn, process_message
from interviewer.orchestrator.start import begin_interview
from interviewer.policy.progress import Progress
from sessions_app.models import InterviewSession, User
from sessions_app.services.sessions import Setup
from sessions_app.services.turns import Receipt

SETUP = Setup(
    role="backend",
    role_title="Backend engineer",
    level="mid",
    kind="technical",
    style="formal",
    mode="practice",
    minutes=30,
)


@pytest.fixture
def session(alice: User) -> InterviewSession:
    return begin_interview(user=alice, setup=SETUP, seed=7, now=timezone.now())


def send(
    session: InterviewSession,
    text: str | None = None,
    *,
    intent: str = "answer",
    question_no: int | None = None,
    client_message_id: uuid.UUID | None = None,
    cut_by_timer: bool = False,
    now: datetime.datetime | None = None,
    is_waiting: bool = False,
) -> Receipt:
    """Send a candidate's message to the question that is open.

    Without a text it is a middling answer, which counts and leaves gaps.
    """
    session.refresh_from_db()
    return process_message(
        session=session,
        text=middling_answer(session) if text is None else text,
        intent=intent,  # type: ignore[arg-type]
        question_no=question_no or open_question_no(session),
        client_message_id=client_message_id or uuid.uuid4(),
        cut_by_timer=cut_by_timer,
        now=now or timezone.now(),
        is_waiting=is_waiting,
    )


def progress_of(session: InterviewSession) -> Progress:
    return load_conversation(session=session).progress


def open_question_no(session: InterviewSession) -> int:
    return progress_of(session).question_no


def middling_answer(session: InterviewSession) -> str:
    slot = session.plan["slots"][progress_of(session).slot_index]
    question = load_bank().get(slot["bank_id"])
    return next(e.text for e in question.exemplars if e.kind == "middle")


def complete(receipt: Receipt) -> None:
    async_to_sync(complete_turn)(turn_id=receipt.turn.pk)


def send_and_complete(
    session: InterviewSession, text: str | None = None, **options: object
) -> Receipt:
    receipt = send(session, text, **options)  # type: ignore[arg-type]
    complete(receipt)
    receipt.turn.refresh_from_db()
    session.refresh_from_db()
    return receipt
