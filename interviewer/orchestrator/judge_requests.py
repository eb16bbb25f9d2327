"""Verdicts on a batch of answers: from the cache, or from one call for all the rest."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

import msgspec
import structlog
from asgiref.sync import async_to_sync
from django.conf import settings

from interviewer.agents.chat_model import ChatModel, Structured
from interviewer.agents.judge_task import (
    JUDGE,
    TASK,
    JudgeReads,
    judge_item,
    judge_reads,
    prompt_version,
)
from interviewer.agents.judgement import (
    Item,
    JudgedAnswer,
    judgement_prompt,
    verify,
)
from interviewer.agents.judgement_schema import AnswerResult, BatchResult
from interviewer.agents.model_types import ModelFailure
from interviewer.agents.response_key import CallContext
from interviewer.bank.model import BankQuestion
from interviewer.orchestrator.calls import failed_call, model_call
from interviewer.orchestrator.opinion import quotable_text, shown_text
from interviewer.orchestrator.response_cache import (
    FINISHED,
    Place,
    Response,
    Scope,
    find,
    keep,
    place_of,
)
from interviewer.orchestrator.rubrics import frozen_questions
from interviewer.policy.plan import Plan
from sessions_app.models import Evaluation, InterviewSession, ModelCall
from sessions_app.services.model_calls import NewModelCall

log = structlog.get_logger(__name__)

ENGINE = "chat"
ID_CHARACTERS = 12

# What a model said about an answer, by the id of its request: one result when it
# kept to the rules.
Results = Mapping[str, Sequence[AnswerResult]]


@dataclasses.dataclass(frozen=True, slots=True)
class JudgeRequest:
    """One answer to judge. Its id is of a keyed digest: no answer can name another."""

    evaluation: Evaluation
    question: BankQuestion
    reads: JudgeReads
    place: Place

    @property
    def id(self) -> str:
        return self.place.digest[:ID_CHARACTERS]

    @property
    def item(self) -> Item:
        return judge_item(reads=self.reads, item_id=self.id)

    def verified(self, results: Sequence[AnswerResult]) -> JudgedAnswer:
        """Return the verdict as far as the answer proves it, as it was said."""
        text = quotable_text(text=self.evaluation.text)
        said = dataclasses.replace(self.item, answer=text)
        [judged] = verify(result=BatchResult(items=list(results)), items=[said])
        return judged


def judge_requests(
    *,
    session: InterviewSession,
    evaluations: Sequence[Evaluation],
    model: str,
) -> list[JudgeRequest]:
    """Return a request for each of these evaluations."""
    questions = frozen_questions(plan=Plan.from_dict(session.plan))
    context = _context(session, model)
    return [_request(session, e, questions[e.slot], context) for e in evaluations]


def results_of(
    *, requests: Sequence[JudgeRequest], model: ChatModel, now: datetime.datetime
) -> tuple[Results, list[NewModelCall]]:
    """Return what the model says, or said, and what that took.

    After a failed call only what the cache knew is there.
    """
    results: dict[str, Sequence[AnswerResult]] = {}
    calls: list[NewModelCall] = []
    missing: dict[str, tuple[JudgeRequest, str | None]] = {}
    for request in requests:
        found = find(place=request.place)
        if found.response is None:
            missing[request.id] = (request, found.slot)  # equal answers: asked once
            continue
        known = msgspec.json.decode(found.response.body, type=AnswerResult)
        results[request.id] = [known]
        calls.append(_hit(request, found.response))
    if missing:
        asked, call = _ask(list(missing.values()), model, now)
        results |= asked
        calls.append(call)
    return results, calls


def _request(
    session: InterviewSession,
    evaluation: Evaluation,
    question: BankQuestion,
    context: CallContext,
) -> JudgeRequest:
    reads = judge_reads(
        question=question,
        level=session.level,
        language=session.language,
        answer=shown_text(text=evaluation.text),
    )
    generation = session.user.cache_generation
    scope = Scope.of_user(user_id=session.user_id, generation=generation)
    place = place_of(task=JUDGE, reads=reads, context=context, scope=scope)
    return JudgeRequest(evaluation, question, reads, place)


def _context(session: InterviewSession, model: str) -> CallContext:
    return CallContext(
        engine=ENGINE,
        model=model,
        parameters=settings.INTERVIEWER_MODEL_PARAMETERS,
        language=session.language,
        mode="",  # an answer is worth the same in each
        prompt_version=prompt_version(),
    )


def _ask(
    missing: Sequence[tuple[JudgeRequest, str | None]],
    model: ChatModel,
    now: datetime.datetime,
) -> tuple[dict[str, list[AnswerResult]], NewModelCall]:
    async def asked() -> Structured[BatchResult]:
        prompt = judgement_prompt(items=[request.item for request, _ in missing])
        return await model.structured(prompt=prompt, schema=BatchResult)

    try:
        reply = async_to_sync(asked)()
    except ModelFailure as failure:
        log.warning("second_opinion_missing", failure=failure.failure)
        return {}, failed_call(task=TASK, failure=failure)
    call = model_call(task=TASK, outcome=ModelCall.Outcome.CALL, record=reply.record)
    results = {}
    for request, slot in missing:
        said = [r for r in reply.value.items if r.item_id == request.id]
        results[request.id] = said
        if not request.verified(said).rejected:
            share = call.cost_micros // len(missing)
            response = _response(said[0], reply, share, now)
            keep(place=request.place, response=response, slot=slot)
    return results, call


def _hit(request: JudgeRequest, known: Response) -> NewModelCall:
    return model_call(
        task=TASK,
        outcome=ModelCall.Outcome.EXACT_HIT,
        record=None,
        source=request.place.digest,
        saved_micros=known.cost_micros,
    )


def _response(
    result: AnswerResult,
    reply: Structured[BatchResult],
    cost_micros: int,
    now: datetime.datetime,
) -> Response:
    """Return the verdict as it is kept: word for word, and verified at each use."""
    return Response(
        kind="struct",
        body=msgspec.json.encode(result).decode(),
        finish_reason=FINISHED,
        engine=ENGINE,
        model=reply.record.model,
        prompt_version=prompt_version(),
        usage=reply.record.usage,
        cost_micros=cost_micros,  # its share of the request's
        created=now.timestamp(),
        provenance="second opinion",
    )
