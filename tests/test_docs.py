"""What the documents say is held against the project: links, names, commands, figures.

Figures stand in a table below a paragraph that begins "Measured by" and names command,
date and machine. Elsewhere a number with a unit is followed by the constant that it
quotes, as in: 10 seconds (`SWEEP_SECONDS`).
"""

from __future__ import annotations

import datetime
import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.urls import URLPattern, URLResolver, get_resolver

from interviewer.benchmarks import SUITES
from interviewer.celery import app as celery_app

PROJECT_DIR = Path(__file__).resolve().parent.parent
OURS = ("interviewer", "sessions_app")
DOCUMENTS = sorted(
    path.relative_to(PROJECT_DIR).as_posix()
    for path in [
        PROJECT_DIR / "README.md",
        PROJECT_DIR / "CHANGELOG.md",
        *PROJECT_DIR.glob("docs/**/*.md"),
    ]
)
TEXTS = {name: (PROJECT_DIR / name).read_text(encoding="utf-8") for name in DOCUMENTS}
ARCHITECTURE = TEXTS["docs/architecture.md"]
DEVELOPMENT = TEXTS["docs/development.md"]
OPERATIONS = TEXTS["docs/operations.md"]

SOURCES = {
    path.relative_to(PROJECT_DIR).as_posix(): path.read_text(encoding="utf-8")
    for package in OURS
    for path in (PROJECT_DIR / package).rglob("*.py")
}
VARIABLES = set(
    re.findall(
        r"^#([A-Z_]+)=", (PROJECT_DIR / ".env.example").read_text(), re.MULTILINE
    )
)
# Read by the scripts and the tests before there are settings.
OTHER_VARIABLES = {"PYTHON", "TEST_DATABASE", "TEST_DATABASE_URL"}

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")


def prose(text: str) -> str:
    """Return the text without code blocks, its lines in their places."""
    return FENCE.sub(lambda block: "\n" * block[0].count("\n"), text)


def code_words(text: str) -> list[str]:
    return CODE.findall(prose(text))


def shell_lines(text: str) -> Iterator[str]:
    for language, body in FENCE.findall(text):
        if language == "sh":
            yield from (line for line in body.splitlines() if line.strip())


# --- Links ----------------------------------------------------------------------------


