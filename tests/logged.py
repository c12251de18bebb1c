"""What processes log, caught as lines: the whole way of a line but for its last step."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

import structlog

from chassis.telemetry import logs


class Lines(io.StringIO):
    """The lines that were logged."""

    def all(self) -> list[dict[str, Any]]:
        """Give every line."""
        return [json.loads(line) for line in self.getvalue().splitlines() if line.startswith("{")]

    def of(self, event: str) -> dict[str, Any]:
        """Give the first line of an event, {} when there is none yet."""
        return next((line for line in self.all() if line["event"] == event), {})


@contextmanager
def logged(service: str = "test", cell: str = "local") -> Iterator[Lines]:
    """Catch what is logged inside."""
    before, caught = structlog.get_config(), Lines()
    try:
        with redirect_stderr(caught):
            logs.configure(service=service, cell=cell)
        structlog.configure(cache_logger_on_first_use=False)
        yield caught
    finally:
        structlog.contextvars.clear_contextvars()
        structlog.configure(**before)
