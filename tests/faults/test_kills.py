"""kill -9 at many points of a turn, then start again on the same data.

W1: no acknowledged answer is lost or doubled, the journal has no gap, and every reply
that is owed is made within a minute of the last kill.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from interviewer.runtime.process_tree import usage_of_tree
from interviewer.runtime.product import PROJECT_DIR, Product, started_product
from tests.faults.journal import StoredJournal, assert_sound, compare
from tests.faults.people import Person, Sent, resend, sending

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

LIVES = 6  # how often the product is started and killed as a whole
SECONDS_TO_COMPLETE = 60
# Who is killed while the same answers are sent. The supervisor gives up a part that
# ends five times a minute, so each is killed twice in a life.
ROUNDS = (("worker", "web"), ("web", "worker"), ("everything",))
KILLS = LIVES * sum(map(len, ROUNDS))
COMMANDS = {
    "web": "interviewer.runtime.serve",
    "worker": " -m celery ",
    "everything": "interviewer.runtime.supervisor",  # the kernel takes the others along
}
# As the person sees them, but for those that only the database shows.
MOMENTS = (
    "stored",
    "first words",
    "claimed",
    "acknowledged",
    "committed",
    "sending",
    "completed",
)
NEVER_SENT_AGAIN = 4  # every fourth unanswered answer: its person gave up


class Harness:
    """A product that is killed again and again, and the people who use it."""

    def __init__(self, data_dir: Path, environment: Mapping[str, str]) -> None:
        self.journal = StoredJournal(data_dir)
        self.log: list[Sent] = []
        self.kills = 0
        self._data_dir = data_dir
        self._environment = environment
        self._moments = itertools.cycle(MOMENTS)
        self._as_form = itertools.cycle([False, False, True, False])
        self._unanswered = itertools.count(1)
        self._waiting: list[tuple[Person, Sent]] = []

    @contextlib.contextmanager
    def life(self) -> Iterator[Product]:
        """Start the product on the data of its earlier lives."""
        with started_product(
            data_dir=self._data_dir, environment=self._environment
        ) as product:
            product.wait_until(product.is_serving, what="pages")
            yield product

    def kill_during_answers(self, product: Product, victims: Sequence[str]) -> None:
        """Let three people send an answer; kill each victim at a moment of its own."""
        product.wait_until(
            lambda: all(self._pids(product, victim) for victim in victims),
            what=" and ".join(victims),
        )
        people = [Person(product) for _ in range(3)]
        for person in people:
            person.begin_interview()
        with contextlib.ExitStack() as stack:
            records = [
                stack.enter_context(sending(person, as_form=next(self._as_form)))
                for person in people
            ]
            for victim, sent in zip(victims, records, strict=False):
                self._wait_for(next(self._moments), sent, product)
                self._kill(product, victim)
        self.log += records
        self._waiting = [
            pair
            for pair in zip(people, records, strict=True)
            if not pair[1].is_acknowledged and not self._gives_up()
        ]

    def send_again(self, product: Product) -> None:
        """Do what people do who got no answer and find the product back."""
        for person, sent in self._waiting:
            resend(person, sent, product=product)

    def _gives_up(self) -> bool:
        return next(self._unanswered) % NEVER_SENT_AGAIN == 0

    def _wait_for(self, moment: str, sent: Sent, product: Product) -> None:
        has_come: Callable[[], bool] = {
            "stored": lambda: self.journal.turn_of(sent) is not None,
            "claimed": lambda: self._turn(sent, "fence") not in (None, 0),
            "committed": lambda: self._turn(sent, "state") == "done",
        }.get(moment, lambda: sent.moments[moment].is_set())
        # Watched without a pause: what comes next is milliseconds away.
        while not (has_come() or sent.moments["over"].is_set()):
            assert product.process.poll() is None

    def _turn(self, sent: Sent, name: str) -> Any:
        turn = self.journal.turn_of(sent)
        return turn[name] if turn is not None else None

    def _kill(self, product: Product, victim: str) -> None:
        self.kills += 1
        for pid in self._pids(product, victim):
            os.kill(pid, signal.SIGKILL)

    @staticmethod
    def _pids(product: Product, victim: str) -> list[int]:
        tree = usage_of_tree(root=product.process.pid)
        return [usage.pid for usage in tree if COMMANDS[victim] in usage.command]


def test_W1_no_acknowledged_answer_is_lost_or_doubled_by_kills(
    tmp_path: Path,
    plain_environment: Mapping[str, str],
    record_property: Callable[[str, object], None],
) -> None:
    harness = Harness(tmp_path, plain_environment)

    for _ in range(LIVES):
        with harness.life() as product:
            for victims in ROUNDS:
                harness.send_again(product)
                harness.kill_during_answers(product, victims)
    with harness.life() as product:
        harness.send_again(product)
        product.wait_until(
            lambda: harness.journal.turns_owed() == 0,
            what="every reply",
            seconds=SECONDS_TO_COMPLETE,
        )
        product.wait_until(
            lambda: harness.journal.messages_to_archive() == 0, what="the archive"
        )

    verdict = compare(harness.journal, harness.log)
    record_property("kills", harness.kills)
    record_property("verdict", str(verdict))
    cut = sum(not sent.moments["completed"].is_set() for sent in harness.log)
    print(f"{harness.kills} kills cut {cut} replies off: {verdict}")
    assert (verdict.lost, verdict.doubled) == (0, 0)
    assert harness.kills == KILLS >= 30
    assert verdict.acknowledged >= verdict.sent * 3 // 4
    assert cut >= LIVES * len(ROUNDS)  # otherwise they came too late to mean anything
    assert_sound(harness.journal)
    answers = harness.journal.count("sessions_app_answer")
    assert answers == verdict.stored
    # And the archive is what the journal stands for: each answer once, every figure.
    reconciled = subprocess.run(
        [sys.executable, "manage.py", "reconcile_archive"],
        cwd=PROJECT_DIR,
        env={**plain_environment, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert reconciled.returncode == 0, reconciled.stdout + reconciled.stderr
