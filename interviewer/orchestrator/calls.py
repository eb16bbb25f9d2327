"""From what became of a call to the row that is kept of it."""

from __future__ import annotations

from interviewer.agents.model_types import NEVER_ASKED, CallRecord, ModelFailure
from sessions_app.models import ModelCall
from sessions_app.services.model_calls import NewModelCall
from sessions_app.services.pricing import cost_micros


def model_call(
    *,
    task: str,
    outcome: str,
    record: CallRecord | None,
    source: str = "",
    failure: str = "",
    saved_micros: int = 0,
) -> NewModelCall:
    """Return the call as it is stored, with its cost.

    Without a record the model was not asked. `failure` is why the answer was not
    used, also when the call itself went well; `source` is the digest of its key.
    """
    if record is None:
        return NewModelCall(
            task=task,
            outcome=outcome,
            source=source,
            failure=failure,
            saved_micros=saved_micros,
        )
    usage = record.usage
    cached = min(usage.cached, usage.tokens_in)  # as providers mean it, and rows want
    return NewModelCall(
        task=task,
        outcome=outcome,
        model=record.model,
        failure=failure or record.failure,
        source=source,
        tokens_in=usage.tokens_in,
        tokens_cached=cached,
        tokens_out=usage.tokens_out,
        is_estimated=usage.is_estimated,
        cost_micros=cost_micros(
            model=record.model,
            tokens_in=usage.tokens_in,
            cached=cached,
            cache_written=usage.cache_written,
            tokens_out=usage.tokens_out,
        ),
        saved_micros=saved_micros,
        first_token_ms=_milliseconds(record.first_token_seconds),
        complete_ms=_milliseconds(record.complete_seconds),
    )


def failed_call(*, task: str, failure: ModelFailure, source: str = "") -> NewModelCall:
    """Return the row of a call that failed, or that was not made."""
    not_asked = failure.failure in NEVER_ASKED
    outcome = ModelCall.Outcome.BYPASS if not_asked else ModelCall.Outcome.ERROR
    return model_call(
        task=task,
        outcome=outcome,
        record=failure.record,
        source=source,
        failure=failure.failure,
    )


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(1_000 * seconds)
