"""Structured logs: one JSON line per fact, with the trace's ids, an event name and nothing personal.

Event names and keys are listed in telemetry/registry.yaml; a test refuses others. Exceptions are logged as their type,
place and fingerprint (the same for the same fault in the same place): their texts may hold people (a driver's error
quotes documents), so they are left out. A warning or an error says what its reader should do.
"""

import hashlib
import json
import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import structlog
from opentelemetry import trace

Event = MutableMapping[str, Any]
_ROOT = f"{Path(__file__).resolve().parents[2]}/"
_FRAMES = 6
_LOUD = frozenset({"warning", "error"})


def _trace(_logger: object, _method: str, event: Event) -> Event:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = format(context.trace_id, "032x")
        event["span_id"] = format(context.span_id, "016x")
    return event


def _exception(_logger: object, _method: str, event: Event) -> Event:
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    where = ""
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["place"] = [f"{_file(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames[-_FRAMES:]]
        # By functions, not lines: the same fault stays the same when something else in the file moves.
        where = "|".join(f"{_file(frame.filename)} {frame.name}" for frame in frames[-_FRAMES:])
    if event.get("level") == "error":
        told = (event["event"], event.get("error") or event.get("kind") or event.get("reason") or "", where)
        event["fingerprint"] = hashlib.sha256("|".join(map(str, told)).encode()).hexdigest()[:12]
    return event


def _file(name: str) -> str:
    return name.rpartition("/site-packages/")[2].removeprefix(_ROOT)


class _Advice:
    """Adds what a warning or an error asks of its reader; known from telemetry/advice.json, where that is installed."""

    def __init__(self) -> None:
        path = Path(_ROOT) / "telemetry/advice.json"
        self._known: Mapping[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def __call__(self, _logger: object, _method: str, event: Event) -> Event:
        if event["level"] in _LOUD and (told := self._known.get(event["event"])):
            event["do"] = told
        return event


class _Foreign(logging.Handler):
    """Libraries' own log records: their name and level only, because their texts are not ours to trust."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        log().log(record.levelno, "library.said", logger=record.name, line=record.lineno, kind=kind)


def configure(*, service: str, cell: str, level: str = "info", incidents: str = "") -> None:
    """Set the process's logging up; called once, first.

    Args:
        service: named in every line, with the cell.
        cell: the jurisdiction.
        level: the least that is told.
        incidents: address (DSN) of an incident tracker that speaks Sentry's protocol; "" is none.
    """
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    tell: list[Any] = []
    if incidents:
        # Imported here: nobody without a tracker needs it.
        from chassis.telemetry.incidents import Incidents

        tell.append(Incidents(incidents, service=service, cell=cell))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _trace,
            _exception,
            _Advice(),
            *tell,
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
