"""What of the planted facts a model would still see, at the end of an interview.

A fact is remembered when its topic and its value stand in one entry of the record, or
in a message that is sent word for word. A correction counts as made when the new value
is remembered and the record no longer states the old one; a correction that is itself
sent word for word, after the record, speaks for itself.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
from collections.abc import Sequence
from typing import Any

from interviewer.agents.ledger import Entry
from interviewer.agents.numerals import numbers_in
from interviewer.benchmarks.simulated_sessions import Planted, SimulatedSession

_ITEM = re.compile(r"[;\n|]|(?<=[.!?])\s")


@dataclasses.dataclass(frozen=True, slots=True)
class Recall:
    """Shares of the planted facts."""

    remembered: float
    updated: float
    count: int


def recall(
    *, session: SimulatedSession, record: str, verbatim: Sequence[str]
) -> Recall:
    """Return what is remembered of the session's facts."""
    items = _ITEM.split(record)
    seen = {fact.topic: _is_seen(fact, items, verbatim) for fact in session.planted}
    corrected = [fact for fact in session.planted if fact.old]
    updated = [
        seen[fact.topic]
        and (_is_said(fact, verbatim) or not _states(items, fact.topic, fact.old))
        for fact in corrected
    ]
    return Recall(
        remembered=sum(seen.values()) / len(seen),
        updated=sum(updated) / max(1, len(updated)),
        count=len(seen),
    )


def precision(
    *, session: SimulatedSession, entries: Sequence[Entry], covered: int
) -> float:
    """Return the share of ledger entries that are planted and true at the fold."""
    if not entries:
        return 1.0
    return sum(_is_true(entry, session, covered) for entry in entries) / len(entries)


def _is_true(entry: Entry, session: SimulatedSession, covered: int) -> bool:
    for fact in session.planted:
        value = fact.old if fact.old and fact.seq > covered else fact.value
        if _states([entry.text], fact.topic, value):
            return True
    return False


def _is_seen(fact: Planted, items: Sequence[str], verbatim: Sequence[str]) -> bool:
    return _states(items, fact.topic, fact.value) or _is_said(fact, verbatim)


def _is_said(fact: Planted, verbatim: Sequence[str]) -> bool:
    return any(fact.statement in text for text in verbatim)


def _states(items: Sequence[str], topic: str, value: str) -> bool:
    return any(
        topic in item.lower() and any(n.value == value for n in numbers_in(item))
        for item in items
    )


def middleware_recall(
    *, session: SimulatedSession, high_mark: int, **options: Any
) -> Recall:
    """Return the same for LangChain's SummarizationMiddleware with a perfect model.

    The model keeps every planted statement that reaches it, in any number of words,
    and drops those that it sees corrected.
    """
    # By name: the type checker need not read a library that only a rival uses.
    middlewares: Any = importlib.import_module("langchain.agents.middleware")
    kinds: Any = importlib.import_module("langchain_core.messages")
    model = _perfect_model(session)
    middleware: Any = middlewares.SummarizationMiddleware(
        model=model,
        trigger=("messages", high_mark + 1),
        keep=("messages", 20),
        **options,
    )
    state: list[Any] = []
    for number, message in enumerate(session.messages):
        kind = kinds.HumanMessage if message.role == "candidate" else kinds.AIMessage
        state.append(kind(content=message.content, id=str(number)))
        if message.role == "candidate":
            change = middleware.before_model({"messages": state}, None)
            if change is not None:
                state = [m for m in change["messages"] if m.type != "remove"]
    said = [str(message.content) for message in state]
    is_summarized = "summary of the conversation" in said[0]
    record = said[0] if is_summarized else ""
    return recall(session=session, record=record, verbatim=said[is_summarized:])


def _perfect_model(session: SimulatedSession) -> Any:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.outputs import ChatGeneration, ChatResult

    class PerfectModel(BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "perfect"

        def _generate(self, messages: Any, *_args: Any, **_options: Any) -> ChatResult:
            prompt = "\n".join(str(message.content) for message in messages)
            kept = "\n".join(_kept(session, prompt)) or "Nothing to keep."
            return ChatResult(
                generations=[ChatGeneration(message=AIMessage(content=kept))]
            )

    return PerfectModel()


def _kept(session: SimulatedSession, prompt: str) -> list[str]:
    kept = []
    for fact in session.planted:
        line = f"{fact.topic}: {fact.value} {fact.key}"
        if fact.statement in prompt or line in prompt:
            kept.append(line)
        elif fact.old_statement and fact.old_statement in prompt:
            kept.append(fact.old_statement)
    return kept
