import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from interviewer.runtime.processes import spawn, stop
from interviewer.runtime.redis_server import answers
from interviewer.runtime.supervisor import Part, describe
from tests.platform.conftest import PROJECT_DIR

# Starts a child that waits for ever, tells its id, and waits too.
PARENT = """
import os, sys
from interviewer.runtime.processes import spawn
child = spawn(command=["sleep", "1000"], environment=os.environ)
print(child.pid, flush=True)
sys.stdin.read()
"""


def wait_for_end_of(pid):
    """Return when the process is gone; the suite's time-out is the deadline."""
    descriptor = os.pidfd_open(pid)
    try:
        os.waitid(os.P_PIDFD, descriptor, os.WEXITED | os.WNOWAIT)
    except ChildProcessError:
        # Not our child: a pidfd becomes readable when its process ends.
        import select

        select.select([descriptor], [], [])
    finally:
        os.close(descriptor)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties children")
def test_a_killed_parent_leaves_no_child_behind(plain_environment):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=PROJECT_DIR,
        env=plain_environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        child = int(parent.stdout.readline())
        assert Path(f"/proc/{child}").exists()

        parent.kill()

        wait_for_end_of(child)


def test_stops_a_child_that_does_not_listen():
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1); "
    process = spawn(
        command=[sys.executable, "-uc", deaf + "signal.pause()"],
        environment=os.environ,
    )

    stop(process=process, grace_seconds=0.01)

    assert process.returncode in {-signal.SIGKILL, -signal.SIGTERM}


def test_redis_server_ends_with_its_socket(own_redis):
    process, url = own_redis
    socket_path = Path(url.removeprefix("unix://"))
    assert answers(socket_path=socket_path)

    stop(process=process, grace_seconds=5)

    assert not answers(socket_path=socket_path)


def test_a_part_is_started_again_ever_later_and_then_given_up():
    part = Part("part", start=lambda: None, grace_seconds=1)

    outcomes = [part.note_end(now=100.0) for _ in range(5)]

    assert outcomes == [True, True, True, True, False]
    assert part.restart_at == 104.0


def test_a_part_that_ran_for_long_may_fail_afresh():
    part = Part("part", start=lambda: None, grace_seconds=1)
    for now in range(0, 1000, 100):
        assert part.note_end(now=float(now))


def test_says_how_a_part_ended():
    assert describe(3) == "exit code 3"
    assert describe(-9) == "SIGKILL"
