"""Second opinions: a model's verdicts beside the evaluations that count.

They are shown to staff. No score, figure or report rests on them.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from sessions_app.models import Evaluation, InterviewSession, ModelCall, Turn
from sessions_app.models.base import earliest_id
from sessions_app.services.bulk_insert import insert_missing
from sessions_app.services.figures import OBSERVED


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewOpinion:
    """A verdict that is not stored yet; `evaluation` is the one that counts."""

    evaluation: Evaluation
    score: float | None  # None when nothing verifiable carries one
    confidence: float
    result: dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a session's answers are judged: enough of them, or one that has waited."""

    least: int
    waited_since: datetime.datetime
    given_up_before: datetime.datetime  # older answers are left as they are
    max_errors: int


def sessions_to_judge(
    *, engine: str, task: str, due: Due, limit: int
) -> Sequence[uuid.UUID]:
    """Return the sessions whose answers are due, the longest waiting first; one query.

    An ended session waits for nothing. One whose calls of this task failed
    `max_errors` times is left alone.
    """
    failed = (
        ModelCall.objects.filter(
            session=OuterRef("session"), task=task, outcome=ModelCall.Outcome.ERROR
        )
        .order_by()
        .values("session")
        .annotate(errors=Count("pk"))
        .filter(errors__gte=due.max_errors)
    )
    rows = (
        _waiting(engine=engine, since=due.given_up_before)
        .filter(~Exists(failed))
        .order_by()
        .values("session", "session__state")
        .annotate(waiting=Count("pk"), oldest=Min("created_at"))
        .filter(
            Q(waiting__gte=due.least)
            | Q(oldest__lte=due.waited_since)
            | Q(session__state__in=InterviewSession.ENDED_STATES)
        )
    )
    return list(rows.order_by("oldest").values_list("session", flat=True)[:limit])


def waiting_answers(
    *,
    session: InterviewSession,
    engine: str,
    since: datetime.datetime,
    limit: int,
) -> Sequence[Evaluation]:
    """Return counted evaluations without this engine's opinion, with their messages."""
    rows = _waiting(engine=engine, since=since).filter(session=session)
    return list(rows.select_related("message").order_by("message__seq")[:limit])


@transaction.atomic
def store_opinions(
    *, opinions: Sequence[NewOpinion], engine: str, now: datetime.datetime
) -> None:
    """Store the opinions; an engine's first one on an answer stays."""
    insert_missing(rows=[_row(opinion, engine, now) for opinion in opinions])


def _waiting(*, engine: str, since: datetime.datetime) -> QuerySet[Evaluation]:
    given = Evaluation.objects.filter(message=OuterRef("message"), engine=engine)
    rows: QuerySet[Evaluation] = Evaluation.objects.filter(
        ~Exists(given),
        # For the database, which has an index of ids and none of times.
        pk__gte=earliest_id(since=since),
        created_at__gte=since,
        is_counted=True,
        state=OBSERVED,
        message__turn__state=Turn.State.DONE,
    )
    return rows


def _row(opinion: NewOpinion, engine: str, now: datetime.datetime) -> Evaluation:
    counted = opinion.evaluation
    return Evaluation(
        user_id=counted.user_id,
        session_id=counted.session_id,
        message_id=counted.message_id,
        engine=engine,
        is_counted=False,
        slot=counted.slot,
        is_first=counted.is_first,
        message_seqs=counted.message_seqs,
        text=counted.text,
        state="insufficient" if opinion.score is None else OBSERVED,
        score=opinion.score,
        confidence=opinion.confidence,
        result=opinion.result,
        created_at=now,
    )
