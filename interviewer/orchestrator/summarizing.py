"""A chat model as summarizer of folds, within its limits and with its calls kept."""

from __future__ import annotations

import dataclasses
import datetime
from contextlib import aclosing

from asgiref.sync import async_to_sync
from django.conf import settings
from django.utils import timezone

from interviewer.agents.chat_model import ChatModel
from interviewer.agents.fold_task import TASK
from interviewer.agents.model_types import CallRecord, ModelFailure, Prompt
from interviewer.agents.summarizer import accept_summary
from interviewer.orchestrator.background_calls import (
    MAX_ERRORS,
    background_model,
    keep_calls,
    note_breaker,
)
from interviewer.orchestrator.calls import failed_call, model_call
from interviewer.orchestrator.fold import ModelSummarizer, StablePart
from sessions_app.models import InterviewSession, ModelCall
from sessions_app.services.budgets import budget_level
from sessions_app.services.model_calls import NewModelCall, count_errors

REST = datetime.timedelta(minutes=10)  # of a session whose folds keep failing


def model_summarizer(*, stable: StablePart | None = None) -> ModelSummarizer | None:
    """Return the cheap model as summarizer; None: only rules fold.

    `stable` counts only if this model also words the conversation: no other has that
    prompt in its cache.
    """
    model = background_model()
    if model is None:
        return None
    is_shared = settings.INTERVIEWER_CHEAP_MODEL == settings.INTERVIEWER_MODEL
    asking = _Asking(model)
    return ModelSummarizer(
        ask=asking.summary, engine=model.name, stable=stable if is_shared else None
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Asking:
    model: ChatModel

    def summary(self, session: InterviewSession, prompt: Prompt) -> str:
        """Return an accepted summary; raise ModelFailure. Keeps a row either way."""
        now = timezone.now()
        if count_errors(session=session, task=TASK, since=now - REST) >= MAX_ERRORS:
            raise ModelFailure("busy")
        try:
            text, call = self._asked(session, prompt, now)
        except ModelFailure as failure:
            self._keep(session, failed_call(task=TASK, failure=failure), now)
            raise
        self._keep(session, call, now)
        return text

    def _keep(
        self, session: InterviewSession, call: NewModelCall, now: datetime.datetime
    ) -> None:
        keep_calls(session=session, calls=[call], now=now)
        note_breaker(self.model)

    def _asked(
        self, session: InterviewSession, prompt: Prompt, now: datetime.datetime
    ) -> tuple[str, NewModelCall]:
        if budget_level(session=session, now=now) == "embedded":
            raise ModelFailure("over_budget")
        text, record = async_to_sync(self._streamed)(prompt)
        summary = accept_summary(text=text)
        if summary is None:
            raise ModelFailure("unfit", record=record)
        call = model_call(task=TASK, outcome=ModelCall.Outcome.CALL, record=record)
        return summary, call

    async def _streamed(self, prompt: Prompt) -> tuple[str, CallRecord]:
        async with aclosing(self.model.stream(prompt=prompt)) as reply:
            text = "".join([piece async for piece in reply])
        return text, reply.record
