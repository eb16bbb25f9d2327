import os
import subprocess
import sys

from interviewer.runtime.metric_files import VARIABLE, empty_directory, forget_states
from tests.platform.conftest import PROJECT_DIR

RECORD = """
import os
import django
django.setup()
from interviewer import telemetry
telemetry.record_event("compactions", count=2)
telemetry.set_breaker("model", "open")
print(os.getpid())
"""
SHOW = """
import django
django.setup()
from prometheus_client import generate_latest
from interviewer import telemetry
print(generate_latest(telemetry.recorded()).decode())
"""


def run(code, environment, directory):
    outcome = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT_DIR,
        env={
            **environment,
            VARIABLE: str(directory),
            "DATA_DIR": str(directory.parent),
            "DJANGO_SETTINGS_MODULE": "interviewer.settings",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return outcome.stdout


def test_figures_of_all_processes_are_added_up(plain_environment, tmp_path):
    directory = empty_directory(data_dir=tmp_path)
    pids = [int(run(RECORD, plain_environment, directory)) for _ in range(2)]

    shown = run(SHOW, plain_environment, directory).splitlines()
    assert "compactions_total 4.0" in shown
    assert 'breaker_state{name="model"} 2.0' in shown

    for pid in pids:
        forget_states(directory=directory, pid=pid)

    shown = run(SHOW, plain_environment, directory).splitlines()
    assert "compactions_total 4.0" in shown
    assert not any(line.startswith("breaker_state{") for line in shown)


def test_a_new_run_begins_with_nothing(tmp_path):
    directory = empty_directory(data_dir=tmp_path)
    (directory / "counter_1.db").touch()

    again = empty_directory(data_dir=tmp_path)

    assert again == directory
    assert os.listdir(directory) == []
