"""Child processes that never outlive their parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def spawn(
    *,
    command: Sequence[str],
    environment: Mapping[str, str],
    directory: Path | None = None,
    output: IO[bytes] | int | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own that dies with this process.

    To be called from the main thread only: the kernel ties the child to the thread
    that started it. Elsewhere than on Linux a killed parent leaves the child alone.
    """
    return subprocess.Popen(
        command,
        env=dict(environment),
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=pass_fds,
        process_group=0,
        preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 (single-threaded parent)
    )


def _die_with(parent: int) -> Callable[[], None] | None:
    if _libc is None:
        return None

    def ask_kernel() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent may have died before the request.
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def stop(*, process: subprocess.Popen[bytes], grace_seconds: float) -> None:
    """Ask the child to end, then end its whole group; returns when it is gone."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=grace_seconds)
    # The leader may be gone and have left children of its own.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
