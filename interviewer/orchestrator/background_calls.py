"""What background work with a model has in common: limits, rows, figures."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import structlog

from interviewer import telemetry
from interviewer.agents.chat_model import ChatModel
from interviewer.agents.providers import UnableToUseModel
from interviewer.orchestrator.models import cheap_model
from sessions_app.models import InterviewSession, ModelCall
from sessions_app.services.model_calls import (
    NewModelCall,
    has_bypass,
    store_background_calls,
)

log = structlog.get_logger(__name__)

RUN_SECONDS = 20.0  # no further session is begun after that; the sweep comes back
CALL_SECONDS = 60  # longer than any call with its retry
MAX_ERRORS = 3


def background_model() -> ChatModel | None:
    """Return the model that judges and sums up; None also when it cannot be used."""
    try:
        return cheap_model()
    except UnableToUseModel:
        # The start says so in full (interviewer/checks.py); the rules go on.
        log.warning("model_unusable")
        return None


def keep_calls(
    *,
    session: InterviewSession,
    calls: Sequence[NewModelCall],
    now: datetime.datetime,
) -> None:
    """Store and count the calls; of a task's bypasses a session keeps the first."""
    kept = [call for call in calls if not _is_known_bypass(session, call)]
    store_background_calls(session=session, calls=kept, now=now)
    telemetry.record_calls(kept)


def note_breaker(model: ChatModel) -> None:
    """Tell /metrics how the model's breaker stands after a run."""
    telemetry.set_breaker(model.name, model.breaker_state)


def _is_known_bypass(session: InterviewSession, call: NewModelCall) -> bool:
    if call.outcome != ModelCall.Outcome.BYPASS:
        return False
    return has_bypass(session=session, task=call.task)
