"""What a model returns for a batch of answers: one result, strictly typed."""

from __future__ import annotations

from typing import Literal

import msgspec

FactKind = Literal["claim", "number", "skill", "commitment", "correction"]


class CriterionScore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A criterion's score with the words of the answer that carry it."""

    name: str
    score: int
    quotes: list[str]


class ProposedFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the candidate stated; nothing is believed before its quote is found."""

    kind: FactKind
    subject: str
    value: str
    unit: str
    quote: str


class ProposedThread(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something begun and left open."""

    subject: str
    quote: str


class AnswerResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model makes of one answer."""

    item_id: str
    criteria: list[CriterionScore]
    facts: list[ProposedFact]
    open_threads: list[ProposedThread]


class BatchResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model makes of all answers of one request."""

    items: list[AnswerResult]
