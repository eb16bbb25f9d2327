"""People who answer while the product is killed, and repeat what it did not confirm."""

from __future__ import annotations

import http.client
import threading
import time
import uuid

from interviewer.benchmarks.candidate import Candidate, UnexpectedAnswer

PAUSE_SECONDS = 3.2  # fewer answers a minute than one person may send
BROKEN = (OSError, http.client.HTTPException)
TAKEN = 302


class Person(threading.Thread):
    """Answers on and on; `acknowledged` holds (client id, text) of what was taken."""

    def __init__(self, *, port: int) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[tuple[uuid.UUID, str]] = []
        self._port = port
        self._is_over = threading.Event()

    def run(self) -> None:
        candidate: Candidate | None = None
        while not self._is_over.is_set():
            started = time.monotonic()
            try:
                candidate = candidate or self._newcomer()
                self._answer(candidate)
            except BROKEN:
                continue  # away: it is asked again until it is back
            except (UnexpectedAnswer, KeyError):
                candidate = None  # the interview is over, or the set-up was cut off
            self._is_over.wait(max(0.0, PAUSE_SECONDS - (time.monotonic() - started)))

    def finish(self) -> None:
        """Let the answer that is under way be acknowledged, then stop."""
        self._is_over.set()
        self.join(timeout=60)

    def _newcomer(self) -> Candidate:
        candidate = Candidate(host="127.0.0.1", port=self._port)
        candidate.start_interview(minutes="0", kind="technical")
        return candidate

    def _answer(self, candidate: Candidate) -> None:
        fields = candidate.composer_fields()
        text = (
            "I measured which calls were slow, rewrote the two worst queries and the "
            f"latency went from 900 to 250 milliseconds. Number {uuid.uuid4()}."
        )
        form = {**fields, "intent": "answer", "text": text}
        while True:
            try:
                page = candidate.post(f"{candidate.room}answers/", form)
                break
            except BROKEN:
                time.sleep(0.2)
        if page.status != TAKEN:
            raise UnexpectedAnswer(f"answer: {page.status}")
        self.acknowledged.append((uuid.UUID(fields["client_message_id"]), text))
