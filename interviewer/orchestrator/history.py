"""The history of a session as prompts need it: the epoch in force and what follows."""

from __future__ import annotations

import dataclasses

from interviewer.agents.history_views import (
    HistoryEntry,
    HistoryMessage,
    get_relevant_history,
)
from interviewer.agents.prompt_layout import Record
from sessions_app.models import InterviewSession, Message
from sessions_app.services.folding import epoch_in_force


@dataclasses.dataclass(frozen=True, slots=True)
class HistoryView:
    """The record of messages 1 to `covered_upto`, and all later ones word for word."""

    epoch: int  # 0: nothing is folded
    covered_upto: int
    record: Record | None
    messages: tuple[HistoryMessage, ...]

    @property
    def relevant(self) -> tuple[HistoryEntry, ...]:
        """The summary, if there is one, and the messages after it."""
        return get_relevant_history(messages=self.messages, record=self.record)


def load_history(*, session: InterviewSession, before_seq: int) -> HistoryView:
    """Return the history before this message; two queries, never a folded message."""
    epoch = epoch_in_force(session=session)
    covered = epoch.upto_seq if epoch else 0
    rows = (
        Message.objects.filter(session=session, seq__gt=covered, seq__lt=before_seq)
        .only("seq", "role", "kind", "content", "question_no", "tokens")
        .order_by("seq")
    )
    return HistoryView(
        epoch=epoch.number if epoch else 0,
        covered_upto=covered,
        record=Record(summary=epoch.summary, ledger=epoch.ledger) if epoch else None,
        messages=tuple(history_message(row) for row in rows),
    )


def history_message(row: Message) -> HistoryMessage:
    """Return the message as agents read it."""
    return HistoryMessage(
        seq=row.seq,
        role=row.role,
        kind=row.kind,
        content=row.content,
        question_no=row.question_no,
        tokens=row.tokens,
    )
