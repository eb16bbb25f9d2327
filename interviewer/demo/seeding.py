"""Holding the demo interviews with the product's services, on a clock of its own."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import random
import uuid
from collections.abc import Iterable, Sequence

from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction
from django.utils import timezone

from interviewer.bank.model import BankQuestion
from interviewer.demo.casting import (
    DOMAIN,
    Part,
    Person,
    answer_to,
    reply_to_probe,
    texts,
)
from interviewer.demo.copying import copy_interviews
from interviewer.orchestrator.conversation import load_conversation
from interviewer.orchestrator.ending import end_interview
from interviewer.orchestrator.orchestrator import LEASE, process_message
from interviewer.orchestrator.reply import make_reply
from interviewer.orchestrator.rubrics import frozen_questions
from interviewer.orchestrator.scene import load_scene
from interviewer.orchestrator.start import begin_interview
from interviewer.orchestrator.turn_log import TurnLog
from interviewer.policy.intent import Intent
from interviewer.policy.progress import Progress
from sessions_app.models import InterviewSession, ModelCall, User
from sessions_app.services.archive import drain
from sessions_app.services.disputes import answer_dispute, open_dispute
from sessions_app.services.model_calls import NewModelCall
from sessions_app.services.reviews import add_note, mark_reviewed, override_score
from sessions_app.services.sessions import pause_session
from sessions_app.services.turns import TurnResult, claim_turn, commit_turn

MAX_TURNS = 60
MODEL = "demo:made-up"  # no such model: what is counted under it was never paid
CALL_OUTCOMES = (
    *[ModelCall.Outcome.CALL] * 6,
    *[ModelCall.Outcome.EXACT_HIT] * 2,
    ModelCall.Outcome.SHARED_HIT,
    ModelCall.Outcome.ERROR,
)


def seed_interviews(
    *, parts: Iterable[Part], seed: int, messages: int
) -> tuple[list[InterviewSession], int]:
    """Hold the interviews one after the other, archive and review them.

    Copies are added until there are so many messages; the messages of copies are
    returned beside the interviews that were held.
    """
    people: dict[str, User] = {}
    held = []
    for part in parts:
        if part.person.email not in people:
            people[part.person.email] = _account(part.person, part.starts_at)
        # One transaction: hundreds of interviews wait for the disk hundreds of times.
        with transaction.atomic():
            held.append(_Interview(part, people[part.person.email]).hold())
    lacking = messages - sum(session.message_count for session in held)
    copied = copy_interviews(held=held, messages=lacking, seed=seed)
    while drain(now=timezone.now()).messages:
        pass
    _review(held, seed)
    return held, copied


def _account(person: Person, now: datetime.datetime) -> User:
    return User.objects.create_user(person.email, name=person.name, date_joined=now)


class _Interview:
    """One interview while it is held; its clock stands still but for what is said."""

    def __init__(self, part: Part, user: User) -> None:
        self._part = part
        self._rng = random.Random(part.seed)
        self._now = part.starts_at
        self._session = begin_interview(
            user=user, setup=part.setup, seed=part.seed, now=part.starts_at
        )
        self._stops_after = {
            "finished": MAX_TURNS,
            "stopped": self._rng.randint(1, 4),
            "paused": self._rng.randint(1, 5),
            "in_progress": self._rng.randint(0, 5),
        }[part.ending]

    def hold(self) -> InterviewSession:
        """Speak until the interview is over or the person leaves."""
        for _ in range(self._stops_after):
            if self._session.is_ended:
                break
            self._take_turn()
        if self._part.ending in ("finished", "stopped"):
            end_interview(session=self._session, now=self._now)
            self._talk_to_coach()
        elif self._part.ending == "paused":
            pause_session(session_id=self._session.pk, now=self._now)
        self._session.refresh_from_db()
        return self._session

    def _take_turn(self) -> None:
        conversation = load_conversation(session=self._session)
        progress = conversation.progress
        if progress.is_invited:
            text = self._rng.choice(texts()["inquiries"])
            self._send("answer", text, progress.question_no)
            return
        question = frozen_questions(plan=conversation.plan)[progress.slot_index]
        intent, text = self._choose(question, progress)
        self._send(intent, text, progress.question_no)

    def _choose(self, question: BankQuestion, progress: Progress) -> tuple[Intent, str]:
        chance, skill = self._rng.random(), self._part.skill
        if chance < 0.04:
            return "repeat", ""
        if chance < 0.08 and self._part.setup.mode == "practice":
            return "hint", ""
        if chance < 0.08 + 0.12 * (1 - skill):
            return "skip", ""
        if chance < 0.10 + 0.15 * (1 - skill):
            return "answer", self._rng.choice(texts()["dont_know"])
        if progress.is_probe:
            return "answer", reply_to_probe(self._rng, question=question, skill=skill)
        text = answer_to(self._rng, question=question, skill=skill)
        if self._rng.random() < 0.02:
            text = f"{text} {self._rng.choice(texts()['instructions'])}"
        return "answer", text

    def _talk_to_coach(self) -> None:
        for text in texts()["asks"][: self._rng.choice([0, 0, 0, 1, 2])]:
            progress = load_conversation(session=self._session).progress
            self._send("ask", text, progress.question_no)

    def _send(self, intent: Intent, text: str, question_no: int) -> None:
        self._session.refresh_from_db()
        self._pass(self._rng.uniform(8, 25) + len(text) / self._rng.uniform(5, 9))
        receipt = process_message(
            session=self._session,
            text=text,
            intent=intent,
            question_no=question_no,
            client_message_id=uuid.UUID(int=self._rng.getrandbits(128), version=4),
            cut_by_timer=False,
            now=self._now,
        )
        fence = claim_turn(turn_id=receipt.turn.pk, now=self._now, lease=LEASE)
        if fence is None:
            return  # sent before, and answered
        result = async_to_sync(_reply)(receipt.turn.pk, fence)
        self._pass(self._rng.uniform(0.15, 0.6))
        commit_turn(
            turn_id=receipt.turn.pk,
            fence=fence,
            result=self._embellished(result),
            now=self._now,
        )
        self._session.refresh_from_db()

    def _embellished(self, result: TurnResult) -> TurnResult:
        first_words_ms = self._rng.randint(20, 140)
        calls = [self._call()] if self._part.has_calls else []
        return dataclasses.replace(result, first_words_ms=first_words_ms, calls=calls)

    def _call(self) -> NewModelCall:
        outcome = self._rng.choice(CALL_OUTCOMES)
        is_paid = outcome == ModelCall.Outcome.CALL
        tokens_in, tokens_out = self._rng.randint(700, 2600), self._rng.randint(30, 110)
        cached = tokens_in // 2 if self._rng.random() < 0.5 else 0
        cost = tokens_in - cached + 4 * tokens_out
        return NewModelCall(
            task="reply.interviewer",
            outcome=outcome,
            model=MODEL,
            failure="stalled" if outcome == ModelCall.Outcome.ERROR else "",
            source="demo",
            tokens_in=tokens_in if is_paid else 0,
            tokens_cached=cached if is_paid else 0,
            tokens_out=tokens_out if is_paid else 0,
            cost_micros=cost if is_paid else 0,
            saved_micros=0 if outcome in (outcome.CALL, outcome.ERROR) else cost,
            first_token_ms=self._rng.randint(250, 1200) if is_paid else None,
            complete_ms=self._rng.randint(1300, 4200) if is_paid else None,
        )

    def _pass(self, seconds: float) -> None:
        self._now += datetime.timedelta(seconds=seconds)


async def _reply(turn_id: uuid.UUID, fence: int) -> TurnResult:
    scene = await sync_to_async(load_scene)(turn_id)
    # Nobody reads it: not registered with the logs that this process serves.
    unread = TurnLog(turn_id=turn_id, fence=fence)
    async with contextlib.AsyncExitStack() as flights:
        made = await make_reply(scene=scene, turn_log=unread, flights=flights)
    return made.result


def _review(held: Sequence[InterviewSession], seed: int) -> None:
    """Let a reviewer read two in three of the ended interviews."""
    rng = random.Random(f"review {seed}")
    reviewer = User.objects.create_user(f"reviewer.{seed}@{DOMAIN}", name="Reviewer")
    for session in held:
        if not session.is_ended:
            continue
        at = (session.finished_at or session.last_activity_at) + datetime.timedelta(
            hours=rng.uniform(2, 40)
        )
        at = min(at, timezone.now())
        judged = list(
            session.evaluations.filter(is_counted=True).order_by("message__seq")
        )
        if judged and rng.random() < 0.25:
            _dispute(rng, session, rng.choice(judged).slot, reviewer, at)
        if rng.random() < 0.66:
            _read(rng, session, reviewer, at)


def _dispute(
    rng: random.Random,
    session: InterviewSession,
    slot: int,
    reviewer: User,
    at: datetime.datetime,
) -> None:
    dispute = open_dispute(
        session_id=session.pk,
        slot=slot,
        reason=rng.choice(texts()["dispute_reasons"]),
        now=at,
    )
    if rng.random() < 0.4:
        return  # nobody has answered yet
    is_right = rng.random() < 0.5
    answer_dispute(
        dispute_id=dispute.pk,
        words=rng.choice(texts()["changed_words" if is_right else "upheld_words"]),
        value=float(rng.randint(55, 90)) if is_right else None,
        author=reviewer,
        now=min(at + datetime.timedelta(hours=rng.uniform(1, 30)), timezone.now()),
    )


def _read(
    rng: random.Random,
    session: InterviewSession,
    reviewer: User,
    at: datetime.datetime,
) -> None:
    answers = list(session.messages.filter(kind="answer").order_by("seq"))
    for message in rng.sample(answers, min(len(answers), rng.randint(0, 2))):
        add_note(
            message=message, author=reviewer, text=rng.choice(texts()["notes"]), now=at
        )
    session.refresh_from_db()
    if session.score is not None and rng.random() < 0.1:
        override_score(
            session_id=session.pk,
            evaluation_id=None,
            value=min(100.0, max(0.0, round(session.score) + rng.choice([-8, 6, 10]))),
            reason=rng.choice(texts()["override_reasons"]),
            author=reviewer,
            expected=None,
            now=at,
        )
    mark_reviewed(session=session, reviewer=reviewer, now=at)
