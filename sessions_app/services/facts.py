"""Storing the facts of a message: the ledger that an interview is remembered by."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable

from sessions_app.models import Fact, Message


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """A verified fact that is not stored yet; fields as in `Fact`."""

    kind: str
    subject: str
    value: str
    unit: str
    quote: str
    start: int
    confidence: float
    engine: str


def store_facts(
    *, message: Message, facts: Iterable[NewFact], now: datetime.datetime
) -> None:
    """Add the message's facts to the ledger; those that are there stay as they are.

    One query, none without facts.
    """
    rows = [
        Fact(
            user_id=message.user_id,
            session_id=message.session_id,
            message=message,
            seq=message.seq,
            created_at=now,
            **dataclasses.asdict(fact),
        )
        for fact in facts
    ]
    if rows:
        Fact.objects.bulk_create(rows, ignore_conflicts=True)
