"""A conversation as prompts are given it: a record of the old, and the rest whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from interviewer.agents.history_window import Spoken
from interviewer.agents.prompt_layout import Record, Utterance

SUMMARY_HEADING = "History summary"


@dataclasses.dataclass(frozen=True, slots=True)
class HistoryMessage:
    """A message of the journal as agents read it."""

    seq: int
    role: str
    kind: str
    content: str
    question_no: int | None = None
    tokens: int = 0

    @property
    def utterance(self) -> Utterance:
        return Utterance(self.role, self.content)

    @property
    def spoken(self) -> Spoken:
        return Spoken(self.seq, self.role, self.kind, self.tokens, self.question_no)


@dataclasses.dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry of the relevant history: the summary, or a message word for word."""

    role: str
    content: str
    is_summary: bool = False
    heading: str = ""


def get_relevant_history(
    *, messages: Sequence[HistoryMessage], record: Record | None
) -> tuple[HistoryEntry, ...]:
    """Return the record of what was folded, if there is one, and what follows it.

    messages: those after the record; how many there are at least, and that no exchange
    is cut, the folding policy sees to (`history_window`).
    """
    verbatim = tuple(HistoryEntry(m.role, m.content) for m in messages)
    if record is None or not record.text:
        return verbatim
    return (HistoryEntry("system", record.text, True, SUMMARY_HEADING), *verbatim)
