"""What the provider knows: its script, its faults, its meter and what it was asked."""

from __future__ import annotations

import dataclasses
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable

from interviewer.benchmarks.fake_provider.faults import Fault, spoil
from interviewer.benchmarks.fake_provider.meter import Meter, PrefixProfile
from interviewer.benchmarks.fake_provider.personas import PERSONAS
from interviewer.benchmarks.fake_provider.requests import ChatRequest, Reply

Persona = Callable[[ChatRequest], "str | Reply"]
KEPT_REQUESTS = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Latency:
    """How long the model takes, in seconds."""

    first_token: float = 0.0
    per_token: float = 0.0


class Provider:
    """The state that the server answers from; safe to use from other threads.

    A scripted reply comes before the persona; faults strike the next requests.
    With `is_whole` replies come in one piece.
    """

    def __init__(
        self,
        *,
        persona: str | Persona = "normal",
        latency: Latency | None = None,
        profile: PrefixProfile | None = None,
        is_whole: bool = False,
    ) -> None:
        self.persona = persona
        self.is_whole = is_whole
        self.latency = latency or Latency()
        self.meter = Meter(profile=profile)
        self.requests: deque[ChatRequest] = deque(maxlen=KEPT_REQUESTS)
        self.left: queue.SimpleQueue[ChatRequest] = queue.SimpleQueue()
        self._script: deque[str | Reply] = deque()
        self._faults: deque[Fault | None] = deque()
        self._lock = threading.Lock()

    def say(self, *replies: str | Reply) -> None:
        """Answer the next requests with these, one each."""
        self._script.extend(replies)

    def say_only(self, *replies: str | Reply) -> None:
        """Answer the next requests with these; what is left of a script is dropped."""
        self._script.clear()
        self.say(*replies)

    def fail(self, *faults: Fault | None, times: int = 1) -> None:
        """Let the next requests fail like this, in order; None goes well."""
        self._faults.extend(faults * times)

    def receive(self, request: ChatRequest) -> tuple[Reply, Fault | None]:
        """Note a request and return what becomes of it."""
        with self._lock:
            self.requests.append(request)
            fault = self._faults.popleft() if self._faults else None
            scripted = self._script.popleft() if self._script else None
        reply = self._persona(request) if scripted is None else scripted
        if isinstance(reply, str):
            reply = Reply(reply, is_whole=self.is_whole)
        return spoil(fault=fault, request=request, reply=reply), fault

    def forget(self) -> None:
        """Forget script, faults and requests."""
        for kept in (self.requests, self._script, self._faults):
            kept.clear()

    @property
    def _persona(self) -> Persona:
        return PERSONAS[self.persona] if isinstance(self.persona, str) else self.persona


def fault_of(values: Iterable[tuple[str, object]]) -> Fault:
    """Return the fault that these fields describe."""
    return Fault(**dict(values))  # type: ignore[arg-type]
