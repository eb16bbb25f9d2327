import contextlib
import os
from pathlib import Path

import pytest

from interviewer.redis_urls import socket_url
from interviewer.runtime.processes import stop
from interviewer.runtime.product import started_product
from interviewer.runtime.redis_server import start_redis, wait_until_ready
from tests.servers import CONFIGURATION

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def plain_environment():
    """The environment of somebody who has configured nothing."""
    environment = {k: v for k, v in os.environ.items() if k not in CONFIGURATION}
    return {**environment, "ENV_FILE": os.devnull}


@pytest.fixture
def own_redis(tmp_path):
    """A Redis server that the test may stop, and its address."""
    socket_path = tmp_path / "redis.sock"
    process = start_redis(
        socket_path=socket_path, environment=os.environ, is_kept=False
    )
    wait_until_ready(process=process, socket_path=socket_path)
    yield process, socket_url(path=socket_path)
    stop(process=process, grace_seconds=5)


@pytest.fixture
def product(tmp_path, plain_environment):
    """The whole product, serving pages from a data directory of its own."""
    with serving(data_dir=tmp_path, environment=plain_environment) as product:
        yield product


@pytest.fixture(scope="module")
def shared_product(tmp_path_factory, plain_environment):
    """The same for tests that leave it as it is."""
    directory = tmp_path_factory.mktemp("shared")
    with serving(data_dir=directory, environment=plain_environment) as product:
        yield product


@contextlib.contextmanager
def serving(*, data_dir, environment):
    with started_product(data_dir=data_dir, environment=environment) as product:
        product.wait_until(product.is_serving, what="pages")
        yield product
