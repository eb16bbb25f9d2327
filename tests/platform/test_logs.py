import io
import json
import logging
import sys

import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from interviewer.logs import log_configuration
from interviewer.web.middleware import request_log

CANARY = "alice@example.org"


@pytest.fixture
def log_lines():
    """What is logged from now on, as parsed JSON lines."""
    configuration = log_configuration(level="INFO")
    formatter = logging.Formatter()
    stream = io.StringIO()
    config = logging.config.DictConfigurator(configuration)
    formatter = config.configure_formatter(configuration["formatters"]["structured"])
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)
    structlog.contextvars.clear_contextvars()


def test_writes_one_line_per_request_with_the_route_and_an_id(client, log_lines):
    response = client.get(f"{reverse('account_login')}?next=/{CANARY}")

    (line,) = [line for line in log_lines() if line["event"] == "request"]
    assert line["route"] == "account_login"
    assert line["status"] == response.status_code
    assert line["request_id"] == response["X-Request-ID"]
    assert CANARY not in json.dumps(line)


def test_names_no_path_that_matched_no_route(client, log_lines):
    client.get(f"/{CANARY}/")

    assert CANARY not in json.dumps(log_lines())


def test_gives_each_request_its_own_id(client):
    first, second = client.get(reverse("healthz")), client.get(reverse("healthz"))

    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_adds_the_ids_of_the_request_to_lines_written_during_it(log_lines):
    def view(request):
        structlog.contextvars.bind_contextvars(session_id="0197")
        structlog.get_logger("interviewer.test").info("turn_committed")
        return HttpResponse()

    response = request_log(view)(RequestFactory().get("/"))

    (line,) = [line for line in log_lines() if line["event"] == "turn_committed"]
    assert line["request_id"] == response["X-Request-ID"]
    assert line["session_id"] == "0197"


def test_keeps_type_and_place_of_an_exception_but_not_its_text(log_lines):
    try:
        raise ValueError(f"duplicate key: {CANARY}")
    except ValueError:
        structlog.get_logger("interviewer.test").exception("turn_failed")

    (line,) = log_lines()
    assert line["exception"] == "builtins.ValueError"
    assert line["places"][-1].startswith("tests/platform/test_logs.py:")
    assert CANARY not in json.dumps(line)


def test_keeps_of_a_library_message_the_template_only(log_lines):
    logging.getLogger("some.library").warning("cannot parse %s", CANARY)

    (line,) = log_lines()
    assert line["event"] == "cannot parse %s"


def test_names_the_task_that_celery_complains_about(log_lines):
    logging.getLogger("celery.app.trace").error(
        "Task %(name)s raised", {"name": "x"}, extra={"data": {"name": "sessions.x"}}
    )

    (line,) = log_lines()
    assert line["task"] == "sessions.x"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_writes_json_unless_a_person_watches(monkeypatch, is_terminal):
    monkeypatch.setattr(sys, "stderr", Terminal() if is_terminal else io.StringIO())

    processors = log_configuration(level="INFO")["formatters"]["structured"][
        "processors"
    ]

    renderer = type(processors[-1]).__name__
    assert renderer == ("ConsoleRenderer" if is_terminal else "JSONRenderer")


class Terminal(io.StringIO):
    def isatty(self):
        return True
