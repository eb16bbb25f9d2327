"""People in front of the running product, who note what they were promised."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import threading
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from interviewer.benchmarks.candidate import Candidate, Page, UnexpectedAnswer
from interviewer.runtime.product import Product

ANSWER = (
    "I measured which calls were slow, rewrote the two worst queries and as a result "
    "the latency went from 900 to 250 milliseconds."
)
BROKEN_CONNECTION = (OSError, http.client.HTTPException)
TAKEN = (200, 302)


@dataclasses.dataclass
class Sent:
    """One answer that somebody sent, and what the product said to it."""

    session_id: uuid.UUID
    client_message_id: uuid.UUID
    text: str
    as_form: bool
    is_acknowledged: bool = False
    moments: dict[str, threading.Event] = dataclasses.field(
        default_factory=lambda: {
            name: threading.Event()
            for name in ("sending", "acknowledged", "first words", "completed", "over")
        }
    )


class Person(Candidate):
    """A candidate who survives that the product is killed and started again."""

    def __init__(self, product: Product) -> None:
        super().__init__(host="127.0.0.1", port=port_of(product))

    def move_to(self, product: Product) -> None:
        """Find the product where it listens now."""
        self._address = ("127.0.0.1", port_of(product))

    @property
    def session_id(self) -> uuid.UUID:
        return uuid.UUID(self.room.rstrip("/").rpartition("/")[2])

    def begin_interview(self) -> None:
        self.start_interview(minutes="0", kind="technical")

    def report(self) -> str:
        """End the interview and return its report."""
        page = self.post(f"{self.room}end/", self.composer_fields())
        assert page.status == 302, page.status
        return self.read_report()

    def read_report(self) -> str:
        page = self.get(f"{self.room}report/")
        assert page.status == 200, page.status
        return page.text

    def prepare(self, *, as_form: bool) -> tuple[Sent, Mapping[str, str]]:
        """Return a new answer and the form that sends it."""
        fields = self.composer_fields()
        client_id = uuid.UUID(fields["client_message_id"])
        sent = Sent(self.session_id, client_id, f"{ANSWER} ({client_id})", as_form)
        return sent, {**fields, "intent": "answer", "text": sent.text}

    def send(self, sent: Sent, form: Mapping[str, str]) -> None:
        """Send the answer and follow its reply until it ends or the line is cut."""
        try:
            sent.moments["sending"].set()
            page = self.post_answer(sent, form)
            if page.status == 200:
                self._follow(sent, page.json()["stream"])
        except (*BROKEN_CONNECTION, UnexpectedAnswer):
            pass  # what has been noted by now is what was promised
        finally:
            sent.moments["over"].set()

    def post_answer(self, sent: Sent, form: Mapping[str, str]) -> Page:
        accept = "text/html" if sent.as_form else "application/json"
        page = self.post(f"{self.room}answers/", form, accept=accept)
        if page.status in TAKEN:
            sent.is_acknowledged = True
            sent.moments["acknowledged"].set()
        return page

    def _follow(self, sent: Sent, stream: str) -> None:
        for type_, _ in self.events(stream):
            if type_ == "delta":
                sent.moments["first words"].set()
            elif type_ == "message.completed":
                sent.moments["completed"].set()


def port_of(product: Product) -> int:
    port = urlsplit(product.url).port
    assert port is not None
    return port


@contextlib.contextmanager
def sending(person: Person, *, as_form: bool) -> Iterator[Sent]:
    """Let the person send an answer beside the block; it has ended after it."""
    sent, form = person.prepare(as_form=as_form)
    thread = threading.Thread(target=person.send, args=(sent, form))
    thread.start()
    yield sent
    thread.join(timeout=60)
    assert not thread.is_alive()


def resend(person: Person, sent: Sent, *, product: Product) -> None:
    """Send an unanswered answer again, as a page does, until it is taken."""
    form: dict[str, Any] = {}

    def is_taken() -> bool:
        with contextlib.suppress(*BROKEN_CONNECTION):
            person.move_to(product)
            form.update(form or person.composer_fields())
            again = {
                **form,
                "client_message_id": str(sent.client_message_id),
                "question_no": form["question_no"],
                "intent": "answer",
                "text": sent.text,
            }
            person.post_answer(sent, again)
        return sent.is_acknowledged

    product.wait_until(is_taken, what="the answer sent again")
