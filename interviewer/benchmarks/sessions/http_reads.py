"""Kept reads over HTTP, against the whole product: past Django, and through it.

The floor is what the server itself costs: a plain application that refuses at once.
"""

from __future__ import annotations

import http.client
import os
import tempfile
import time
import urllib.parse
import uuid
from pathlib import Path

from interviewer.benchmarks.candidate import Candidate
from interviewer.benchmarks.suite import Arm, SuiteResult, UnableToRun, arm_of
from interviewer.runtime.product import NotRunning, started_product

ROUNDS = 400
WARM_UP_ROUNDS = 20
LIMIT_MS = 0.5
MOST_LEFT = 20
MOST_OVER_FLOOR = 2
LIST = "/interviews/list.json"


def measure() -> SuiteResult:
    """Measure against a product of its own; raises UnableToRun when none starts."""
    with tempfile.TemporaryDirectory(prefix="interviewer-bench-") as directory:
        try:
            with started_product(
                data_dir=Path(directory), environment=os.environ
            ) as product:
                product.wait_until(product.is_serving, what="the product")
                arms = _measured(product.url)
        except NotRunning as error:
            raise UnableToRun(str(error)) from None
    by_name = {arm.name: arm for arm in arms}
    past = [arm for arm in arms if "past Django" in arm.name]
    slowest = max(arm.p50_ms for arm in past)
    floor = by_name["HTTP, refused at once"].p50_ms
    return SuiteResult(
        suite="sessions",
        arms=list(arms),
        ratios={
            f"HTTP, {name}: Django : past Django": (
                by_name[f"HTTP, {name}, by Django"].p50_ms
                / by_name[f"HTTP, {name}, past Django"].p50_ms
            )
            for name in ("list", "state")
        }
        | {"HTTP, past Django : refused at once": slowest / floor},
        checks={
            f"over HTTP within {LIMIT_MS} ms (p50)": slowest <= LIMIT_MS,
            f"over HTTP {MOST_OVER_FLOOR} times a refusal at most": (
                slowest <= MOST_OVER_FLOOR * floor
            ),
            f"at most {MOST_LEFT} of {ROUNDS} reads are left to Django": (
                max(arm.counts["left_to_django"] for arm in past) <= MOST_LEFT
            ),
        },
    )


def _measured(url: str) -> tuple[Arm, ...]:
    address = urllib.parse.urlsplit(url)
    candidate = Candidate(host=str(address.hostname), port=int(address.port or 80))
    candidate.start_interview()
    state = f"{candidate.room}state.json"
    connection = http.client.HTTPConnection(str(address.hostname), address.port)
    cookies = {"Cookie": candidate.cookie_header}
    addresses = {
        f"HTTP, {name}, {way}": (path, is_fast)
        for name, path in (("list", LIST), ("state", state))
        for way, is_fast in (("past Django", True), ("by Django", False))
    }
    floor_times: list[tuple[float, float]] = []
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in addresses}
    left = dict.fromkeys(addresses, 0)
    faster = {path: _faster(connection, path, cookies) for path in (LIST, state)}
    for number in range(WARM_UP_ROUNDS + ROUNDS):
        floor_times.append((_refused(connection), 0.0))
        for name, (path, is_fast) in addresses.items():
            started = time.perf_counter()
            headers = _get(connection, faster[path] if is_fast else path, cookies)
            elapsed = time.perf_counter() - started
            # What Django answers has an id for the log.
            is_django = "X-Request-ID" in headers
            if not is_fast and not is_django:
                raise UnableToRun(f"{name} was answered by the other side.")
            if is_fast and is_django:
                left[name] += 1  # the archive's change, or an entry's end
            elif number >= WARM_UP_ROUNDS:
                times[name].append((elapsed, 0.0))
    connection.close()
    return (
        *(
            arm_of(name=name, seconds=given, counts={"left_to_django": left[name]})
            for name, given in times.items()
        ),
        arm_of(name="HTTP, refused at once", seconds=floor_times[WARM_UP_ROUNDS:]),
    )


def _refused(connection: http.client.HTTPConnection) -> float:
    """Return the seconds of a request that a plain application refuses unread."""
    nothing = uuid.UUID(int=0)
    started = time.perf_counter()
    connection.request("GET", f"/interviews/{nothing}/turns/{nothing}/events?token=x")
    response = connection.getresponse()
    response.read()
    if response.status != 401:
        raise UnableToRun(f"The floor answered {response.status}.")
    return time.perf_counter() - started


def _faster(
    connection: http.client.HTTPConnection, path: str, cookies: dict[str, str]
) -> str:
    return str(_get(connection, path, cookies)["Content-Location"])


def _get(
    connection: http.client.HTTPConnection, path: str, cookies: dict[str, str]
) -> http.client.HTTPMessage:
    connection.request("GET", path, headers=cookies)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200 or not body.startswith(b"{"):
        raise UnableToRun(f"{path.partition('?')[0]} answered {response.status}.")
    return response.headers
