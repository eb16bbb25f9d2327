"""An interview as its orchestrator sees it: plan, journal and standing."""

from __future__ import annotations

import dataclasses
import datetime
import math

from interviewer.policy.plan import Plan
from interviewer.policy.progress import JournalEntry, Progress, fold
from sessions_app.models import InterviewSession, Message


@dataclasses.dataclass(frozen=True, slots=True)
class Conversation:
    """A session with its plan, its messages in order, and where it stands."""

    session: InterviewSession
    plan: Plan
    messages: tuple[Message, ...]
    progress: Progress


def load_conversation(
    *, session: InterviewSession, before_seq: int | None = None
) -> Conversation:
    """Return the conversation up to, not including, this message; one query."""
    rows = session.messages.order_by("seq")
    if before_seq is not None:
        rows = rows.filter(seq__lt=before_seq)
    messages = tuple(rows)
    plan = Plan.from_dict(session.plan)
    entries = [journal_entry(message=row) for row in messages]
    return Conversation(
        session=session,
        plan=plan,
        messages=messages,
        progress=fold(plan=plan, entries=entries),
    )


def journal_entry(*, message: Message) -> JournalEntry:
    """Return the message as the policy reads it."""
    return JournalEntry(
        seq=message.seq,
        role=message.role,
        kind=message.kind,
        content=message.content,
        question_no=message.question_no,
        details=message.details,
        created_at=message.created_at,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """What the room's header says, on the page and in the stream."""

    state: str
    question_no: int
    progress_label: str
    topic: str
    seconds_left: int | None


def standing(*, conversation: Conversation, now: datetime.datetime) -> Standing:
    """Return where the interview stands, in words."""
    session, plan = conversation.session, conversation.plan
    progress = conversation.progress
    left = session.remaining_seconds(now=now)
    asked = max(len(progress.asked_slots), 1)
    if progress.is_invited:
        label, topic = "Your questions", "What you want to know"
    else:
        label = f"Question {asked} of {len(plan.slots)}"
        topic = plan.slots[max(progress.slot_index, 0)].label
    return Standing(
        state=session.state,
        question_no=progress.question_no,
        progress_label=label,
        topic=topic,
        seconds_left=None if left is None else max(0, math.floor(left)),
    )
