"""Kept reads over HTTP, against the whole product: past Django, and through it.

The floor is what the server itself costs: a plain application that refuses at once.
"""

from __future__ import annotations

import os
import re
import socket
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
FLOOR = "HTTP, refused at once"


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
    floor = by_name[FLOOR].p50_ms
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
    browser = _Browser(address, cookies=candidate.cookie_header)
    state = f"{candidate.room}state.json"
    requests = {
        f"HTTP, {name}, {way}": browser.request(path if by_django else faster)
        for name, path in (("list", LIST), ("state", state))
        for faster in [browser.faster(path)]
        for way, by_django in (("past Django", False), ("by Django", True))
    }
    nothing = uuid.UUID(int=0)
    refused = browser.request(f"/interviews/{nothing}/turns/{nothing}/events?token=x")
    times: dict[str, list[tuple[float, float]]] = {FLOOR: []}
    times |= {name: [] for name in requests}
    left = dict.fromkeys(requests, 0)
    for number in range(WARM_UP_ROUNDS + ROUNDS):
        is_measured = number >= WARM_UP_ROUNDS
        elapsed, _ = browser.send(refused, status=401)
        if is_measured:
            times[FLOOR].append((elapsed, 0.0))
        for name, request in requests.items():
            elapsed, is_django = browser.send(request, status=200)
            if "by Django" in name and not is_django:
                raise UnableToRun(f"{name} was answered by the other side.")
            if "past Django" in name and is_django:
                left[name] += 1  # the archive's change, or an entry's end
            elif is_measured:
                times[name].append((elapsed, 0.0))
    browser.close()
    return tuple(
        arm_of(
            name=name,
            seconds=given,
            counts={"left_to_django": left[name]} if name in left else None,
        )
        for name, given in times.items()
    )


class _Browser:
    """One kept connection; it sends bytes that are ready and reads whole answers.

    An HTTP library would take as long to read a head as the server to write it.
    """

    def __init__(self, address: urllib.parse.SplitResult, *, cookies: str) -> None:
        self._host = address.netloc
        self._cookies = cookies
        self._socket = socket.create_connection((address.hostname, address.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def request(self, path: str) -> bytes:
        """Return the request for this address with the person's cookies."""
        head = f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nCookie: {self._cookies}"
        return f"{head}\r\n\r\n".encode()

    def faster(self, path: str) -> str:
        """Return the address with a token that Django names."""
        self._socket.sendall(self.request(path))
        found = re.search(
            rb"\r\ncontent-location: (\S+)", self._answer(), re.IGNORECASE
        )
        if found is None:
            raise UnableToRun(f"Django named no faster way to {path}.")
        return found[1].decode()

    def send(self, request: bytes, *, status: int) -> tuple[float, bool]:
        """Return the seconds until all is there, and whether Django answered."""
        started = time.perf_counter()
        self._socket.sendall(request)
        answer = self._answer()
        elapsed = time.perf_counter() - started
        if not answer.startswith(b"HTTP/1.1 %d " % status):
            raise UnableToRun(f"answered {answer[:20]!r}, expected {status}")
        # What Django answers has an id for the log.
        return elapsed, b"\r\nx-request-id:" in answer.lower()

    def close(self) -> None:
        self._socket.close()

    def _answer(self) -> bytes:
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._piece()
        length = re.search(rb"\r\ncontent-length: (\d+)", answer[:end], re.IGNORECASE)
        if length is None:
            raise UnableToRun("an answer did not tell its length")
        while len(answer) < end + 4 + int(length[1]):
            answer += self._piece()
        return answer

    def _piece(self) -> bytes:
        piece = self._socket.recv(65_536)
        if not piece:
            raise UnableToRun("the server closed the connection")
        return piece
