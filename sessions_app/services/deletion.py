"""Deleting an interview with everything that is known of it."""

from __future__ import annotations

import uuid

import structlog
from django.db import transaction
from django.db.models import F

from sessions_app.models import InterviewSession, User
from sessions_app.services.invalidation import note_erasure
from sessions_app.services.journal import lock_session
from sessions_app.services.practice import remake_cards, reviewed_questions

log = structlog.get_logger(__name__)


@transaction.atomic
def delete_session(*, session_id: uuid.UUID) -> None:
    """Remove the session, its journal and all that is derived from it; for good.

    A reply or an archive batch in progress waits for the row lock, then finds
    nothing to write to. What is cached for the person is out of reach from then on,
    for its keys carry the generation. Deleting again is harmless. Rubrics stay: they
    are the bank's words, not the candidate's.
    """
    try:
        session = lock_session(session_id=session_id)
    except InterviewSession.DoesNotExist:
        return
    note_erasure(session=session)
    practised = reviewed_questions(session=session)
    session.delete()
    remake_cards(user_id=session.user_id, bank_ids=practised)
    User.objects.filter(pk=session.user_id).update(
        cache_generation=F("cache_generation") + 1
    )
    log.info("session_deleted", session_id=str(session_id))
