import re

from tests.platform.conftest import PROJECT_DIR
from tests.servers import CONFIGURATION

SETTINGS = (PROJECT_DIR / "interviewer/settings.py").read_text()
EXAMPLE = (PROJECT_DIR / ".env.example").read_text()
COMPOSE = (PROJECT_DIR / "docker-compose.yml").read_text()

FOR_DJANGO, FOR_COMPOSE = EXAMPLE.split("# --- Read by docker-compose.yml only ---")


def documented(text):
    return set(re.findall(r"^#([A-Z_]+)=", text, re.MULTILINE))


def read_by_settings():
    return set(re.findall(r'env_(?:str|bool|int|json|list)\(\s*"([A-Z_]+)"', SETTINGS))


def test_lists_exactly_the_variables_that_the_settings_read():
    assert documented(FOR_DJANGO) == read_by_settings()


def test_lists_exactly_the_further_variables_of_docker_compose():
    used = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))

    assert documented(FOR_COMPOSE) == used - read_by_settings()


def test_gives_every_variable_its_default():
    for name in documented(EXAMPLE):
        explanation = EXAMPLE.split(f"\n#{name}=")[0].rsplit("\n\n", 1)[1]
        assert "Default:" in explanation or "Required" in explanation, name


def test_hides_every_variable_of_the_developer_from_the_tests():
    own = {"DATA_DIR", "ENV_FILE"}

    assert set(CONFIGURATION) == read_by_settings() - own
