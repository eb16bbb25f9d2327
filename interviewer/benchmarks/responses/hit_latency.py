"""What a hit costs, from the request to the verified answer, as interviews grow.

LangChain's caches are measured as they are used, through a chat model, and its Redis
cache also by its key and look-up alone, with a description of the model that is made
once. Each arm runs in short series, so that all are measured warm, and on one core with
Redis: waking it on the other one costs some arms more than the hit, by chance.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import json
import os
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import redis
from django.conf import settings

from interviewer.agents.model_tasks import Digested, ModelTask
from interviewer.agents.model_types import Prompt, Usage
from interviewer.agents.response_key import CallContext, normalize_message
from interviewer.benchmarks.suite import (
    Arm,
    SuiteResult,
    UnableToRun,
    measure_in_turn,
)
from interviewer.orchestrator.response_cache import (
    Response,
    Scope,
    find,
    keep,
    place_of,
)

LENGTHS = (20, 60, 120, 1_000)
ROUNDS = 21
SERIES = 40  # hits in a row; times are the mean of a series
HIT_LIMIT_MS = 0.1
LEAST_RATIOS = {20: 10, 60: 30, 120: 60}  # LangChain's Redis cache : ours
GROWTH_LIMIT = 1.2
RIVALS = ("LangChain Redis", "LangChain Redis, look-up alone")  # as used, and at best

MODEL = "openai:benchmark-model"
ANSWER = "Thank you. What would you have done with half the time? " * 6
UTTERANCE = (
    "I read the query plan first, because a missing index and a lock look alike from "
    "the outside; message {number} of this interview adds one more detail to that. "
) * 2


class _Reads(msgspec.Struct, frozen=True):
    conversation: Digested
    setup: Digested
    next_action: str
    message: str


TASK = ModelTask(
    name="benchmark.reply",
    prompt="benchmark",
    reads=_Reads,
    render=lambda reads: Prompt([], 100),
    scope="session",
    ttl_seconds=120,
)


def measure() -> SuiteResult:
    """Measure all arms at all lengths in one run; raises UnableToRun."""
    with beside_redis():
        arms = measure_in_turn(
            arms={
                f"{name}, {length} messages": _series(work)
                for length in LENGTHS
                for name, work in _arms(length).items()
            },
            rounds=ROUNDS,
        )
    return _judged({arm.name: _per_hit(arm) for arm in arms})


def _series(hit: Callable[[], object]) -> Callable[[], object]:
    def series() -> None:
        for _ in range(SERIES):
            hit()

    return series


def _per_hit(arm: Arm) -> Arm:
    return dataclasses.replace(
        arm,
        n=arm.n * SERIES,
        p50_ms=round(arm.p50_ms / SERIES, 4),
        p95_ms=round(arm.p95_ms / SERIES, 4),
        cpu_ms=round(arm.cpu_ms / SERIES, 4),
    )


def _judged(arms: dict[str, Arm]) -> SuiteResult:
    ours = {n: arms[f"ours, {n} messages"].p50_ms for n in LENGTHS}
    ratios = {
        f"{rival} : ours, {n}": arms[f"{rival}, {n} messages"].p50_ms / ours[n]
        for rival in RIVALS
        for n in LEAST_RATIOS
    }
    growth = {f"ours, {n} : 20": ours[n] / ours[20] for n in (120, 1_000)}
    checks = {
        f"hit within {HIT_LIMIT_MS} ms (p50)": max(ours.values()) <= HIT_LIMIT_MS,
        "cost of a hit does not grow": max(growth.values()) <= GROWTH_LIMIT,
    }
    for n, least in LEAST_RATIOS.items():
        checks[f"{least}x cheaper than LangChain Redis at {n}"] = (
            ratios[f"LangChain Redis : ours, {n}"] >= least
        )
    return SuiteResult("responses", list(arms.values()), ratios | growth, checks)


@contextlib.contextmanager
def beside_redis() -> Iterator[None]:
    """Keep this process and the benchmark's Redis server on one core, where we can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    with redis.Redis.from_url(settings.REDIS_CACHE_URL) as client:
        server = client.info("server")["process_id"]
    processes = {process: os.sched_getaffinity(process) for process in (0, server)}
    for process, cores in processes.items():
        os.sched_setaffinity(process, {min(cores)})
    try:
        yield
    finally:
        for process, cores in processes.items():
            os.sched_setaffinity(process, cores)


