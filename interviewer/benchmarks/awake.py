"""Processor cores kept awake, as those of a server in use are.

A core that sleeps takes longer to wake than a look-up in Redis takes, and every arm
pays for it alike, which draws their ratios together. What runs in the idle class gives
way to everything else at once.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from interviewer.runtime.processes import spawn, stop

_RUN_ON = """
import os, sys
os.sched_setaffinity(0, {int(sys.argv[1])})
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
while True:
    pass
"""


@contextlib.contextmanager
def cores_awake() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Keep each core of this process busy with nothing; none where we cannot."""
    cores = os.sched_getaffinity(0) if hasattr(os, "SCHED_IDLE") else ()
    runners = [
        spawn(command=[sys.executable, "-c", _RUN_ON, str(core)], environment={})
        for core in cores
    ]
    try:
        yield runners
    finally:
        for runner in runners:
            stop(process=runner, grace_seconds=2)
