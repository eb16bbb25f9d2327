"""How soon the interviewer's first words appear: one candidate, the whole product.

The arms are two ways of sending the same answers to one running product: as the
page's script does (store, then read the turn's event stream) and as a plain form
does (store, complete, redirect, load the room). Both wait for the real evaluation.
"""

from __future__ import annotations

import os
import tempfile
import urllib.parse
from pathlib import Path

from interviewer.benchmarks.candidate import Candidate, Reply
from interviewer.benchmarks.suite import (
    Arm,
    SuiteOptions,
    SuiteResult,
    UnableToRun,
    arm_of,
)
from interviewer.runtime.product import NotRunning, started_product

ROUNDS = 40
WARM_UP_ROUNDS = 3
FIRST_WORDS_LIMIT_MS = 200

ANSWER = (
    "I would begin with the numbers: which requests are slow, for whom, since when. "
    "Then I read the query plan, because a missing index and a lock look alike from "
    "the outside. In my last team the plan showed a sequential scan on a table of "
    "nine million rows; I added a composite index without blocking writes and the "
    "ninety-fifth percentile fell from 900 to 250 milliseconds. I wrote down what we "
    "had assumed, put an alert on the latency and told the team which query to watch. "
    "If the index had cost more on writes than it saved on reads I would have removed "
    "it again and cached the list for a minute instead. Round {number}."
)


def run(*, options: SuiteOptions) -> SuiteResult:
    """Measure against a product of its own; raises UnableToRun when none starts."""
    with tempfile.TemporaryDirectory(prefix="interviewer-bench-") as directory:
        try:
            with started_product(
                data_dir=Path(directory), environment=os.environ
            ) as product:
                product.wait_until(product.is_serving, what="the product")
                replies, forms = _measure(product.url)
        except NotRunning as error:
            raise UnableToRun(str(error)) from None
    first_words = _arm("stream: first words", [r.first_words_ms for r in replies])
    form = _arm("plain form: page", forms)
    return SuiteResult(
        suite="streams",
        arms=[
            _arm("stream: answer stored", [r.acknowledged_ms for r in replies]),
            first_words,
            _arm("stream: reply complete", [r.complete_ms for r in replies]),
            form,
        ],
        ratios={"plain form : first words": form.p50_ms / first_words.p50_ms},
        checks={
            f"first words within {FIRST_WORDS_LIMIT_MS} ms (p50)": (
                first_words.p50_ms <= FIRST_WORDS_LIMIT_MS
            ),
            "every reply has words and an end": all(
                reply.text and reply.events[-1] == "done" for reply in replies
            ),
        },
    )


def _measure(url: str) -> tuple[list[Reply], list[float]]:
    address = urllib.parse.urlsplit(url)
    replies, forms = [], []
    for number in range(WARM_UP_ROUNDS + ROUNDS):
        # New people now and then: no interview is measured beyond its usual length,
        # and nobody answers more often than one person may.
        if number % 5 == 0:
            script, form = _newcomer(address), _newcomer(address)
        reply = script.answer(ANSWER.format(number=number))
        elapsed = form.answer_without_script(ANSWER.format(number=number))
        if number >= WARM_UP_ROUNDS:
            replies.append(reply)
            forms.append(elapsed)
    return replies, forms


def _newcomer(address: urllib.parse.SplitResult) -> Candidate:
    candidate = Candidate(host=str(address.hostname), port=int(address.port or 80))
    candidate.start_interview()
    return candidate


def _arm(name: str, milliseconds: list[float]) -> Arm:
    # The work is done in other processes: this one's CPU time says nothing.
    return arm_of(name=name, seconds=[(ms / 1000, 0.0) for ms in milliseconds])
