"""What a turn left behind, for tests of turns that a model words."""

from __future__ import annotations

from asgiref.sync import async_to_sync

from interviewer.orchestrator.events import START, Event
from interviewer.orchestrator.turn_log import local_log
from sessions_app.models import InterviewSession, Message, ModelCall, Turn
from sessions_app.services.turns import Receipt
from tests.interviews import middling_answer, send_and_complete


def reply_to(receipt: Receipt) -> Message:
    """Return the reply that the turn has committed."""
    turn = Turn.objects.select_related("last_reply").get(pk=receipt.turn.pk)
    assert turn.state == Turn.State.DONE
    assert turn.last_reply is not None
    return turn.last_reply


def calls_of(receipt: Receipt) -> list[ModelCall]:
    return list(ModelCall.objects.filter(turn_id=receipt.turn.pk).order_by("pk"))


def call_of(receipt: Receipt) -> ModelCall:
    """Return the one row that the turn's reply has left."""
    [call] = calls_of(receipt)
    return call


def events_of(receipt: Receipt) -> list[Event]:
    """Return what readers of this process were told."""
    turn_log = local_log(turn_id=receipt.turn.pk)
    assert turn_log is not None
    return async_to_sync(turn_log.after)(START, timeout=0)


def types_of(receipt: Receipt) -> list[str]:
    return [event.type for event in events_of(receipt)]


def clarify(session: InterviewSession, **options: object) -> Receipt:
    """Ask what the open question means."""
    return send_and_complete(session, "What do you mean?", **options)


def reach_a_follow_up(session: InterviewSession) -> None:
    """Answer until a follow-up is open: its words belong to this interview."""
    for _ in range(20):
        receipt = send_and_complete(session, middling_answer(session))
        if reply_to(receipt).kind == Message.Kind.PROBE:
            return
    raise AssertionError("No follow-up was asked.")


def finish(session: InterviewSession) -> None:
    """Skip whatever is still to be asked."""
    for _ in range(60):
        session.refresh_from_db()
        if session.is_ended:
            return
        send_and_complete(session, "", intent="skip")
    raise AssertionError("The interview does not end.")
