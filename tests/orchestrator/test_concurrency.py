"""The same session from several sides at the same moment, in threads.

On SQLite transactions follow one another; on PostgreSQL they hold rows. The outcome
must be the same.
"""

from __future__ import annotations

import asyncio
import datetime
import functools
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interviewer.orchestrator import background
from interviewer.orchestrator.ending import close_overdue, end_interview
from interviewer.orchestrator.orchestrator import complete_turn, process_message
from interviewer.orchestrator.start import begin_interview
from sessions_app.models import Evaluation, InterviewSession, Message, Turn, User
from sessions_app.services import turns
from sessions_app.services.accounts import adopt_guest
from sessions_app.services.deletion import delete_session
from sessions_app.services.sessions import pause_session, resume_session
from sessions_app.services.turns import Receipt, UnableToReceive
from tests.interviews import SETUP, open_question_no, send, send_and_complete
from tests.people import make_user
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = datetime.timedelta(seconds=20)
TEXT = "I would read the query plan and add the missing index without blocking writes."


@pytest.fixture(autouse=True)
def warm(session: InterviewSession) -> None:
    """Load what is loaded once, so that the threads meet where it matters."""
    send_and_complete(session, TEXT)


def sender(
    session: InterviewSession, text: str = TEXT, *, client_id: uuid.UUID | None = None
) -> Callable[[], Receipt]:
    """Return the sending of a message to the question that is open now."""
    now_open = open_question_no(session)
    return functools.partial(
        process_message,
        session=InterviewSession.objects.get(pk=session.pk),
        text=text,
        intent="answer",
        question_no=now_open,
        client_message_id=client_id or uuid.uuid4(),
        cut_by_timer=False,
        now=timezone.now(),
    )


def completer(turn: Turn) -> Callable[[], None]:
    return functools.partial(async_to_sync(complete_turn), turn_id=turn.pk)


def said(session: InterviewSession) -> list[str]:
    rows = session.messages.filter(role=Message.Role.CANDIDATE).order_by("seq")
    return list(rows.values_list("content", flat=True))[1:]  # after the warm-up


def of_type(outcomes: list[Any], kind: type) -> list[Any]:
    return [outcome for outcome in outcomes if isinstance(outcome, kind)]


def assert_sound(session: InterviewSession) -> None:
    """Numbers without gaps, counters that fit, one reply and judgement per turn."""
    session.refresh_from_db()
    messages = list(session.messages.order_by("seq"))
    assert [row.seq for row in messages] == list(range(1, session.message_count + 1))
    assert session.digest == messages[-1].digest
    for turn in Turn.objects.filter(session=session):
        assert Evaluation.objects.filter(message_id=turn.message_id).count() <= 1
    replies = [row.last_reply_id for row in Turn.objects.filter(state="done")]
    assert len(replies) == len(set(replies))


# --- One answer, many times -----------------------------------------------------------


def test_C1_twenty_identical_posts_are_one_message_and_one_turn(
    session: InterviewSession,
) -> None:
    same = sender(session, client_id=uuid.uuid4())

    receipts = at_once([same] * 20)

    assert of_type(receipts, Exception) == []
    assert {receipt.message.pk for receipt in receipts} == {receipts[0].message.pk}
    assert sorted(receipt.is_replay for receipt in receipts) == [False] + [True] * 19
    assert said(session) == [TEXT]
    assert Turn.objects.filter(session=session, state="pending").count() == 1
    assert_sound(session)


def test_C1_a_double_click_gets_the_same_answer_twice_over_http(
    session: InterviewSession,
) -> None:
    data = {
        "intent": "answer",
        "text": TEXT,
        "question_no": open_question_no(session),
        "client_message_id": str(uuid.uuid4()),
    }
    clients = [signed_in(session.user) for _ in range(4)]
    address = reverse("interview_answer", args=[session.pk])
    json = {"Accept": "application/json"}

    answers = at_once(
        [functools.partial(c.post, address, data, headers=json) for c in clients]
    )

    assert [answer.status_code for answer in answers] == [200] * 4
    assert sorted(answer.json()["status"] for answer in answers) == [
        "accepted",
        "replayed",
        "replayed",
        "replayed",
    ]
    assert len({answer.json()["message_html"] for answer in answers}) == 1
    assert said(session) == [TEXT]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- Two answers ----------------------------------------------------------------------


def test_C2_of_two_different_answers_one_is_taken_and_the_other_told(
    session: InterviewSession,
) -> None:
    outcomes = at_once([sender(session, "The one."), sender(session, "The other.")])

    assert len(of_type(outcomes, Receipt)) == 1
    assert len(of_type(outcomes, UnableToReceive)) == 1
    assert said(session) == [of_type(outcomes, Receipt)[0].message.content]
    assert_sound(session)


