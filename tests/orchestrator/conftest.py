from __future__ import annotations

import datetime
import uuid

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from interviewer.orchestrator.conversation import journal_entry
from interviewer.orchestrator.orchestrator import complete_turn, process_message
from interviewer.orchestrator.start import begin_interview
from interviewer.policy.plan import Plan
from interviewer.policy.progress import fold
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
ANSWER = (
    "I would look at the query plan first, measure how long each part takes, and "
    "then add an index or change the query, because guessing costs more time."
)


@pytest.fixture
def session(alice: User) -> InterviewSession:
    return begin_interview(user=alice, setup=SETUP, now=timezone.now())


def send(
    session: InterviewSession,
    text: str = ANSWER,
    *,
    intent: str = "answer",
    question_no: int | None = None,
    client_message_id: uuid.UUID | None = None,
    cut_by_timer: bool = False,
    now: datetime.datetime | None = None,
) -> Receipt:
    """Send a candidate's message to the question that is open."""
    session.refresh_from_db()
    return process_message(
        session=session,
        text=text,
        intent=intent,  # type: ignore[arg-type]
        question_no=question_no or open_question_no(session),
        client_message_id=client_message_id or uuid.uuid4(),
        cut_by_timer=cut_by_timer,
        now=now or timezone.now(),
    )


def open_question_no(session: InterviewSession) -> int:
    entries = [journal_entry(message=row) for row in session.messages.all()]
    return fold(plan=Plan.from_dict(session.plan), entries=entries).question_no


def complete(receipt: Receipt) -> None:
    async_to_sync(complete_turn)(turn_id=receipt.turn.pk)


def send_and_complete(
    session: InterviewSession, text: str = ANSWER, **options: object
) -> Receipt:
    receipt = send(session, text, **options)  # type: ignore[arg-type]
    complete(receipt)
    receipt.turn.refresh_from_db()
    session.refresh_from_db()
    return receipt
