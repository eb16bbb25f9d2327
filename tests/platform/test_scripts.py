"""The scripts as they meet a bare machine."""

import os
import re
import shutil
import stat
import subprocess

import pytest

from tests.platform.conftest import PROJECT_DIR

SCRIPTS = ["bin/run", "bin/test", "bin/bench", "bin/environment.sh", ".ci/run"]
TOOLS = ["sh", "cat", "dirname", "env", "rm", "flock"]


@pytest.fixture
def bare_machine(tmp_path):
    """A copy of the scripts on a path with few tools; add Pythons as you like."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        if path := shutil.which(name):
            (tools / name).symlink_to(path)
    project = tmp_path / "a project"
    (project / "bin").mkdir(parents=True)
    for name in ("bin/run", "bin/environment.sh", "requirements.txt"):
        shutil.copy(PROJECT_DIR / name, project / name)

    def run(**variables):
        return subprocess.run(
            ["bin/run"],
            cwd=project,
            env={"PATH": str(tools), **variables},
            capture_output=True,
            text=True,
        )

    run.tools = tools
    run.project = project
    return run


def add_program(directory, name, script):
    program = directory / name
    program.write_text(f"#!{shutil.which('sh')}\n{script}\n")
    program.chmod(0o755)
    return program


def old_python(version):
    return f'case "$2" in *version_info\\[:2*) echo {version};; *) exit 1;; esac'


@pytest.mark.parametrize("name", SCRIPTS)
def test_is_sound_plain_shell(name):
    script = PROJECT_DIR / name

    checked = subprocess.run(["sh", "-n", script], capture_output=True, text=True)

    assert checked.returncode == 0, checked.stderr
    if name != "bin/environment.sh":
        assert script.stat().st_mode & stat.S_IXUSR
        assert script.read_text().startswith("#!/bin/sh\n")


def test_continuous_integration_ends_in_exactly_bin_test():
    script = (PROJECT_DIR / ".ci/run").read_text()

    assert script.splitlines()[-1] == "exec bin/test"


def test_says_that_there_is_no_python(bare_machine):
    outcome = bare_machine()

    assert outcome.returncode == 1
    assert "Python 3.11 or newer is needed. None was found." in outcome.stderr
    assert "apt install python3 python3-venv" in outcome.stderr


def test_names_the_pythons_that_are_too_old(bare_machine):
    add_program(bare_machine.tools, "python3", old_python("3.9"))

    outcome = bare_machine()

    assert outcome.returncode == 1
    assert "python3 is Python 3.9." in outcome.stderr
    assert "PYTHON=/path/to/python3.11" in outcome.stderr


def test_uses_the_python_that_is_named_and_no_other(bare_machine):
    named = add_program(bare_machine.tools, "my-python", old_python("3.10"))

    outcome = bare_machine(PYTHON=str(named))

    assert "my-python is Python 3.10." in outcome.stderr


def test_explains_a_python_without_venv_and_leaves_nothing_half_made(bare_machine):
    add_program(
        bare_machine.tools,
        "python3",
        'case "$1" in -m) echo "ensurepip is not available" >&2; exit 1;;'
        ' -V) echo Python 3.11.2;; esac; case "$2" in *print*) echo 3.11;; esac',
    )

    outcome = bare_machine()

    assert outcome.returncode == 1
    assert "ensurepip is not available" in outcome.stderr
    assert "apt install python3-venv" in outcome.stderr
    assert not (bare_machine.project / ".venv").exists()


def test_explains_a_failed_installation_and_tries_again_next_time(bare_machine):
    venv_python = (
        'case "$2" in venv) mkdir -p "$3/bin"; cp "$0" "$3/bin/python";;'
        ' pip) if [ "$3" = install ]; then echo "no index" >&2; exit 1; fi;;'
        " *print*) echo 3.11;; esac"
    )
    for tool in ("mkdir", "cp"):
        (bare_machine.tools / tool).symlink_to(shutil.which(tool))
    add_program(bare_machine.tools, "python3", venv_python)

    outcome = bare_machine()

    assert outcome.returncode == 1
    assert "no index" in outcome.stderr
    assert "PIP_INDEX_URL" in outcome.stderr
    assert not list((bare_machine.project / ".venv").glob("*.stamp"))


def test_installs_nothing_when_nothing_changed(bare_machine):
    project = bare_machine.project
    (project / ".venv/bin").mkdir(parents=True)
    add_program(
        project / ".venv/bin",
        "python",
        'case "$1" in -c) echo 3.11;; manage.py) echo "started $*";;'
        ' *) echo "must not install" >&2; exit 1;; esac',
    )
    requirements = (project / "requirements.txt").read_text()
    stamp = f"3.11\n{project}\n{requirements}{requirements}"
    (project / ".venv/requirements.txt.stamp").write_text(stamp)

    outcome = bare_machine()

    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout == "started manage.py up\n"


def test_mentions_no_host_of_a_registry():
    files = [*SCRIPTS, "Dockerfile", "docker-compose.yml", "requirements.txt"]

    for name in files:
        text = (PROJECT_DIR / name).read_text()
        text = text.replace("http://localhost:8000/", "")
        # `httptools` is no host.
        assert not re.search(r"https?:|index-url", text), name
        assert os.linesep in text
