"""Receiving a candidate's message, and committing the reply to it exactly once.

receive ──> claim ──> commit
              │  └──> release (it failed; another claim may follow)
              └─ a later claim raises the fence; the earlier commit then fails
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from sessions_app.models import Evaluation, InterviewSession, Message, Turn
from sessions_app.services.counting import count_outcome
from sessions_app.services.figures import EvaluationRow, TurnRow
from sessions_app.services.invalidation import note_change
from sessions_app.services.journal import (
    SAID,
    NewMessage,
    last_said,
    lock_session,
    next_message,
)
from sessions_app.services.model_calls import (
    COUNTERS,
    NewModelCall,
    store_model_calls,
)

FIRST_CLAIM = 1
MAX_CLAIMS = 5  # after these a turn waits for the person to press Retry
RESEND_WITHIN = datetime.timedelta(seconds=120)
# What a turn changes on its session, besides what its messages and calls do.
COUNTED = (
    "answered_count",
    "skipped_count",
    "has_instructions",
    "revision",
    "ends_at",
    "paused_at",
    "state",
    "finished_at",
    "last_activity_at",
)


class UnableToReceive(Exception):
    """The message cannot be taken now; the reason is in the subclass."""


class InterviewEnded(UnableToReceive):
    """The interview is over."""


class InterviewPaused(UnableToReceive):
    """The clock stands; resume first."""


class InterviewRunning(UnableToReceive):
    """The coach talks about an interview when it is over."""


class QuestionMoved(UnableToReceive):
    """Another question is open: this one was answered in another tab."""


class ReplyPending(UnableToReceive):
    """The reply to an earlier message is still being made."""


class TurnOvertaken(Exception):
    """Another claimant has taken this turn over; nothing was written."""


@dataclasses.dataclass(frozen=True, slots=True)
class Receipt:
    """The stored message, its turn, and whether it had been stored before."""

    message: Message
    turn: Turn
    is_replay: bool
    claim: int | None = None  # fence under which the receiver is to complete the turn


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewEvaluation:
    """A judgement that is not stored yet; fields as in `Evaluation`."""

    engine: str
    slot: int
    is_first: bool
    message_seqs: Sequence[int]
    text: str
    state: str
    score: float | None
    error: float | None
    confidence: float
    result: Mapping[str, Any]
    feedback: Mapping[str, Any]
    outline: Sequence[Mapping[str, Any]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TurnResult:
    """Everything that completing a turn writes."""

    replies: Sequence[NewMessage]
    evaluation: NewEvaluation | None
    gate: str | None  # outcome to note on the answer message
    answered_count: int
    skipped_count: int
    closes: bool
    first_words_ms: int | None
    parent_digest: str = ""
    calls: Sequence[NewModelCall] = ()


@transaction.atomic
def receive_message(
    *,
    session_id: uuid.UUID,
    message: NewMessage,
    now: datetime.datetime,
    lease: datetime.timedelta | None = None,
    inquiry: NewMessage | None = None,
) -> Receipt:
    """Store the candidate's message and open its turn; a resend changes nothing.

    inquiry: what is stored instead when it was the candidate's turn to ask.
    With a lease the new turn is claimed at once, by whoever receives the message.
    """
    session = lock_session(session_id=session_id)
    known = _known_receipt(session=session, client_id=message.client_message_id)
    if known is not None:
        _require_same_text(known.message, message)
        return known
    last_asked = last_said(session=session)
    if inquiry is not None and last_asked.kind in Message.INVITING:
        message = inquiry
    resent = _resent_receipt(session=session, message=message, now=now)
    if resent is not None:
        return resent
    _require_open(session, message, last_asked)
    turn = open_turn(session=session, message=message, last_asked=last_asked, now=now)
    turn.message.save(force_insert=True)
    session.save(update_fields=SAID)
    note_change(session=session)
    if lease is not None:
        turn.fence, turn.claimed_until = FIRST_CLAIM, now + lease
    turn.save(force_insert=True)
    claim = None if lease is None else FIRST_CLAIM
    return Receipt(message=turn.message, turn=turn, is_replay=False, claim=claim)


def open_turn(
    *,
    session: InterviewSession,
    message: NewMessage,
    last_asked: Message,
    now: datetime.datetime,
) -> Turn:
    """Return the turn of the journal's next message; both, and its session, unsaved."""
    details = {
        **message.details,
        "seconds": elapsed(since=last_asked.created_at, now=now).total_seconds(),
    }
    row = next_message(
        session=session, message=dataclasses.replace(message, details=details), now=now
    )
    return Turn(user_id=session.user_id, session=session, message=row, received_at=now)


def claim_turn(
    *, turn_id: uuid.UUID, now: datetime.datetime, lease: datetime.timedelta
) -> int | None:
    """Return the fence of a new claim, or None when done or claimed by another."""
    with transaction.atomic():
        claimed = (
            Turn.objects.filter(pk=turn_id, state=Turn.State.PENDING)
            .filter(_is_free(now))
            .update(fence=F("fence") + 1, claimed_until=now + lease)
        )
        if not claimed:
            return None
        return Turn.objects.values_list("fence", flat=True).get(pk=turn_id)


