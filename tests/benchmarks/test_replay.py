import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError

from interviewer.benchmarks.responses import replay as replay_module
from interviewer.benchmarks.responses.replay import Played, replay
from interviewer.benchmarks.responses.trace import pair_of
from interviewer.benchmarks.responses.traps import SERVED, TRAPS, make_traps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def a_pair(**changes: Any) -> dict[str, Any]:
    said = [
        {"role": "assistant", "content": "How do you find a slow query?"},
        {"role": "user", "content": "I read the query plan and look for scans."},
    ]
    context = {"user": "ann", "mode": "practice", "role": "Engineer", "level": "mid"}
    return {
        "id": "one",
        "conversation_a": said,
        "reply_a": "Which scan did you find last?",
        "conversation_b": [dict(message) for message in said],
        "context_a": context,
        "context_b": dict(context),
        "same_session": True,
    } | changes


def play(*, hold_identity: bool = False, **changes: Any) -> Played:
    pair = pair_of(a_pair(**changes))
    (replayed,) = replay(pairs=[pair], hold_identity=hold_identity)
    assert replayed.played is not None
    return replayed.played


def test_a_gets_the_reply_of_the_trace() -> None:
    assert play().a.words == "Which scan did you find last?"


def test_the_same_message_again_is_served_from_what_is_stored() -> None:
    assert play().served_from_a


def test_another_session_is_asked_for_itself() -> None:
    replayed = play(same_session=False)

    assert not replayed.served_from_a
    assert replayed.b.was_asked


def test_equal_requests_are_served_across_sessions_only_with_the_identity_held() -> (
    None
):
    replayed = play(same_session=False, hold_identity=True)

    assert replayed.served_from_a
    assert replayed.b.how == "exact_hit"


def test_another_person_is_never_served() -> None:
    context = {**a_pair()["context_a"], "user": "bob"}

    assert not play(context_b=context).served_from_a


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "interview"),
        ("mode", "a mode that we do not have"),
        ("role", "Manager"),
        ("role", "x" * 500),
        ("level", "senior"),
        ("level", "a level that we do not have"),
        ("job_description", "Queues."),
        ("resume", "Ten years."),
        ("model", "openai:other"),
        ("rubric_version", "2"),
        ("a field that we do not know", "x"),
    ],
)
def test_whatever_a_context_holds_counts(field: str, value: str) -> None:
    context = {**a_pair()["context_a"], field: value}

    replayed = play(context_b=context, hold_identity=True)

    assert not replayed.served_from_a
    assert replayed.a.source != replayed.b.source


@pytest.mark.parametrize(
    "conversation",
    [
        [],
        [{"role": "user", "content": "Hello there, I am here."}],
        [{"role": "assistant", "content": "Hello?"}],
        [
            {"role": "assistant", "content": ""},
            {"role": "user", "content": "I measured the slow query first."},
        ],
        [{"role": "system", "content": "Be kind."}, {"role": "user", "content": ""}],
        [{"role": "user", "content": "skip"}],
        [{"role": "user", "content": "Repeat the question, please."}],
        [{"role": "user", "content": "I do not know."}],
        [{"role": "user", "content": "One thing."}] * 3,
    ],
)
def test_any_conversation_can_be_replayed(conversation: list[dict[str, str]]) -> None:
    other = [{"role": "user", "content": "Something else was said."}]

    replayed = play(conversation_a=conversation, conversation_b=other)

    assert replayed.a.words
    assert not replayed.served_from_a


def test_traps_of_every_kind_serve_exactly_what_they_should() -> None:
    traps = make_traps(each=1)

    outcomes = replay(pairs=[pair_of(trap.pair) for trap in traps])

    played = [outcome.played for outcome in outcomes]
    served = {t.kind for t, p in zip(traps, played, strict=True) if p.served_from_a}
    assert len(traps) == len(TRAPS | SERVED)
    assert served == set(SERVED)


def test_the_command_prints_the_pairs_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "trace.jsonl"
    other = a_pair(id=2, same_session=False)
    file.write_text(f"{json.dumps(a_pair())}\n{json.dumps(other)}\n")
    printed = io.StringIO()

    call_command("benchmark", "responses", "--here", trace=file, stdout=printed)

    assert json.loads(printed.getvalue()) == {
        "pairs": [
            {"id": "one", "served_from_a": True},
            {"id": 2, "served_from_a": False},
        ]
    }


def without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setitem(replay_module.SETTINGS, "INTERVIEWER_MODEL_PARAMETERS", {})


def test_a_pair_whose_model_fails_has_no_outcome(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_a_key(monkeypatch)
    whole = pair_of(a_pair(same_session=False))

    (replayed,) = replay(pairs=[whole])

    assert replayed.played is None


def test_the_command_names_pairs_that_could_not_be_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_a_key(monkeypatch)
    file = tmp_path / "trace.jsonl"
    file.write_text(json.dumps(a_pair()))
    printed = io.StringIO()

    with pytest.raises(CommandError, match="could not be played"):
        call_command("benchmark", "responses", "--here", trace=file, stdout=printed)

    assert json.loads(printed.getvalue()) == {"pairs": [], "failed": ["one"]}


def test_a_model_that_says_nothing_leaves_nothing_to_serve() -> None:
    replayed = play(reply_a="", same_session=False, hold_identity=True)

    assert replayed.a.how == "error"
    assert not replayed.served_from_a


@pytest.mark.slow
def test_many_pairs_are_shared_out_over_processes_and_keep_their_order(
    tmp_path: Path,
) -> None:
    file = tmp_path / "trace.jsonl"
    numbers = range(2 * replay_module.BATCH)
    lines = [json.dumps(a_pair(id=n, same_session=n % 2 == 0)) for n in numbers]
    file.write_text("\n".join(lines))
    command = [sys.executable, "manage.py", "benchmark", "responses"]

    done = subprocess.run(
        [*command, "--trace", str(file)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=True,
    )

    assert json.loads(done.stdout) == {
        "pairs": [{"id": n, "served_from_a": n % 2 == 0} for n in numbers]
    }


def test_the_command_names_a_line_that_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "trace.jsonl"
    file.write_text("{")

    with pytest.raises(CommandError, match="line 1 of the trace"):
        call_command("benchmark", "responses", "--here", trace=file)