def _arms(length: int) -> dict[str, Callable[[], object]]:
    arms = {"ours": _our_hit(length), "JSON, MD5 and GET": _naive_hit(length)}
    if length not in LEAST_RATIOS:
        return arms
    return arms | {
        "LangChain Redis": _langchain_hit(length, langchain_redis_cache()),
        "LangChain memory": _langchain_hit(length, _langchain_memory_cache()),
        "LangChain Redis, look-up alone": _langchain_look_up(length),
    }


def _our_hit(length: int) -> Callable[[], object]:
    # The digest grows with the journal, one message at a time; a hit only reads it.
    spoken = json.dumps(_conversation(length)).encode()
    conversation = Digested(digest=hashlib.sha256(spoken).hexdigest(), value=None)
    setup = Digested(digest=hashlib.sha256(b"setup").hexdigest(), value=None)
    context = CallContext(
        engine="model",
        model=MODEL,
        parameters={"temperature": 0},
        language="en",
        mode="practice",
        prompt_version="1",
    )
    scope = Scope.of_session(session_id=f"s{length}", user_id="alice", generation=0)

    def look_up() -> Any:
        reads = _Reads(conversation, setup, "clarify", normalize_message(UTTERANCE))
        place = place_of(task=TASK, reads=reads, context=context, scope=scope)
        return place, find(place=place)

    place, found = look_up()
    keep(place=place, response=_response(), slot=found.slot)

    def hit() -> None:
        _, found = look_up()
        if found.response is None:
            raise UnableToRun("A kept answer was not found.")

    return hit


def _response() -> Response:
    return Response(
        kind="text",
        body=ANSWER,
        finish_reason="stop",
        engine="model",
        model=MODEL,
        prompt_version="1",
        usage=Usage(tokens_in=2_000, tokens_out=80),
        cost_micros=900,
        created=time.time(),
        provenance=MODEL,
    )


def _naive_hit(length: int) -> Callable[[], object]:
    client = redis.Redis.from_url(settings.REDIS_CACHE_URL)
    conversation = _conversation(length)

    def key() -> str:
        state = json.dumps([MODEL, conversation], sort_keys=True)
        return f"naive:{hashlib.md5(state.encode(), usedforsecurity=False).hexdigest()}"

    client.set(key(), json.dumps({"text": ANSWER}), ex=600)
    return lambda: json.loads(client.get(key()))  # type: ignore[arg-type]


def _langchain_messages(length: int) -> list[Any]:
    from langchain_core.messages import AIMessage, HumanMessage

    types = {"user": HumanMessage, "assistant": AIMessage}
    return [types[role](content=text) for role, text in _conversation(length)]


def _langchain_hit(length: int, cache: Any) -> Callable[[], object]:
    from langchain_core.language_models import FakeListChatModel

    messages = _langchain_messages(length)
    # Asked a second time, it would say nothing.
    model = FakeListChatModel(responses=[ANSWER, ""], cache=cache)
    model.invoke(messages)

    def hit() -> None:
        if model.invoke(messages).content != ANSWER:
            raise UnableToRun("LangChain's cache has lost its entry.")

    return hit


def _langchain_look_up(length: int) -> Callable[[], object]:
    from langchain_core.load import dumps
    from langchain_core.messages import AIMessage
    from langchain_core.outputs import ChatGeneration

    cache, messages = langchain_redis_cache(), _langchain_messages(length)
    llm_string = dumps({"model": MODEL, "temperature": 0})
    answer = ChatGeneration(message=AIMessage(content=ANSWER))
    cache.update(dumps(messages), llm_string, [answer])
    return lambda: cache.lookup(dumps(messages), llm_string)


@functools.cache
def langchain_redis_cache() -> Any:
    with warnings.catch_warnings():
        # It is no longer maintained, and still what people find and use.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            from langchain_community.cache import RedisCache
        except ImportError:
            raise UnableToRun("requirements-bench.txt is not installed.") from None
    # Reading an entry warns each time that its interface is in beta.
    warnings.filterwarnings("ignore", module="langchain_core")
    warnings.filterwarnings("ignore", module="langchain_community")
    return RedisCache(redis.Redis.from_url(settings.REDIS_CACHE_URL), ttl=600)


@functools.cache
def _langchain_memory_cache() -> Any:
    from langchain_core.caches import InMemoryCache

    return InMemoryCache()


def _conversation(length: int) -> list[tuple[str, str]]:
    roles = ("assistant", "user")
    return [(roles[n % 2], UTTERANCE.format(number=n)) for n in range(length)]
