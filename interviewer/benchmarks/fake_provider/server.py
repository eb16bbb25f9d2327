"""Runs the provider on a loopback port, in a thread of this process."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn

from interviewer.benchmarks.fake_provider.application import Application
from interviewer.benchmarks.fake_provider.meter import PrefixProfile
from interviewer.benchmarks.fake_provider.provider import Latency, Persona, Provider
from interviewer.runtime.ports import listen

STOP_SECONDS = 10.0


class _Server(uvicorn.Server):
    def __init__(self, *, application: Application) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                http="h11",
                ws="none",
                lifespan="off",
                interface="asgi3",
                proxy_headers=False,  # would wrap the application
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        self.has_started = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.loop = self.servers[0].get_loop()
        self.has_started.set()


class RunningProvider(Provider):
    """A provider that listens; its port stays the same while it is down."""

    def start(self, *, port: int = 0) -> None:
        """Listen; port 0 means any free one."""
        self._application = Application(provider=self)
        self._server = _Server(application=self._application)
        listener = listen(host="127.0.0.1", port=port)
        self.port: int = listener.getsockname()[1]
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, daemon=True
        )
        self._thread.start()
        self._server.has_started.wait(STOP_SECONDS)

    def stop(self) -> None:
        """Stop listening and hang up."""
        self.abort_streams()
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def abort_streams(self) -> None:
        """Reset every connection that is being answered, in mid-sentence."""
        self._server.loop.call_soon_threadsafe(self._application.abort_streams)

    @contextlib.contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse connections meanwhile."""
        self.stop()
        try:
            yield
        finally:
            self.start(port=self.port)


@contextlib.contextmanager
def fake_provider(
    *,
    persona: str | Persona = "normal",
    latency: Latency | None = None,
    profile: PrefixProfile | None = None,
    is_whole: bool = False,
    port: int = 0,
) -> Iterator[RunningProvider]:
    """Run a provider in a thread of this process."""
    provider = RunningProvider(
        persona=persona, latency=latency, profile=profile, is_whole=is_whole
    )
    provider.start(port=port)
    try:
        yield provider
    finally:
        provider.stop()