def test_C5_fifty_different_posts_keep_the_numbers_without_a_gap(
    session: InterviewSession,
) -> None:
    senders = [sender(session, f"Answer {number}.") for number in range(50)]

    outcomes = at_once(senders)

    assert len(of_type(outcomes, Receipt)) == 1
    assert len(of_type(outcomes, UnableToReceive)) == 49
    assert len(said(session)) == 1
    assert_sound(session)


def test_C5_answers_and_replies_at_once_keep_the_numbers_without_a_gap(
    session: InterviewSession,
) -> None:
    for _ in range(5):
        first = sender(session)()
        outcomes = at_once([completer(first.turn), sender(session), sender(session)])
        assert of_type(outcomes, Exception) == of_type(outcomes, UnableToReceive)
        for turn in Turn.objects.filter(session=session, state="pending"):
            completer(turn)()

    assert_sound(session)


# --- One turn, many claimants ---------------------------------------------------------


def test_a_turn_is_claimed_by_one_of_many(session: InterviewSession) -> None:
    turn = send(session).turn
    claim = functools.partial(
        turns.claim_turn, turn_id=turn.pk, now=timezone.now(), lease=LEASE
    )

    fences = at_once([claim] * 10)

    assert sorted(fences, key=str) == [1] + [None] * 9


def test_many_who_complete_a_turn_make_one_reply(session: InterviewSession) -> None:
    turn = send(session).turn

    assert sorted(at_once([completer(turn)] * 6)) == [False] * 5 + [True]

    turn.refresh_from_db()
    assert (turn.state, turn.fence) == (Turn.State.DONE, 1)
    assert session.messages.latest("seq").seq == turn.message.seq + 1
    assert_sound(session)


def test_of_two_who_hold_a_turn_only_the_later_one_commits(
    session: InterviewSession,
) -> None:
    turn = send(session).turn
    now = timezone.now()
    result = turns.TurnResult(
        replies=[
            turns.NewMessage(
                role="interviewer", kind="notice", content="Said.", origin="embedded"
            )
        ],
        evaluation=None,
        gate=None,
        answered_count=1,
        skipped_count=0,
        closes=False,
        first_words_ms=1,
    )
    fences = [
        turns.claim_turn(turn_id=turn.pk, now=now + number * 2 * LEASE, lease=LEASE)
        for number in range(2)
    ]
    commits = [
        functools.partial(
            turns.commit_turn, turn_id=turn.pk, fence=fence, result=result, now=now
        )
        for fence in fences
        if fence is not None
    ]

    outcomes = at_once(commits)

    assert isinstance(outcomes[0], turns.TurnOvertaken)
    assert [message.content for message in outcomes[1]] == ["Said."]
    assert_sound(session)


# --- Other things at the same moment --------------------------------------------------


@pytest.mark.parametrize("round_", range(3))
def test_ending_while_answering_and_replying_keeps_one_order(
    round_: int, session: InterviewSession
) -> None:
    turn = sender(session)().turn
    ending = functools.partial(end_interview, session=session, now=timezone.now())

    outcomes = at_once([ending, completer(turn), sender(session), ending])

    assert of_type(outcomes, Exception) == of_type(outcomes, UnableToReceive)
    session.refresh_from_db()
    assert session.is_finished
    closing = session.messages.filter(kind=Message.Kind.CLOSING)
    assert closing.count() == 1
    completer(turn)()
    assert session.messages.latest("seq") == closing.get()
    assert_sound(session)


def test_C4_pausing_and_answering_at_once_has_one_legal_order(
    session: InterviewSession,
) -> None:
    now = timezone.now()
    pausing = functools.partial(pause_session, session_id=session.pk, now=now)

    outcomes = at_once([pausing, sender(session)])

    session.refresh_from_db()
    assert session.state == InterviewSession.State.PAUSED
    refusals = of_type(outcomes, Exception)
    assert [type(error) for error in refusals] in ([], [turns.InterviewPaused])
    assert len(said(session)) == 1 - len(refusals)


def test_C4_resuming_twice_gives_the_time_back_once(session: InterviewSession) -> None:
    now = timezone.now()
    session.refresh_from_db()
    left = session.remaining_seconds(now=now)
    pause_session(session_id=session.pk, now=now)
    later = now + datetime.timedelta(minutes=5)
    resuming = functools.partial(resume_session, session_id=session.pk, now=later)

    outcomes = at_once([resuming, resuming])

    assert len(of_type(outcomes, Exception)) == 1
    session.refresh_from_db()
    assert session.remaining_seconds(now=later) == left


