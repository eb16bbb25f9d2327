"""Facts that an interview is remembered by: each proves itself by a quote.

Whoever proposes a fact, rules or a model, it counts only when its quote stands in the
message word for word and its numbers stand in the quote.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Literal, get_args

from interviewer.agents.numerals import numbers_in

FactKind = Literal[
    "claim",
    "number",
    "skill",
    "gap",
    "open_thread",
    "asked_question",
    "commitment",
    "correction",
]
KINDS: frozenset[str] = frozenset(get_args(FactKind))

MAX_SUBJECT_CHARACTERS = 120
MAX_VALUE_CHARACTERS = 240
MAX_UNIT_CHARACTERS = 24
MAX_QUOTE_CHARACTERS = 400


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One entry of the ledger: what was said of a subject, and where it was said."""

    kind: FactKind
    subject: str
    value: str = ""
    unit: str = ""
    quote: str
    start: int  # of the quote in the message
    seq: int  # of the message
    confidence: float = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Verified:
    """The facts that hold, and how many did not."""

    facts: tuple[Fact, ...]
    dropped: int


def verify(*, fact: Fact, content: str) -> bool:
    """Say whether the message proves the fact."""
    return (
        _has_fitting_fields(fact) and _is_quoted(fact, content) and _has_numbers(fact)
    )


def keep_verified(*, facts: Iterable[Fact], content: str) -> Verified:
    """Return the facts that this message proves; the others are only counted."""
    proposed = tuple(facts)
    kept = tuple(fact for fact in proposed if verify(fact=fact, content=content))
    return Verified(facts=kept, dropped=len(proposed) - len(kept))


def _has_fitting_fields(fact: Fact) -> bool:
    return (
        fact.kind in KINDS
        and 0 < len(fact.subject) <= MAX_SUBJECT_CHARACTERS
        and len(fact.value) <= MAX_VALUE_CHARACTERS
        and len(fact.unit) <= MAX_UNIT_CHARACTERS
        and 0 < len(fact.quote) <= MAX_QUOTE_CHARACTERS
        and 0 <= fact.confidence <= 1
    )


def _is_quoted(fact: Fact, content: str) -> bool:
    return fact.start >= 0 and content.startswith(fact.quote, fact.start)


def _has_numbers(fact: Fact) -> bool:
    # The subject too: a number that only the proposer knows must not enter by it.
    stated = {number.value for number in numbers_in(fact.quote)}
    told = numbers_in(f"{fact.subject} ; {fact.value} ; {fact.unit}")
    return all(number.value in stated for number in told)
