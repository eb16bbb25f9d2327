"""What every test may ask for."""

import os
import shutil

import pytest
from django.conf import settings
from django.db import connection

pytest_plugins = ["tests.people", "tests.interviews"]

CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome"]


def pytest_configure():
    # Hashed names need collected files, and a slow hash protects nobody here.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if os.environ["TEST_DATABASE"] == "sqlite":
        # A file, as in the product: threads share one in memory, and lock otherwise.
        test_database = settings.DATABASES["default"].setdefault("TEST", {})
        test_database["NAME"] = str(settings.DATA_DIR / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let the test database be dropped although a thread still holds a connection.

    Threads of event loops keep theirs, and nobody but such a thread can close it.
    """
    yield
    if os.environ["TEST_DATABASE"] == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL leave out what asks for no database; it runs on SQLite once."""
    if os.environ["TEST_DATABASE"] != "postgresql":
        return
    kept = [item for item in items if asks_for_database(item)]
    config.hook.pytest_deselected(items=[i for i in items if not asks_for_database(i)])
    items[:] = kept


def asks_for_database(item):
    """Say whether a test has the database, by a mark or by a fixture of a fixture."""
    is_marked = item.get_closest_marker("django_db") is not None
    return is_marked or not {"db", "transactional_db"}.isdisjoint(item.fixturenames)


def find_chromium():
    """Return the path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def pytest_runtest_setup(item):
    if item.get_closest_marker("browser") and find_chromium() is None:
        if os.environ.get("CI"):
            pytest.fail("Browser tests must run here, and no Chromium was found.")
        pytest.skip(f"none of {', '.join(CHROMIUM_NAMES)} was found")


@pytest.fixture(scope="session")
def chromium_path():
    """The Chromium that browser tests start."""
    return find_chromium()
