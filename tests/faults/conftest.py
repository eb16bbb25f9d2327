"""The whole product on a data directory of its own, and people who use it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from interviewer.runtime.product import Product, started_product
from tests.redis_server import StoppableRedis
from tests.servers import CONFIGURATION


@pytest.fixture(scope="session")
def plain_environment() -> Mapping[str, str]:
    """The environment of somebody who has configured nothing."""
    environment = {k: v for k, v in os.environ.items() if k not in CONFIGURATION}
    return {**environment, "ENV_FILE": os.devnull, "LOG_LEVEL": "ERROR"}


@pytest.fixture
def product(tmp_path: Path, plain_environment: Mapping[str, str]) -> Iterator[Product]:
    """The product as it starts on a bare machine."""
    with started_product(data_dir=tmp_path, environment=plain_environment) as product:
        product.wait_until(product.is_serving, what="pages")
        yield product


@pytest.fixture
def stoppable_redis(tmp_path: Path) -> Iterator[StoppableRedis]:
    server = StoppableRedis(tmp_path / "own-redis" / "redis.sock")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def product_with_own_redis(
    tmp_path: Path,
    plain_environment: Mapping[str, str],
    stoppable_redis: StoppableRedis,
) -> Iterator[Product]:
    """The product beside a Redis server that the test may stop."""
    environment = {**plain_environment, "REDIS_URL": stoppable_redis.url}
    with started_product(data_dir=tmp_path, environment=environment) as product:
        product.wait_until(product.is_serving, what="pages")
        yield product
