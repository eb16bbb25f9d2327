"""Calls of language models for tests: give the fields that matter."""

from __future__ import annotations

from typing import Any

from sessions_app.models import InterviewSession, Turn
from sessions_app.services.model_calls import (
    COUNTERS,
    NewModelCall,
    store_model_calls,
)
from tests.people import START

MODEL = "openai:gpt-test"


def new_call(**changes: Any) -> NewModelCall:
    """Return a call that went well and used 1,000 tokens."""
    values: dict[str, Any] = {
        "task": "reply.interviewer",
        "outcome": "call",
        "model": MODEL,
        "tokens_in": 900,
        "tokens_cached": 600,
        "tokens_out": 100,
        "first_token_ms": 400,
        "complete_ms": 1500,
    }
    return NewModelCall(**values | changes)


def unanswered_call(failure: str, **changes: Any) -> NewModelCall:
    """Return a call that failed without using a token."""
    nothing = {"tokens_in": 0, "tokens_cached": 0, "tokens_out": 0}
    return new_call(**{"outcome": "error", "failure": failure, **nothing, **changes})


def store_calls(
    session: InterviewSession, *calls: NewModelCall, turn: Turn | None = None
) -> None:
    """Store the calls as the commit of a turn does."""
    store_model_calls(session=session, turn=turn, calls=calls, now=START)
    session.save(update_fields=COUNTERS)
