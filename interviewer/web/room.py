"""The interview room as the page shows it."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest

from interviewer.orchestrator.conversation import load_conversation, standing
from interviewer.web.forms import QUICK_QUESTIONS
from interviewer.web.stream_tokens import stream_url
from sessions_app.models import Evaluation, InterviewSession, Turn
from sessions_app.services.feedback import FeedbackView, feedback_view
from sessions_app.services.self_ratings import OWN_RATING
from sessions_app.services.transcript import MessageView, message_views
from sessions_app.services.turns import owed_turn


@dataclasses.dataclass(frozen=True, slots=True)
class PendingTurn:
    """A reply that is owed; `has_failed` when it waits for a retry."""

    stream_url: str
    has_failed: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Everything `interview/room.html` shows besides the session itself."""

    messages: Sequence[MessageView]
    question_no: int
    progress_label: str
    topic: str
    seconds_left: int | None
    time_left_label: str
    time_is_up: bool
    can_pause: bool
    can_hint: bool
    other_mode: str  # that one may switch to, or empty
    pending_turn: PendingTurn | None
    feedback: FeedbackView | None
    client_message_id: uuid.UUID
    draft_text: str
    unsent_answer: str  # written when the interview was over already
    quick_questions: Sequence[str]
    error: str
    max_length: int


def room_view(
    *,
    request: HttpRequest,
    session: InterviewSession,
    now: datetime.datetime,
    draft_text: str = "",
    unsent_answer: str = "",
    error: str = "",
) -> Room:
    """Return the room as of now; the number of queries does not grow with it."""
    conversation = load_conversation(session=session)
    stands = standing(conversation=conversation, now=now)
    is_practice = session.mode_in_force == InterviewSession.Mode.PRACTICE
    seconds_left = None if session.is_ended else stands.seconds_left
    return Room(
        messages=message_views(messages=conversation.messages),
        question_no=stands.question_no,
        progress_label=stands.progress_label,
        topic=stands.topic,
        seconds_left=seconds_left,
        time_left_label=time_left_label(seconds=seconds_left),
        time_is_up=seconds_left == 0,
        can_pause=session.can_pause,
        can_hint=is_practice,
        other_mode=_other_mode(session),
        pending_turn=_pending_turn(request, session),
        feedback=_latest_feedback(session) if is_practice else None,
        client_message_id=uuid.uuid4(),
        draft_text=draft_text,
        unsent_answer=unsent_answer,
        quick_questions=QUICK_QUESTIONS,
        error=error,
        max_length=settings.ANSWER_MAX_CHARACTERS,
    )


def time_left_label(*, seconds: int | None) -> str:
    """Return "24:10 left", or nothing when there is no limit."""
    if seconds is None:
        return ""
    return f"{seconds // 60}:{seconds % 60:02d} left"


def _other_mode(session: InterviewSession) -> str:
    choices = session.SWITCHABLE_MODES
    if session.is_ended or session.mode not in choices:
        return ""
    return next(str(mode) for mode in choices if mode != session.mode)


def _pending_turn(
    request: HttpRequest, session: InterviewSession
) -> PendingTurn | None:
    turn = owed_turn(session=session)
    if turn is None:
        return None
    return PendingTurn(
        stream_url=stream_url(request=request, session_id=session.pk, turn_id=turn.pk),
        has_failed=turn.state == Turn.State.FAILED,
    )


def _latest_feedback(session: InterviewSession) -> FeedbackView | None:
    latest = (
        Evaluation.objects.filter(session=session, is_counted=True)
        .select_related("message__turn__last_reply")
        .annotate(own_rating=OWN_RATING)
        .order_by("-message__seq")
        .first()
    )
    if latest is None:
        return None
    return feedback_view(
        evaluation=latest, reply=latest.message.turn.last_reply, session=session
    )
