"""What every request gets: an id, one log line, and headers that limit a browser."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

from interviewer.web.kept_text import storage_refused

log = structlog.get_logger("interviewer.access")

GetResponse = Callable[[HttpRequest], HttpResponse]

# Asked every few seconds: their lines would bury the others.
PROBES = frozenset({"healthz", "readyz", "metrics"})

SECURITY_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    # The room may listen to the candidate; nothing else is asked of the device.
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), "
        "encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(self), midi=(), payment=(), "
        "publickey-credentials-get=(), screen-wake-lock=(), usb=(), "
        "xr-spatial-tracking=()"
    ),
}


def security_headers(get_response: GetResponse) -> GetResponse:
    """Add the headers that Django has no setting for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        # Pages show one person's data; static files set their own lifetime.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def request_log(get_response: GetResponse) -> GetResponse:
    """Give the request an id and write its line: the route, never path or query."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = get_response(request)
        response.headers["X-Request-ID"] = request_id
        route = route_name(request)
        write = log.debug if route in PROBES else log.info
        write(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response

    return middleware


def route_name(request: HttpRequest) -> str:
    """Return the name of the route that answered; "none" when no route matched."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else "none"


class DatabaseTrouble:
    """Answers 503 and shows the typed text when the database refuses or is away."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, DatabaseError):
            return None
        log.error("database_trouble", route=route_name(request), exc_info=exception)
        return storage_refused(request)


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise that answers with whole files; ours are small.

    Its streamed answers are synchronous, which under ASGI costs a thread hop per piece
    and a warning.
    """

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        answer = static_file.get_response(request.method, request.META)
        content = b""
        if answer.file is not None:
            with answer.file as file:
                content = file.read()
        response = HttpResponse(content, status=int(answer.status))
        del response["Content-Type"]
        for name, value in answer.headers:
            response[name] = value
        return response
