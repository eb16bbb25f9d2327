"""What can be said about the image without an engine."""

import fnmatch
import re

import yaml

from tests.platform.conftest import PROJECT_DIR

COMPOSE = yaml.safe_load((PROJECT_DIR / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (PROJECT_DIR / "Dockerfile").read_text()


def test_runs_every_part():
    assert set(SERVICES) == {
        "beat",
        "migrate",
        "postgres",
        "redis-broker",
        "redis-cache",
        "web",
        "worker",
    }


def test_gives_the_two_redis_servers_their_roles():
    assert "noeviction" in SERVICES["redis-broker"]["command"]
    assert "allkeys-lfu" in SERVICES["redis-cache"]["command"]
    web = SERVICES["web"]["environment"]
    assert "redis-broker" in web["REDIS_URL"]
    assert "redis-cache" in web["REDIS_CACHE_URL"]


def test_passes_every_setting_of_language_models_on():
    documented = (PROJECT_DIR / ".env.example").read_text()
    section = documented.split("# --- Language models ---")[1].split("# --- ")[0]
    names = set(re.findall(r"^#([A-Z_]+)=", section, re.MULTILINE))

    assert names <= set(SERVICES["web"]["environment"])


def test_shows_only_the_web_server_and_only_on_loopback():
    ports = {name: service.get("ports", []) for name, service in SERVICES.items()}

    assert [name for name, published in ports.items() if published] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])


def test_starts_nothing_before_the_migrations_are_done():
    for name in ("web", "worker", "beat"):
        condition = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"


def test_copies_only_what_exists_and_is_not_ignored():
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    copied = " ".join(lines).split()
    lines = (PROJECT_DIR / ".dockerignore").read_text().splitlines()
    allowed = [line.removeprefix("!") for line in lines if line.startswith("!")]

    for name in copied:
        assert (PROJECT_DIR / name).exists()
        assert any(fnmatch.fnmatch(name, pattern) for pattern in allowed)


def test_does_not_run_as_root():
    assert re.search(r"^USER interviewer$", DOCKERFILE, re.MULTILINE)
