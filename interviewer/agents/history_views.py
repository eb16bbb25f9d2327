"""What each agent is shown of a conversation: what it declares, and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

from interviewer.agents.facts import Fact
from interviewer.agents.history_window import Spoken, cut_before
from interviewer.agents.ledger import Entry, settle
from interviewer.agents.prompt_layout import Record, Utterance

SUMMARY_HEADING = "History summary"
RECENT_MESSAGES = 6
MAX_RELATED = 8

Agent = Literal["interviewer", "assessor", "coach", "summarizer"]


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


@dataclasses.dataclass(frozen=True, slots=True)
class AgentView:
    """What one agent is shown; what it does not declare stays empty."""

    messages: tuple[HistoryMessage, ...] = ()
    asked: tuple[str, ...] = ()
    facts: tuple[Entry, ...] = ()
    rubric: str = ""


def get_relevant_history(
    *,
    messages: Sequence[HistoryMessage],
    record: Record | None,
    window: int,
    covered_upto: int = 0,
) -> tuple[HistoryEntry, ...]:
    """Return a short history whole; of a long one the summary and what it leaves.

    The summary stands for the messages up to `covered_upto`. More than `window`
    messages may follow it, never fewer while there are as many, and no exchange is cut.
    """
    if len(messages) <= window or record is None or not record.text:
        return tuple(HistoryEntry(m.role, m.content) for m in messages)
    count = sum(message.seq <= covered_upto for message in messages)
    spoken = [message.spoken for message in messages]
    cut = cut_before(messages=spoken, at_most=min(count, len(messages) - window))
    cut = count if count <= len(messages) - window else cut
    summary = HistoryEntry("system", record.text, True, SUMMARY_HEADING)
    verbatim = (HistoryEntry(m.role, m.content) for m in messages[cut:])
    return (summary, *verbatim)


def interviewer_view(
    *, messages: Sequence[HistoryMessage], facts: Sequence[Fact]
) -> AgentView:
    """Return open threads, the questions asked so far, and the last messages."""
    asked = tuple(fact.subject for fact in facts if fact.kind == "asked_question")
    spoken = [message.spoken for message in messages]
    cut = cut_before(messages=spoken, at_most=max(0, len(messages) - RECENT_MESSAGES))
    return AgentView(
        messages=tuple(messages[cut:]),
        asked=asked,
        facts=_of_kinds(facts, "open_thread", "commitment"),
    )


def assessor_view(
    *,
    messages: Sequence[HistoryMessage],
    question_no: int,
    rubric: str,
    facts: Sequence[Fact],
) -> AgentView:
    """Return this question with its answers, the rubric, and facts it calls to mind."""
    exchange = tuple(m for m in messages if m.question_no == question_no)
    told = " ".join(message.content.lower() for message in exchange)
    own = {message.seq for message in exchange}
    related = [
        entry
        for entry in settle(facts=facts)
        if entry.seq not in own and _is_mentioned(entry, told)
    ]
    return AgentView(
        messages=exchange, facts=tuple(related[-MAX_RELATED:]), rubric=rubric
    )


def coach_view(
    *, messages: Sequence[HistoryMessage], question_no: int, facts: Sequence[Fact]
) -> AgentView:
    """Return this question with its answers, and what the candidate has not done."""
    exchange = tuple(m for m in messages if m.question_no == question_no)
    return AgentView(messages=exchange, facts=_of_kinds(facts, "gap"))


def summarizer_view(*, block: Sequence[HistoryMessage]) -> AgentView:
    """Return the messages to fold."""
    return AgentView(messages=tuple(block))


def _of_kinds(facts: Sequence[Fact], *kinds: str) -> tuple[Entry, ...]:
    return tuple(e for e in settle(facts=facts) if e.fact.kind in kinds)


def _is_mentioned(entry: Entry, told: str) -> bool:
    return any(len(w) > 3 and w.lower() in told for w in entry.fact.subject.split())
