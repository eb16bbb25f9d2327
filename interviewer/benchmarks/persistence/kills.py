"""kill -9 of worker, web server and Redis while messages are archived.

People answer over HTTP and repeat what was not acknowledged; a backlog keeps the
worker busy. At the end every acknowledged answer must be stored once, and the archive
must be exactly what the journal stands for.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from interviewer.benchmarks.persistence.people import Person
from interviewer.benchmarks.persistence.processes import Processes
from interviewer.benchmarks.persistence.rows import make_sessions
from interviewer.benchmarks.suite import Arm, UnableToRun, arm_of
from sessions_app.models import Answer, Message, Turn, User
from sessions_app.services.reconciling import check_archive

SEED = 20_260_302
PEOPLE = 2
BUSY_MESSAGES = 2_000  # the backlog is filled up to this
# Out of ten kills. There are two workers: one goes on while the other starts.
VICTIMS = {"worker": 3, "second worker": 3, "web": 2, "redis": 2}
ARCHIVING_WITHIN_SECONDS = 8.0
CATCH_UP_SECONDS = 180.0
LONGEST_PAUSE_SECONDS = 0.4


@dataclasses.dataclass(frozen=True, slots=True)
class Killed:
    """What was left after all kills."""

    arm: Arm
    checks: Mapping[str, bool]


def measure_kills(*, user: User, kills: int) -> Killed:
    """Kill so many processes; return counts of what was lost and doubled."""
    chance = random.Random(SEED)
    victims = chance.choices(list(VICTIMS), list(VICTIMS.values()), k=kills)
    started = time.perf_counter()
    cut: Counter[str] = Counter()
    with _running() as (processes, people):
        for victim in victims:
            _keep_busy(user)
            is_archiving = _wait_for_archiving(processes)
            time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
            cut[victim] += is_archiving and _waiting_messages() > 0
            processes.kill_and_restart(victim)
        for person in people:
            person.finish()
        _wait_until(_is_all_done, CATCH_UP_SECONDS)
    return _verdict(kills, victims, cut, people, time.perf_counter() - started)


@contextlib.contextmanager
def _running() -> Iterator[tuple[Processes, list[Person]]]:
    call_command("collectstatic", verbosity=0, interactive=False)
    with tempfile.TemporaryDirectory(prefix="interviewer-kill-") as directory:
        processes = Processes(directory=Path(directory), environment=dict(os.environ))
        try:
            processes.start()
            people = [Person(port=processes.port) for _ in range(PEOPLE)]
            for person in people:
                person.start()
            yield processes, people
        finally:
            processes.stop()


def _keep_busy(user: User) -> None:
    while _waiting_messages() < BUSY_MESSAGES:
        make_sessions(user=user, count=40)


def _waiting_messages() -> int:
    return Message.objects.filter(archived_at=None).count()


def _wait_for_archiving(processes: Processes) -> bool:
    """Return when the archive has moved: a worker is in the midst of it."""
    before = _waiting_messages()
    processes.ring()
    return _has_come(lambda: _waiting_messages() < before, ARCHIVING_WITHIN_SECONDS)


def _is_all_done() -> bool:
    owed = Turn.objects.exclude(state=Turn.State.DONE).exists()
    return not owed and _waiting_messages() == 0


def _wait_until(is_done: Callable[[], bool], seconds: float) -> None:
    if not _has_come(is_done, seconds):
        raise UnableToRun(f"the archive did not catch up within {seconds:.0f} s")


def _has_come(is_done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_done():
            return True
        time.sleep(0.02)
    return False


def _verdict(
    kills: int,
    victims: list[str],
    cut: Counter[str],
    people: list[Person],
    seconds: float,
) -> Killed:
    sent = [answer for person in people for answer in person.acknowledged]
    stored = Counter(
        Message.objects.filter(client_message_id__isnull=False).values_list(
            "client_message_id", "content"
        )
    )
    texts = Counter(content for _, content in stored.elements())
    answered = set(Message.objects.filter(kind="answer").values_list("pk", flat=True))
    archived = Counter(Answer.objects.values_list("message_id", flat=True))
    found = [row for step in check_archive() for row in step.differences]
    counts = {
        "kills": kills,
        **{
            f"kills_of_{name.replace(' ', '_')}": victims.count(name)
            for name in VICTIMS
        },
        "kills_while_archiving": sum(cut.values()),
        "acknowledged": len(sent),
        "answers_lost": sum(1 for answer in sent if answer not in stored),
        "answers_doubled": sum(texts[text] - 1 for _, text in set(sent) if texts[text]),
        "archived_lost": len(answered - archived.keys()),
        "archived_doubled": sum(archived.values()) - len(archived),
        "differences": len(found),
    }
    arm = arm_of(
        name=f"{connection.vendor}, {kills} kills",
        seconds=[(seconds, 0.0)],
        counts=counts,
    )
    return Killed(
        arm=arm,
        checks={
            "kills: no acknowledged answer lost": counts["answers_lost"] == 0,
            "kills: none doubled": counts["answers_doubled"] == 0,
            "kills: every answer archived once": (
                counts["archived_lost"] == counts["archived_doubled"] == 0
            ),
            "kills: the archive is the journal's": not found,
            "kills: most of them while messages were archived": (
                counts["kills_while_archiving"] >= kills // 2
            ),
            "kills: people went on answering": len(sent) >= kills // 2,
        },
    )
