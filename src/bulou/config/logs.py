"""Logging: one line an event on standard error, as words or as JSON (`BULOU_LOG_FORMAT=json`).

What an exception says may quote a name or a number, so that only its class and where it came from are told.
"""

from __future__ import annotations

import sys
import traceback
from logging import LogRecord as Record
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger


def logging(level: str, as_json: bool) -> dict[str, Any]:
    """The setting LOGGING. Structlog's own loggers go the same way as everybody's."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            }
        },
        "filters": {"address": {"()": lambda: without_address}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["address"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"bulou.access": {"level": "INFO" if as_json else level}},
    }


def without_address(record: Record) -> bool:
    """A filter: Django's lines about refused requests lose the address, which may be a personal link."""
    if record.name == "django.request":
        record.msg, record.args = "answered %s", (getattr(record, "status_code", "?"),)
    return True


def without_words(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """The class of an exception and the lines that it came through, and nothing of what it says."""
    told = event.pop("exc_info", None)
    if told is True:
        told = sys.exc_info()
    if isinstance(told, BaseException):
        told = (type(told), told, told.__traceback__)
    if told and told[0] is not None:
        event["exception"] = "".join(traceback.format_tb(told[2])) + told[0].__name__
    return event


SHARED: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    without_words,
)
