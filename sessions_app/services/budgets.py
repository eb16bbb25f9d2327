"""Token budgets: as they run low, replies get plainer; they never stop.

full      the configured model, with the whole relevant history
compact   the same model, shorter prompts
cheaper   the cheaper model
embedded  the built-in engine, which costs nothing
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Literal

from django.conf import settings
from django.db.models import F, QuerySet, Sum

from sessions_app.models import InterviewSession, ModelCall

BudgetLevel = Literal["full", "compact", "cheaper", "embedded"]

# Share of the tightest budget that is used up, and what is in force from there on.
COMPACT_FROM = 0.70
CHEAPER_FROM = 0.85
EMBEDDED_FROM = 1.0


def budget_level(*, session: InterviewSession, now: datetime.datetime) -> BudgetLevel:
    """Return what the session's next call may cost, by its tightest budget.

    Counted in the database, never in Redis. One query per daily limit that is set;
    none once a budget is used up. Calls under way are not counted yet, so a limit
    may be passed by as much as they use.
    """
    used = 0.0
    for share in _used_shares(session, now):
        used = max(used, share)
        if used >= EMBEDDED_FROM:
            return "embedded"
    if used >= CHEAPER_FROM:
        return "cheaper"
    return "compact" if used >= COMPACT_FROM else "full"


def _used_shares(session: InterviewSession, now: datetime.datetime) -> Iterator[float]:
    """Yield the used share of each budget that has a limit, the cheapest to ask first.

    `now` in any time zone; a day is one of UTC.
    """
    if settings.MODEL_SESSION_TOKENS:
        used = session.tokens_in + session.tokens_out
        yield used / settings.MODEL_SESSION_TOKENS
    midnight = now.astimezone(datetime.UTC).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    today = ModelCall.objects.filter(created_at__gte=midnight)
    if settings.MODEL_USER_DAY_TOKENS:
        own = today.filter(user_id=session.user_id)
        yield _tokens(own) / settings.MODEL_USER_DAY_TOKENS
    if settings.MODEL_DAY_TOKENS:
        yield _tokens(today) / settings.MODEL_DAY_TOKENS


def _tokens(calls: QuerySet[ModelCall]) -> int:
    total = calls.aggregate(total=Sum(F("tokens_in") + F("tokens_out")))["total"]
    return total or 0
