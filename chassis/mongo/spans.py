"""Commands to MongoDB as steps of whatever trace they serve.

Limits: only what runs inside a recorded span is told; leases, change streams and other housekeeping are nobody's trace.
Commands hold people's values, so nothing of them is told but their name and collection.
"""

from collections.abc import Callable

from opentelemetry.trace import Span, SpanKind
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from chassis.telemetry import tracing

_ABOUT_THE_CONNECTION = frozenset({"hello", "ismaster", "ping", "endSessions", "saslStart", "saslContinue"})


class CommandSpans(CommandListener):
    """Told by the driver of every command, in the task that runs it."""

    def __init__(self) -> None:
        self._open: dict[int, Span] = {}

    def started(self, event: CommandStartedEvent) -> None:
        """Begin a step."""
        name = event.command_name
        if name in _ABOUT_THE_CONNECTION or not tracing.in_recorded():
            return
        target = event.command.get("collection" if name == "getMore" else name)
        on = target if isinstance(target, str) else event.database_name
        self._open[event.request_id] = tracing.begun(f"mongodb {name} {on}", tracing.traceparent(), SpanKind.CLIENT)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """End it well."""
        self._end(event.request_id, lambda _span: None)

    def failed(self, event: CommandFailedEvent) -> None:
        """End it with the code of the failure; its text may quote documents."""
        self._end(event.request_id, lambda span: tracing.failed(str(event.failure.get("code", "failed")), span))

    def _end(self, request: int, last: Callable[[Span], None]) -> None:
        span = self._open.pop(request, None)
        if span is not None:
            last(span)
            span.end()
