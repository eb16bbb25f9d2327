"""An interview day, held in the product; what became of each call of a plain program.

Driven as in the room: receiving, claiming, judging, deciding, wording through a chat
model over HTTP, the response cache, committing. Interviews are held side by side, and a
double click is sent twice at once. Not driven: pages and streams, the workers' folds
and second opinions, and the sentence encoder; answers are judged by their words alone,
as the product does where the encoder is missing. A judgement counts as one call,
although the product asks for several in one.

A plain program asks for the wording, the judgement and the facts of each answer, for
words about anything else, for a beginning, and for all of it again whenever a message
comes again.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import uuid
from collections import Counter
from collections.abc import Sequence
from unittest import mock

from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.utils import timezone

from interviewer.benchmarks.fake_provider.process import fake_provider_process
from interviewer.benchmarks.responses.replay import configured
from interviewer.benchmarks.responses.shares import in_shares
from interviewer.benchmarks.responses.workload import ScriptedSession, Step
from interviewer.orchestrator import judging
from interviewer.orchestrator.orchestrator import complete_turn, process_message
from interviewer.orchestrator.start import begin_interview
from sessions_app.models import Evaluation, InterviewSession, ModelCall, User
from sessions_app.services.sessions import Setup
from sessions_app.services.turns import InterviewEnded, Receipt

MODEL = "openai:benchmark-model"
MODEL_MS = 400  # until its words come
AT_ONCE = 16  # interviews, in each process
LEAST = 20  # interviews that are worth a process
TASKS = ("wording", "judgement", "facts")  # of an answer, in a plain program
REQUESTS = {
    "repeat": "Could you repeat the question?",
    "clarify": "What do you mean?",
    "skip": "skip",
    "hint": "hint",
}

# Why a call was not made, beside the outcomes of calls.
BEGINNING = "beginning"
AFTER_THE_END = "after the end"
WITH_JUDGEMENT = "facts with judgement"
NOT_JUDGED = "nothing to judge"
OUTCOME = ModelCall.Outcome
AVOIDED = (
    OUTCOME.REPLAYED,
    OUTCOME.EXACT_HIT,
    OUTCOME.SHARED_HIT,
    OUTCOME.COALESCED,
    OUTCOME.RULE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Tally:
    """The calls of a plain program, made by the product or avoided, by class."""

    made: Counter[str]
    avoided: Counter[str]

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.made + other.made, self.avoided + other.avoided)

    @property
    def total(self) -> int:
        return self.made.total() + self.avoided.total()

    @property
    def share_avoided(self) -> float:
        return self.avoided.total() / self.total


def hold_day(day: Sequence[ScriptedSession]) -> Tally:
    """Hold all interviews over one cache, which is emptied before; return the sum."""
    cache.clear()
    tallies = in_shares(work=_hold_share, items=day, least=LEAST)
    return sum(tallies, start=Tally(Counter(), Counter()))


def plain_calls(step: Step) -> int:
    """Return the calls of a plain program each time that this comes."""
    return len(TASKS) if step.intent == "answer" else 1


def _hold_share(share: Sequence[ScriptedSession]) -> list[Tally]:
    with (
        fake_provider_process("--whole", "--first-token-ms", str(MODEL_MS)) as provider,
        configured(provider, INTERVIEWER_MODEL=MODEL, MODEL_CONCURRENCY=AT_ONCE),
        # Half of the time, and no part of what is counted.
        mock.patch.object(judging, "load_encoder", return_value=None),
    ):
        return asyncio.run(_hold_all(share))


async def _hold_all(share: Sequence[ScriptedSession]) -> list[Tally]:
    seats = asyncio.Semaphore(AT_ONCE)

    async def hold(script: ScriptedSession) -> Tally:
        async with seats:
            return await _Interview(script).hold()

    return await asyncio.gather(*(hold(script) for script in share))


class _Interview:
    """One candidate, who begins again when the interview ends before the script."""

    def __init__(self, script: ScriptedSession) -> None:
        self._script = script
        self._user = User(email=None, is_guest=True)
        self._session: InterviewSession | None = None
        self._avoided: Counter[str] = Counter()
        self._turns: dict[uuid.UUID, int] = {}  # → calls of a plain program

    async def hold(self) -> Tally:
        await self._user.asave(force_insert=True)
        for step in self._script.steps:
            await self._send(step)
        return await sync_to_async(self._tally)()

    async def _send(self, step: Step) -> None:
        session, question_no = await sync_to_async(self._standing)()
        send = functools.partial(self._once, session, step, question_no)
        message_id = uuid.uuid4()
        if step.again == "double_click":
            await asyncio.gather(send(message_id), send(message_id))
            return
        await send(message_id)
        if step.again:
            # A resend comes from a new form; who reconnects sends the same one.
            await send(uuid.uuid4() if step.again == "resend" else message_id)

    async def _once(
        self, session: InterviewSession, step: Step, no: int, message_id: uuid.UUID
    ) -> None:
        try:
            receipt = await sync_to_async(_receive)(session, step, no, message_id)
        except InterviewEnded:
            # What was sent ended the interview; it comes again, and is told so.
            self._avoided[AFTER_THE_END] += plain_calls(step)
            return
        await complete_turn(turn_id=receipt.turn.pk)
        if receipt.is_replay:
            self._avoided[OUTCOME.REPLAYED] += plain_calls(step)
        else:
            self._turns[receipt.turn.pk] = plain_calls(step)

    def _standing(self) -> tuple[InterviewSession, int]:
        """Return the running session, begun if need be, and its open question."""
        if self._session is not None:
            self._session.refresh_from_db()
        if self._session is None or self._session.is_ended:
            self._session = self._begun()
        last = self._session.messages.exclude(role="candidate").latest("seq")
        return self._session, last.question_no or 1

    def _begun(self) -> InterviewSession:
        setup = Setup(
            role=self._script.role,
            role_title=self._script.title,
            level=self._script.level,
            kind="mixed",
            style="formal",
            mode="practice",
            minutes=None,
        )
        return begin_interview(
            user=self._user,
            setup=setup,
            seed=self._script.seed,
            now=timezone.now(),
        )

    def _tally(self) -> Tally:
        """Return what the rows tell of the turns that were new."""
        calls = ModelCall.objects.filter(session__user=self._user)
        outcomes = dict(calls.values_list("turn_id", "outcome"))
        judged = set(
            Evaluation.objects.filter(user=self._user).values_list(
                "message__turn__pk", flat=True
            )
        )
        # The scripted beginning; further ones have no counterpart in a plain program.
        tally = Tally(Counter(), self._avoided + Counter({BEGINNING: 1}))
        for turn, plain in self._turns.items():
            tally += _of_turn(outcomes.get(turn, ""), turn in judged, plain)
        return tally


def _receive(
    session: InterviewSession, step: Step, no: int, message_id: uuid.UUID
) -> Receipt:
    return process_message(
        session=session,
        text=REQUESTS.get(step.intent, step.text),
        intent="answer",
        question_no=no,
        client_message_id=message_id,
        cut_by_timer=False,
        now=timezone.now(),
    )


def _of_turn(outcome: str, is_judged: bool, plain: int) -> Tally:
    made, avoided = Counter[str](), Counter[str]()
    (avoided if outcome in AVOIDED else made)[outcome] += 1
    if is_judged:
        made["judgement"] += 1
    if plain == len(TASKS):
        avoided[WITH_JUDGEMENT if is_judged else NOT_JUDGED] += 1 if is_judged else 2
    return Tally(made, avoided)
