"""Metrics of every process, in Prometheus' form on the metrics port. Names are listed in telemetry/registry.yaml.

Labels come from closed sets only (methods, codes, consumers, lanes): never an id, never a value.
"""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

REGISTRY = CollectorRegistry(auto_describe=True)
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

CALLS = Counter("consilium_rpc_calls", "Calls served, by method and code.", ["method", "code"], registry=REGISTRY)
SECONDS = Histogram("consilium_rpc_seconds", "Time to serve a call.", ["method"], buckets=_BUCKETS, registry=REGISTRY)
CONSUMED = Counter("consilium_bus_consumed", "Facts handled, by consumer.", ["consumer"], registry=REGISTRY)
BURIED = Counter("consilium_bus_buried", "Facts sent to the dead letters.", ["consumer"], registry=REGISTRY)
PUBLISHED = Counter("consilium_bus_published", "Facts published by the relay.", ["database"], registry=REGISTRY)
LANES = Gauge("consilium_lanes_held", "Lanes that this process works.", registry=REGISTRY)


# Looking a child up by its labels costs more than counting, and there are few: methods by codes.
_calls = cache(CALLS.labels)
_seconds = cache(SECONDS.labels)


def called(method: str, code: str, seconds: float) -> None:
    """Count a served call."""
    _calls(method, code).inc()
    _seconds(method).observe(seconds)


def consumed(consumer: str, facts: int) -> None:
    """Count handled facts."""
    CONSUMED.labels(consumer).inc(facts)


def buried(consumer: str) -> None:
    """Count a fact that went to the dead letters."""
    BURIED.labels(consumer).inc()


def published(database: str, facts: int) -> None:
    """Count facts that the relay brought to the bus."""
    PUBLISHED.labels(database).inc(facts)


def exposition() -> tuple[bytes, str]:
    """Give the page and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
