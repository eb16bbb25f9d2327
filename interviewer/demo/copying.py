"""Many more interviews than anybody holds: copies of those that were held.

What was said and found stays as it is, so digests and figures stay true; people, ids
and times are other ones. Copies are for trying out size: nobody reads all of them.
"""

from __future__ import annotations

import copy
import datetime
import itertools
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import models, transaction

from interviewer.demo.casting import DOMAIN
from sessions_app.models import (
    Evaluation,
    InterviewSession,
    Message,
    ModelCall,
    Turn,
    User,
)
from sessions_app.models.base import new_id
from sessions_app.services.bulk_insert import insert_missing

INTERVIEWS_PER_PERSON = 20
MOST_DAYS_EARLIER = 365
COPIED = (Message, Turn, Evaluation, ModelCall)  # what refers to others comes later

Rows = Mapping[type[models.Model], Sequence[models.Model]]


def copy_interviews(
    *, held: Sequence[InterviewSession], messages: int, seed: int
) -> int:
    """Store copies of at least so many messages in all; return how many there are.

    None of them is archived yet. Empty interviews are not copied.
    """
    originals = [(session, _rows_of(session)) for session in held if session.is_ended]
    rng = random.Random(f"copies {seed}")
    made = 0
    numbers = itertools.count(1)
    while made < messages and originals:
        person = _person(next(numbers), seed, originals[0][0].created_at)
        copies: list[list[models.Model]] = [[] for _ in (InterviewSession, *COPIED)]
        for session, rows in rng.choices(originals, k=INTERVIEWS_PER_PERSON):
            earlier = datetime.timedelta(days=rng.uniform(0, MOST_DAYS_EARLIER))
            for all_of_a_kind, some in zip(
                copies, _copies(session, rows, person, earlier), strict=True
            ):
                all_of_a_kind += some
            made += session.message_count
            if made >= messages:
                break
        with transaction.atomic():
            for all_of_a_kind in copies:
                insert_missing(rows=all_of_a_kind)
    return made


def _rows_of(session: InterviewSession) -> Rows:
    return {
        model: list(model._default_manager.filter(session=session).order_by("pk"))
        for model in COPIED
    }


def _person(number: int, seed: int, joined: datetime.datetime) -> User:
    person: User = User.objects.create_user(
        f"copy-{number}.{seed}@{DOMAIN}", name=f"Copy {number}", date_joined=joined
    )
    return person


def _copies(  # in the order of COPIED, the session before
    session: InterviewSession, rows: Rows, person: User, earlier: datetime.timedelta
) -> Iterator[list[models.Model]]:
    ids = {session.user_id: person.pk, session.pk: new_id()}
    ids |= {row.pk: new_id() for each in rows.values() for row in each}
    for each in ([session], *rows.values()):
        yield [_copy(row, ids, earlier) for row in each]


def _copy(
    row: models.Model, ids: Mapping[uuid.UUID, uuid.UUID], earlier: datetime.timedelta
) -> models.Model:
    other = copy.copy(row)
    for field in row._meta.concrete_fields:
        value: Any = getattr(row, field.attname)
        if isinstance(value, uuid.UUID):
            setattr(other, field.attname, ids.get(value, value))
        elif isinstance(value, datetime.datetime):
            setattr(other, field.attname, value - earlier)
    if isinstance(other, Message):
        other.archived_at = None
    return other
