"""The rolling summary: what a record keeps of a block of messages.

    S_k = roll_summary(S_k-1, block)       by rules, always available
    fold_prompt(…), accept_summary(…)      by a model, checked before it counts

A summary carries what was asked, claimed, decided and left open. It is bounded, so old
lines grow shorter before they go. Numbers are the ledger's; those that the ledger has
no room for are added to the summary.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from interviewer.agents.facts import Fact
from interviewer.agents.fencing import fence, leaks_prompt
from interviewer.agents.history_views import HistoryMessage
from interviewer.agents.ledger import (
    MAX_LEDGER_TOKENS,
    Entry,
    render_entries,
    settle,
    split_entries,
)
from interviewer.agents.model_types import Prompt, PromptMessage
from interviewer.agents.phrase_facts import shortened
from interviewer.agents.prompt_layout import Record
from interviewer.agents.statements import statements
from interviewer.agents.tokens import estimate_tokens

SUMMARIZER = "rules 1"  # provenance of summaries made here

MAX_RECORD_TOKENS = 800  # summary and ledger
MAX_SUMMARY_WORDS = 280  # what a model is told; with the ledger it fits the bound
MAX_ANSWER_TOKENS = 500  # of a model's summary; what is longer is refused
QUESTION_WORDS = 9
GIST_WORDS = 14
SHORT_WORDS = 5
MIN_SUMMARY_TOKENS = 120

_FURTHER = "Also stated: "
_DECISION = re.compile(
    r"\b(?:decided|chose|because|so that|instead|led|built|agreed|learned|trade-?off"
    r"|turned out|result|mistake|failed|i would|never|always|prefer)\b",
    re.IGNORECASE,
)
_PROMPT_FILE = Path(__file__).parent / "prompts" / "summarizer.md"


def make_record(*, summary: str, facts: Iterable[Fact]) -> Record:
    """Return summary and ledger within their common bound; no current number is lost.

    The ledger takes what it may; numbers beyond it stand at the summary's end.
    """
    entries = settle(facts=facts)
    shown, left_out = split_entries(entries=entries, max_tokens=MAX_LEDGER_TOKENS)
    ledger = render_entries(entries=shown)
    room = MAX_RECORD_TOKENS - estimate_tokens(ledger)
    further = _further(left_out, room - MIN_SUMMARY_TOKENS)
    bounded = _bounded(summary.splitlines(), room - estimate_tokens(f"\n{further}"))
    text = "\n".join(part for part in (bounded, further) if part)
    return Record(summary=text, ledger=ledger)


def roll_summary(*, previous: str, block: Sequence[HistoryMessage]) -> str:
    """Return the next summary: the previous lines, then one for each exchange."""
    kept = [line for line in previous.splitlines() if not line.startswith(_FURTHER)]
    lines = [*kept, *(_line(exchange) for exchange in _exchanges(block))]
    return _bounded([line for line in lines if line], MAX_RECORD_TOKENS)


def shared_fold_prompt(
    *, stable: Sequence[PromptMessage], block: Sequence[HistoryMessage]
) -> Prompt:
    """Return the prompt of a fold by the very model that words the conversation.

    stable: parts [1] to [4] of its last prompt, which hold record and block already.
    The provider has them in its cache, so the fold costs a tenth.
    """
    last = next((m for m in reversed(block) if m.role != "candidate"), block[-1])
    until = fence(tag="last_question", text=last.content)
    tail = (
        f"{summarizer_text()}\n\nThe record so far and the conversation stand above. Go"
        " as far as the answer to this question, and leave out what follows:\n"
        f"{until}\nAt most {MAX_SUMMARY_WORDS} words."
    )
    messages = (*stable, PromptMessage("user", tail))
    return Prompt(messages=messages, max_tokens=MAX_ANSWER_TOKENS)


def fold_prompt(*, previous: str, block: Sequence[HistoryMessage]) -> Prompt:
    """Return the prompt with which any other model folds the block into the record."""
    said = "\n\n".join(f"{m.role}: {m.content}" for m in block if m.content)
    material = [fence(tag="record", text=previous)] if previous else []
    material.append(fence(tag="conversation", text=said))
    material.append(f"At most {MAX_SUMMARY_WORDS} words.")
    return Prompt(
        messages=(
            PromptMessage("system", summarizer_text(), ends_stable_part=True),
            PromptMessage("user", "\n\n".join(material)),
        ),
        max_tokens=MAX_ANSWER_TOKENS,
    )


def accept_summary(*, text: str) -> str | None:
    """Return a model's summary as it may be kept, or None when it may not."""
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    summary = "\n".join(line for line in lines if line)
    if not summary or estimate_tokens(summary) > MAX_ANSWER_TOKENS:
        return None
    if leaks_prompt(words=summary, system_text=summarizer_text()):
        return None
    return summary


@functools.cache
def summarizer_text() -> str:
    """Return the summarizer's system text."""
    return _PROMPT_FILE.read_text(encoding="utf-8").strip()


def _further(entries: Sequence[Entry], room: int) -> str:
    numbers = [e for e in entries if e.value[:1].isdigit()]
    others = [e for e in entries if not e.value[:1].isdigit()]
    shown, _ = split_entries(entries=(*numbers, *others), max_tokens=room)
    return _FURTHER + "; ".join(entry.text for entry in shown) if shown else ""


def _exchanges(block: Sequence[HistoryMessage]) -> list[list[HistoryMessage]]:
    exchanges: list[list[HistoryMessage]] = []
    for message in block:
        starts = message.kind in ("question", "probe", "ask", "opening")
        if starts or not exchanges:
            exchanges.append([])
        exchanges[-1].append(message)
    return exchanges


def _line(exchange: Sequence[HistoryMessage]) -> str:
    asked = next((m.content for m in exchange if m.role != "candidate"), "")
    answers = [m.content for m in exchange if m.role == "candidate" and m.content]
    if exchange[0].kind == "opening":
        return ""
    question = shortened(_question_of(asked), QUESTION_WORDS)
    skipped = any(m.kind == "skip" for m in exchange)
    gist = "skipped" if skipped and not answers else _gist(" ".join(answers))
    return f"- {question} | {gist or 'no answer'}"


def _question_of(text: str) -> str:
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    return next((s for s in sentences if s.endswith("?")), sentences[-1])


def _gist(text: str) -> str:
    """Return the start of the sentence that decides most."""
    told = [sentence.of(text) for sentence in statements(content=text)]
    if not told:
        return ""
    best = max(told, key=lambda s: (len(_DECISION.findall(s)), -told.index(s)))
    return shortened(best, GIST_WORDS)


def _bounded(lines: Sequence[str], room: int) -> str:
    """Return the lines within the room: old ones shortened first, then left out."""
    kept = list(lines)
    costs = [estimate_tokens(f"{line}\n") for line in kept]
    total = sum(costs)
    for index, line in enumerate(kept):
        if total <= room:
            break
        kept[index] = _short(line)
        total -= costs[index]
        costs[index] = estimate_tokens(f"{kept[index]}\n")
        total += costs[index]
    first = 0
    while total > room and first < len(kept):
        total -= costs[first]
        first += 1
    return "\n".join(kept[first:])


def _short(line: str) -> str:
    question, _, gist = line.removeprefix("- ").partition(" | ")
    parts = [shortened(question, SHORT_WORDS), shortened(gist, SHORT_WORDS)]
    return "- " + " | ".join(part for part in parts if part)
