"""What the gateway tells of itself in numbers, beside what `gateway.measure` times."""

from collections.abc import Iterable
from functools import cache

from prometheus_client import Counter

from chassis.telemetry.metrics import REGISTRY

TRACKED = Counter(
    "consilium_track_events", "Collected events, by verdict and code.", ["verdict", "code"], registry=REGISTRY
)
REFUSED = Counter("consilium_http_refused", "Requests refused, by code.", ["code"], registry=REGISTRY)
_tracked = cache(TRACKED.labels)
_refused = cache(REFUSED.labels)


def refused(code: str) -> None:
    """Count a refusal; codes are those of our own tables and of services' reasons."""
    _refused(code).inc()


def tracked(verdicts: Iterable[tuple[str, str]]) -> None:
    """Count events by verdict and code."""
    for verdict, code in verdicts:
        _tracked(verdict, code).inc()
