"""Folded history as rows: facts and epochs, written once however often it is tried."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from sessions_app.models import Fact, HistoryEpoch, InterviewSession, Message
from sessions_app.services.bulk_insert import insert_missing

FactKey = tuple[uuid.UUID, str, str, int]  # message, kind, subject, start


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """A verified fact that is not stored yet; fields as in `Fact`."""

    message_id: uuid.UUID
    seq: int
    kind: str
    subject: str
    value: str
    unit: str
    quote: str
    start: int
    confidence: float
    engine: str

    @property
    def key(self) -> FactKey:
        return self.message_id, self.kind, self.subject, self.start


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewEpoch:
    """A fold that is not stored yet; fields as in `HistoryEpoch`."""

    number: int
    upto_seq: int
    range_digest: str
    summary: str
    ledger: str
    tokens: int
    engine: str


def sessions_to_fold(
    *, prepare_mark: int, high_mark: int, limit: int
) -> Sequence[uuid.UUID]:
    """Return running sessions that lack a fold, or whose fold is due to be used."""
    in_force = HistoryEpoch.objects.filter(
        session=OuterRef("pk"), number=OuterRef("history_epoch")
    )
    rows = (
        InterviewSession.objects.filter(
            state__in=(
                InterviewSession.State.IN_PROGRESS,
                InterviewSession.State.PAUSED,
            ),
            message_count__gte=prepare_mark,
        )
        .annotate(
            covered=Coalesce(Subquery(in_force.values("upto_seq")[:1]), 0),
            latest=Coalesce(Max("epochs__number"), 0),
        )
        .annotate(verbatim=F("message_count") - F("covered"))
        .filter(
            Q(latest=F("history_epoch"), verbatim__gte=prepare_mark)
            | Q(latest__gt=F("history_epoch"), verbatim__gt=high_mark)
        )
    )
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def epoch_in_force(*, session: InterviewSession) -> HistoryEpoch | None:
    """Return the epoch that prompts use now; no query when there is none."""
    if session.history_epoch == 0:
        return None
    return HistoryEpoch.objects.filter(
        session=session, number=session.history_epoch
    ).first()


def ready_epoch(*, session: InterviewSession) -> HistoryEpoch | None:
    """Return the epoch that is stored and waits to come into force, if any."""
    return HistoryEpoch.objects.filter(
        session=session, number=session.history_epoch + 1
    ).first()


def messages_between(
    *, session: InterviewSession, after_seq: int, upto_seq: int | None = None
) -> Sequence[Message]:
    """Return these messages of the journal, in order; one query."""
    rows = Message.objects.filter(session=session, seq__gt=after_seq)
    if upto_seq is not None:
        rows = rows.filter(seq__lte=upto_seq)
    return list(rows.order_by("seq"))


def facts_upto(*, session: InterviewSession, seq: int) -> Sequence[Fact]:
    """Return the facts of messages 1 to `seq`, in order; one query."""
    return list(
        Fact.objects.filter(session=session, seq__lte=seq).order_by("seq", "start")
    )


@transaction.atomic
def store_facts(
    *,
    session: InterviewSession,
    facts: Sequence[NewFact],
    now: datetime.datetime,
) -> None:
    """Store the facts; those that are stored already stay as they are."""
    insert_missing(
        rows=[
            Fact(
                user_id=session.user_id,
                session=session,
                created_at=now,
                **dataclasses.asdict(fact),
            )
            for fact in facts
        ]
    )


@transaction.atomic
def mark_superseded(
    *, session: InterviewSession, replaced: Mapping[FactKey, FactKey]
) -> None:
    """Note on each correction which fact it replaces; correction → fact."""
    rows = {
        (row.message_id, row.kind, row.subject, row.start): row
        for row in Fact.objects.filter(session=session)
    }
    changed = []
    for correction, fact in replaced.items():
        row, target = rows.get(correction), rows.get(fact)
        if row and target and row.supersedes_id != target.pk:
            row.supersedes = target
            changed.append(row)
    Fact.objects.bulk_update(changed, ["supersedes"])


@transaction.atomic
def store_epoch(
    *, session: InterviewSession, epoch: NewEpoch, now: datetime.datetime
) -> HistoryEpoch:
    """Store the epoch, unless its number is taken; return the one that is stored.

    Two folds of the same messages are one: the first stays, so that what is in force
    never changes under a prompt.
    """
    row = HistoryEpoch(
        user_id=session.user_id,
        session=session,
        created_at=now,
        **dataclasses.asdict(epoch),
    )
    insert_missing(rows=[row])
    stored: HistoryEpoch = HistoryEpoch.objects.get(
        session=session, number=epoch.number
    )
    return stored


def put_in_force(*, session_id: uuid.UUID, epoch: HistoryEpoch) -> bool:
    """Let prompts use the epoch from now on; False when another did it before."""
    return bool(
        InterviewSession.objects.filter(
            pk=session_id,
            history_epoch=epoch.number - 1,
            message_count__gt=epoch.upto_seq,
        ).update(history_epoch=epoch.number)
    )
