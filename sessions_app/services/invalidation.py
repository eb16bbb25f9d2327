"""Saying that somebody's data changed, so that nothing kept of it is served any more.

A write service names whose data it changes, in its transaction:

    note_change(session=session)

That inserts one outbox row per person and transaction, and after the commit sets a new
generation token in Redis. A process may die between the two; then the sweeper finds the
row and sets the token. A row whose token was set is noted in a Redis set and deleted
by the sweeper, so that the transaction of a write stays its only commit.

The sweeper always sets a fresh token. "Only if newer" would be wrong: a token made by
a reader between commit and sweep is newer than the row, and its entries are stale.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

import structlog
from django.db import connection, transaction
from django.dispatch import Signal

from sessions_app.models import InterviewSession, Invalidation
from sessions_app.models.base import earliest_id
from sessions_app.services.access import access_key
from sessions_app.services.generations import (
    GENERATION_SECONDS,
    TROUBLES,
    client,
    generation_key,
    new_token,
    prefixed,
)
from sessions_app.services.kept_sessions import erased_keys, written_through

log = structlog.get_logger(__name__)

SWEPT_AFTER: Final = datetime.timedelta(seconds=0.25)  # a hook is through by then
SWEPT_AT_ONCE: Final = 1_000
APPLIED_SECONDS: Final = 600  # an outbox row that is older is applied once more

# Sent with `lag_seconds` when Redis was told of a change.
was_applied = Signal()

# One step, so that no reader sees a new token beside an entry of the old one. Entries
# are written through only while the token is the one that they were made from.
_APPLY: Final = """
if ARGV[4] ~= '' and redis.call('GET', KEYS[1]) == ARGV[4] then
  for i = 7, #ARGV, 2 do
    redis.call('SET', KEYS[4 + (i - 7) / 2], ARGV[i], 'EX', ARGV[i + 1])
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
if ARGV[5] == '1' then redis.call('DEL', KEYS[3]) end
if ARGV[3] ~= '' then
  redis.call('SADD', KEYS[2], ARGV[3])
  redis.call('EXPIRE', KEYS[2], ARGV[6])
end
return 1
"""


def note_change(*, session: InterviewSession) -> None:
    """Note that the transaction changes this session's row, or what is said in it.

    `session` is the row as it will be committed: what is kept of an open interview is
    replaced rather than dropped.
    """
    _change_of(session.user_id).sessions[session.pk] = session


def note_changes(*, user_ids: Iterable[uuid.UUID]) -> None:
    """Note that anything of these people's may change with the transaction."""
    for user_id in dict.fromkeys(user_ids):
        _change_of(user_id).is_known = False


def note_erasure(*, session: InterviewSession) -> None:
    """Note that the session is gone with the transaction, also from what is kept."""
    change = _change_of(session.user_id)
    change.is_known = False
    change.erased.append(session.pk)


def note_end_of_access(*, user_id: uuid.UUID) -> None:
    """Note that this person's logins have to be looked at again."""
    with transaction.atomic():
        change = _change_of(user_id)
        change.is_known = False
        change.ends_access = True
        Invalidation.objects.filter(pk=change.outbox_id).update(ends_access=True)


@dataclasses.dataclass(slots=True, eq=False)
class _Change:
    """What one transaction changes of one person's data; called after its commit."""

    user_id: uuid.UUID
    outbox_id: uuid.UUID
    # Sessions that are replaced in what is kept; worth nothing unless `is_known`.
    sessions: dict[uuid.UUID, InterviewSession] = dataclasses.field(
        default_factory=dict
    )
    is_known: bool = True
    ends_access: bool = False
    erased: list[uuid.UUID] = dataclasses.field(default_factory=list)

    def __call__(self) -> None:
        # Twice: a command that took too long is no outage, and until Redis has heard
        # of the change others may be served what was true before. In an outage the
        # breaker answers at once.
        for _ in range(2):
            with contextlib.suppress(*TROUBLES):
                self._tell()
                return
        log.warning("invalidation_left_to_sweeper")

    def _tell(self) -> None:
        if self.erased:
            client().delete(*erased_keys(user_id=self.user_id, ids=self.erased))
        _apply(
            user_id=self.user_id,
            outbox_id=self.outbox_id,
            ends_access=self.ends_access,
            sessions=list(self.sessions.values()) if self.is_known else (),
        )


