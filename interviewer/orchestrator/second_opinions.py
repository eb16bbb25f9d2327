"""Second opinions of a chat model on judged answers: in the background, in batches.

An answer waits until others wait with it, for a minute at most. What comes back is
stored beside the evaluation that counts and changes no score; when the model fails,
nothing is different but a row that says so.
"""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence

import structlog

from interviewer.agents.chat_model import ChatModel
from interviewer.agents.facts import keep_verified
from interviewer.agents.judge_task import TASK
from interviewer.agents.judgement import JudgedAnswer
from interviewer.agents.model_types import ModelFailure
from interviewer.orchestrator.alone import alone
from interviewer.orchestrator.background_calls import (
    CALL_SECONDS,
    MAX_ERRORS,
    RUN_SECONDS,
    background_model,
    keep_calls,
    note_breaker,
)
from interviewer.orchestrator.calls import failed_call
from interviewer.orchestrator.fold import new_fact, note_dropped
from interviewer.orchestrator.judge_requests import (
    JudgeRequest,
    Results,
    judge_requests,
    results_of,
)
from interviewer.orchestrator.opinion import opinion, proposed_facts
from sessions_app.models import Evaluation, InterviewSession
from sessions_app.services import folding
from sessions_app.services.budgets import budget_level
from sessions_app.services.opinions import (
    Due,
    NewOpinion,
    sessions_to_judge,
    store_opinions,
    waiting_answers,
)

log = structlog.get_logger(__name__)

BATCH = 6  # answers of one request
BATCH_FROM = 3  # so many are asked about at once; fewer wait for more
PATIENCE = datetime.timedelta(seconds=60)
GIVEN_UP_AFTER = datetime.timedelta(hours=1)  # nobody asks about old interviews
SESSION_LIMIT = 20  # sessions of one run; the next sweep takes the rest


def judge_waiting(*, now: datetime.datetime) -> int:
    """Ask for the second opinions that are due; return how many sessions had some."""
    model = background_model()
    if model is None:
        return 0
    due = Due(
        least=BATCH_FROM,
        waited_since=now - PATIENCE,
        given_up_before=now - GIVEN_UP_AFTER,
        max_errors=MAX_ERRORS,
    )
    waiting = sessions_to_judge(
        engine=model.name, task=TASK, due=due, limit=SESSION_LIMIT
    )
    if waiting:
        _judge_all(waiting, model, now)
        note_breaker(model)
    return len(waiting)


def _judge_all(
    waiting: Iterable[uuid.UUID], model: ChatModel, now: datetime.datetime
) -> None:
    started = time.monotonic()
    for session_id in waiting:
        if time.monotonic() - started > RUN_SECONDS:
            return
        try:
            with alone(name=f"judge:{session_id}", seconds=CALL_SECONDS) as is_free:
                if is_free:
                    judge_session(session_id=session_id, model=model, now=now)
        except Exception:
            # One session's trouble must not hold up the others; the sweep comes back.
            log.exception("second_opinions_failed", session_id=str(session_id))


def judge_session(
    *, session_id: uuid.UUID, model: ChatModel, now: datetime.datetime
) -> None:
    """Store the model's opinions on one batch of the session's waiting answers."""
    session = InterviewSession.objects.select_related("user").get(pk=session_id)
    rows = waiting_answers(
        session=session, engine=model.name, since=now - GIVEN_UP_AFTER, limit=BATCH
    )
    if not rows:
        return  # somebody else was faster
    if budget_level(session=session, now=now) == "embedded":
        call = failed_call(task=TASK, failure=ModelFailure("over_budget"))
        keep_calls(session=session, calls=[call], now=now)
        return
    requests = judge_requests(session=session, evaluations=rows, model=model.name)
    results, calls = results_of(requests=requests, model=model, now=now)
    keep_calls(session=session, calls=calls, now=now)
    _store(session, requests, results, model.name, now)


def _store(
    session: InterviewSession,
    requests: Sequence[JudgeRequest],
    results: Results,
    engine: str,
    now: datetime.datetime,
) -> None:
    opinions: list[NewOpinion] = []
    facts: list[folding.NewFact] = []
    for request in requests:
        if request.id not in results:
            continue
        judged = request.verified(results[request.id])
        evaluation, question = request.evaluation, request.question
        opinions.append(
            opinion(
                evaluation=evaluation, question=question, judged=judged, engine=engine
            )
        )
        facts += _facts(evaluation, judged, engine)
    folding.store_facts(session=session, facts=facts, now=now)
    store_opinions(opinions=opinions, engine=engine, now=now)


def _facts(
    evaluation: Evaluation, judged: JudgedAnswer, engine: str
) -> Iterator[folding.NewFact]:
    message = evaluation.message
    proposed = proposed_facts(evaluation=evaluation, judged=judged)
    verified = keep_verified(facts=proposed, content=message.content)
    note_dropped(count=verified.dropped)
    for fact in verified.facts:
        yield new_fact(fact=fact, message_id=message.pk, engine=engine)
