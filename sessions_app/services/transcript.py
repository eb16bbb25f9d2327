"""Messages as people read them: one shape for page, stream and report."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable

from django.conf import settings

from sessions_app.models import Message
from sessions_app.services.troubles import what_went_wrong

ROLE_LABELS = {
    Message.Role.INTERVIEWER: "Interviewer",
    Message.Role.CANDIDATE: "You",
    Message.Role.COACH: "Coach",
}
ORIGIN_LABELS = {
    Message.Origin.PERSON: "",
    Message.Origin.LIVE: "language model",
    Message.Origin.CACHE: "language model, reused",
    Message.Origin.EMBEDDED: "built-in interviewer",
}
_OF_A_MODEL = (Message.Origin.LIVE, Message.Origin.CACHE)
QUESTIONS = (Message.Kind.QUESTION, Message.Kind.PROBE, Message.Kind.INVITE)
REQUEST_TEXTS = {
    Message.Kind.SKIP: "(skipped this question)",
    Message.Kind.REPEAT: "(asked to hear the question again)",
    Message.Kind.HINT: "(asked for a hint)",
    Message.Kind.INQUIRY: "(has no questions)",
}


@dataclasses.dataclass(frozen=True, slots=True)
class MessageView:
    """One message, ready for `interview/_message.html`."""

    seq: int
    role: str
    role_label: str
    kind: str
    content: str
    created_at: datetime.datetime
    is_question: bool
    origin_label: str
    shows_origin: bool  # in the room; one that has no model stays calm
    notice: str  # why the built-in engine speaks in a model's place, or empty
    is_latest: bool


def message_view(
    *, message: Message, is_latest: bool = False, had_model: bool = False
) -> MessageView:
    """Return the message as it is shown; an empty request gets words of its own.

    had_model: a language model took part in the interview
    """
    may_name_engine = (
        had_model or _is_of_a_model(message) or bool(settings.INTERVIEWER_MODEL)
    )
    return MessageView(
        seq=message.seq,
        role=message.role,
        role_label=ROLE_LABELS[Message.Role(message.role)],
        kind=message.kind,
        content=message.content or REQUEST_TEXTS.get(Message.Kind(message.kind), ""),
        created_at=message.created_at,
        is_question=message.kind in QUESTIONS,
        origin_label=_origin_label(message),
        shows_origin=may_name_engine and message.role != Message.Role.CANDIDATE,
        notice=_notice(message),
        is_latest=is_latest,
    )


def message_views(*, messages: Iterable[Message]) -> list[MessageView]:
    """Return the transcript in order, the last message marked as the latest."""
    rows = list(messages)
    had_model = any(map(_is_of_a_model, rows))
    return [
        message_view(message=row, is_latest=index == len(rows) - 1, had_model=had_model)
        for index, row in enumerate(rows)
    ]


def _is_of_a_model(message: Message) -> bool:
    return message.origin in _OF_A_MODEL or "stand_in" in message.details


def _origin_label(message: Message) -> str:
    if (message.role, message.origin) == (Message.Role.COACH, Message.Origin.EMBEDDED):
        return "built-in coach"
    return ORIGIN_LABELS[Message.Origin(message.origin)]


def _notice(message: Message) -> str:
    failure = message.details.get("stand_in")
    if not failure:
        return ""
    stand_in = _origin_label(message)
    return f"{what_went_wrong(failure=failure)}; the {stand_in} continues."
