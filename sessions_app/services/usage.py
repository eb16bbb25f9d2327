"""What models were asked and how long people waited, over some days.

For those who watch over an installation. A fixed number of queries, each on a range
of an index; quantiles are read by position and not computed over rows in Python.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Mapping, Sequence

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from sessions_app.models import ModelCall, Turn, WorkerHeartbeat
from sessions_app.models.base import earliest_id
from sessions_app.services.model_calls import ASKED, AVOIDED


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DayOfUse:
    """The model calls of one day, UTC."""

    day: datetime.date
    asked: int
    avoided: int
    failed: int
    tokens_in: int
    tokens_cached: int  # of `tokens_in`
    tokens_out: int
    cost_micros: int

    @property
    def is_used(self) -> bool:
        """Say whether a model was asked, or would have been."""
        return bool(self.asked or self.avoided)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long something took; None when nothing was measured."""

    what: str
    count: int
    p50_ms: int | None
    p95_ms: int | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The use of models between two days, both included."""

    days: Sequence[DayOfUse]  # every day of the range, the newest first
    outcomes: Mapping[str, int]  # outcome → uses of a task
    saved_micros: int
    times: Sequence[Times]

    @property
    def total(self) -> DayOfUse:
        """Return the sums over all days, under the date of the last."""
        names = [f.name for f in dataclasses.fields(DayOfUse) if f.name != "day"]
        sums = {name: sum(getattr(day, name) for day in self.days) for name in names}
        return DayOfUse(day=self.days[0].day, **sums)


def usage_between(*, first: datetime.date, last: datetime.date) -> Usage:
    """Return the use of models in these days; eleven queries."""
    since, until = _start_of(first), _start_of(last + datetime.timedelta(days=1))
    calls = ModelCall.objects.filter(created_at__gte=since, created_at__lt=until)
    turns = Turn.objects.filter(
        # For the database, which has an index of ids and none of times.
        pk__gte=earliest_id(since=since),
        received_at__gte=since,
        received_at__lt=until,
    )
    asked = calls.filter(outcome=ModelCall.Outcome.CALL)
    rows = (
        calls.order_by()
        .values("outcome")
        .annotate(count=Count("pk"), saved=Sum("saved_micros"))
    )
    outcomes = {row["outcome"]: row for row in rows}
    return Usage(
        days=_days(calls, first, last),
        outcomes={name: row["count"] for name, row in outcomes.items()},
        saved_micros=sum(row["saved"] for row in outcomes.values()),
        times=(
            _times("Answer sent → first words", turns, "first_words_ms"),
            _times("Answer sent → whole reply", turns, "completed_ms"),
            _times("Model asked → whole answer", asked, "complete_ms"),
        ),
    )


def last_signs_of_life() -> Mapping[str, datetime.datetime]:
    """Return when each worker last gave a sign of life; one query."""
    return dict(WorkerHeartbeat.objects.order_by("name").values_list("name", "beat_at"))


def _start_of(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def _days(
    calls: QuerySet[ModelCall], first: datetime.date, last: datetime.date
) -> list[DayOfUse]:
    rows = (
        calls.order_by()
        .values(day=TruncDate("created_at", tzinfo=datetime.UTC))
        .annotate(
            asked=Count("pk", filter=Q(outcome__in=ASKED)),
            avoided=Count("pk", filter=Q(outcome__in=AVOIDED)),
            failed=Count("pk", filter=Q(outcome=ModelCall.Outcome.ERROR)),
            tokens_in=Sum("tokens_in"),
            tokens_cached=Sum("tokens_cached"),
            tokens_out=Sum("tokens_out"),
            cost_micros=Sum("cost_micros"),
        )
    )
    known = {row["day"]: DayOfUse(**row) for row in rows}
    count = (last - first).days + 1
    wanted = (last - datetime.timedelta(days=ago) for ago in range(count))
    return [known.get(day) or _idle(day) for day in wanted]


def _idle(day: datetime.date) -> DayOfUse:
    return DayOfUse(
        day=day,
        asked=0,
        avoided=0,
        failed=0,
        tokens_in=0,
        tokens_cached=0,
        tokens_out=0,
        cost_micros=0,
    )


def _times(what: str, rows: QuerySet[ModelCall] | QuerySet[Turn], field: str) -> Times:
    measured = rows.filter(**{f"{field}__isnull": False}).order_by(field)
    values = measured.values_list(field, flat=True)
    count = measured.count()
    if not count:
        return Times(what=what, count=0, p50_ms=None, p95_ms=None)
    return Times(
        what=what,
        count=count,
        p50_ms=values[math.ceil(0.50 * count) - 1],
        p95_ms=values[math.ceil(0.95 * count) - 1],
    )
