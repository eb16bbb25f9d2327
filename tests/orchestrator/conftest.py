"""Redis as the turn logs meet it: their own server, which a test may stop."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from interviewer.benchmarks.fake_provider import (
    Latency,
    PrefixProfile,
    RunningProvider,
    fake_provider,
)
from interviewer.orchestrator.shared_redis import shared_redis
from tests.redis_server import StoppableRedis

MODEL = "openai:fake"
_seeds = itertools.count()


@pytest.fixture(autouse=True)
def closed_breaker() -> None:
    shared_redis().connection_pool.breaker.succeeded()


@pytest.fixture
def own_redis(tmp_path: Path, settings: Any) -> Iterator[StoppableRedis]:
    """Redis for the turn logs alone."""
    server = StoppableRedis(tmp_path / "redis.sock")
    server.start()
    settings.REDIS_URL = server.url
    yield server
    server.stop()


@pytest.fixture(scope="session")
def running_provider() -> Iterator[RunningProvider]:
    with fake_provider(profile=PrefixProfile()) as provider:
        yield provider


@pytest.fixture
def provider(
    running_provider: RunningProvider, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> RunningProvider:
    """A provider of language models, and the product set up to use it."""
    running_provider.forget()
    running_provider.persona = "normal"
    running_provider.latency = Latency()
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    settings.INTERVIEWER_CHEAP_MODEL = MODEL
    settings.INTERVIEWER_MODEL_URL = running_provider.base_url
    # A model, and with it a breaker, of each test's own.
    settings.INTERVIEWER_MODEL_PARAMETERS = {"seed": next(_seeds)}
    settings.MODEL_PRICES = {MODEL: {"in": 1.0, "out": 4.0}}
    cache.clear()
    return running_provider


@pytest.fixture
def speaking_provider(provider: RunningProvider, settings: Any) -> RunningProvider:
    """The same provider, whose model also words the conversation."""
    settings.INTERVIEWER_MODEL = MODEL
    return provider
