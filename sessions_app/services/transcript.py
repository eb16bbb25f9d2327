"""Messages as people read them: one shape for page, stream and report."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable

from sessions_app.models import Message

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
REQUEST_TEXTS = {
    Message.Kind.SKIP: "(skipped this question)",
    Message.Kind.REPEAT: "(asked to hear the question again)",
    Message.Kind.HINT: "(asked for a hint)",
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
    is_latest: bool


def message_view(*, message: Message, is_latest: bool = False) -> MessageView:
    """Return the message as it is shown; an empty request gets words of its own."""
    return MessageView(
        seq=message.seq,
        role=message.role,
        role_label=ROLE_LABELS[Message.Role(message.role)],
        kind=message.kind,
        content=message.content or REQUEST_TEXTS.get(Message.Kind(message.kind), ""),
        created_at=message.created_at,
        is_question=message.kind in (Message.Kind.QUESTION, Message.Kind.PROBE),
        origin_label=ORIGIN_LABELS[Message.Origin(message.origin)],
        is_latest=is_latest,
    )


def message_views(*, messages: Iterable[Message]) -> list[MessageView]:
    """Return the transcript in order, the last message marked as the latest."""
    rows = list(messages)
    return [
        message_view(message=row, is_latest=index == len(rows) - 1)
        for index, row in enumerate(rows)
    ]
