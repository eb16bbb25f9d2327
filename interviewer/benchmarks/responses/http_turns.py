"""What a reply from the cache costs over HTTP, and what an outage of Redis adds.

Two products run, each with a Redis server of its own; one of these is killed in the
middle. The same request about an open question is sent again and again, by guests who
take turns, so that nobody asks more often than one person may. Its reply is kept after
the first time. The floor is another form of the same site that commits once: a pause.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

from interviewer.benchmarks.candidate import Candidate, UnexpectedAnswer
from interviewer.benchmarks.fake_provider.process import fake_provider_process
from interviewer.benchmarks.suite import (
    Arm,
    SuiteResult,
    UnableToRun,
    arm_of,
    percentile_ms,
)
from interviewer.redis_urls import embedded_redis_socket, socket_url
from interviewer.runtime.processes import stop
from interviewer.runtime.product import NotRunning, started_product
from interviewer.runtime.redis_server import start_redis, wait_until_ready

GUESTS = 6
ROUNDS = 7  # of each guest
WARM_UP_ROUNDS = 1
POST_LIMIT_MS = 5.0
P99_LIMIT_MS = 25.0
ADDED_LIMIT_MS = 2.0
BREAKER_TURNS = 3  # may pay for finding out that Redis is away
REQUEST = "What do you mean?"
AGAIN = "Could you repeat that?"
MODEL = {
    "INTERVIEWER_MODEL": "openai:benchmark-model",
    "OPENAI_API_KEY": "benchmark",
}

Times = dict[str, list[float]]  # arm → seconds


def measure() -> SuiteResult:
    """Measure against products of its own; raises UnableToRun when none starts."""
    with (
        fake_provider_process() as provider,
        _redis() as (_, kept_address),
        _redis() as (mortal, mortal_address),
    ):
        environment = {
            **os.environ,
            **MODEL,
            "INTERVIEWER_MODEL_URL": provider.base_url,
        }
        try:
            with (
                _product(environment, kept_address) as kept,
                _product(environment, mortal_address) as bereft,
            ):
                times = _from_cache(kept)
                times |= _outage(kept, bereft, mortal)
        except (NotRunning, UnexpectedAnswer) as error:
            raise UnableToRun(str(error)) from None
    return _judged(times)


@contextlib.contextmanager
def _redis() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with tempfile.TemporaryDirectory(prefix="interviewer-redis-") as directory:
        path = embedded_redis_socket(data_dir=Path(directory))
        process = start_redis(socket_path=path, environment=os.environ, is_kept=False)
        try:
            wait_until_ready(process=process, socket_path=path)
            yield process, socket_url(path=path)
        finally:
            stop(process=process, grace_seconds=2)


@contextlib.contextmanager
def _product(
    environment: dict[str, str], redis_address: str
) -> Iterator[urllib.parse.SplitResult]:
    own = {"REDIS_URL": redis_address, "REDIS_CACHE_URL": "", "DATABASE_URL": ""}
    with (
        tempfile.TemporaryDirectory(prefix="interviewer-bench-") as directory,
        started_product(
            data_dir=Path(directory), environment={**environment, **own}
        ) as product,
    ):
        product.wait_until(product.is_serving, what="the product")
        yield urllib.parse.urlsplit(product.url)


def _judged(times: Times) -> SuiteResult:
    arms = {name: _arm(f"HTTP: {name}", seconds) for name, seconds in times.items()}
    form = arms["form, from cache"]
    added_ms = arms["form, Redis killed"].p50_ms - arms["form, Redis there"].p50_ms
    p99_ms = percentile_ms(sorted(times["form, from cache"]), 0.99)
    return SuiteResult(
        suite="responses",
        arms=list(arms.values()),
        ratios={
            "HTTP: form, from cache : floor": form.p50_ms / arms["floor"].p50_ms,
            "HTTP: Redis killed : there": arms["form, Redis killed"].p50_ms
            / arms["form, Redis there"].p50_ms,
        },
        checks={
            f"HTTP: answered from the cache within {POST_LIMIT_MS:g} ms (p50)": (
                form.p50_ms <= POST_LIMIT_MS
            ),
            f"HTTP: within {P99_LIMIT_MS:g} ms (p99)": p99_ms <= P99_LIMIT_MS,
            # Whoever fails raises, and then there is no result.
            "Redis killed: no turn fails": len(times["form, Redis killed"])
            == GUESTS * ROUNDS,
            f"Redis killed: adds at most {ADDED_LIMIT_MS:g} ms (p50)": (
                added_ms <= ADDED_LIMIT_MS
            ),
        },
    )


def _from_cache(address: urllib.parse.SplitResult) -> Times:
    times: Times = {"form, from cache": [], "script, from cache": [], "floor": []}
    for _ in range(GUESTS):
        guest = _newcomer(address)
        for number in range(WARM_UP_ROUNDS + ROUNDS):
            elapsed = {
                "form, from cache": _form(guest, REQUEST),
                "script, from cache": guest.answer(REQUEST).complete_ms / 1000,
                "floor": _pause(guest),
            }
            if number >= WARM_UP_ROUNDS:
                for name, seconds in elapsed.items():
                    times[name].append(seconds)
    return times


def _outage(
    kept: urllib.parse.SplitResult,
    bereft: urllib.parse.SplitResult,
    redis: subprocess.Popen[bytes],
) -> Times:
    """Send requests that rules answer to both products, after one lost its Redis."""
    times: Times = {"form, Redis there": [], "form, Redis killed": []}
    guests = [(_newcomer(kept), _newcomer(bereft)) for _ in range(GUESTS)]
    for pair in guests:
        for guest in pair:
            _form(guest, AGAIN)
    redis.kill()
    redis.wait()
    for _ in range(BREAKER_TURNS):
        _form(guests[0][1], AGAIN)
    for pair in guests:
        for _ in range(ROUNDS):
            for name, guest in zip(times, pair, strict=True):
                times[name].append(_form(guest, AGAIN))
    return times


def _newcomer(address: urllib.parse.SplitResult) -> Candidate:
    guest = Candidate(host=str(address.hostname), port=int(address.port or 80))
    guest.start_interview()
    return guest


def _form(guest: Candidate, text: str) -> float:
    """Send the plain form, which is answered when the reply is committed."""
    fields = guest.composer_fields()
    return _posted(guest, "answers/", {**fields, "intent": "answer", "text": text})


def _pause(guest: Candidate) -> float:
    fields = guest.composer_fields()
    elapsed = _posted(guest, "pause/", fields)
    _posted(guest, "resume/", fields)
    return elapsed


def _posted(guest: Candidate, path: str, fields: dict[str, str]) -> float:
    started = time.perf_counter()
    page = guest.post(guest.room + path, fields)
    elapsed = time.perf_counter() - started
    if page.status != 302:
        raise UnexpectedAnswer(f"{path} answered {page.status}")
    return elapsed


def _arm(name: str, seconds: list[float]) -> Arm:
    # The work is done in other processes: this one's CPU time says nothing.
    return arm_of(name=name, seconds=[(wall, 0.0) for wall in seconds])
