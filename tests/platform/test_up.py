"""The product as a person starts and stops it. Slow: each test starts processes."""

import os
import re
import select
import signal
import subprocess
import sys
import urllib.request

import pytest

from interviewer.runtime.process_tree import usage_of_tree
from interviewer.runtime.product import get
from tests.platform.conftest import PROJECT_DIR

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def run(plain_environment, tmp_path):
    """Run bin/run's command to its end and return the outcome."""

    def call(*arguments, **variables):
        return subprocess.run(
            [sys.executable, "manage.py", "up", *arguments],
            cwd=PROJECT_DIR,
            env={
                **plain_environment,
                "DATA_DIR": str(tmp_path / "second"),
                **variables,
            },
            capture_output=True,
            text=True,
        )

    return call


def processes_of(product):
    return {
        usage.pid: usage.command for usage in usage_of_tree(root=product.process.pid)
    }


def part_of(product, word):
    return next(
        pid for pid, command in processes_of(product).items() if word in command
    )


def wait_for_ends(pids):
    """Return when all processes are gone; the suite's time-out is the deadline."""
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        select.select([descriptor], [], [])
        os.close(descriptor)


def is_green(product):
    return get(f"{product.url}readyz/")[0] == 200


def test_serves_static_files_with_hashed_names_and_a_long_life(shared_product):
    page = get(f"{shared_product.url}admin/login/")[1].decode()
    address = re.search(r'href="/(static/admin/css/base\.[0-9a-f]+\.css)"', page)[1]

    with urllib.request.urlopen(f"{shared_product.url}{address}") as response:
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_scripts_that_a_script_imports_live_as_long(shared_product):
    page = get(shared_product.url)[1].decode()
    address = re.search(r'src="/(static/js/site\.[0-9a-f]+\.js)"', page)[1]
    script = get(f"{shared_product.url}{address}")[1].decode()
    imported = re.findall(r'from "\./(\w+\.[0-9a-f]+\.js)"', script)

    assert imported
    for name in imported:
        with urllib.request.urlopen(
            f"{shared_product.url}static/js/{name}"
        ) as response:
            assert "immutable" in response.headers["Cache-Control"]


def test_refuses_a_taken_port_before_touching_anything(shared_product, run, tmp_path):
    port = shared_product.url.rstrip("/").rpartition(":")[2]

    second = run("--port", port)

    assert second.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken by process" in second.stderr
    assert "Traceback" not in second.stderr
    assert not (tmp_path / "second" / "db.sqlite3").exists()
    assert shared_product.is_serving()


def test_refuses_a_model_that_cannot_be_used(run):
    outcome = run("--port", "0", INTERVIEWER_MODEL="gpt-5-mini")

    assert outcome.returncode == 1
    assert "names no model; use provider:model" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_refuses_a_data_directory_in_use(shared_product, run):
    second = run("--port", "0", DATA_DIR=str(shared_product.data_dir))

    assert second.returncode == 1
    assert f"already runs at {shared_product.url}" in second.stderr
    assert shared_product.is_serving()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_every_process_when_asked(product, number):
    pids = processes_of(product)

    product.process.send_signal(number)

    assert product.process.wait() == 0
    wait_for_ends(pids)
    assert len(pids) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties children")
def test_leaves_no_process_behind_when_killed(product):
    pids = processes_of(product)

    product.process.kill()

    wait_for_ends(pids)
    assert len(pids) == 4


def test_replaces_parts_that_are_killed(product):
    product.wait_until(lambda: is_green(product), what="readiness")
    killed = [part_of(product, word) for word in ("redis.sock", "celery", "serve ")]
    killed = [pid for pid in killed if pid != product.process.pid]

    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_for_ends(killed)

    product.wait_until(lambda: len(processes_of(product)) == 4, what="four processes")
    product.wait_until(lambda: is_green(product), what="readiness")


def test_checks_itself_beside_a_running_product(shared_product, run):
    outcome = run("--check", DATA_DIR=str(shared_product.data_dir))

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert re.search(r"\d+\.\d s  /healthz/ is green", outcome.stdout)
    assert re.search(r"\d+\.\d s  /readyz/ worker is green", outcome.stdout)
    assert re.search(r"\d+ MB  idle memory of all processes together", outcome.stdout)
    assert "Everything works." in outcome.stdout
    assert shared_product.is_serving()


def test_fails_the_check_when_a_server_named_in_the_environment_is_gone(run, tmp_path):
    outcome = run("--check", DATABASE_URL="postgres://nobody@127.0.0.1:9/nothing")

    assert outcome.returncode == 1
    assert "The database does not answer" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_writes_nothing_outside_the_data_directory(product):
    before = set(PROJECT_DIR.iterdir())
    product.wait_until(lambda: is_green(product), what="readiness")

    product.process.terminate()
    product.process.wait()

    created = {path.name for path in set(PROJECT_DIR.iterdir()) - before}
    assert not {name for name in created if not name.startswith(".")}
