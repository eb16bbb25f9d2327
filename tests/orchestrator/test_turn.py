"""A turn: stored first, answered once, and never lost."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import AsyncIterator

import pytest
from django.utils import timezone

from interviewer.orchestrator import reply_requests as reply_module
from sessions_app.models import Evaluation, InterviewSession, Message, Turn
from sessions_app.services import turns
from sessions_app.services.sessions import pause_session
from tests.interviews import (
    complete,
    open_question_no,
    send,
    send_and_complete,
)

LEASE = datetime.timedelta(seconds=20)
RESULT = turns.TurnResult(
    replies=[],
    evaluation=None,
    gate=None,
    answered_count=0,
    skipped_count=0,
    closes=False,
    first_words_ms=1,
)


class BrokenEngine:
    """Stops in the middle of a sentence."""

    name = "broken"
    version = "1"

    async def words(self, **_options: object) -> AsyncIterator[str]:
        yield "I was about to "
        raise RuntimeError("out of words")


def test_the_interview_opens_with_a_greeting_and_a_question(
    session: InterviewSession,
) -> None:
    kinds = list(session.messages.values_list("kind", "question_no"))

    assert kinds == [("opening", None), ("question", 1)]


def test_an_answer_is_stored_before_a_reply_is_made(session: InterviewSession) -> None:
    receipt = send(session)

    session.refresh_from_db()
    assert session.message_count == receipt.message.seq == 3
    assert receipt.turn.state == Turn.State.PENDING
    assert session.digest == receipt.message.digest


def test_a_completed_turn_has_reply_evaluation_and_times(
    session: InterviewSession,
) -> None:
    receipt = send_and_complete(session)

    assert receipt.turn.state == Turn.State.DONE
    assert receipt.turn.last_reply is not None
    assert receipt.turn.last_reply.seq == session.message_count == 4
    assert receipt.turn.first_words_ms is not None
    evaluation = Evaluation.objects.get(message=receipt.message)
    assert evaluation.message_seqs == [3]
    assert evaluation.is_first


def test_a_resend_returns_the_stored_outcome_and_adds_nothing(
    session: InterviewSession,
) -> None:
    same_id = uuid.uuid4()
    first = send(session, "The same words.", client_message_id=same_id)
    complete(first)

    again = send(session, "The same words.", client_message_id=same_id, question_no=1)

    assert again.is_replay
    assert again.message == first.message
    assert again.turn == first.turn
    assert session.messages.filter(role="candidate").count() == 1


def test_a_short_answer_given_once_more_is_a_new_one_and_a_resent_one_is_not(
    session: InterviewSession,
) -> None:
    # The page that asks for more is a new form: whoever fills it in has read it.
    same_id = uuid.uuid4()
    first = send_and_complete(session, "Yes.", client_message_id=same_id)

    resent = send(session, "Yes.", client_message_id=same_id)
    meant = send(session, "Yes.")

    assert (resent.is_replay, resent.turn) == (True, first.turn)
    assert (meant.is_replay, meant.message.question_no) == (False, 1)


def test_other_words_under_a_known_id_are_refused(session: InterviewSession) -> None:
    same_id = uuid.uuid4()
    send_and_complete(session, client_message_id=same_id)

    with pytest.raises(turns.QuestionMoved):
        send(session, "Something else entirely.", client_message_id=same_id)


def test_an_answer_to_a_question_that_is_no_longer_open_is_refused(
    session: InterviewSession,
) -> None:
    send_and_complete(session, "", intent="skip")
    assert open_question_no(session) == 2

    with pytest.raises(turns.QuestionMoved):
        send(session, question_no=1)


def test_a_second_message_waits_for_the_reply_to_the_first(
    session: InterviewSession,
) -> None:
    send(session)

    with pytest.raises(turns.ReplyPending):
        send(session, "One more thing.")


def test_a_paused_or_ended_interview_takes_no_answer(session: InterviewSession) -> None:
    pause_session(session_id=session.pk, now=timezone.now())

    with pytest.raises(turns.InterviewPaused):
        send(session)


def test_a_turn_is_claimed_by_one_only(session: InterviewSession) -> None:
    turn = send(session).turn
    now = timezone.now()

    first = turns.claim_turn(turn_id=turn.pk, now=now, lease=LEASE)
    second = turns.claim_turn(turn_id=turn.pk, now=now, lease=LEASE)

    assert (first, second) == (1, None)


def test_completing_twice_makes_one_reply(session: InterviewSession) -> None:
    receipt = send(session)

    complete(receipt)
    complete(receipt)

    assert session.messages.count() == 4


def test_a_dead_claimant_is_succeeded_after_its_lease(
    session: InterviewSession,
) -> None:
    turn = send(session).turn
    now = timezone.now()
    turns.claim_turn(turn_id=turn.pk, now=now, lease=LEASE)

    later = now + LEASE + datetime.timedelta(seconds=1)

    assert turns.claim_turn(turn_id=turn.pk, now=later, lease=LEASE) == 2


def test_an_overtaken_claimant_commits_nothing(session: InterviewSession) -> None:
    turn = send(session).turn
    now = timezone.now()
    turns.claim_turn(turn_id=turn.pk, now=now, lease=LEASE)
    turns.claim_turn(turn_id=turn.pk, now=now + 2 * LEASE, lease=LEASE)
    reply = turns.NewMessage(
        role="interviewer", kind="notice", content="Too late.", origin="embedded"
    )
    late = turns.TurnResult(
        replies=[reply],
        evaluation=None,
        gate=None,
        answered_count=5,
        skipped_count=0,
        closes=True,
        first_words_ms=None,
    )

    with pytest.raises(turns.TurnOvertaken):
        turns.commit_turn(turn_id=turn.pk, fence=1, result=late, now=now)

    session.refresh_from_db()
    assert session.message_count == 3
    assert session.answered_count == 0
    assert session.state == InterviewSession.State.IN_PROGRESS


def test_a_failed_turn_is_given_back_and_completed_by_the_next_attempt(
    session: InterviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = send(session)
    with monkeypatch.context() as broken:
        broken.setattr(reply_module, "conversation_engine", BrokenEngine)
        complete(receipt)
    receipt.turn.refresh_from_db()
    assert receipt.turn.state == Turn.State.PENDING
    assert receipt.turn.claimed_until is None

    complete(receipt)

    receipt.turn.refresh_from_db()
    assert receipt.turn.state == Turn.State.DONE
    assert receipt.turn.fence == 2


def test_a_turn_that_keeps_failing_waits_for_the_person_to_retry(
    session: InterviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = send(session)
    with monkeypatch.context() as broken:
        broken.setattr(reply_module, "conversation_engine", BrokenEngine)
        for _ in range(turns.MAX_CLAIMS):
            complete(receipt)
    receipt.turn.refresh_from_db()
    assert receipt.turn.state == Turn.State.FAILED

    owed = turns.retry_turn(session=session)

    assert owed == receipt.turn
    complete(receipt)
    receipt.turn.refresh_from_db()
    assert receipt.turn.state == Turn.State.DONE


def test_ending_while_a_reply_is_made_keeps_the_evaluation_and_adds_no_words(
    session: InterviewSession,
) -> None:
    from interviewer.orchestrator.ending import end_interview

    receipt = send(session)
    end_interview(session=session, now=timezone.now())

    complete(receipt)

    assert Evaluation.objects.filter(message=receipt.message).exists()
    last = session.messages.order_by("-seq").first()
    assert last is not None
    assert last.kind == Message.Kind.CLOSING
    assert session.messages.count() == 4


def test_our_own_computing_time_is_given_back_to_the_clock(
    session: InterviewSession,
) -> None:
    turn = send(session).turn
    ends_at = session.ends_at
    assert ends_at is not None
    fence = turns.claim_turn(turn_id=turn.pk, now=turn.received_at, lease=LEASE)
    assert fence is not None
    took = datetime.timedelta(seconds=3)

    turns.commit_turn(
        turn_id=turn.pk, fence=fence, result=RESULT, now=turn.received_at + took
    )

    session.refresh_from_db()
    assert session.ends_at == ends_at + took


def test_a_late_answer_is_accepted_marked_and_closes_the_interview(
    session: InterviewSession,
) -> None:
    assert session.ends_at is not None
    late = session.ends_at + datetime.timedelta(seconds=10)

    receipt = send_and_complete(session, now=late)

    assert receipt.message.details["cut_by_timer"] is True
    assert session.state == InterviewSession.State.FINISHED


def test_a_typed_request_to_repeat_is_not_an_answer(session: InterviewSession) -> None:
    receipt = send_and_complete(session, "Could you repeat the question, please?")

    assert receipt.message.kind == Message.Kind.REPEAT
    assert receipt.turn.last_reply is not None
    assert receipt.turn.last_reply.kind == Message.Kind.REPEAT
    assert receipt.turn.last_reply.question_no == 1
    assert not Evaluation.objects.filter(session=session).exists()


def test_a_skip_moves_on_and_is_counted(session: InterviewSession) -> None:
    send_and_complete(session, "", intent="skip")

    assert session.skipped_count == 1
    assert open_question_no(session) == 2


def test_a_blank_answer_is_asked_for_again_with_the_reason(
    session: InterviewSession,
) -> None:
    receipt = send_and_complete(session, "I don't know.")

    receipt.message.refresh_from_db()
    assert receipt.message.details["gate"] == "dont_know"
    evaluation = Evaluation.objects.get(message=receipt.message)
    assert evaluation.score is None


def test_an_interview_of_answers_reaches_its_end(session: InterviewSession) -> None:
    for _ in range(60):
        session.refresh_from_db()
        if session.is_ended:
            break
        send_and_complete(session)

    assert session.state == InterviewSession.State.FINISHED
    assert session.answered_count == session.question_count
    seqs = list(session.messages.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))


def test_answers_to_probes_are_judged_together_with_the_main_answer(
    session: InterviewSession,
) -> None:
    probed = None
    for _ in range(20):
        receipt = send_and_complete(session)
        if session.is_ended:
            break
        last = session.messages.order_by("-seq").first()
        if last is not None and last.kind == Message.Kind.PROBE:
            probed = send_and_complete(session, "Then I would add a composite index.")
            break
    assert probed is not None
    evaluation = Evaluation.objects.get(message=probed.message)
    assert evaluation.message_seqs == [receipt.message.seq, probed.message.seq]
    assert evaluation.text.endswith("\n\nThen I would add a composite index.")
    assert not evaluation.is_first
