"""What a hit costs, from the request to the verified answer, as interviews grow.

LangChain's caches are measured as they are used, through a chat model, and its Redis
cache also by its key and look-up alone, with a description of the model that is made
once. Each arm runs in short series, so that all are measured warm, first where the
system puts them, then on one core with Redis. Waking Redis on another core takes as
long as our whole hit and is the same for every arm: it says nothing about them, and
draws their ratios together. So arms are compared twice, by the CPU time that a hit
costs its process wherever Redis is, and by the clock on one core; the ratios by the
clock between cores stand beside them. The limit of a hit holds for both.
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
from interviewer.benchmarks.simulated_sessions import simulate
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
LANGCHAIN = "LangChain Redis"
GROWTH_LIMIT = 1.2
RIVALS = (LANGCHAIN, f"{LANGCHAIN}, look-up alone")  # as used, and at best

MODEL = "openai:benchmark-model"
ANSWER = "Thank you. What would you have done with half the time? " * 6
ROLES = {"interviewer": "assistant", "candidate": "user"}

Arms = dict[str, Arm]  # by name


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
    works = {
        f"{name}, {length} messages": _series(work)
        for length in LENGTHS
        for name, work in _arms(length).items()
    }
    between = _measured(works)
    with beside_redis():
        beside = _measured(works)
    return judged(between=between, beside=beside)


def _measured(works: dict[str, Callable[[], object]]) -> Arms:
    arms = measure_in_turn(arms=works, rounds=ROUNDS)
    return {arm.name: _per_hit(arm) for arm in arms}


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


def judged(*, between: Arms, beside: Arms) -> SuiteResult:
    """Return the ratios of arms that ran between cores, and beside Redis on one."""
    ratios = {
        **_ratios(between, "CPU", lambda arm: arm.cpu_ms),
        **_ratios(beside, "clock, one core", lambda arm: arm.p50_ms),
        **_ratios(between, "clock, any core", lambda arm: arm.p50_ms),
    }
    ours = [_of(arms, "ours", n) for arms in (between, beside) for n in LENGTHS]
    growth = {
        **_growth(between, "CPU", lambda arm: arm.cpu_ms),
        **_growth(beside, "clock, one core", lambda arm: arm.p50_ms),
    }
    checks = {
        f"hit within {HIT_LIMIT_MS} ms (p50), wherever Redis is": (
            max(arm.p50_ms for arm in ours) <= HIT_LIMIT_MS
        ),
        "cost of a hit does not grow": max(growth.values()) <= GROWTH_LIMIT,
    }
    for n, least in LEAST_RATIOS.items():
        for how in ("CPU", "clock, one core"):
            checks[f"{least}x cheaper than {LANGCHAIN} at {n}: {how}"] = (
                ratios[f"{LANGCHAIN} : ours, {n}, {how}"] >= least
            )
    return SuiteResult("responses", _named(between, beside), ratios | growth, checks)


def _ratios(arms: Arms, how: str, cost: Callable[[Arm], float]) -> dict[str, float]:
    return {
        f"{rival} : ours, {n}, {how}": cost(_of(arms, rival, n))
        / cost(_of(arms, "ours", n))
        for rival in RIVALS
        for n in LEAST_RATIOS
    }


def _growth(arms: Arms, how: str, cost: Callable[[Arm], float]) -> dict[str, float]:
    first = cost(_of(arms, "ours", 20))
    return {
        f"ours, {n} : 20, {how}": cost(_of(arms, "ours", n)) / first
        for n in (120, 1_000)
    }


def _of(arms: Arms, name: str, length: int) -> Arm:
    return arms[f"{name}, {length} messages"]


def _named(between: Arms, beside: Arms) -> list[Arm]:
    on_one_core = [
        dataclasses.replace(arm, name=f"{arm.name}, one core")
        for arm in beside.values()
    ]
    return [*between.values(), *on_one_core]


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
    said = _conversation(length)[-1][1]
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
        reads = _Reads(conversation, setup, "clarify", normalize_message(said))
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
    """Return that many messages of a simulated interview; an answer comes last."""
    spoken = simulate(turns=length // 2, seed=0).messages[1:]
    return [(ROLES[message.role], message.content) for message in spoken]