def test_a_pause_while_a_reply_is_made_is_given_back_once(
    session: InterviewSession,
) -> None:
    receipt = sender(session)()
    received_at = receipt.turn.received_at
    session.refresh_from_db()
    left = session.remaining_seconds(now=received_at)
    paused_at = received_at + datetime.timedelta(seconds=2)
    pause_session(session_id=session.pk, now=paused_at)
    completer(receipt.turn)()
    resumed_at = paused_at + datetime.timedelta(hours=1)

    resume_session(session_id=session.pk, now=resumed_at)

    session.refresh_from_db()
    assert session.remaining_seconds(now=resumed_at) == left


def test_C6_an_interview_deleted_while_it_is_answered_stays_deleted(
    session: InterviewSession,
) -> None:
    turn = sender(session)().turn
    deleting = functools.partial(delete_session, session_id=session.pk)

    at_once([deleting, completer(turn), sender(session)])
    completer(turn)()

    assert not InterviewSession.objects.exists()
    assert not Message.objects.exists()
    assert not Turn.objects.exists()


def test_the_sweep_closes_an_overdue_interview_once(session: InterviewSession) -> None:
    session.refresh_from_db()
    assert session.ends_at is not None
    late = session.ends_at + datetime.timedelta(minutes=1)

    at_once([functools.partial(close_overdue, now=late)] * 4)

    assert session.messages.filter(kind=Message.Kind.CLOSING).count() == 1
    assert_sound(session)


def test_an_answer_sent_while_its_guest_signs_in_is_not_lost(
    session: InterviewSession,
) -> None:
    guest, account = User.objects.create_guest(), make_user(email="me@example.org")
    for rows in (InterviewSession.objects, Message.objects, Turn.objects):
        rows.update(user=guest)
    Evaluation.objects.update(user=guest)
    is_received = threading.Event()
    send_answer = sender(session)

    def answer() -> None:
        with transaction.atomic():
            send_answer()
            is_received.set()
            wait_until_somebody_waits_for_us()

    def adopt() -> None:
        is_received.wait(timeout=10)
        adopt_guest(guest=guest, user=account)

    assert at_once([answer, adopt]) == [None, None]

    assert said(session) == [TEXT]
    assert set(Message.objects.values_list("user", flat=True)) == {account.pk}
    assert_sound(session)


def wait_until_somebody_waits_for_us() -> None:
    """Return when another transaction is held up by this one; SQLite cannot tell."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for _ in range(10_000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
    raise AssertionError("nobody waits")


# --- Turns beside the requests --------------------------------------------------------


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that runs in a thread of its own, lent to background turns."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    background.lend_loop(loop)
    yield loop
    background.lend_loop(None)
    finishing = background.finish_launched_turns(seconds=20)
    asyncio.run_coroutine_threadsafe(finishing, loop).result(timeout=30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_turn_launched_by_everybody_who_asks_is_made_once(
    session: InterviewSession, loop: asyncio.AbstractEventLoop
) -> None:
    turn = send(session).turn
    launch = functools.partial(background.launch_turn, turn_id=turn.pk)

    assert at_once([launch] * 10) == [True] * 10
    finishing = background.finish_launched_turns(seconds=20)
    asyncio.run_coroutine_threadsafe(finishing, loop).result(timeout=30)

    turn.refresh_from_db()
    assert (turn.state, turn.fence) == (Turn.State.DONE, 1)
    assert_sound(session)


def test_ten_interviews_at_once_do_not_mix(
    session: InterviewSession, loop: asyncio.AbstractEventLoop
) -> None:
    people = [make_user(email=f"person{number}@example.org") for number in range(10)]
    interviews = [
        begin_interview(user=user, setup=SETUP, seed=number, now=timezone.now())
        for number, user in enumerate(people)
    ]

    receipts = at_once(
        [
            sender(interview, f"{TEXT} Person {number}.")
            for number, interview in enumerate(interviews)
        ]
    )
    for receipt in receipts:
        background.launch_turn(turn_id=receipt.turn.pk)
    finishing = background.finish_launched_turns(seconds=60)
    asyncio.run_coroutine_threadsafe(finishing, loop).result(timeout=70)

    for number, interview in enumerate(interviews):
        assert {row.user for row in interview.messages.all()} == {people[number]}
        assert Evaluation.objects.get(session=interview).text.endswith(
            f"Person {number}."
        )
        assert_sound(interview)


def test_the_tests_run_with_connections_of_their_own() -> None:
    ours = connection

    def other() -> bool:
        return connections["default"] is not ours

    assert at_once([other]) == [True]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)
        assert str(settings.DATA_DIR) in str(connection.settings_dict["NAME"])
