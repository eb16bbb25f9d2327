import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from interviewer.runtime.processes import spawn, stop
from interviewer.runtime.redis_server import answers
from interviewer.runtime.supervisor import (
    MOST_FAILURES,
    STEADY_SECONDS,
    Part,
    describe,
)
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


def part(**fields):
    return Part("part", start=lambda: None, grace_seconds=1, **fields)


def delays_of(part, *, ends):
    delays = []
    for now in ends:
        part.begin(now=now)
        assert part.note_end(now=now)
        delays.append(part.restart_at - now)
    return delays


def test_a_part_is_started_again_ever_later_but_never_given_up():
    delays = delays_of(part(), ends=[100.0] * 20)

    assert delays == sorted(delays)
    assert delays[0] < 1 < delays[-1] == delays[-2] <= 60


def test_an_essential_part_that_keeps_failing_is_given_up():
    web = part(is_essential=True)
    web.begin(now=100.0)
    outcomes = [web.note_end(now=100.0) for _ in range(MOST_FAILURES)]

    assert outcomes == [True] * (MOST_FAILURES - 1) + [False]


def test_a_part_that_ran_for_long_may_fail_afresh():
    web = part(is_essential=True)
    for now in range(0, 1000, 100):
        web.begin(now=float(now))
        assert web.note_end(now=now + STEADY_SECONDS)


# Supervises a part that ends at once and one that stays; tells the second one's id.
SUPERVISOR = """
import os, sys, tempfile
from pathlib import Path
from interviewer.runtime import supervisor
from interviewer.runtime.processes import spawn
supervisor.RESTART_DELAYS_SECONDS = (0.01,)
failing, staying = sys.argv[1], {"worker": "web server"}.get(sys.argv[1], "worker")
def start(*command):
    return lambda: spawn(command=command, environment=os.environ)
def unable():
    raise OSError("no such program")
first = supervisor.Part(failing, start("false"), 1, failing == "web server")
second = supervisor.Part(staying, start("sleep", "1000"), 1, staying == "web server")
with tempfile.TemporaryDirectory() as directory:
    looking_after = supervisor.Supervisor(
        parts=[first, second], metrics_dir=Path(directory)
    )
looking_after.start()
print(second.process.pid, flush=True)
if sys.argv[2:]:
    first.start = unable
is_asked_to_stop = looking_after.run()
looking_after.stop()
sys.exit(0 if is_asked_to_stop else 1)
"""


def supervise(environment, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, *arguments],
        cwd=PROJECT_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("how", [(), ("unable",)])
def test_a_worker_that_keeps_failing_leaves_the_web_server_alone(
    how, plain_environment
):
    with supervise(plain_environment, "worker", *how) as supervisor:
        web = int(supervisor.stdout.readline())

        said = [supervisor.stdout.readline() for _ in range(10 * MOST_FAILURES)]

        os.kill(web, 0)  # it is there still
        supervisor.terminate()
        supervisor.stdout.read()
        assert supervisor.wait() == 0
    assert any("times in a row" in line for line in said)


def test_a_web_server_that_keeps_failing_ends_the_product(plain_environment):
    with supervise(plain_environment, "web server") as supervisor:
        worker = int(supervisor.stdout.readline())

        said = supervisor.stdout.read()

        assert supervisor.wait() == 1
    assert said.count("web server ended unexpectedly") == MOST_FAILURES
    assert said.endswith("The web server keeps failing; the log says why.\n")
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_says_how_a_part_ended():
    assert describe(3) == "exit code 3"
    assert describe(-9) == "SIGKILL"
