"""What a chat model may be asked to word: the tasks, what each reads, its prompt.

A renderer sees exactly the fields of its reads, and the key covers the same fields:
nothing that shapes the words can be missing from the key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from interviewer.agents.action_text import action_text
from interviewer.agents.fencing import fence
from interviewer.agents.history_views import HistoryEntry
from interviewer.agents.model_tasks import Digested, ModelTask, register
from interviewer.agents.model_types import Prompt, PromptMessage
from interviewer.agents.prompt_files import load_prompt
from interviewer.agents.prompt_layout import Record, Utterance, build_prompt
from interviewer.policy.next_action import Action

WORDING_TOKENS = 220  # three sentences and some room
COACHING_TOKENS = 400
REPLY_SECONDS = 120
PUBLIC_SECONDS = 7 * 24 * 3600
POOL = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Talk:
    """What a prompt holds of a conversation: its relevant history."""

    entries: tuple[HistoryEntry, ...]

    @property
    def record(self) -> Record | None:
        return next((Record(e.content) for e in self.entries if e.is_summary), None)

    @property
    def messages(self) -> tuple[Utterance, ...]:
        return tuple(
            Utterance(e.role, e.content) for e in self.entries if not e.is_summary
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    """The decided action, as far as it shapes words."""

    kind: str
    ask: str
    say_first: str
    style: str
    acknowledge: bool

    @classmethod
    def of(cls, *, action: Action, style: str, acknowledge: bool) -> Move:
        return cls(action.kind, action.text, action.lead_in, style, acknowledge)

    @property
    def text(self) -> str:
        """The move as the prompts speak of it."""
        action = Action(self.kind, -1, self.ask, lead_in=self.say_first)
        return action_text(
            action=action, style=self.style, acknowledge=self.acknowledge
        )


@dataclasses.dataclass(frozen=True, slots=True)
class ReplyReads:
    """What the interviewer's reply depends on.

    setup: the session head, a mapping, by the digest of the frozen set-up
    talk: a `Talk`, by the digest of the conversation before the message
    """

    setup: Digested
    talk: Digested
    message: str
    message_kind: str
    move: Move
    time: str


@dataclasses.dataclass(frozen=True, slots=True)
class CoachingReads:
    """What the coach's reply depends on; fields as in `ReplyReads`."""

    setup: Digested
    talk: Digested
    message: str
    move: Move
    findings: str


@dataclasses.dataclass(frozen=True, slots=True)
class QuestionReads:
    """A question of the bank, which is the same for everybody."""

    question: str
    style: str
    level: str


def _reply(reads: ReplyReads) -> Prompt:
    return _prompt(
        "interviewer",
        reads.setup.value,
        reads.talk.value,
        f"The candidate's message is of the kind {reads.message_kind}.\n"
        f"Time: {reads.time}.\n{reads.move.text}",
        reads.message,
        WORDING_TOKENS,
    )


def _coaching(reads: CoachingReads) -> Prompt:
    return _prompt(
        "coach",
        reads.setup.value,
        reads.talk.value,
        f"{fence(tag='findings', text=reads.findings)}\n{reads.move.text}",
        reads.message,
        COACHING_TOKENS,
    )


def _prompt(
    name: str,
    head: Mapping[str, object],
    talk: Talk,
    instruction: str,
    answer: str,
    max_tokens: int,
) -> Prompt:
    return build_prompt(
        system=load_prompt(name).text,
        head=head,
        record=talk.record,
        messages=talk.messages,
        instruction=instruction,
        answer=answer,
        max_tokens=max_tokens,
    )


def _about_question(name: str, reads: QuestionReads) -> Prompt:
    asked = fence(tag="question", text=reads.question)
    about = f"style: {reads.style}\nlevel: {reads.level}\n{asked}"
    system = PromptMessage("system", load_prompt(name).text, ends_stable_part=True)
    return Prompt((system, PromptMessage("user", about)), WORDING_TOKENS)


def _question_wording(reads: QuestionReads) -> Prompt:
    return _about_question("question_wording", reads)


def _question_clarify(reads: QuestionReads) -> Prompt:
    return _about_question("question_clarify", reads)


REPLY = register(
    ModelTask(
        name="reply.interviewer",
        prompt="interviewer",
        reads=ReplyReads,
        render=_reply,
        scope="session",
        ttl_seconds=REPLY_SECONDS,
    )
)
COACHING = register(
    ModelTask(
        name="reply.coach",
        prompt="coach",
        reads=CoachingReads,
        render=_coaching,
        scope="session",
        ttl_seconds=REPLY_SECONDS,
    )
)
QUESTION_WORDING = register(
    ModelTask(
        name="question.wording",
        prompt="question_wording",
        reads=QuestionReads,
        render=_question_wording,
        scope="public",
        ttl_seconds=PUBLIC_SECONDS,
        pool_size=POOL,
    )
)
QUESTION_CLARIFY = register(
    ModelTask(
        name="question.clarify",
        prompt="question_clarify",
        reads=QuestionReads,
        render=_question_clarify,
        scope="public",
        ttl_seconds=PUBLIC_SECONDS,
        pool_size=POOL,
    )
)
