"""Requests counted and timed, by route, method and status; never by an id."""

import time
from functools import cache

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.telemetry.metrics import REGISTRY

_BUCKETS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
REQUESTS = Histogram(
    "consilium_http_seconds",
    "Time to answer a request, by route, method and status.",
    ["route", "method", "status"],
    buckets=_BUCKETS,
    registry=REGISTRY,
)
# Looking a child up by its labels costs more than observing, and there are few: routes by methods and statuses.
_of = cache(REQUESTS.labels)
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

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "none")
                method = scope["method"] if scope["method"] in _METHODS else "other"
                _of(route, method, message["status"]).observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, timed)
