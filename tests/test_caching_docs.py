"""The table of docs/caching.md, held against the registry and the settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from interviewer.agents.model_tasks import all_tasks
from interviewer.orchestrator import (  # noqa: F401 (they register their tasks)
    reply_requests,
    rewriting,
    second_opinions,
    summarizing,
)
from interviewer.orchestrator.background_calls import CALL_SECONDS
from interviewer.orchestrator.lease import LEASE_SECONDS
from interviewer.orchestrator.redis_streams import EXPIRE_SECONDS
from interviewer.orchestrator.response_cache import JITTER, Place, Scope
from sessions_app.services.access import ACCESS_SECONDS
from sessions_app.services.generations import GENERATION_SECONDS
from sessions_app.services.invalidation import APPLIED_SECONDS
from sessions_app.services.session_reads import REPORT_SECONDS

TEXT = (Path(__file__).parent.parent / "docs/caching.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.split("## One table")[1].split("## A request")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| key")
]
CACHED = [task for task in all_tasks() if task.ttl_seconds is not None]


def row_of(start: str) -> list[str]:
    rows = [row for row in ROWS if row[0].strip("`").startswith(start)]
    assert len(rows) == 1, start
    return rows[0]


@pytest.mark.parametrize("task", CACHED, ids=lambda task: task.name)
def test_every_cached_task_has_its_row_with_key_owner_and_ttl(task) -> None:
    key, _, owner, ttl, _, _ = row_of(f"llm:{task.name}:")

    assert ttl.split(",")[0] == str(task.ttl_seconds)
    assert ("spread by a tenth" in ttl) == (task.scope == "public")
    assert JITTER == 0.1
    kinds = {"session": "session", "user": "person", "public": "nobody"}
    assert owner.startswith(kinds[task.scope])
    assert key.strip("`").endswith(":{place}") == (task.pool_size > 1)


def test_no_row_names_a_task_that_is_not_registered() -> None:
    documented = {
        match[1] for row in ROWS if (match := re.match(r"`llm:([\w.]+):", row[0]))
    }

    assert documented == {task.name for task in CACHED}


def test_the_key_has_the_documented_form() -> None:
    task = next(task for task in CACHED if task.scope == "session")
    scope = Scope.of_session(session_id="s", user_id="u", generation=3)

    assert Place(task, scope, "d").key == f"llm:{task.name}:{{s}}:3:d"


@pytest.mark.parametrize(
    ("start", "seconds"),
    [
        ("lease:", LEASE_SECONDS),
        ("turn:", EXPIRE_SECONDS),
        ("alone:", CALL_SECONDS),
        ("gen:", GENERATION_SECONDS),
        ("sess:", settings.READ_CACHE_SECONDS),
        ("list:", settings.READ_CACHE_SECONDS),
        ("report:", REPORT_SECONDS),
        ("applied:", APPLIED_SECONDS),
        ("access:", ACCESS_SECONDS),
        ("login sessions", settings.SESSION_COOKIE_AGE),
    ],
)
def test_other_lifetimes_are_those_of_the_code(start: str, seconds: float) -> None:
    assert re.match(r"\d+", row_of(start)[3])[0] == str(int(seconds))


def test_every_row_says_owner_lifetime_end_and_cost() -> None:
    assert all(len(row) == 6 and all(row) for row in ROWS)
