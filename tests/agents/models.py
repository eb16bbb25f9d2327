"""A client of the fake provider, with deadlines short enough for tests."""

from __future__ import annotations

import asyncio
import contextlib

from interviewer.agents.chat_model import Deadlines, build_chat_model, new_breaker
from interviewer.agents.model_types import ModelFailure, Prompt, PromptMessage
from interviewer.agents.providers import ModelSettings

SHORT = Deadlines(
    connect=5, first_token=5, between_tokens=5, total=10, judgement=10, place=5
)
PROMPT = Prompt(
    [PromptMessage("system", "Ask."), PromptMessage("user", "My answer. " * 500)], 100
)


def make_model(provider, *, deadlines=SHORT, context_tokens=0, **collaborators):
    collaborators.setdefault("jitter", lambda: 0.0)
    collaborators.setdefault("breaker", new_breaker())
    return build_chat_model(
        settings=ModelSettings(
            "openai:fake", provider.base_url, {"api_key": "none"}, context_tokens
        ),
        deadlines=deadlines,
        **collaborators,
    )


async def read(model, prompt=PROMPT):
    """Return pieces, failure and record of one streamed reply."""
    pieces = []
    reply = model.stream(prompt=prompt)
    try:
        async with contextlib.aclosing(reply):
            async for piece in reply:
                pieces.append(piece)
    except ModelFailure as failure:
        return pieces, failure.failure, failure.record
    return pieces, "", reply.record


def stream(model, prompt=PROMPT):
    return asyncio.run(read(model, prompt))
