"""Storing what language models were asked, and counting it on the session."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from sessions_app.models import InterviewSession, ModelCall, Turn
from sessions_app.services.invalidation import note_changes

# A model was asked, whatever came of it.
ASKED = frozenset({ModelCall.Outcome.CALL, ModelCall.Outcome.ERROR})
# A model would have been asked, had the answer not been there already.
AVOIDED = frozenset(
    {
        ModelCall.Outcome.EXACT_HIT,
        ModelCall.Outcome.SHARED_HIT,
        ModelCall.Outcome.COALESCED,
        ModelCall.Outcome.REPLAYED,
    }
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewModelCall:
    """A call that is not stored yet; fields as in `ModelCall`."""

    task: str
    outcome: str
    model: str = ""
    failure: str = ""
    source: str = ""
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    is_estimated: bool = False
    cost_micros: int = 0
    saved_micros: int = 0
    first_token_ms: int | None = None
    complete_ms: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CallCounts:
    """What calls add to the session's counters, which have these names."""

    model_call_count: int
    avoided_call_count: int
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    cost_micros: int
    calls_by_outcome: Mapping[str, int]


# For the `update_fields` of whoever saves the session.
COUNTERS = tuple(field.name for field in dataclasses.fields(CallCounts))


def count_calls(*, calls: Iterable[NewModelCall | ModelCall]) -> CallCounts:
    """Return what these calls amount to."""
    rows = list(calls)
    return CallCounts(
        model_call_count=sum(1 for row in rows if row.outcome in ASKED),
        avoided_call_count=sum(1 for row in rows if row.outcome in AVOIDED),
        tokens_in=sum(row.tokens_in for row in rows),
        tokens_cached=sum(row.tokens_cached for row in rows),
        tokens_out=sum(row.tokens_out for row in rows),
        cost_micros=sum(row.cost_micros for row in rows),
        calls_by_outcome=dict(Counter(str(row.outcome) for row in rows)),
    )


def store_model_calls(
    *,
    session: InterviewSession,
    turn: Turn | None,
    calls: Sequence[NewModelCall],
    now: datetime.datetime,
) -> None:
    """Store the calls of a turn and count them on the locked session; unsaved.

    Belongs into the transaction that commits the turn, whose end saves the session
    with COUNTERS: calls of a turn that was overtaken are not counted twice. One
    query, none without calls.
    """
    if not calls:
        return
    insert_calls(session=session, turn=turn, calls=calls, now=now)
    add_counts(session=session, calls=calls)


def store_background_calls(
    *,
    session: InterviewSession,
    calls: Sequence[NewModelCall],
    now: datetime.datetime,
) -> None:
    """Store calls that belong to no turn; nothing when the session is gone.

    Counted on the row as it is now, so the session may be a stale copy. Three queries.
    """
    if not calls:
        return
    with transaction.atomic():
        # Before the rows, because it locks: a deletion comes before or after both.
        locked = InterviewSession.objects.select_for_update().only("user_id", *COUNTERS)
        current = locked.filter(pk=session.pk).first()
        if current is None:
            return
        add_counts(session=current, calls=calls)
        current.save(update_fields=COUNTERS)
        insert_calls(session=session, turn=None, calls=calls, now=now)
        note_changes(user_ids=[session.user_id])


def has_bypass(*, session: InterviewSession, task: str) -> bool:
    """Say whether it is noted that the task went without the model; one query."""
    return ModelCall.objects.filter(
        session=session, task=task, outcome=ModelCall.Outcome.BYPASS
    ).exists()


def count_errors(
    *, session: InterviewSession, task: str, since: datetime.datetime
) -> int:
    """Return how often the task has failed in this session since then; one query."""
    return ModelCall.objects.filter(
        session=session,
        task=task,
        outcome=ModelCall.Outcome.ERROR,
        created_at__gte=since,
    ).count()


def add_counts(*, session: InterviewSession, calls: Iterable[NewModelCall]) -> None:
    """Add what the calls came to to the session's COUNTERS; unsaved."""
    counts = count_calls(calls=calls)
    known = Counter(session.calls_by_outcome)
    for name in COUNTERS:
        if name != "calls_by_outcome":
            setattr(session, name, getattr(session, name) + getattr(counts, name))
    session.calls_by_outcome = dict(known + Counter(counts.calls_by_outcome))


def insert_calls(
    *,
    session: InterviewSession,
    turn: Turn | None,
    calls: Sequence[NewModelCall],
    now: datetime.datetime,
) -> None:
    """Store the calls without counting them; one query, none without calls."""
    ModelCall.objects.bulk_create(
        ModelCall(
            user_id=session.user_id,
            session=session,
            turn=turn,
            created_at=now,
            **dataclasses.asdict(call),
        )
        for call in calls
    )
