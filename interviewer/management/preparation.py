"""What must be true of the data directory and database before the parts start."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from interviewer.checks import models_are_usable

LEAST_FREE_BYTES = 100 * 1024 * 1024


def require_free_space(*, directory: Path) -> None:
    """Raise CommandError when the disk is nearly full."""
    free_bytes = shutil.disk_usage(directory).free
    if free_bytes < LEAST_FREE_BYTES:
        raise CommandError(
            f"The disk that holds the data directory {directory} is nearly full: "
            f"{free_bytes // 1024**2} MB are free and "
            f"{LEAST_FREE_BYTES // 1024**2} MB are needed. Free some space, or set "
            "DATA_DIR to a directory on another disk."
        )


def require_usable_models() -> None:
    """Raise CommandError when a language model is configured that cannot be used."""
    for error in models_are_usable():
        raise CommandError(f"{error.msg} {error.hint}")


def has_unapplied_migrations() -> bool:
    """Compare file names with the database; faster than loading every migration."""
    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError as error:
        raise CommandError(f"The database does not answer: {error}") from None
    finally:
        connection.close()
    on_disk = {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[!_]*.py")
    }
    return not on_disk <= applied


def migrate() -> None:
    """Apply the migrations, in a process of its own whose statements may take long."""
    outcome = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "-v0", "--skip-checks"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_STATEMENT_TIMEOUT_SECONDS": "0"},
    )
    if outcome.returncode != 0:
        raise CommandError("The database could not be migrated; see above.")


def collect_static_files() -> bool:
    """Collect the static files unless none has changed; say whether it did."""
    note = settings.STATIC_ROOT / ".fingerprint"
    fingerprint = static_fingerprint()
    if note.is_file() and note.read_text(encoding="ascii") == fingerprint:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    note.write_text(fingerprint, encoding="ascii")
    return True


def static_fingerprint() -> str:
    """Return a digest over name, size and time of change of every static file."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            status = os.stat(storage.path(name))
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
