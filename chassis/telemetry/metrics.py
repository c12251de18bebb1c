"""Metrics of every process, in Prometheus' or OpenMetrics' form on the metrics port, as the asker prefers.

Names, labels and how many series each may have are listed in telemetry/registry.yaml. Labels come from closed sets only
(methods, codes, consumers, lanes): never an id, never a value. Histograms carry the trace of their last observation as
an exemplar where that trace is recorded.
"""

from functools import cache

from opentelemetry import trace
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder

REGISTRY = CollectorRegistry(auto_describe=True)
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
# From what nobody notices to what somebody must look at: facts travel in milliseconds, a backlog takes minutes.
DELAYS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600)
ProcessCollector(registry=REGISTRY)

CALLS = Counter("consilium_rpc_calls", "Calls served, by method and code.", ["method", "code"], registry=REGISTRY)
SECONDS = Histogram("consilium_rpc_seconds", "Time to serve a call.", ["method"], buckets=BUCKETS, registry=REGISTRY)
CONSUMED = Counter("consilium_bus_consumed", "Facts handled, by consumer.", ["consumer"], registry=REGISTRY)
BURIED = Counter("consilium_bus_buried", "Facts sent to the dead letters.", ["consumer"], registry=REGISTRY)
DELAY = Histogram(
    "consilium_bus_delay_seconds",
    "From the write that told a fact to its being handled, by consumer.",
    ["consumer"],
    buckets=DELAYS,
    registry=REGISTRY,
)
LAG = Gauge(
    "consilium_consumer_lag",
    "Facts that wait for a consumer in the lanes that this process holds.",
    ["service", "consumer"],
    registry=REGISTRY,
)
AWAY = Gauge("consilium_circuits_open", "Consumers that hold because an engine or a peer is away.", registry=REGISTRY)
PUBLISHED = Counter("consilium_bus_published", "Facts published by the relay.", ["database"], registry=REGISTRY)
UNPUBLISHED = Gauge(
    "consilium_outbox_oldest_seconds",
    "Age of the oldest fact that is not on the bus, in the lanes that this process holds.",
    ["database"],
    registry=REGISTRY,
)
LANES = Gauge("consilium_lanes_held", "Lanes that this process works.", ["database"], registry=REGISTRY)
LOOP = Histogram(
    "consilium_loop_lag_seconds",
    "How late the event loop runs what is due: the process's saturation.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
    registry=REGISTRY,
)


# Looking a child up by its labels costs more than counting, and there are few: methods by codes.
_calls = cache(CALLS.labels)
_seconds = cache(SECONDS.labels)
_delay = cache(DELAY.labels)


def exemplar() -> dict[str, str] | None:
    """Give the present trace as an exemplar, None where it is not recorded."""
    span = trace.get_current_span()
    return {"trace_id": f"{span.get_span_context().trace_id:032x}"} if span.is_recording() else None


def called(method: str, code: str, seconds: float) -> None:
    """Count a served call."""
    _calls(method, code).inc()
    _seconds(method).observe(seconds, exemplar())


def consumed(consumer: str, facts: int) -> None:
    """Count handled facts."""
    CONSUMED.labels(consumer).inc(facts)


def delayed(consumer: str, seconds: float) -> None:
    """Note how long after its write a fact was handled; clocks of two machines may make it a little wrong."""
    _delay(consumer).observe(max(seconds, 0.0), exemplar())


def buried(consumer: str) -> None:
    """Count a fact that went to the dead letters."""
    BURIED.labels(consumer).inc()


def published(database: str, facts: int) -> None:
    """Count facts that the relay brought to the bus."""
    PUBLISHED.labels(database).inc(facts)


def exposition(accept: str = "") -> tuple[bytes, str]:
    """Give the page and its content type: OpenMetrics, which has exemplars, where it is asked for."""
    encode, kind = choose_encoder(accept)
    return encode(REGISTRY), kind
