"""Everything one turn looks at, read once before anything is decided."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence

from interviewer.agents.response_key import normalize_message
from interviewer.bank.model import BankQuestion
from interviewer.orchestrator.conversation import Conversation, load_conversation
from interviewer.orchestrator.response_cache import Scope
from interviewer.orchestrator.rubrics import frozen_questions
from sessions_app.models import InterviewSession, Message, Turn

# Replies after which the interview stands where it stood: the same request may follow.
_LEAVES_ALL_AS_IT_WAS = (
    Message.Kind.REPEAT,
    Message.Kind.CLARIFY,
    Message.Kind.COACHING,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Parent:
    """The conversation that a reply depends on: all before the message.

    Equal requests in a row share what stood before the first of them.
    """

    digest: str  # rolling, of its last message
    seq: int  # of its last message


@dataclasses.dataclass(frozen=True, slots=True)
class Scene:
    """A turn with its conversation as it was before the message."""

    turn: Turn
    conversation: Conversation
    questions: Mapping[int, BankQuestion]  # by slot index
    parent: Parent
    scope: Scope  # who may be served what is said here

    @property
    def session(self) -> InterviewSession:
        return self.conversation.session

    @property
    def message(self) -> Message:
        return self.turn.message

    @property
    def received_at(self) -> datetime.datetime:
        return self.turn.received_at


def load_scene(turn_id: uuid.UUID) -> Scene:
    """Return the turn's scene; three queries, whatever its length."""
    turn = Turn.objects.select_related("message", "session__user").get(pk=turn_id)
    session = turn.session
    conversation = load_conversation(session=session, before_seq=turn.message.seq)
    return Scene(
        turn=turn,
        conversation=conversation,
        questions=frozen_questions(plan=conversation.plan),
        parent=_parent(turn, conversation.messages),
        scope=Scope.of_session(
            session_id=session.pk,
            user_id=session.user_id,
            generation=session.user.cache_generation,
        ),
    )


def _parent(turn: Turn, messages: Sequence[Message]) -> Parent:
    last = messages[-1]
    previous = (
        Turn.objects.filter(session_id=turn.session_id, last_reply_id=last.pk)
        .select_related("message")
        .first()
    )
    if previous is not None and _is_repeated(previous.message, last, turn.message):
        for message in reversed(messages):
            if message.digest == previous.parent_digest:
                return Parent(message.digest, message.seq)
    return Parent(last.digest, last.seq)


def _is_repeated(said: Message, reply: Message, message: Message) -> bool:
    """Say whether the message asks again what was just asked and answered."""
    return (
        reply.kind in _LEAVES_ALL_AS_IT_WAS
        and said.kind == message.kind
        and normalize_message(said.content) == normalize_message(message.content)
    )
