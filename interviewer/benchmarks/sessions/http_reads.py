"""Kept reads over HTTP, against the whole product: past Django, and through it."""

from __future__ import annotations

import http.client
import os
import tempfile
import time
import urllib.parse
from pathlib import Path

from interviewer.benchmarks.candidate import Candidate
from interviewer.benchmarks.suite import Arm, SuiteResult, UnableToRun, arm_of
from interviewer.runtime.product import NotRunning, started_product

ROUNDS = 400
WARM_UP_ROUNDS = 20
LIMIT_MS = 0.5
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
    slowest = max(arm.p50_ms for arm in arms if "past Django" in arm.name)
    return SuiteResult(
        suite="sessions",
        arms=list(arms),
        ratios={
            "HTTP, list: Django : past Django": arms[1].p50_ms / arms[0].p50_ms,
            "HTTP, state: Django : past Django": arms[3].p50_ms / arms[2].p50_ms,
        },
        checks={f"over HTTP within {LIMIT_MS} ms (p50)": slowest <= LIMIT_MS},
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
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in addresses}
    faster = {path: _faster(connection, path, cookies) for path in (LIST, state)}
    for number in range(WARM_UP_ROUNDS + ROUNDS):
        for name, (path, is_fast) in addresses.items():
            started = time.perf_counter()
            headers = _get(connection, faster[path] if is_fast else path, cookies)
            elapsed = time.perf_counter() - started
            # The product's log knows requests that Django answered by their id.
            if ("X-Request-ID" in headers) == is_fast:
                raise UnableToRun(f"{name} was answered by the other side.")
            if number >= WARM_UP_ROUNDS:
                times[name].append((elapsed, 0.0))
    connection.close()
    return tuple(arm_of(name=name, seconds=given) for name, given in times.items())


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