@transaction.atomic
def commit_turn(
    *, turn_id: uuid.UUID, fence: int, result: TurnResult, now: datetime.datetime
) -> Sequence[Message]:
    """Write replies, evaluation and counters; raises TurnOvertaken and then nothing.

    A session that the person ended meanwhile keeps the evaluation but gets no
    further words.
    """
    turn = Turn.objects.select_related("message").filter(pk=turn_id).first()
    if turn is None:
        raise TurnOvertaken  # the interview was deleted, or begun again
    session = lock_session(session_id=turn.session_id)
    replies = next_replies(session=session, turn=turn, result=result, now=now)
    _close_turn(
        turn=turn, fence=fence, ending=ending_of(turn, result, replies, now=now)
    )
    count_turn(session=session, turn=turn, result=result, now=now)
    _note_gate(turn.message, result.gate)
    if result.evaluation is not None:
        _store_evaluation(turn=turn, evaluation=result.evaluation, now=now)
    store_model_calls(session=session, turn=turn, calls=result.calls, now=now)
    Message.objects.bulk_create(replies)
    session.save(update_fields={*SAID, *COUNTED, *COUNTERS})
    note_change(session=session)
    return replies


def next_replies(
    *,
    session: InterviewSession,
    turn: Turn,
    result: TurnResult,
    now: datetime.datetime,
) -> Sequence[Message]:
    """Return the rows of the turn's replies; none when the person ended meanwhile.

    They and the session's SAID are unsaved.
    """
    if session.is_ended and turn.message.kind != Message.Kind.ASK:
        return []
    return [
        next_message(session=session, message=reply, now=now)
        for reply in result.replies
    ]


def ending_of(
    turn: Turn,
    result: TurnResult,
    replies: Sequence[Message],
    *,
    now: datetime.datetime,
) -> dict[str, Any]:
    """Return field → value of the turn when it has ended with these replies."""
    return {
        "state": Turn.State.DONE,
        "claimed_until": None,
        "parent_digest": result.parent_digest,
        "first_words_ms": result.first_words_ms,
        "completed_ms": milliseconds(since=turn.received_at, now=now),
        "last_reply": replies[-1] if replies else None,
    }


def count_turn(
    *,
    session: InterviewSession,
    turn: Turn,
    result: TurnResult,
    now: datetime.datetime,
) -> None:
    """Count the ended turn on its session; unsaved: its SAID and COUNTED.

    To be called before the gate is noted on the message.
    """
    _count_in_figures(session=session, turn=turn, result=result, now=now)
    session.answered_count = result.answered_count
    session.skipped_count = result.skipped_count
    session.has_instructions |= _has_instructions(result.evaluation)
    session.revision += 1
    if session.ends_at is not None and not session.is_ended:
        # Our computing time is not the candidate's: the clock gets it back, but for
        # what a pause gives back anyway.
        until = session.paused_at or now
        session.ends_at += elapsed(since=turn.received_at, now=until)
    if result.closes and not session.is_ended:
        session.finish(now=now)


def extend_claim(*, turn_id: uuid.UUID, fence: int, until: datetime.datetime) -> bool:
    """Keep a claim that is still worked on; False when it was lost."""
    ours = Turn.objects.filter(pk=turn_id, state=Turn.State.PENDING, fence=fence)
    return bool(ours.update(claimed_until=until))


def release_turn(*, turn_id: uuid.UUID, fence: int) -> bool:
    """Give a failed claim back; False when the turn was not this claim's any more.

    After MAX_CLAIMS the turn waits for a retry.
    """
    ours = Turn.objects.filter(pk=turn_id, state=Turn.State.PENDING, fence=fence)
    is_last = fence >= MAX_CLAIMS
    state = Turn.State.FAILED if is_last else Turn.State.PENDING
    return bool(ours.update(state=state, claimed_until=None))


def fail_deadly_turns(*, now: datetime.datetime) -> int:
    """Set aside the turns whose last claims all died with their process."""
    return Turn.objects.filter(
        state=Turn.State.PENDING, fence__gte=MAX_CLAIMS, claimed_until__lt=now
    ).update(state=Turn.State.FAILED, claimed_until=None)


def retry_turn(*, session: InterviewSession) -> Turn | None:
    """Open the session's failed turn again; return the turn that owes a reply."""
    Turn.objects.filter(session=session, state=Turn.State.FAILED).update(
        state=Turn.State.PENDING, fence=F("fence") + 1, claimed_until=None
    )
    return owed_turn(session=session)


def owed_turn(*, session: InterviewSession) -> Turn | None:
    """Return the session's turn that is pending or failed, if any."""
    return (
        Turn.objects.filter(session=session)
        .exclude(state=Turn.State.DONE)
        .order_by("received_at")
        .first()
    )


def orphaned_turns(
    *, now: datetime.datetime, older_than: datetime.timedelta, limit: int
) -> Sequence[uuid.UUID]:
    """Return pending turns that nobody is working on."""
    return list(
        Turn.objects.filter(state=Turn.State.PENDING, received_at__lt=now - older_than)
        .filter(_is_free(now))
        .order_by("received_at")
        .values_list("pk", flat=True)[:limit]
    )