def _change_of(user_id: uuid.UUID) -> _Change:
    """Return what this transaction notes of the person: one row, one hook.

    Hooks of savepoints that were rolled back are gone from the list, with their rows.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "A change is noted in the transaction that makes it."
        )
    for _, hook, *_ in connection.run_on_commit:
        if isinstance(hook, _Change) and hook.user_id == user_id:
            return hook
    row = Invalidation.objects.create(user_id=user_id)
    change = _Change(user_id=user_id, outbox_id=row.pk)
    transaction.on_commit(change, robust=True)
    return change


def _apply(
    *,
    user_id: uuid.UUID,
    outbox_id: uuid.UUID | None,
    ends_access: bool,
    sessions: Sequence[InterviewSession] = (),
) -> None:
    """Tell Redis; raises its errors. One command, and one more to write through."""
    server = client()
    token = new_token()
    seen, entries = written_through(
        server=server, user_id=user_id, sessions=sessions, token=token
    )
    _run(
        server,
        keys=[
            generation_key(user_id=user_id),
            _applied_key(user_id),
            access_key(user_id=user_id),
            *(key for key, _, _ in entries),
        ],
        arguments=[
            token,
            GENERATION_SECONDS,
            "" if outbox_id is None else outbox_id.hex,
            seen,
            "1" if ends_access else "0",
            APPLIED_SECONDS,
            *(part for _, value, seconds in entries for part in (value, seconds)),
        ],
    )
    if outbox_id is not None:
        was_applied.send(sender=None, lag_seconds=_age(outbox_id))


def _run(server: Any, *, keys: list[Any], arguments: list[Any]) -> None:
    server.register_script(_APPLY)(keys=keys, args=arguments)


def _applied_key(user_id: uuid.UUID) -> str:
    return prefixed(f"applied:{{{user_id.hex}}}")


def _age(outbox_id: uuid.UUID) -> float:
    now = datetime.datetime.now(datetime.UTC).timestamp()
    return max(0.0, now - (outbox_id.int >> 80) / 1000)


def sweep_invalidations(*, now: datetime.datetime) -> int:
    """Tell Redis of the changes that no hook told it; return how many those were.

    With Redis away the rows stay. Any number of sweepers at once is harmless.
    """
    rows = list(
        Invalidation.objects.filter(
            pk__lt=earliest_id(since=now - SWEPT_AFTER)
        ).order_by("pk")[:SWEPT_AT_ONCE]
    )
    if not rows:
        return 0
    by_user: dict[uuid.UUID, list[Invalidation]] = {}
    for row in rows:
        by_user.setdefault(row.user_id, []).append(row)
    try:
        missed = _missed(by_user)
        for row in missed:
            _apply(user_id=row.user_id, outbox_id=None, ends_access=row.ends_access)
            was_applied.send(sender=None, lag_seconds=_age(row.pk))
        _forget_applied(by_user)
    except TROUBLES as error:
        log.warning("invalidations_not_swept", error=type(error).__name__)
        return 0
    Invalidation.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(missed)


def _missed(
    by_user: Mapping[uuid.UUID, Sequence[Invalidation]],
) -> list[Invalidation]:
    """Return the rows that are not noted as applied; one round trip."""
    pipeline = client().pipeline(transaction=False)
    for user_id, rows in by_user.items():
        pipeline.smismember(_applied_key(user_id), [row.pk.hex for row in rows])
    answers = cast(list[list[int]], pipeline.execute())
    return [
        row
        for rows, applied in zip(by_user.values(), answers, strict=True)
        for row, is_applied in zip(rows, applied, strict=True)
        if not is_applied
    ]


def _forget_applied(by_user: Mapping[uuid.UUID, Sequence[Invalidation]]) -> None:
    pipeline = client().pipeline(transaction=False)
    for user_id, rows in by_user.items():
        pipeline.srem(_applied_key(user_id), *(row.pk.hex for row in rows))
    pipeline.execute()
