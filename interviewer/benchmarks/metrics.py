"""One more message, and the session's figures are due: what that costs.

The arms append the same message to journals of 10 to 1,000 messages and return the
figures: ours from the running figures that the append has counted; good ordinary code
by reading journal, turns and evaluations again, three queries, and counting anew. The
figures alone, without the append, are measured beside them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from interviewer.benchmarks.persistence.rows import START, make_sessions
from interviewer.benchmarks.suite import Arm, SuiteOptions, SuiteResult, arm_of
from sessions_app.models import InterviewSession, Message, User
from sessions_app.services.figures import SessionMetricsView
from sessions_app.services.journal import NewMessage, append_message, lock_session
from sessions_app.services.metrics import load_facts, message_row, session_frame
from sessions_app.services.running import RunningFigures, compute_metrics

LENGTHS = (10, 30, 120, 300, 1_000)
ROUNDS = 30
TARGET_LENGTH = 120
TARGET_RATIO = 20.0
FLAT = 1.5
RUNNING, ANEW = "figures: running", "figures: counted anew"
APPEND_RUNNING, APPEND_ANEW = "append, running", "append, counted anew"
SAID = NewMessage(
    role="candidate",
    kind="answer",
    content="I measured it first, and then I changed the index.",
    origin="person",
    question_no=1,
    details={"seconds": 20.5},
)

Work = Callable[[InterviewSession], SessionMetricsView]


def run(*, options: SuiteOptions) -> SuiteResult:
    """Measure on the benchmark's own database."""
    sessions = _sessions()
    seconds: dict[tuple[str, int], list[tuple[float, float]]] = {}
    is_equal = True
    for number in range(ROUNDS + 1):
        for length, session in sessions.items():
            views = []
            for name, work in ARMS.items():
                measured, view = _measure(work, session)
                views.append(view)
                if number:  # the first round warms up
                    seconds.setdefault((name, length), []).append(measured)
            is_equal = is_equal and all(view == views[0] for view in views)
    arms = {
        (name, length): _arm(name, length, measured, sessions[length])
        for (name, length), measured in seconds.items()
    }
    # The least of all rounds: what the machine does besides only ever adds.
    least = {key: min(wall for wall, _ in walls) for key, walls in seconds.items()}
    return _result(arms, least, is_equal)


def _running(session: InterviewSession) -> SessionMetricsView:
    """Count one more message in the stored state, as the append does."""
    figures = RunningFigures.from_dict(session.running_figures)
    figures.add_message(message_row(message=_message(session)))
    session.running_figures = figures.to_dict()
    return figures.view(frame=session_frame(session=session))


def _anew(session: InterviewSession) -> SessionMetricsView:
    facts = load_facts(sessions=[session])[session.pk]
    facts.messages.append(message_row(message=_message(session)))  # type: ignore[attr-defined]
    return compute_metrics(facts=facts)


def _append_running(session: InterviewSession) -> SessionMetricsView:
    session = _append(session)
    figures = RunningFigures.from_dict(session.running_figures)
    return figures.view(frame=session_frame(session=session))


def _append_anew(session: InterviewSession) -> SessionMetricsView:
    session = _append(session)
    return compute_metrics(facts=load_facts(sessions=[session])[session.pk])


def _append(session: InterviewSession) -> InterviewSession:
    session = lock_session(session_id=session.pk)
    append_message(session=session, message=SAID, now=session.last_activity_at)
    return session


ARMS: Mapping[str, Work] = {
    RUNNING: _running,
    ANEW: _anew,
    APPEND_RUNNING: _append_running,
    APPEND_ANEW: _append_anew,
}


def _sessions() -> dict[int, InterviewSession]:
    user = User.objects.create_guest()
    sessions = {}
    for length in LENGTHS:
        make_sessions(user=user, count=1, messages=length)
        sessions[length] = InterviewSession.objects.latest("id")
    return sessions


def _message(session: InterviewSession) -> Message:
    return Message(
        session=session,
        seq=session.message_count + 1,
        role=SAID.role,
        kind=SAID.kind,
        content=SAID.content,
        question_no=SAID.question_no,
        details=SAID.details,
        created_at=START,
    )


def _measure(
    work: Work, session: InterviewSession
) -> tuple[tuple[float, float], SessionMetricsView]:
    """Measure the work on the stored session, and take back what it wrote."""
    session = InterviewSession.objects.get(pk=session.pk)
    with transaction.atomic():
        wall, cpu = time.perf_counter(), time.process_time()
        view = work(session)
        measured = time.perf_counter() - wall, time.process_time() - cpu
        transaction.set_rollback(True)
    return measured, view


def _arm(
    name: str,
    length: int,
    seconds: list[tuple[float, float]],
    session: InterviewSession,
) -> Arm:
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        ARMS[name](InterviewSession.objects.get(pk=session.pk))
        transaction.set_rollback(True)
    # Without those of the transaction and of loading the session.
    queries = sum("sessions_app_" in query["sql"] for query in captured) - 1
    return arm_of(
        name=f"{length} messages, {name}", seconds=seconds, counts={"queries": queries}
    )


def _result(
    arms: Mapping[tuple[str, int], Arm],
    least: Mapping[tuple[str, int], float],
    is_equal: bool,
) -> SuiteResult:
    def p50(name: str, length: int) -> float:
        return arms[name, length].p50_ms

    ratios = {
        f"{length} messages, {anew} : {running}": p50(anew, length)
        / p50(running, length)
        for length in LENGTHS
        for running, anew in ((RUNNING, ANEW), (APPEND_RUNNING, APPEND_ANEW))
    }
    growth = {
        name: least[name, LENGTHS[-1]] / least[name, LENGTHS[0]]
        for name in (RUNNING, APPEND_RUNNING)
    }
    ratios |= {
        f"{name}, {LENGTHS[-1]} : {LENGTHS[0]} messages": g
        for name, g in growth.items()
    }
    at_target = ratios[f"{TARGET_LENGTH} messages, {ANEW} : {RUNNING}"]
    return SuiteResult(
        suite="metrics",
        arms=list(arms.values()),
        ratios=ratios,
        checks={
            "T12: the increment equals a recomputation": is_equal,
            f"T12: {TARGET_LENGTH} messages at least {TARGET_RATIO:.0f} times as fast "
            "as counting anew": at_target >= TARGET_RATIO,
            f"T12: flat: 10 to 1,000 messages within {FLAT}": growth[RUNNING] <= FLAT,
            f"T12: so is the whole append: within {FLAT}": (
                growth[APPEND_RUNNING] <= FLAT
            ),
            "T12: the figures cost the append no query": all(
                arms[RUNNING, length].counts["queries"] == 0 for length in LENGTHS
            ),
        },
    )
