"""The configured chat models: built once per process, and asked within our limits.

None is configured by default, and then nothing here imports a provider's library.
"""

from __future__ import annotations

import asyncio
import functools
import math

import structlog
from django.conf import settings
from limits import RateLimitItemPerMinute

from interviewer.agents.chat_model import ChatModel, Deadlines, build_chat_model
from interviewer.agents.history_window import profile_of
from interviewer.agents.providers import ModelSettings, UnableToUseModel
from interviewer.rate_limits import Counter
from sessions_app.services.budgets import BudgetLevel

log = structlog.get_logger(__name__)

# A reply is a few sentences: whoever needs longer is slower than the built-in engine
# that stands in.
DEADLINES = Deadlines(total=20.0)

_counter = Counter(name="models")


def conversation_model() -> ChatModel | None:
    """Return the model that words the conversation, if one is configured.

    The first call imports the provider's library: never on an event loop.
    """
    return _model(settings.INTERVIEWER_MODEL)


def cheap_model() -> ChatModel | None:
    """Return the model that judges and sums up, if one is configured."""
    return _model(settings.INTERVIEWER_CHEAP_MODEL)


def model_within(*, level: BudgetLevel) -> ChatModel | None:
    """Return the model that a budget still allows; None: the built-in engine."""
    if level == "embedded":
        return None
    return cheap_model() if level == "cheaper" else conversation_model()


def built_models() -> list[ChatModel]:
    """Return the configured models, built if they were not; raises UnableToUseModel."""
    names = {settings.INTERVIEWER_MODEL, settings.INTERVIEWER_CHEAP_MODEL} - {""}
    return [model for name in sorted(names) if (model := _model(name))]


def prepare_models() -> None:
    """Build the models, so that no reply waits for the import of a library."""
    try:
        built_models()
    except UnableToUseModel:
        log.warning("model_unusable")  # the start has said so in full


def _model(name: str) -> ChatModel | None:
    if not name:
        return None
    return _built(
        name,
        settings.INTERVIEWER_MODEL_URL,
        tuple(sorted(settings.INTERVIEWER_MODEL_PARAMETERS.items())),
        settings.MODEL_CONCURRENCY,
        settings.MODEL_REQUESTS_PER_MINUTE,
    )


@functools.lru_cache(maxsize=8)  # more than two in tests only
def _built(
    name: str,
    base_url: str,
    parameters: tuple[tuple[str, object], ...],
    concurrency: int,
    per_minute: int,
) -> ChatModel:
    chosen = ModelSettings(
        name=name,
        base_url=base_url,
        parameters=dict(parameters),
        context_tokens=profile_of(model=name).context,
    )
    limiter = functools.partial(_may_ask, name, per_minute) if per_minute else None
    return build_chat_model(
        settings=chosen, deadlines=DEADLINES, concurrency=concurrency, limiter=limiter
    )


async def _may_ask(name: str, per_minute: int) -> bool:
    limit = RateLimitItemPerMinute(per_minute, namespace="models")
    wait = await asyncio.to_thread(_counter.seconds_to_wait, limit=limit, who=name)
    return math.isclose(wait, 0)
