"""Parts that are away for a while: the interview goes on, and the rest catches up."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from interviewer.runtime.process_tree import usage_of_tree
from interviewer.runtime.product import Product, get, started_product
from tests.faults.journal import StoredJournal, assert_sound
from tests.faults.people import ANSWER, Person
from tests.redis_server import StoppableRedis

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ON_DEMAND = "Computed on demand"
NORMAL_WITHIN_SECONDS = 30


def is_ready(product: Product) -> bool:
    return get(f"{product.url}readyz/")[0] == 200


def interviewed(product: Product) -> Person:
    person = Person(product)
    person.begin_interview()
    return person


def assert_answers(person: Person, text: str = ANSWER) -> None:
    """The person sends an answer and reads the whole reply."""
    reply = person.answer(text)
    assert reply.events[-1] == "done"
    assert "message.completed" in reply.events
    assert "turn.failed" not in reply.events


# --- Redis ----------------------------------------------------------------------------


def test_R1_the_interview_goes_on_while_redis_is_away(
    product_with_own_redis: Product, stoppable_redis: StoppableRedis, tmp_path: Path
) -> None:
    product = product_with_own_redis
    product.wait_until(lambda: is_ready(product), what="readiness")
    journal = StoredJournal(tmp_path)
    person = interviewed(product)
    assert_answers(person)

    stoppable_redis.stop()
    assert_answers(person)
    person.answer_without_script(ANSWER)
    newcomer = interviewed(product)
    assert_answers(newcomer)
    assert person.get("/interviews/").status == 200  # not sent to the login page
    assert "Report" in person.report()
    assert not is_ready(product)
    assert product.is_serving()

    stoppable_redis.start()
    product.wait_until(
        lambda: is_ready(product), what="readiness", seconds=NORMAL_WITHIN_SECONDS
    )
    product.wait_until(
        lambda: journal.messages_to_archive() == 0,
        what="the archive",
        seconds=NORMAL_WITHIN_SECONDS,
    )
    assert_answers(newcomer)
    assert person.get("/interviews/").status == 200
    assert ON_DEMAND not in person.read_report()
    assert journal.count("sessions_app_message WHERE kind = 'answer'") == 5
    assert_sound(journal)


def test_R1_the_product_starts_without_redis_and_takes_it_up_later(
    stoppable_redis: StoppableRedis,
    tmp_path: Path,
    plain_environment: Mapping[str, str],
) -> None:
    stoppable_redis.stop()
    environment = {**plain_environment, "REDIS_URL": stoppable_redis.url}

    with started_product(data_dir=tmp_path, environment=environment) as product:
        product.wait_until(product.is_serving, what="pages")
        person = interviewed(product)
        assert_answers(person)
        assert ON_DEMAND in person.report()

        stoppable_redis.start()
        product.wait_until(
            lambda: is_ready(product), what="readiness", seconds=NORMAL_WITHIN_SECONDS
        )
        product.wait_until(
            lambda: ON_DEMAND not in person.read_report(),
            what="the archive",
            seconds=NORMAL_WITHIN_SECONDS,
        )


# --- The worker -----------------------------------------------------------------------


@contextlib.contextmanager
def stopped_worker(product: Product, journal: StoredJournal) -> Iterator[None]:
    """Stop the worker without killing it, not in the midst of writing."""
    [pid] = [
        usage.pid
        for usage in usage_of_tree(root=product.process.pid)
        if " -m celery " in usage.command
    ]

    def is_stopped_idle() -> bool:
        os.kill(pid, signal.SIGSTOP)
        if journal.is_held():
            os.kill(pid, signal.SIGCONT)
            return False
        return True

    product.wait_until(is_stopped_idle, what="a pause of the worker")
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_W4_without_a_worker_the_report_appears_and_is_archived_later(
    product: Product, tmp_path: Path
) -> None:
    product.wait_until(lambda: is_ready(product), what="readiness")
    journal = StoredJournal(tmp_path)

    with stopped_worker(product, journal):
        person = interviewed(product)
        for _ in range(3):
            assert_answers(person)
        report = person.report()
        assert ON_DEMAND in report
        assert ANSWER in report
        assert journal.messages_to_archive() > 0
        assert journal.count("sessions_app_answer") == 0

    product.wait_until(
        lambda: journal.messages_to_archive() == 0,
        what="the archive",
        seconds=NORMAL_WITHIN_SECONDS,
    )
    assert ON_DEMAND not in person.read_report()
    answers = journal.count("sessions_app_message WHERE kind = 'answer'")
    assert journal.count("sessions_app_answer") == answers == 3
    assert_sound(journal)
