"""Structured logs: one JSON line per fact, with the trace's ids, an event name and nothing personal.

Event names and keys are listed in telemetry/registry.yaml; a test refuses others. Exceptions are logged as their type
and place: their texts may hold people (a driver's error quotes documents), so they are left out.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from opentelemetry import trace


def _trace(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = format(context.trace_id, "032x")
        event["span_id"] = format(context.span_id, "016x")
    return event


def _exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    info = event.pop("exc_info", None)
    if not info:
        return event
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["place"] = [f"{frame.filename.rpartition('/site-packages/')[2]}:{frame.lineno}" for frame in frames[-6:]]
    return event


class _Foreign(logging.Handler):
    """Libraries' own log records: their name and level only, because their texts are not ours to trust."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        log().log(record.levelno, "library.said", logger=record.name, line=record.lineno, kind=kind)


def configure(*, service: str, cell: str, level: str = "info") -> None:
    """Set the process's logging up; called once, first."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _trace,
            _exception,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, cell=cell)
    root = logging.getLogger()
    root.handlers[:] = [_Foreign()]
    root.setLevel(logging.WARNING)


def log() -> Any:
    """Give the logger: `log().info("import.committed", rows=3)`."""
    return structlog.get_logger()
