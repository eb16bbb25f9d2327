"""Redis as the turn logs meet it: their own server, which a test may stop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interviewer.orchestrator.shared_redis import shared_redis
from tests.redis_server import StoppableRedis


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
