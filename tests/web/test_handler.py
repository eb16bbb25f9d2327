"""Django behind ASGI: a whole request in one thread that lasts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core import signals
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from interviewer import urls
from interviewer.web.handler import OneHopHandler

threads: list[int] = []


def note() -> None:
    threads.append(threading.get_ident())


def echo(request: HttpRequest) -> HttpResponse:
    note()
    return HttpResponse(request.body + request.GET.get("q", "").encode())


def wait_for_the_loop(request: HttpRequest) -> HttpResponse:
    """Do as a plain form does that waits for its reply."""

    async def work() -> int:
        await sync_to_async(note)()
        return id(asyncio.get_running_loop())

    note()
    return HttpResponse(str(async_to_sync(work)()))


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("out of order")


urlpatterns = [
    path("echo/", echo),
    path("loop/", wait_for_the_loop),
    path("fail/", fail),
    *urls.urlpatterns,
]


@pytest.fixture(autouse=True)
def own_urls() -> Any:
    threads.clear()
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        yield


async def ask(
    handler: OneHopHandler,
    address: str,
    *,
    method: str = "GET",
    body: tuple[bytes, ...] = (b"",),
    leaves: bool = False,
) -> tuple[int, bytes]:
    """Send a request as a server does; return status and body."""
    target, _, query = address.partition("?")
    parts = [
        {"type": "http.request", "body": part, "more_body": part is not body[-1]}
        for part in body
    ]
    if leaves:
        parts[-1] = {"type": "http.disconnect"}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return parts.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": target,
        "query_string": query.encode(),
        "headers": [
            (b"host", b"testserver"),
            (b"content-length", str(sum(map(len, body))).encode()),
        ],
    }
    await handler(scope, receive, send)
    if not sent:
        return 0, b""
    return sent[0]["status"], b"".join(m["body"] for m in sent[1:])


def run(scenario: Callable[[OneHopHandler], Awaitable[Any]]) -> Any:
    async def within() -> Any:
        return await scenario(OneHopHandler())

    return asyncio.run(within())


def test_it_answers_with_what_the_view_returns() -> None:
    status, body = run(
        lambda handler: ask(
            handler, "/echo/?q=!", method="POST", body=(b"a ", b"long ", b"body")
        )
    )

    assert (status, body) == (200, b"a long body!")


def test_a_request_runs_in_one_thread_beside_the_loop() -> None:
    begun: list[int] = []

    def note_beginning(**_: Any) -> None:
        begun.append(threading.get_ident())

    signals.request_started.connect(note_beginning)
    signals.request_finished.connect(note_beginning)
    try:
        run(lambda handler: ask(handler, "/echo/"))
    finally:
        signals.request_started.disconnect(note_beginning)
        signals.request_finished.disconnect(note_beginning)

    assert begun == threads * 2
    assert threads[0] != threading.get_ident()


def test_a_view_that_waits_for_the_loop_gets_the_servers_own_and_its_thread() -> None:
    async def scenario(handler: OneHopHandler) -> bool:
        _, body = await ask(handler, "/loop/")
        return int(body) == id(asyncio.get_running_loop())

    assert run(scenario)
    assert len(threads) == 2
    assert threads[0] == threads[1]


def test_one_request_after_the_other_keeps_its_thread() -> None:
    async def scenario(handler: OneHopHandler) -> None:
        for _ in range(3):
            await ask(handler, "/echo/")

    run(scenario)

    assert len(set(threads)) == 1


def test_requests_at_the_same_time_do_not_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    together = threading.Barrier(3)
    monkeypatch.setitem(globals(), "note", lambda: together.wait(timeout=10))

    async def scenario(handler: OneHopHandler) -> list[tuple[int, bytes]]:
        return await asyncio.gather(*[ask(handler, "/echo/?q=x") for _ in range(3)])

    assert run(scenario) == [(200, b"x")] * 3


def test_a_visitor_who_leaves_before_all_is_sent_is_not_answered() -> None:
    assert run(lambda handler: ask(handler, "/echo/", leaves=True)) == (0, b"")
    assert threads == []


def test_what_fails_is_an_error_page(caplog: pytest.LogCaptureFixture) -> None:
    status, body = run(lambda handler: ask(handler, "/fail/"))

    assert status == 500
    assert b"out of order" not in body


def test_an_unknown_address_is_not_found() -> None:
    assert run(lambda handler: ask(handler, "/nowhere/"))[0] == 404