def slugs(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


def links() -> list[tuple[str, str]]:
    return [
        (name, target)
        for name, text in TEXTS.items()
        for target in re.findall(r"\]\(([^)\s]+)\)", prose(text))
        if not re.match(r"[a-z]+:", target)
    ]


@pytest.mark.parametrize(("document", "target"), links())
def test_every_relative_link_leads_somewhere(document, target):
    path, _, anchor = target.partition("#")
    file = (PROJECT_DIR / document).parent / path if path else PROJECT_DIR / document

    assert file.exists()
    assert file.resolve().is_relative_to(PROJECT_DIR)
    assert not anchor or anchor in slugs(file.read_text(encoding="utf-8"))


def test_every_document_can_be_reached_from_the_readme():
    reached, waiting = set(), ["README.md"]
    while waiting:
        document = waiting.pop()
        reached.add(document)
        for name, target in links():
            if name == document:
                file = ((PROJECT_DIR / name).parent / target.split("#")[0]).resolve()
                path = file.relative_to(PROJECT_DIR).as_posix()
                if path in TEXTS and path not in reached:
                    waiting.append(path)

    assert reached == set(DOCUMENTS)


def test_the_picture_in_the_readme_is_small():
    assert (PROJECT_DIR / "docs/images/room.png").stat().st_size < 200_000


def test_every_decision_is_listed_under_its_number():
    index = TEXTS["docs/decisions/README.md"]
    directory = PROJECT_DIR / "docs/decisions"

    for path in directory.glob("[0-9]*.md"):
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
        assert f"[{path.name[:4]}]({path.name})" in index


def test_the_changelog_sorts_what_changed():
    headings = re.findall(r"^### (.+)$", TEXTS["CHANGELOG.md"], re.MULTILINE)

    assert "\n## Unreleased\n" in TEXTS["CHANGELOG.md"]
    assert set(headings) <= {"Added", "Changed", "Fixed", "Removed"}


# --- Commands -------------------------------------------------------------------------

ORDINARY_PROGRAMS = {"docker"}
VENV = ".venv/bin/"


def commands() -> list[tuple[str, str]]:
    """Return every command in a code block, and every one of ours in a sentence."""
    quoted = [
        (name, word)
        for name, text in TEXTS.items()
        for word in code_words(text)
        if re.match(rf"(bin/|\.ci/|{re.escape(VENV)})\w", word)
    ]
    blocks = [(n, line) for n, text in TEXTS.items() for line in shell_lines(text)]
    return [*blocks, *quoted]


@pytest.mark.parametrize(("document", "command"), commands())
def test_every_command_exists(document, command):
    words = shlex.split(command, comments=True)
    while "=" in words[0]:
        variable = words.pop(0).partition("=")[0]
        assert variable in VARIABLES | OTHER_VARIABLES
    program, *arguments = words

    if program in ("bin/run", "bin/bench"):
        require_script(program)
        require_arguments("up" if program == "bin/run" else "benchmark", arguments)
    elif program == f"{VENV}python":
        require_python(arguments)
    elif program.startswith(VENV):
        assert (PROJECT_DIR / program).exists()
    elif program not in ORDINARY_PROGRAMS:
        require_script(program)


def require_script(name: str) -> None:
    script = PROJECT_DIR / name
    assert script.stat().st_mode & 0o100 or script.suffix in (".py", ".sh")


def require_arguments(command: str, arguments: list[str]) -> None:
    """Require that options and suites are known; `[--port N]` is a synopsis."""
    parser = load_command_class("interviewer", command).create_parser("manage.py", "")
    words = [word.strip("[]…") for word in arguments]
    options = {word for word in words if word.startswith("-")}
    assert options <= set(parser._option_string_actions)
    if command == "benchmark" and words:
        assert words[0] in {*SUITES, "all", "SUITE"}


def require_python(arguments: list[str]) -> None:
    if arguments[0] == "manage.py":
        assert arguments[1] in get_commands()
    elif arguments[0] == "-m":
        assert importlib.util.find_spec(arguments[1]) is not None
    else:
        assert arguments[0] == "-c"
        compile(arguments[1], "<document>", "exec")


def test_the_readme_starts_tests_and_measures():
    programs = [line.split()[0] for line in shell_lines(TEXTS["README.md"])]

    assert {"bin/run", "bin/test", "bin/bench"} <= set(programs)


def test_every_benchmark_suite_is_listed():
    assert set(SUITES) <= set(code_words(DEVELOPMENT))


def test_every_step_of_the_whole_check_is_listed():
    script = (PROJECT_DIR / "bin/steps.py").read_text(encoding="utf-8")
    names = re.findall(r'^ +Step\("(\w+)"', script, re.MULTILINE)
    databases = re.findall(r'^ +tests\("(\w+)"', script, re.MULTILINE)

    assert {*names, *(f"tests on {d}" for d in databases)} <= set(
        code_words(DEVELOPMENT)
    )


# --- Names ----------------------------------------------------------------------------


def rows(text: str, heading: str) -> Iterator[list[str]]:
    """Yield the cells of the table rows in the section with this heading."""
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    for line in section.splitlines():
        if line.startswith("| ") and "|---" not in line:
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def addresses(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        path = prefix + re.sub(r"<\w+:", "<", str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield pattern.name, path
        elif path not in ("/accounts/", "/admin/"):
            yield from addresses(pattern, path)


def test_every_address_is_listed_with_its_path():
    listed = {
        tuple(CODE.findall(f"{cells[0]} {cells[1]}"))
        for cells in rows(ARCHITECTURE, "Addresses")
    }

    assert listed - {()} == set(addresses(get_resolver()))


def test_every_task_is_listed_and_no_other():
    celery_app.loader.import_default_modules()
    tasks = {name for name in celery_app.tasks if not name.startswith("celery.")}
    listed = {
        word
        for cells in rows(ARCHITECTURE, "Processes")
        for word in CODE.findall(cells[0])
    }

    assert listed == tasks


def test_every_management_command_is_mentioned():
    commands = {name for name, owner in get_commands().items() if owner in OURS}

    assert commands <= {*code_words(ARCHITECTURE), *code_words(DEVELOPMENT)}


def test_every_model_is_listed_and_no_other():
    models = apps.get_app_config("sessions_app").get_models()
    listed = {
        word for cells in rows(ARCHITECTURE, "Data") for word in CODE.findall(cells[0])
    }

    assert listed == {model.__name__ for model in models}


def test_every_variable_is_documented_and_no_other():
    listed = {
        word
        for cells in rows(OPERATIONS, "Settings")
        for word in CODE.findall(cells[1])
    }

    assert listed - {".env"} == VARIABLES


def test_every_event_of_a_stream_is_named():
    script = (PROJECT_DIR / "static/js/event_stream.js").read_text(encoding="utf-8")
    events = re.findall(r'"([\w.]+)"', re.search(r"EVENTS = \[(.*?)\]", script)[1])

    assert set(events) <= set(code_words(ARCHITECTURE))


def test_every_log_event_is_explained_and_no_other():
    written = {
        event
        for source in SOURCES.values()
        for event in re.findall(
            r'(?:\blog\.\w+|\bwrite)\(\s*"(\w+)"|record\.msg, .* = "(\w+)"', source
        )
    }
    listed = {
        word for cells in rows(OPERATIONS, "Logs") for word in CODE.findall(cells[0])
    }

    assert listed == {first or second for first, second in written}


def test_the_layers_are_those_that_are_enforced():
    configuration = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())

    for contract in configuration["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            layers = re.sub(r"\w+\.", "", " → ".join(contract["layers"]))
            assert layers in ARCHITECTURE


def test_every_package_is_described():
    packages = {
        path.parent.relative_to(PROJECT_DIR).as_posix()
        for package in OURS
        for path in (PROJECT_DIR / package).glob("*/__init__.py")
        if any(path.parent.rglob("[!_]*.py"))
    }
    described = {
        word
        for cells in rows(ARCHITECTURE, "Packages")
        for word in CODE.findall(cells[0])
    }

    assert packages - {"sessions_app/migrations"} <= described


def paths() -> list[tuple[str, str]]:
    suffixes = r"\.(?:py|md|js|css|html|yaml|yml|toml|txt|png|example)"
    return [
        (name, word)
        for name, text in TEXTS.items()
        for word in code_words(text)
        if re.fullmatch(rf"[\w.*-]+(?:/[\w.*-]+)+(?:{suffixes})?", word)
        and not word.startswith(("redis/", VENV))
    ]


@pytest.mark.parametrize(("document", "path"), paths())
def test_every_path_exists(document, path):
    places = [PROJECT_DIR, *(PROJECT_DIR / package for package in OURS)]

    assert any(list(place.glob(path)) for place in places)


# --- Figures --------------------------------------------------------------------------

UNIT = r"(?:µs|ms|s|seconds?|minutes?|hours?|days?|KB|MB|GB|%)"
FIGURE = re.compile(rf"(?<![\w.])\d[\d.,]*\s?{UNIT}(?!\w)")
QUOTED = re.compile(rf"(\d[\d.,]*)\s?{UNIT}\s\(`([A-Z][A-Z_]+)`\)")
MEASURED = "Measured by `"
HELD_TO_FIGURES = [
    "README.md",
    "docs/architecture.md",
    "docs/development.md",
    "docs/interviewing.md",
    "docs/operations.md",
]


def blocks(text: str) -> list[str]:
    return [block for block in re.split(r"\n\s*\n", prose(text)) if block.strip()]


@pytest.mark.parametrize("document", HELD_TO_FIGURES)
def test_every_figure_stands_below_the_command_that_measures_it(document):
    found = blocks(TEXTS[document])

    for before, block in zip(["", *found], found, strict=False):
        claims = CODE.sub("", QUOTED.sub("", block))
        if FIGURE.search(claims) and not block.startswith(MEASURED):
            assert block.startswith("| "), block
            assert before.startswith(MEASURED), block


def measurements() -> list[tuple[str, str]]:
    return [
        (name, block)
        for name, text in TEXTS.items()
        for block in blocks(text)
        if block.startswith(MEASURED)
    ]


@pytest.mark.parametrize(("document", "caption"), measurements())
def test_every_measurement_names_command_date_and_machine(document, caption):
    named = CODE.findall(caption)
    date = re.search(r"\d{4}-\d{2}-\d{2}", caption)

    assert any(word.startswith(("bin/", f"{VENV}python")) for word in named)
    assert date
    assert datetime.date.fromisoformat(date[0])
    assert re.search(r"\bcores?\b", caption)


@pytest.mark.parametrize("document", HELD_TO_FIGURES)
def test_every_quoted_constant_has_the_quoted_value(document):
    for number, name in QUOTED.findall(TEXTS[document]):
        values = {
            value.replace("_", "")
            for source in SOURCES.values()
            for value in re.findall(
                rf"^{name}(?::[^=]+)? = ([\d_.]+)", source, re.MULTILINE
            )
        }
        assert number in values, name


# --- Words ----------------------------------------------------------------------------

# The project speaks of itself, on anybody's machine.
UNWANTED = {
    "an absolute path": r"(?<![\w./:<>`])/(?:home|root|usr|opt|mnt|srv|work|Users)/",
    "a promise": r"\b(?:TODO|FIXME|TBD|coming soon|in a future version)\b",
    "how it was made": r"(?i)\b(?:sprint|ticket|pull request|work session|co-authored"
    r"|(?:AI|machine)[- ](?:generated|written)|issue #?\d)",
    "praise": r"(?i)\b(?:blazing|seamless|cutting[- ]edge|world[- ]class|powerful"
    r"|effortless|state[- ]of[- ]the[- ]art|revolutionary)",
    "British spelling": r"(?i)\b(?:behaviours?\b|judgement|colour|practis|analyse"
    r"|organis|optimis)",
}
OWN_HOSTS = r"(?:[\w-]+\.)*example\.org|localhost|127\.0\.0\.1|0\.0\.0\.0"
HOST = re.compile(r"(?<![\w./-])((?:[\w-]+\.)+(?:org|com|net|io|dev))\b")


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("what", UNWANTED)
def test_holds_nothing_unwanted(document, what):
    assert not re.findall(UNWANTED[what], TEXTS[document])


@pytest.mark.parametrize("document", DOCUMENTS)
def test_names_no_host_but_examples(document):
    text = TEXTS[document]
    named = {*HOST.findall(text), *re.findall(r"https?://([^/\s:)`\"]+)", text)}

    assert not {host for host in named if not re.fullmatch(OWN_HOSTS, host)}
