"""Telling a turn's readers how it ended: the same from the log and the database."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from interviewer.orchestrator.conversation import load_conversation, standing
from interviewer.orchestrator.events import OUTCOME_FROM, START, Event, EventId
from interviewer.orchestrator.turn_log import TurnLog
from sessions_app.models import Evaluation, InterviewSession, Message, Turn
from sessions_app.services.feedback import feedback_view
from sessions_app.services.self_ratings import OWN_RATING
from sessions_app.services.transcript import message_view

Outcome = list[tuple[str, Mapping[str, Any]]]

# True of an answer and of a question to the coach: with the database away nobody
# could say which it was.
FAILURE: Outcome = [
    (
        "turn.failed",
        {
            "message": "What you sent is saved. The reply could not be written. "
            "Press Retry."
        },
    ),
    ("done", {}),
]


async def announce_outcome(*, turn_log: TurnLog) -> None:
    """Tell the readers what was committed."""
    events = sync_to_async(stored_events)
    for event in await events(turn_id=turn_log.turn_id, after=START):
        await turn_log.add(event)


async def announce_failure(*, turn_log: TurnLog) -> None:
    """Tell the readers that the reply could not be made and what is safe."""
    for type_, data in FAILURE:
        await turn_log.append(type_, data)


def stored_events(*, turn_id: uuid.UUID, after: EventId) -> list[Event]:
    """Return an ended turn's events from the database; none while it is pending.

    The last one is always among them: who comes back after the end is told so.
    """
    turn = Turn.objects.select_related("session", "message", "last_reply").get(
        pk=turn_id
    )
    events = [
        Event(EventId(turn.fence, OUTCOME_FROM + number), type_, data)
        for number, (type_, data) in enumerate(_outcome(turn))
    ]
    return [event for event in events if event.id > after or event.is_last]


def _outcome(turn: Turn) -> Outcome:
    if turn.state == Turn.State.PENDING:
        return []
    if turn.state == Turn.State.FAILED:
        return FAILURE
    return [
        *_replies(turn),
        *_feedback(turn),
        ("session.updated", _session_facts(turn.session)),
        ("done", {}),
    ]


def _replies(turn: Turn) -> Outcome:
    if turn.last_reply is None:
        return []
    rows = Message.objects.filter(
        session_id=turn.session_id,
        seq__gt=turn.message.seq,
        seq__lte=turn.last_reply.seq,
    ).order_by("seq")
    return [("message.completed", _rendered(row)) for row in rows]


def _rendered(message: Message) -> Mapping[str, Any]:
    return {
        "html": render_message(message=message),
        "seq": message.seq,
        "kind": message.kind,
        "cached": message.origin == Message.Origin.CACHE,
    }


def render_message(*, message: Message) -> str:
    """Return the message as the page shows it."""
    view = message_view(message=message, is_latest=True)
    return render_to_string("interview/_message.html", {"message": view})


def _feedback(turn: Turn) -> Outcome:
    if turn.session.mode != InterviewSession.Mode.PRACTICE:
        return []
    evaluation = (
        Evaluation.objects.filter(message_id=turn.message_id, is_counted=True)
        .annotate(own_rating=OWN_RATING)
        .first()
    )
    if evaluation is None:
        return []
    evaluation.message = turn.message
    view = feedback_view(
        evaluation=evaluation, reply=turn.last_reply, session=turn.session
    )
    html = render_to_string("interview/_feedback.html", {"feedback": view})
    return [("feedback.ready", {"html": html})]


def _session_facts(session: InterviewSession) -> Mapping[str, Any]:
    now = timezone.now()
    conversation = load_conversation(session=session)
    return {
        **dataclasses.asdict(standing(conversation=conversation, now=now)),
        "report_url": reverse("interview_report", args=[session.pk]),
    }
