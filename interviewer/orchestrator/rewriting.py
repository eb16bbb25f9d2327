"""A stronger version of an answer in a chat model's words, shown only when checked."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator

import msgspec
import structlog
from asgiref.sync import async_to_sync
from django.conf import settings

from interviewer.agents.chat_model import ChatModel, Structured
from interviewer.agents.model_types import ModelFailure
from interviewer.agents.providers import UnableToUseModel
from interviewer.agents.response_key import CallContext
from interviewer.agents.rewrite_task import (
    REWRITE,
    TASK,
    Rewrite,
    RewriteReads,
    prompt_version,
    rewrite_prompt,
    rewrite_reads,
    trouble_with,
)
from interviewer.bank.model import BankQuestion
from interviewer.orchestrator.background_calls import keep_calls
from interviewer.orchestrator.calls import failed_call, model_call
from interviewer.orchestrator.models import model_within
from interviewer.orchestrator.opinion import shown_text
from interviewer.orchestrator.response_cache import (
    FINISHED,
    Place,
    Response,
    Scope,
    find,
    keep,
    place_of,
)
from interviewer.scoring.result import CONTRADICTED, HIT
from sessions_app.models import Evaluation, InterviewSession, ModelCall
from sessions_app.services.budgets import budget_level
from sessions_app.services.model_calls import NewModelCall
from sessions_app.services.troubles import what_went_wrong

log = structlog.get_logger(__name__)

ENGINE = "chat"
NOT_SHOWN = "The language model’s version is not shown"
PARTS = {
    "situation": "the situation: where and when it was, what was at stake",
    "action": "what the candidate did personally",
    "result": "how it ended, with a number",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stronger:
    """A stronger version, or the sentence that says why there is none."""

    text: str = ""
    refusal: str = ""
    model: str = ""


def may_rewrite() -> bool:
    """Say whether a model is configured that could be asked."""
    return bool(settings.INTERVIEWER_MODEL)


def write_stronger(
    *,
    session: InterviewSession,
    evaluation: Evaluation,
    question: BankQuestion,
    now: datetime.datetime,
) -> Stronger:
    """Return the answer as the model writes it out, if it made nothing up.

    Takes seconds unless it is kept. The call is stored and counted; the text is not.
    """
    try:
        model = model_within(level=budget_level(session=session, now=now))
    except UnableToUseModel:
        log.warning("model_unusable")
        return Stronger(refusal=f"{what_went_wrong(failure='unreachable')}.")
    if model is None:
        return Stronger(refusal=f"{what_went_wrong(failure='over_budget')}.")
    reads = rewrite_reads(
        question=question,
        answer=shown_text(text=evaluation.text),
        gaps=list(gaps_of(evaluation)),
        resume=session.resume,
        level=session.level,
    )
    place = _place(session, reads, model)
    found = find(place=place)
    if found.response is not None:
        stronger, call = _reused(found.response, reads, place)
    else:
        stronger, call = _ask(reads, model, place, found.slot, now)
    keep_calls(session=session, calls=[call], now=now)
    return stronger


def gaps_of(evaluation: Evaluation) -> Iterator[str]:
    """Yield what the stored judgement found missing, partial or wrong."""
    for part in evaluation.result.get("star", ()):
        if part["required"] and not part["found"]:
            yield PARTS[part["part"]]
    for point in evaluation.result.get("points", ()):
        if point["status"] == CONTRADICTED:
            yield f"wrong so far: {point['text']}"
        elif point["status"] != HIT:
            yield point["text"]


def _reused(
    response: Response, reads: RewriteReads, place: Place
) -> tuple[Stronger, NewModelCall]:
    call = model_call(
        task=TASK,
        outcome=ModelCall.Outcome.EXACT_HIT,
        record=None,
        source=place.digest,
        saved_micros=response.cost_micros,
    )
    text = msgspec.json.decode(response.body, type=Rewrite).text
    return _checked(text, reads, response.model), call


def _ask(
    reads: RewriteReads,
    model: ChatModel,
    place: Place,
    slot: str | None,
    now: datetime.datetime,
) -> tuple[Stronger, NewModelCall]:
    async def asked() -> Structured[Rewrite]:
        return await model.structured(prompt=rewrite_prompt(reads), schema=Rewrite)

    try:
        reply = async_to_sync(asked)()
    except ModelFailure as failure:
        refusal = f"{what_went_wrong(failure=failure.failure)}."
        return Stronger(refusal=refusal), failed_call(task=TASK, failure=failure)
    stronger = _checked(reply.value.text, reads, model.name)
    call = model_call(
        task=TASK,
        outcome=ModelCall.Outcome.CALL,
        record=reply.record,
        failure="unfit" if stronger.refusal else "",
    )
    if not stronger.refusal:
        response = _response(reply, call.cost_micros, now)
        keep(place=place, response=response, slot=slot)
    return stronger, call


def _response(
    reply: Structured[Rewrite], cost_micros: int, now: datetime.datetime
) -> Response:
    return Response(
        kind="struct",
        body=msgspec.json.encode(reply.value).decode(),
        finish_reason=FINISHED,
        engine=ENGINE,
        model=reply.record.model,
        prompt_version=prompt_version(),
        usage=reply.record.usage,
        cost_micros=cost_micros,
        created=now.timestamp(),
        provenance="stronger version",
    )


def _checked(text: str, reads: RewriteReads, model: str) -> Stronger:
    """Return the text if it rests on the person's facts; checked at each use."""
    trouble = trouble_with(text=text, reads=reads)
    if trouble:
        return Stronger(
            refusal=f"The language model’s version is not shown: {trouble}."
        )
    return Stronger(text=text.strip(), model=model)


def _place(session: InterviewSession, reads: RewriteReads, model: ChatModel) -> Place:
    context = CallContext(
        engine=ENGINE,
        model=model.name,
        parameters=settings.INTERVIEWER_MODEL_PARAMETERS,
        language=session.language,
        mode="",  # the same in each
        prompt_version=prompt_version(),
    )
    generation = session.user.cache_generation
    scope = Scope.of_user(user_id=session.user_id, generation=generation)
    return place_of(task=REWRITE, reads=reads, context=context, scope=scope)
