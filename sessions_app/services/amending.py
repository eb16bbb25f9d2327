"""Changing what was said: an edit or a deletion of an earlier message.

Everything that stands on the old words goes with them: judgements of them, facts and
folded histories that hold them, kept replies. The rest is derived anew from the
journal as it is then; the caller rings the archive.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import F

from sessions_app.models import Evaluation, Fact, InterviewSession, Message, User
from sessions_app.services.invalidation import note_changes
from sessions_app.services.journal import lock_session
from sessions_app.services.practice import remake_cards, reviewed_questions
from sessions_app.services.rebuilding import forget_archive, rechain, recount
from sessions_app.services.turns import owed_turn

_OUT_OF_THE_WAY = 1_000_000  # no session has as many messages


class UnableToAmend(Exception):
    """The message has to stay as it is; the reason is in the text."""


@transaction.atomic
def edit_message(*, session_id: uuid.UUID, seq: int, content: str) -> InterviewSession:
    """Replace the words of a message; raises UnableToAmend while a reply is owed."""
    session, message = _lock(session_id, seq)
    _forget_what_was_made_of(session, seq)
    message.content = content
    message.save(update_fields=["content"])
    return _derive_anew(session, seq)


@transaction.atomic
def delete_message(*, session_id: uuid.UUID, seq: int) -> InterviewSession:
    """Remove a message and its turn; those after it move up.

    Raises UnableToAmend for a question, without which its answers would mean nothing,
    and while a reply is owed.
    """
    session, message = _lock(session_id, seq)
    if message.kind in (Message.Kind.QUESTION, Message.Kind.PROBE):
        raise UnableToAmend("A question stays as long as its interview.")
    _forget_what_was_made_of(session, seq)
    message.delete()
    _move_up(session, seq)
    return _derive_anew(session, seq)


def _lock(session_id: uuid.UUID, seq: int) -> tuple[InterviewSession, Message]:
    session = lock_session(session_id=session_id)
    if owed_turn(session=session) is not None:
        raise UnableToAmend("A reply is being made.")
    message: Message = session.messages.get(seq=seq)
    return session, message


def _forget_what_was_made_of(session: InterviewSession, seq: int) -> None:
    judged = session.evaluations.only("message_seqs", "message__seq").select_related(
        "message"
    )
    ids = [row.pk for row in judged if seq in (row.message.seq, *row.message_seqs)]
    practised = reviewed_questions(session=session)
    Evaluation.objects.filter(pk__in=ids).delete()
    remake_cards(user_id=session.user_id, bank_ids=practised)
    Fact.objects.filter(session=session, seq=seq).delete()
    session.epochs.filter(upto_seq__gte=seq).delete()
    last = session.epochs.order_by("number").last()
    session.history_epoch = min(session.history_epoch, last.number if last else 0)


def _move_up(session: InterviewSession, seq: int) -> None:
    later = Message.objects.filter(session=session, seq__gt=seq)
    # In two steps: on the way no two may have the same number.
    later.update(seq=F("seq") + _OUT_OF_THE_WAY)
    later.update(seq=F("seq") - _OUT_OF_THE_WAY - 1)
    Fact.objects.filter(session=session, seq__gt=seq).update(seq=F("seq") - 1)
    moved = []
    for row in session.evaluations.only("message_seqs"):
        seqs = [known - (known > seq) for known in row.message_seqs]
        if seqs != row.message_seqs:
            row.message_seqs = seqs
            moved.append(row)
    Evaluation.objects.bulk_update(moved, ["message_seqs"], batch_size=200)


def _derive_anew(session: InterviewSession, seq: int) -> InterviewSession:
    rechain(session=session, from_seq=seq)
    forget_archive(session=session)
    recount(session=session)
    session.revision += 1
    session.config_revision += 1  # what was said before is not repeated
    session.save(
        update_fields=[
            "digest",
            "message_count",
            "history_epoch",
            "running_figures",
            "revision",
            "config_revision",
        ]
    )
    note_changes(user_ids=[session.user_id])
    User.objects.filter(pk=session.user_id).update(
        cache_generation=F("cache_generation") + 1
    )
    return session