def elapsed(*, since: datetime.datetime, now: datetime.datetime) -> datetime.timedelta:
    """Return the time that has passed, never less than none: clocks may disagree."""
    return max(now - since, datetime.timedelta())


def milliseconds(*, since: datetime.datetime, now: datetime.datetime) -> int | None:
    """Return how long a reply took; None beyond an hour, when nobody waited for it."""
    passed = elapsed(since=since, now=now)
    if passed > datetime.timedelta(hours=1):
        return None
    return round(passed / datetime.timedelta(milliseconds=1))


def _is_free(now: datetime.datetime) -> Q:
    # A claim that was never given back took its process down, perhaps by itself.
    has_claims_left = Q(fence__lt=MAX_CLAIMS)
    return Q(claimed_until=None) | Q(claimed_until__lt=now) & has_claims_left


def _known_receipt(
    *, session: InterviewSession, client_id: uuid.UUID | None
) -> Receipt | None:
    message = (
        Message.objects.filter(session=session, client_message_id=client_id)
        .select_related("turn")
        .first()
    )
    if message is None:
        return None
    return Receipt(message=message, turn=message.turn, is_replay=True)


def _require_same_text(known: Message, message: NewMessage) -> None:
    # The back button sends an old form with new words: they must not vanish.
    if known.content != message.content:
        raise QuestionMoved


def _resent_receipt(
    *, session: InterviewSession, message: NewMessage, now: datetime.datetime
) -> Receipt | None:
    """Return the last turn when this is its message again, from another form.

    A page that never heard of its answer was loaded anew, or a second tab sent the
    same words. The same words about a question that is still open are a new request.
    """
    last = (
        Turn.objects.filter(session=session)
        .select_related("message", "last_reply")
        .order_by("-message__seq")
        .first()
    )
    if last is None or not is_sent_again(last=last, message=message, now=now):
        return None
    return Receipt(message=last.message, turn=last, is_replay=True)


def is_sent_again(*, last: Turn, message: NewMessage, now: datetime.datetime) -> bool:
    """Say whether the message is that of the session's last turn, sent once more."""
    if now - last.received_at > RESEND_WITHIN:
        return False
    said, reply = last.message, last.last_reply
    is_same = (said.kind, said.content, said.question_no) == (
        message.kind,
        message.content,
        message.question_no,
    )
    has_moved = reply is None or reply.question_no != said.question_no
    return is_same and has_moved


def _require_open(
    session: InterviewSession, message: NewMessage, last_asked: Message
) -> None:
    if message.kind == Message.Kind.ASK:
        _require_ended(session)
        return
    if session.is_ended:
        raise InterviewEnded
    if session.state == InterviewSession.State.PAUSED:
        raise InterviewPaused
    if owed_turn(session=session) is not None:
        raise ReplyPending
    if message.question_no != last_asked.question_no:
        raise QuestionMoved


def _require_ended(session: InterviewSession) -> None:
    if not session.is_ended:
        raise InterviewRunning
    if owed_turn(session=session) is not None:
        raise ReplyPending


def _close_turn(*, turn: Turn, fence: int, ending: Mapping[str, Any]) -> None:
    ours = Turn.objects.filter(pk=turn.pk, state=Turn.State.PENDING, fence=fence)
    if not ours.update(**ending):
        raise TurnOvertaken


def _count_in_figures(
    *,
    session: InterviewSession,
    turn: Turn,
    result: TurnResult,
    now: datetime.datetime,
) -> None:
    judged = result.evaluation
    count_outcome(
        session=session,
        message=turn.message,
        gate=result.gate,
        turn=TurnRow(
            first_words_ms=result.first_words_ms,
            completed_ms=milliseconds(since=turn.received_at, now=now),
        ),
        evaluation=None
        if judged is None
        else EvaluationRow(
            seq=turn.message.seq,
            slot=judged.slot,
            is_first=judged.is_first,
            state=judged.state,
            score=judged.score,
            error=judged.error,
        ),
    )


def _note_gate(message: Message, gate: str | None) -> None:
    if gate is not None:
        message.details = {**message.details, "gate": gate}
    # Back to the archive, which may have seen the answer before its judgement and
    # hears of no further message when the interview has ended meanwhile.
    message.archived_at = None
    message.save(update_fields=["details", "archived_at"])


def _store_evaluation(
    *, turn: Turn, evaluation: NewEvaluation, now: datetime.datetime
) -> None:
    Evaluation.objects.create(
        user_id=turn.user_id,
        session_id=turn.session_id,
        message=turn.message,
        created_at=now,
        **{
            field.name: getattr(evaluation, field.name)
            for field in dataclasses.fields(evaluation)
        },
    )


def _has_instructions(evaluation: NewEvaluation | None) -> bool:
    """Say whether the gate left out words that were meant for the interviewer."""
    gate = evaluation.result.get("gate") if evaluation else None
    return bool(gate and gate.get("ignored"))
