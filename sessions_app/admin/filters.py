"""What the list of interviews can be narrowed down to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from sessions_app.models import ArchiveFault, Dispute, InterviewSession, Review
from sessions_app.services.archive_faults import PARKED
from sessions_app.services.labels import ROLE_LABELS
from sessions_app.services.listing import HAS_BACKLOG

ENDED = Q(state__in=InterviewSession.ENDED_STATES)
HAS_OPEN_DISPUTE = Exists(
    Dispute.objects.filter(session=OuterRef("pk"), state=Dispute.State.OPEN)
)
IS_PARKED = Exists(ArchiveFault.objects.filter(PARKED, session=OuterRef("pk")))
IS_REVIEWED = Exists(Review.objects.filter(session=OuterRef("pk")))

# Name → (label, which interviews): the one list of flags, for column and filter.
FLAGS: dict[str, tuple[str, Q]] = {
    "disputed": ("Disputed", Q(has_open_dispute=True)),
    "unreviewed": ("Unreviewed", ENDED & Q(is_reviewed=False)),
    "changed": ("Score changed", Q(is_score_changed=True)),
    "evidence": ("No evidence", ENDED & Q(score=None, has_backlog=False)),
    "instructions": ("Instructions in answers", Q(has_instructions=True)),
    "parked": ("Set aside by the archive", Q(is_parked=True)),
    "behind": ("Not archived", ENDED & Q(has_backlog=True)),
}
# As `labels.band_of` draws the lines: (label, above, up to).
BANDS = {
    "strong": ("Strong (over 80)", 80.0, 100.0),
    "solid": ("Solid (over 60)", 60.0, 80.0),
    "developing": ("Developing (over 40)", 40.0, 60.0),
    "weak": ("Needs work", -1.0, 40.0),
}
NO_SCORE = "none"


def with_flags(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add what the flags are read from; no query of its own."""
    flagged: QuerySet[Any] = rows.annotate(
        has_backlog=HAS_BACKLOG,
        has_open_dispute=HAS_OPEN_DISPUTE,
        is_reviewed=IS_REVIEWED,
        is_parked=IS_PARKED,
    )
    return flagged


def flags_of(session: Any) -> list[str]:
    """Return the labels of the flags of an interview that `with_flags` read."""
    holds = {
        "disputed": session.has_open_dispute,
        "unreviewed": session.is_ended and not session.is_reviewed,
        "changed": session.is_score_changed,
        "evidence": session.is_ended
        and session.score is None
        and not session.has_backlog,
        "instructions": session.has_instructions,
        "parked": session.is_parked,
        "behind": session.is_ended and session.has_backlog,
    }
    return [label for name, (label, _) in FLAGS.items() if holds[name]]


class FlagFilter(admin.SimpleListFilter):
    """Interviews that need a look."""

    title = "flag"
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in FLAGS.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        chosen = FLAGS.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else None


class BandFilter(admin.SimpleListFilter):
    """Ended interviews by the word for their score."""

    title = "score"
    parameter_name = "band"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        bands = [(name, label) for name, (label, _, _) in BANDS.items()]
        return [*bands, (NO_SCORE, "No score")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        chosen = self.value()
        if chosen == NO_SCORE:
            return queryset.filter(ENDED, score=None)
        if chosen not in BANDS:
            return None
        _, above, upto = BANDS[chosen]
        return queryset.filter(ENDED, score__gt=above, score__lte=upto)


class RoleFilter(admin.SimpleListFilter):
    """Interviews by role family; without asking the table which ones there are."""

    title = "role"
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(ROLE_LABELS.items())

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        return queryset.filter(role=self.value()) if self.value() else None
