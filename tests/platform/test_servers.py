from pathlib import Path

import pytest

from tests import servers
from tests.platform.conftest import PROJECT_DIR


@pytest.fixture(autouse=True)
def _no_server_of_ones_own(monkeypatch):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)


def test_leaves_the_home_of_root_closed(monkeypatch):
    monkeypatch.setattr(servers.os, "getuid", lambda: 0)
    monkeypatch.setattr(Path, "home", lambda: PROJECT_DIR.parent)

    reason = servers.reason_against_postgresql()

    assert str(PROJECT_DIR.parent) in reason
    assert "TEST_DATABASE_URL" in reason


def test_uses_the_embedded_postgresql_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)

    assert servers.reason_against_postgresql() is None


def test_prefers_a_server_that_is_named(monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://somewhere/else")
    monkeypatch.setattr(servers.os, "getuid", lambda: 0)
    monkeypatch.setattr(Path, "home", lambda: PROJECT_DIR.parent)

    assert servers.reason_against_postgresql() is None
