"""Requests counted, timed and traced, by route, method and status; never by an id or an address.

The trace of whatever a request causes begins here. Its id leaves in `traceresponse` (W3C Trace Context, level 2), so
that whoever asked can name it.
"""

import time
from functools import cache

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.telemetry import tracing
from chassis.telemetry.metrics import BUCKETS, REGISTRY, exemplar

REQUESTS = Histogram(
    "consilium_http_seconds",
    "Time to answer a request, by route, method and status.",
    ["route", "method", "status"],
    buckets=BUCKETS,
    registry=REGISTRY,
)
# Looking a child up by its labels costs more than observing, and there are few: routes by methods and statuses.
_of = cache(REQUESTS.labels)
_OURS = 500
_METHODS = frozenset({"GET", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "PUT"})


class Measure:
    """Observes every answer at its start, so that a stream counts by its first byte."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with a clock running."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        method = scope["method"] if scope["method"] in _METHODS else "other"
        with tracing.arriving(method, _callers(scope)) as span:
            own = tracing.traceparent().encode()

            async def timed(message: Message) -> None:
                if message["type"] == "http.response.start":
                    route, status = getattr(scope.get("route"), "path", "none"), message["status"]
                    _of(route, method, status).observe(time.perf_counter() - began, exemplar())
                    _tell(span, method, route, status)
                    message = {**message, "headers": [*message["headers"], (b"traceresponse", own)]}
                await send(message)

            await self._app(scope, receive, timed)


def _callers(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), "")


def _tell(span: tracing.Span, method: str, route: str, status: int) -> None:
    if span.is_recording():
        span.update_name(f"{method} {route}")
        tracing.about(span, route=route, status=status)
        if status >= _OURS:
            tracing.failed(str(status), span)
