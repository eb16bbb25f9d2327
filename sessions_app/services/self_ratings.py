"""What candidates think of their own answers, said before they see the score.

The first rating of an answer stays: one that is given after the score was seen would
measure something else.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import OuterRef, Subquery

from sessions_app.models import Message, SelfRating
from sessions_app.services.invalidation import note_change
from sessions_app.services.journal import lock_session
from sessions_app.services.reviews import raise_revision

RATING_WORDS = {
    1: "Weak",
    2: "Rather weak",
    3: "Fair",
    4: "Good",
    5: "Strong",
}

# Of the answer message that a row is about.
OWN_RATING = Subquery(
    SelfRating.objects.filter(message=OuterRef("message")).values("value")[:1]
)


@transaction.atomic
def rate_answers(
    *, session_id: uuid.UUID, values: Mapping[int, int], now: datetime.datetime
) -> int:
    """Store these ratings and return how many were new; constant queries.

    values: seq of an answer → 1 to 5; what is no answer of the session is ignored
    """
    session = lock_session(session_id=session_id)
    unrated = Message.objects.filter(
        session=session,
        kind=Message.Kind.ANSWER,
        seq__in=list(values),
        self_rating__isnull=True,
    )
    rows = [
        SelfRating(
            user_id=session.user_id,
            session=session,
            message=message,
            value=values[message.seq],
            rated_at=now,
        )
        for message in unrated
    ]
    if not rows:
        return 0
    SelfRating.objects.bulk_create(rows)
    if session.is_ended:
        raise_revision(session=session, now=now)
    else:
        session.revision += 1
        session.save(update_fields=["revision"])
        note_change(session=session)
    return len(rows)
