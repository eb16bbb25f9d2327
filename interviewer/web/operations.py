"""The admin's operations page: what waits, what models cost, how long people waited.

The database knows calls, times and what waits. Caches and breakers are counted by the
processes since their start (`interviewer/telemetry.py`).
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Mapping

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from interviewer.telemetry import breaker_states, cache_reads
from sessions_app.models import ModelCall
from sessions_app.services.archive_faults import list_faults
from sessions_app.services.labels import age_label
from sessions_app.services.pricing import money
from sessions_app.services.usage import last_signs_of_life, usage_between
from sessions_app.services.workload import Workload, current_workload
from sessions_app.templatetags.charts import Amount

DEFAULT_DAYS = 7
MOST_FAULTS = 20  # the admin's own page lists the others
MOST_DAYS = 92
# Beyond them there is nothing to find, and arithmetic with days ends.
FIRST_DAY, LAST_DAY = datetime.date(2000, 1, 1), datetime.date(2999, 12, 31)
OUTCOMES = {
    ModelCall.Outcome.CALL: "Asked a model",
    ModelCall.Outcome.ERROR: "Asked, and it failed",
    ModelCall.Outcome.EXACT_HIT: "Reused: the same request",
    ModelCall.Outcome.SHARED_HIT: "Reused: a public text",
    ModelCall.Outcome.COALESCED: "Waited for an equal request",
    ModelCall.Outcome.REPLAYED: "Sent again: the stored outcome",
    ModelCall.Outcome.RULE: "Answered by rules",
    ModelCall.Outcome.BYPASS: "Not asked: limit, budget or breaker",
}


class RangeForm(forms.Form):
    """Between which days to look; sent by GET."""

    since = forms.DateField(
        label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(label="To", widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, datetime.date]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until:
            is_known = since >= FIRST_DAY and until <= LAST_DAY
            if not (is_known and 0 <= (until - since).days < MOST_DAYS):
                raise forms.ValidationError(
                    f"Choose a first and a last day that span at most {MOST_DAYS} days."
                )
        return cleaned


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A worker's last sign of life."""

    name: str
    ago: str
    is_late: bool


@require_safe
@admin.site.admin_view
def operations(request: HttpRequest) -> HttpResponse:
    """Show how the installation fares, to staff with the right."""
    if not request.user.has_perm("sessions_app.view_operations"):
        raise PermissionDenied
    now = timezone.now()
    form, first, last = _range(request, now)
    usage = usage_between(first=first, last=last)
    costs = [(day, money(micros=day.cost_micros)) for day in usage.days if day.is_used]
    context = {
        **admin.site.each_context(request),
        "title": "Operations",
        "form": form,
        "first": first,
        "last": last,
        "usage": usage,
        "has_calls": any(usage.outcomes.values()),
        "total_cost": money(micros=usage.total.cost_micros),
        "saved": money(micros=usage.saved_micros),
        "days": costs,
        "cost_bars": [
            Amount(f"{day.day:%d %b %Y}", day.cost_micros, cost) for day, cost in costs
        ],
        "outcome_bars": list(_outcome_bars(usage.outcomes)),
        "waiting": _waiting(current_workload(now=now)),
        "faults": list_faults(limit=MOST_FAULTS),
        "signs": list(_signs(last_signs_of_life(), now)),
        "breakers": breaker_states(),
        "caches": cache_reads(),
    }
    return render(request, "admin/operations.html", context)


def _range(
    request: HttpRequest, now: datetime.datetime
) -> tuple[RangeForm, datetime.date, datetime.date]:
    """Return the form and the days in force: the last week unless it says others."""
    today = now.astimezone(datetime.UTC).date()
    week = {"since": today - datetime.timedelta(days=DEFAULT_DAYS - 1), "until": today}
    if not {"since", "until"} & request.GET.keys():
        return RangeForm(initial=week), week["since"], week["until"]
    form = RangeForm(request.GET)
    if not form.is_valid():
        return form, week["since"], week["until"]
    return form, form.cleaned_data["since"], form.cleaned_data["until"]


def _outcome_bars(outcomes: Mapping[str, int]) -> Iterator[Amount]:
    total = sum(outcomes.values())
    for outcome, label in OUTCOMES.items():
        count = outcomes.get(outcome, 0)
        share = f" ({100 * count / total:.0f} %)" if total else ""
        yield Amount(label, count, f"{count:,}{share}")


def _waiting(workload: Workload) -> Iterable[tuple[str, str]]:
    age = datetime.timedelta(seconds=workload.oldest_unarchived_seconds)
    messages = workload.unarchived_messages
    return (
        ("Messages to archive", f"{messages:,}"),
        ("The oldest of them waits", age_label(age=age) if messages else "–"),
        ("Interviews that the archive leaves alone", f"{workload.parked_sessions:,}"),
        ("Replies being made or waiting", f"{workload.pending_turns:,}"),
        ("Replies that failed within a day", f"{workload.failed_turns:,}"),
    )


def _signs(
    beats: Mapping[str, datetime.datetime], now: datetime.datetime
) -> Iterator[Sign]:
    late = datetime.timedelta(seconds=settings.HEARTBEAT_STALE_SECONDS)
    for name, beat in beats.items():
        ago = max(0, round((now - beat).total_seconds()))
        text = f"{ago} s ago" if ago < 120 else f"{age_label(age=now - beat)} ago"
        yield Sign(name=name, ago=text, is_late=now - beat > late)
