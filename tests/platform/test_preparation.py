import os
import re
from collections import namedtuple

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from whitenoise.storage import CompressedManifestStaticFilesStorage

from interviewer.checks import models_have_prices
from interviewer.management import preparation
from interviewer.web.static_files import HashedStaticFiles

Usage = namedtuple("Usage", "total used free")


def test_says_that_the_disk_is_nearly_full(tmp_path, monkeypatch):
    monkeypatch.setattr(
        preparation.shutil, "disk_usage", lambda _: Usage(0, 0, 5 * 1024**2)
    )

    with pytest.raises(CommandError, match="5 MB are free") as caught:
        preparation.require_free_space(directory=tmp_path)

    assert str(tmp_path) in str(caught.value)


def test_accepts_a_disk_with_room(tmp_path):
    preparation.require_free_space(directory=tmp_path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gpt-5-mini", "names no model; use provider:model"),
        ("openai:gpt-5-mini", "check its key"),
    ],
)
def test_says_what_is_wrong_with_a_model(settings, monkeypatch, name, said):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    settings.INTERVIEWER_MODEL = name

    with pytest.raises(CommandError, match=said) as caught:
        preparation.require_usable_models()

    assert "or leave them empty" in str(caught.value)


def test_needs_no_model():
    preparation.require_usable_models()


def test_the_check_notes_a_model_without_a_price(settings):
    settings.INTERVIEWER_MODEL = "openai:gpt-5-mini"
    assert "count as free" in models_have_prices()[0].msg

    settings.MODEL_PRICES = {"openai:gpt-5-mini": {"in": 1, "out": 2}}
    assert not models_have_prices()


@pytest.mark.django_db
def test_sees_that_no_migration_is_missing():
    assert not preparation.has_unapplied_migrations()


@pytest.mark.django_db
def test_sees_a_migration_that_is_missing():
    MigrationRecorder(connection).record_unapplied("sessions_app", _latest_migration())

    assert preparation.has_unapplied_migrations()


def _latest_migration():
    directory = preparation.settings.BASE_DIR / "sessions_app" / "migrations"
    return sorted(directory.glob("[!_]*.py"))[-1].stem


def test_scripts_import_each_other_by_their_hashed_names(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "interviewer.web.static_files.HashedStaticFiles"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)

    hashed = [
        p for p in settings.STATIC_ROOT.glob("js/*.*.js") if p.stem.count(".") == 1
    ]
    imported = [
        name
        for path in hashed
        for name in re.findall(r'from "\./([^"]+)"', path.read_text())
    ]

    assert len(imported) > 10
    assert set(imported) <= {path.name for path in hashed}


@pytest.fixture
def static_source(tmp_path, settings):
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("a {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = [
        "django.contrib.staticfiles.finders.FileSystemFinder"
    ]
    settings.STATIC_ROOT = tmp_path / "collected"
    preparation.get_finders.__globals__["get_finder"].cache_clear()
    yield source
    preparation.get_finders.__globals__["get_finder"].cache_clear()


def test_collects_static_files_only_when_one_has_changed(static_source, settings):
    assert preparation.collect_static_files()
    assert not preparation.collect_static_files()

    page = static_source / "page.css"
    page.write_text("b {}")
    os.utime(page, ns=(1, 1))

    assert preparation.collect_static_files()
    assert (settings.STATIC_ROOT / "page.css").read_text() == "b {}"


def test_uses_hashed_and_compressed_files_outside_the_tests(settings):
    source = (settings.BASE_DIR / "interviewer/settings.py").read_text()

    assert "interviewer.web.static_files.HashedStaticFiles" in source
    assert issubclass(HashedStaticFiles, CompressedManifestStaticFilesStorage)
    assert staticfiles_storage is not None
    call_command("check", "staticfiles")
