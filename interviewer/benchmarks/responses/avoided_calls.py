"""How many calls of a model an interview day costs, by what became of each request.

The scripted sessions are held in the product. A plain program, on the same turns, asks
for the wording, the judgement and the facts of each answer, and asks again whenever a
message comes again; LangChain's Redis cache stands in front of it, once as programs
are written (what came again was appended before), once at its best (it was not).
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone

from interviewer.benchmarks.fake_provider.server import fake_provider
from interviewer.benchmarks.responses.hit_latency import langchain_redis_cache
from interviewer.benchmarks.responses.replay import configured
from interviewer.benchmarks.responses.workload import (
    ScriptedSession,
    Step,
    make_workload,
    mix_of,
)
from interviewer.benchmarks.suite import Arm, SuiteResult
from interviewer.orchestrator.orchestrator import complete_turn, process_message
from interviewer.orchestrator.start import begin_interview
from sessions_app.models import Evaluation, InterviewSession, ModelCall, User
from sessions_app.services.sessions import Setup
from sessions_app.services.turns import Receipt

SESSIONS = 8
LEAST_SHARE = 0.30
LEAST_RATIO = 2.0
MODEL = "openai:benchmark-model"
REQUESTS = {
    "repeat": "Could you repeat the question?",
    "clarify": "What do you mean?",
    "skip": "skip",
    "hint": "hint",
}
TASKS = ("wording", "judgement", "facts")  # of an answer, in a plain program


def measure() -> SuiteResult:
    """Hold the day with and without its repeats."""
    day, plain_day = (
        make_workload(sessions=SESSIONS, has_repeats=repeats)
        for repeats in (True, False)
    )
    ours, without = _held(day), _held(plain_day)
    rival = {best: _langchain(day, is_best=best) for best in (False, True)}
    share = _share(ours)
    rival_share = max(1 - calls / _plain(day) for calls in rival.values())
    return SuiteResult(
        suite="responses",
        arms=[
            _arm("interview day", ours, mix_of(day)),
            _arm("interview day without repeats", without, mix_of(plain_day)),
            Arm(
                "LangChain Redis as used", _plain(day), 0, 0, 0, {"call": rival[False]}
            ),
            Arm("LangChain Redis at best", _plain(day), 0, 0, 0, {"call": rival[True]}),
        ],
        ratios={
            "calls avoided": share,
            "calls avoided, without repeats": _share(without),
            "calls avoided, wording alone": _wording_share(ours, day),
            "calls avoided by LangChain Redis": rival_share,
        },
        checks={
            f"at least {LEAST_SHARE:.0%} of a day's calls avoided": (
                share >= LEAST_SHARE
            ),
            f"at least {LEAST_RATIO:g}x LangChain Redis": (
                share >= LEAST_RATIO * rival_share
            ),
        },
    )


def _share(counts: Counter[str]) -> float:
    return 1 - (counts["call"] + counts["judged"]) / counts["plain"]


def _wording_share(counts: Counter[str], day: Sequence[ScriptedSession]) -> float:
    sent = sum(_times(step) for session in day for step in session.steps)
    return 1 - counts["call"] / sent


def _arm(name: str, counts: Counter[str], mix: dict[str, float]) -> Arm:
    return Arm(name, counts["plain"], 0, 0, 0, {**counts, **mix})


def _times(step: Step) -> int:
    return 2 if step.again else 1


def _plain(day: Sequence[ScriptedSession]) -> int:
    """Return the calls of a plain program: one more for each beginning."""
    return len(day) + sum(
        _times(step) * (len(TASKS) if step.intent == "answer" else 1)
        for session in day
        for step in session.steps
    )


def _held(day: Sequence[ScriptedSession]) -> Counter[str]:
    """Hold the day in the product; return what became of its requests."""
    before = _counted()
    with fake_provider() as provider, configured(provider):
        settings.INTERVIEWER_MODEL = MODEL
        replays = asyncio.run(_all(day))
    counts = _counted() - before
    # One each, although several answers are judged by one call.
    return counts + Counter(replayed=replays, plain=_plain(day))


def _counted() -> Counter[str]:
    outcomes = Counter(ModelCall.objects.values_list("outcome", flat=True))
    return outcomes + Counter(judged=Evaluation.objects.count())


async def _all(day: Sequence[ScriptedSession]) -> int:
    return sum([await _Interview(session).hold() for session in day])


class _Interview:
    """One candidate, who begins again when the interview ends before the script."""

    def __init__(self, script: ScriptedSession) -> None:
        self._script = script
        self._user = User(email=None, is_guest=True)
        self._session: InterviewSession | None = None

    async def hold(self) -> int:
        """Send all that is scripted; return how much was answered from the database."""
        await self._user.asave(force_insert=True)
        return sum([await self._send(step) for step in self._script.steps])

    async def _send(self, step: Step) -> int:
        session, question_no = await sync_to_async(self._standing)()
        message_id = uuid.uuid4()
        first = await self._once(session, step, question_no, message_id)
        await complete_turn(turn_id=first.turn.pk)
        if not step.again:
            return 0
        # A resend comes from a new form; the others repeat the one that was sent.
        again_id = uuid.uuid4() if step.again == "resend" else message_id
        again = await self._once(session, step, question_no, again_id)
        await complete_turn(turn_id=again.turn.pk)
        return int(again.is_replay)

    async def _once(
        self, session: InterviewSession, step: Step, no: int, message_id: uuid.UUID
    ) -> Receipt:
        return await sync_to_async(process_message)(
            session=session,
            text=REQUESTS.get(step.intent, step.text),
            intent="answer",
            question_no=no,
            client_message_id=message_id,
            cut_by_timer=False,
            now=timezone.now(),
        )

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
        return begin_interview(user=self._user, setup=setup, seed=1, now=timezone.now())


def _langchain(day: Sequence[ScriptedSession], *, is_best: bool) -> int:
    """Return the calls that are left with LangChain's cache in front of the model."""
    program = _PlainProgram()
    for session in day:
        program.hold(session, is_best=is_best)
    return program.calls


class _PlainProgram:
    def __init__(self) -> None:
        from langchain_core.language_models import FakeListChatModel

        program = self

        class Counting(FakeListChatModel):
            def _call(self, *args: Any, **kwargs: Any) -> str:
                program.calls += 1
                return super()._call(*args, **kwargs)

        self.calls = 0
        self._run = uuid.uuid4()  # nothing of an earlier run is found
        self._model = Counting(responses=["Go on."], cache=langchain_redis_cache())

    def hold(self, session: ScriptedSession, *, is_best: bool) -> None:
        from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

        head = f"{self._run} Interview a {session.level} {session.title}."
        history: list[Any] = [SystemMessage(head)]
        self._model.invoke(history)
        for step in session.steps:
            tasks = TASKS if step.intent == "answer" else TASKS[:1]
            said = HumanMessage(REQUESTS.get(step.intent, step.text))
            self._ask(tasks, [*history, said])
            if step.again == "double_click":
                self.calls += len(tasks)  # nobody has been answered yet
            elif step.again and is_best:
                self._ask(tasks, [*history, said])
            elif step.again:
                self._ask(tasks, [*history, said, AIMessage("Go on."), said])
            history += [said, AIMessage("Go on.")]

    def _ask(self, tasks: Sequence[str], messages: Sequence[Any]) -> None:
        from langchain_core.messages import SystemMessage

        for task in tasks:
            self._model.invoke([SystemMessage(task), *messages])
