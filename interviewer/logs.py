"""Logs: one JSON object per line (readable text on a terminal), ids only.

No personal text: exception messages are left out, because databases and parsers
quote the values they choke on; type and place are kept. Of library messages only the
template is kept, not what would be filled in: paths, for one, may carry keys.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

PROJECT_DIR = Path(__file__).resolve().parent.parent

Event = MutableMapping[str, Any]


def place_of_exception(_logger: Any, _method: str, event: Event) -> Event:
    """Replace an exception by its type and the places it passed, without its text."""
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    if isinstance(exc_info, BaseException):
        exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
    if exc_info and exc_info[0] is not None:
        event["exception"] = f"{exc_info[0].__module__}.{exc_info[0].__qualname__}"
        event["places"] = [
            f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(exc_info[2])
        ]
    return event


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(PROJECT_DIR) and ".venv" not in path.parts:
        return str(path.relative_to(PROJECT_DIR))
    return "/".join(path.parts[-2:])


def name_of_task(_logger: Any, _method: str, event: Event) -> Event:
    """Add the name of the Celery task that a library message is about."""
    data = getattr(event.get("_record"), "data", None)
    if isinstance(data, dict) and "name" in data:
        event["task"] = data["name"]
    return event


class OnlyExceptions(logging.Filter):
    """Drops Django's line about a refused or failed request without an exception.

    The access line tells the same.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return record.exc_info is not None


_shared_processors: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    place_of_exception,
]


def log_configuration(*, level: str) -> dict[str, Any]:
    """Return the logging configuration for `logging.config.dictConfig`."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=True)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=True)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "only_exceptions": {"()": OnlyExceptions},
        },
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "use_get_message": False,
                "foreign_pre_chain": [name_of_task, *_shared_processors],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
            },
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "structured"},
        },
        # Libraries are heard when something is wrong; in between they quote what they
        # work on.
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            "interviewer": {"level": level},
            "sessions_app": {"level": level},
            "django": {"handlers": [], "level": "WARNING"},
            "django.request": {"filters": ["only_exceptions"]},
        },
    }


def configure(configuration: dict[str, Any]) -> None:
    """Apply the configuration and send structlog's events the same way."""
    logging.config.dictConfig(configuration)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
