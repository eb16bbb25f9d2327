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
from sessions_app.services.whole_turns import Opening

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
    conversation = load_conversation(session=turn.session, before_seq=turn.message.seq)
    previous = (
        Turn.objects.filter(
            session_id=turn.session_id, last_reply_id=conversation.messages[-1].pk
        )
        .select_related("message")
        .first()
    )
    return _scene(turn, conversation, previous)


def scene_beforehand(*, opening: Opening, conversation: Conversation) -> Scene:
    """Return the scene of a turn that is not stored yet; no query."""
    last = opening.last_turn
    is_last_said = last and last.last_reply_id == conversation.messages[-1].pk
    return _scene(opening.turn, conversation, last if is_last_said else None)


def _scene(turn: Turn, conversation: Conversation, previous: Turn | None) -> Scene:
    session = conversation.session
    return Scene(
        turn=turn,
        conversation=conversation,
        questions=frozen_questions(plan=conversation.plan),
        parent=_parent(turn, conversation.messages, previous),
        scope=Scope.of_session(
            session_id=session.pk,
            user_id=session.user_id,
            generation=session.user.cache_generation,
        ),
    )


def _parent(turn: Turn, messages: Sequence[Message], previous: Turn | None) -> Parent:
    last = messages[-1]
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
