"""A candidate over HTTP: does what a browser does, and looks at the clock.

Speaks to a running server only, through the pages and streams that people use.
"""

from __future__ import annotations

import contextlib
import dataclasses
import html
import http.client
import json
import re
import time
import urllib.parse
import uuid
from collections.abc import Iterator, Mapping
from http.cookies import SimpleCookie
from typing import Any

TIMEOUT_SECONDS = 30
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


class UnexpectedAnswer(Exception):
    """The server answered with another status than the candidate can go on with."""


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """An HTTP response, read to its end."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """The interviewer's reply to one message, with times from the sending on."""

    text: str
    events: tuple[str, ...]
    acknowledged_ms: float
    first_words_ms: float
    complete_ms: float
    state: str


class Candidate:
    """One person with cookies, in one interview."""

    def __init__(self, *, host: str, port: int) -> None:
        self._address = (host, port)
        self._cookies: dict[str, str] = {}
        self.room = ""

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def start_interview(self, **chosen: str) -> None:
        """Fill in the set-up form and enter the room."""
        fields = {
            "role": "backend",
            "level": "mid",
            "kind": "mixed",
            "minutes": "30",
            "mode": "practice",
            "style": "formal",
            **chosen,
        }
        token = _hidden_fields(self.get("/interviews/new/").text)
        page = self.post("/interviews/new/", {**token, **fields})
        if page.status != 302:
            raise UnexpectedAnswer(f"set-up answered {page.status}")
        self.room = page.headers["location"]

    def answer(self, text: str) -> Reply:
        """Send an answer as the page's script does and read the reply's stream."""
        fields = self.composer_fields()
        started = time.perf_counter()
        page = self.post(
            f"{self.room}answers/",
            {**fields, "intent": "answer", "text": text},
            accept="application/json",
        )
        acknowledged = _ms_since(started)
        if page.status != 200:
            raise UnexpectedAnswer(f"answer: {page.status} {page.text[:200]}")
        return self._read_reply(page.json()["stream"], started, acknowledged)

    def answer_without_script(self, text: str) -> float:
        """Send the plain form and follow its redirect; return milliseconds."""
        fields = self.composer_fields()
        started = time.perf_counter()
        page = self.post(
            f"{self.room}answers/", {**fields, "intent": "answer", "text": text}
        )
        if page.status != 302:
            raise UnexpectedAnswer(f"answer: {page.status}")
        self.get(page.headers["location"].partition("#")[0])
        return _ms_since(started)

    def composer_fields(self) -> dict[str, str]:
        """Return the room's hidden fields, with a message id of one's own."""
        fields = _hidden_fields(self.get(self.room).text)
        return {**fields, "client_message_id": str(uuid.uuid4())}

    def get(self, path: str) -> Page:
        """Fetch a page."""
        return self._request("GET", path, None, "text/html")

    def post(
        self, path: str, fields: Mapping[str, str], *, accept: str = "text/html"
    ) -> Page:
        """Send a form."""
        return self._request("POST", path, urllib.parse.urlencode(fields), accept)

    def events(self, path: str) -> Iterator[tuple[str, Any]]:
        """Yield (type, data) of a turn's events until the stream ends."""
        connection, response = self._open("GET", path, None, "text/event-stream")
        if response.status != 200:
            raise UnexpectedAnswer(f"stream answered {response.status}")
        type_ = ""
        try:
            for raw in response:
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    type_ = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield type_, json.loads(line.removeprefix("data: "))
        finally:
            connection.close()

    def _read_reply(self, path: str, started: float, acknowledged: float) -> Reply:
        words, types, first_words, state = [], [], 0.0, ""
        for type_, data in self.events(path):
            types.append(type_)
            if type_ == "delta":
                first_words = first_words or _ms_since(started)
                words.append(data["text"])
            elif type_ == "session.updated":
                state = data["state"]
            elif type_ == "done":
                break
        return Reply(
            text="".join(words),
            events=tuple(types),
            acknowledged_ms=acknowledged,
            first_words_ms=first_words,
            complete_ms=_ms_since(started),
            state=state,
        )

    def _request(self, method: str, path: str, body: str | None, accept: str) -> Page:
        connection, response = self._open(method, path, body, accept)
        with contextlib.closing(connection):
            text = response.read().decode()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Page(response.status, headers, text)

    def _open(
        self, method: str, path: str, body: str | None, accept: str
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(*self._address, timeout=TIMEOUT_SECONDS)
        headers = {"Accept": accept, "Cookie": self.cookie_header}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        self._keep_cookies(response)
        return connection, response

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value


def _hidden_fields(page: str) -> dict[str, str]:
    fields = {}
    for tag in _HIDDEN.findall(page):
        attributes = dict(_ATTRIBUTE.findall(tag))
        if "name" in attributes:
            fields[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return fields


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
