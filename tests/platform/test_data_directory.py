import errno
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured

from interviewer import data_directory
from interviewer.data_directory import prepare_data_directory, read_or_create_secret


def test_makes_a_directory_that_only_its_owner_can_open(tmp_path):
    directory = tmp_path / "deep" / "var"

    prepare_data_directory(directory)

    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_names_the_directory_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ImproperlyConfigured) as caught:
        prepare_data_directory(tmp_path / "file" / "var")

    assert str(tmp_path / "file" / "var") in str(caught.value)
    assert "a file stands in its way" in str(caught.value)
    assert "set DATA_DIR" in str(caught.value)


def test_names_the_directory_that_may_not_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(data_directory.os, "access", lambda *_: False)

    with pytest.raises(ImproperlyConfigured, match="this user may not write there"):
        prepare_data_directory(tmp_path)


def test_says_that_the_disk_is_full_and_leaves_no_half_secret(tmp_path, monkeypatch):
    def no_space(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(data_directory.os, "fsync", no_space)

    with pytest.raises(ImproperlyConfigured, match="the disk is full"):
        read_or_create_secret(tmp_path / "secret_key")

    assert list(tmp_path.iterdir()) == []


def test_makes_a_secret_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "secret_key"

    secret = read_or_create_secret(path)

    assert len(secret) >= 50
    assert read_or_create_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_replaces_a_secret_that_was_left_empty(tmp_path):
    path = tmp_path / "secret_key"
    path.touch()

    assert len(read_or_create_secret(path)) >= 50


def test_gives_every_process_the_same_secret(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(read_or_create_secret, [tmp_path / "secret_key"] * 8))

    assert len(secrets) == 1
