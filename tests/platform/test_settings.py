import json
import subprocess
import sys

import pytest
from django.conf import settings

from interviewer.celery import app
from interviewer.redis_urls import broker_url, embedded_redis_socket, socket_url
from tests.platform.conftest import PROJECT_DIR

SHOW = """
import json, sys
from interviewer import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


@pytest.fixture
def settings_with(plain_environment, tmp_path):
    """Load the settings in a fresh process: variables → settings or error text."""

    def load(*names, **variables):
        outcome = subprocess.run(
            [sys.executable, "-c", SHOW, *names],
            cwd=PROJECT_DIR,
            env={**plain_environment, "DATA_DIR": str(tmp_path), **variables},
            capture_output=True,
            text=True,
        )
        if outcome.returncode:
            return outcome.stderr.splitlines()[-1]
        return json.loads(outcome.stdout)

    return load


def test_accepts_json_tasks_only():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_keeps_no_task_whose_worker_died_from_running_again():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    visibility = app.conf.broker_transport_options["visibility_timeout"]
    assert app.conf.task_time_limit < visibility


def test_schedules_only_tasks_that_exist():
    app.loader.import_default_modules()

    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] <= entry["schedule"]


def test_pickles_nothing_into_the_cache():
    serializer = settings.CACHES["default"]["OPTIONS"]["SERIALIZER"]

    assert serializer == "interviewer.cache.JsonSerializer"
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")


def test_uses_sqlite_durably_by_default(settings_with, tmp_path):
    database = settings_with("DATABASES")["DATABASES"]["default"]

    assert database["NAME"] == str(tmp_path / "db.sqlite3")
    assert database["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }


def test_bounds_every_wait_for_postgresql(settings_with):
    found = settings_with("DATABASES", DATABASE_URL="postgres://u:p@host:5432/name")

    options = found["DATABASES"]["default"]["OPTIONS"]
    assert options["connect_timeout"] == 3
    assert options["options"] == "-c statement_timeout=5000 -c lock_timeout=2000"
    assert options["pool"]["timeout"] == 3


def test_sends_cookies_over_tls_only_when_the_public_address_is_https(settings_with):
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME"]

    plain = settings_with(*names)
    over_tls = settings_with(*names, PUBLIC_URL="https://interviews.example.org")

    assert list(plain.values()) == [False, False, "sessionid"]
    assert list(over_tls.values()) == [True, True, "__Host-sessionid"]


def test_answers_to_loopback_and_the_public_host(settings_with):
    found = settings_with(
        "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", PUBLIC_URL="https://me.example.org"
    )

    assert found["ALLOWED_HOSTS"] == [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "me.example.org",
    ]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://me.example.org"]


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"PUBLIC_URL": "example.org"}, "PUBLIC_URL must look like https://host"),
        ({"DATABASE_URL": "mysql://u:p@host/name"}, "DATABASE_URL must start with"),
        ({"DATABASE_POOL_SIZE": "many"}, "DATABASE_POOL_SIZE must be a whole number"),
        ({"DEBUG": "maybe"}, "DEBUG must be yes or no"),
        ({"MODEL_PRICES": "cheap"}, "MODEL_PRICES must be a JSON object"),
        ({"MODEL_PRICES": '{"a:b": 1}'}, "MODEL_PRICES must give each model"),
        ({"MODEL_PRICES": '{"a:b": {"in": 1}}'}, "MODEL_PRICES must give each model"),
        (
            {"MODEL_PRICES": '{"a:b": {"in": 1, "out": 2, "output": 3}}'},
            "MODEL_PRICES must give each model",
        ),
        (
            {"MODEL_PRICES": '{"a:b": {"in": -1, "out": 2}}'},
            "MODEL_PRICES must be numbers",
        ),
        (
            {"MODEL_PRICES": '{"a:b": {"in": "1", "out": NaN}}'},
            "MODEL_PRICES must be numbers",
        ),
    ],
)
def test_names_the_variable_that_is_wrong(settings_with, variables, complaint):
    assert complaint in settings_with("DEBUG", **variables)


def test_takes_prices_with_and_without_those_of_the_prefix_cache(settings_with):
    prices = {
        "a:b": {"in": 0.25, "cached": 0.025, "out": 2},
        "c:d": {"in": 0, "out": 0},
    }

    found = settings_with("MODEL_PRICES", MODEL_PRICES=json.dumps(prices))

    assert found == {"MODEL_PRICES": prices}


def test_reads_variables_from_a_file_below_those_that_are_set(settings_with, tmp_path):
    file = tmp_path / "configuration"
    file.write_text("ENVIRONMENT=from_file\nLOG_LEVEL=ERROR\n")

    found = settings_with(
        "ENVIRONMENT", "LOG_LEVEL", ENV_FILE=str(file), LOG_LEVEL="DEBUG"
    )

    assert found == {"ENVIRONMENT": "from_file", "LOG_LEVEL": "DEBUG"}


def test_spells_a_socket_address_for_each_client(tmp_path):
    url = socket_url(path=tmp_path / "with space" / "redis.sock")

    assert url == f"unix://{tmp_path}/with%20space/redis.sock"
    assert broker_url(redis_url=f"{url}?db=2") == (
        f"redis+socket://{tmp_path}/with%20space/redis.sock?virtual_host=2"
    )
    assert broker_url(redis_url="redis://host/1") == "redis://host/1"


def test_keeps_socket_paths_short_enough_for_the_kernel(tmp_path):
    deep = tmp_path / ("d" * 100)

    first, second = (embedded_redis_socket(data_dir=d) for d in (deep, deep / "x"))

    assert len(str(first)) <= 100
    assert first != second
