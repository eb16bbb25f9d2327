"""The one directory that holds everything this installation writes."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.ENOENT: "it cannot be created there",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.ENOTDIR: "a file stands in its way",
    errno.EEXIST: "a file stands in its way",
}


def prepare_data_directory(directory: Path) -> None:
    """Create the directory, private to its owner, unless it is there.

    Raises ImproperlyConfigured, naming the directory and the remedy.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(directory, error) from None
    if not os.access(directory, os.W_OK | os.X_OK):
        raise unusable(directory, PermissionError(errno.EACCES, "not writable"))


def read_or_create_secret(path: Path) -> str:
    """Return the secret kept in this file, made at first use for its owner only."""
    try:
        secret = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        secret = ""
    except OSError as error:
        raise unusable(path.parent, error) from None
    return secret or _create_secret(path)


def _create_secret(path: Path) -> str:
    # Written aside and linked into place: of two processes that start together both
    # end up with the secret of the first, and nobody reads half of one.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        _remove_empty(path)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise unusable(path.parent, error) from None
    finally:
        draft.unlink(missing_ok=True)


def _remove_empty(path: Path) -> None:
    # Left behind by a disk that was full.
    if path.exists() and path.stat().st_size == 0:
        path.unlink(missing_ok=True)


def unusable(directory: Path, error: OSError) -> ImproperlyConfigured:
    """Return the error that tells a person what is wrong with the directory."""
    reason = REASONS.get(error.errno or 0, os.strerror(error.errno or errno.EIO))
    return ImproperlyConfigured(
        f"the data directory {directory} cannot be used: {reason}. Make it writable, "
        "or set DATA_DIR to another directory."
    )
