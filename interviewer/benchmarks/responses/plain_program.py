"""A plain program on an interview day, with LangChain's Redis cache before its model.

Once as programs are written: what comes again was appended before, so it is another
prompt. Once at its best: it was not. The cache is asked through its own interface, for
the prompts that LangChain's chat models ask it for.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Sequence
from typing import Any

from interviewer.benchmarks.responses.hit_latency import langchain_redis_cache
from interviewer.benchmarks.responses.interview_day import (
    LEAST,
    REQUESTS,
    TASKS,
    plain_calls,
)
from interviewer.benchmarks.responses.shares import in_shares
from interviewer.benchmarks.responses.workload import ScriptedSession, Step

REPLY = "Go on."


def calls_without_cache(day: Sequence[ScriptedSession]) -> int:
    """Return how often a plain program asks its model: each beginning is a call."""
    return len(day) + sum(
        plain_calls(step) * (2 if step.again else 1)
        for session in day
        for step in session.steps
    )


def calls_behind_langchain(day: Sequence[ScriptedSession], *, is_best: bool) -> int:
    """Return how many of them are left behind LangChain's Redis cache."""
    # Nothing of an earlier run is found.
    work = functools.partial(_calls_of_share, run=str(uuid.uuid4()), is_best=is_best)
    return sum(in_shares(work=work, items=day, least=LEAST))


def _calls_of_share(
    share: Sequence[ScriptedSession], *, run: str, is_best: bool
) -> list[int]:
    cache = langchain_redis_cache()
    return [_Interview(cache, run, session, is_best).calls for session in share]


class _Interview:
    """One interview; `calls` is how often the model had to be asked."""

    def __init__(
        self, cache: Any, run: str, session: ScriptedSession, is_best: bool
    ) -> None:
        self.calls = 0
        self._cache = cache
        self._answer = _generation()
        history = [
            _said("system", f"{run} Interview a {session.level} {session.title}.")
        ]
        self._ask(history)
        for step in session.steps:
            self._take(step, history, is_best)

    def _take(self, step: Step, history: list[str], is_best: bool) -> None:
        tasks = TASKS[: plain_calls(step)]
        said = _said("human", REQUESTS.get(step.intent, step.text))
        reply = _said("ai", REPLY)
        self._ask_for(tasks, [*history, said])
        if step.again == "double_click":
            self.calls += len(tasks)  # nobody has been answered yet
        elif step.again and is_best:
            self._ask_for(tasks, [*history, said])
        elif step.again:
            self._ask_for(tasks, [*history, said, reply, said])
        history += [said, reply]

    def _ask_for(self, tasks: Sequence[str], messages: Sequence[str]) -> None:
        for task in tasks:
            self._ask([_said("system", task), *messages])

    def _ask(self, messages: Sequence[str]) -> None:
        prompt, model = prompt_of(messages), _model_string()
        if self._cache.lookup(prompt, model) is None:
            self.calls += 1
            self._cache.update(prompt, model, [self._answer])


def prompt_of(messages: Sequence[str]) -> str:
    """Return LangChain's text for these messages, each of them a text by `dumped`.

    The texts are joined, because making them anew for each call takes minutes.
    """
    return f"[{', '.join(messages)}]"


@functools.lru_cache(maxsize=1_000)
def _said(speaker: str, content: str) -> str:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    types = {"human": HumanMessage, "ai": AIMessage, "system": SystemMessage}
    return dumped(types[speaker](content))


def dumped(message: Any) -> str:
    """Return LangChain's text for a message."""
    from langchain_core.load import dumps

    return dumps(message)


@functools.cache
def _model_string() -> str:
    from langchain_core.load import dumps

    return dumps({"model": "benchmark", "temperature": 0})


def _generation() -> Any:
    from langchain_core.messages import AIMessage
    from langchain_core.outputs import ChatGeneration

    return ChatGeneration(message=AIMessage(content=REPLY))
