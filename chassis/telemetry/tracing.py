"""Traces: one tree from the door to the store and over the bus; ids as attributes, no values.

Exported by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT is set (standard variables only), else kept off.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from opentelemetry import context, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()
_LINKS_AT_MOST = 32
_NOTHING = nullcontext()


def configure(*, service: str, cell: str) -> None:
    """Set the process's tracing up; does nothing without an endpoint."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return
    # Imported here: the exporter costs 80 ms of start-up that most local processes do not need.
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    provider = TracerProvider(
        resource=Resource.create({"service.name": f"consilium-{service}", "consilium.cell": cell})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def tracer() -> trace.Tracer:
    """Give the process's tracer."""
    return trace.get_tracer("consilium")


def traceparent() -> str:
    """Give the present span as a W3C traceparent, "" outside a trace."""
    if not trace.get_current_span().get_span_context().is_valid:
        return ""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent", "")


def _remote(parent: str) -> SpanContext | None:
    span = trace.get_current_span(_PROPAGATOR.extract({"traceparent": parent})).get_span_context()
    return span if span.is_valid else None


def serving(name: str, parent: str) -> AbstractContextManager[object]:
    """Run a call inside a server span below the caller's; where nobody records and the caller has none, in nothing."""
    if not parent and isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return _NOTHING
    return _served(name, parent)


@contextmanager
def _served(name: str, parent: str) -> Iterator[trace.Span]:
    token = context.attach(_PROPAGATOR.extract({"traceparent": parent})) if parent else None
    try:
        with tracer().start_as_current_span(name, kind=SpanKind.SERVER, record_exception=False) as span:
            yield span
    finally:
        if token is not None:
            context.detach(token)


@contextmanager
def consuming(name: str, parents: Sequence[str]) -> Iterator[trace.Span]:
    """Run a batch inside one span: below its only parent, or linked to several."""
    spans = [span for span in (_remote(parent) for parent in dict.fromkeys(parents) if parent) if span]
    if len(spans) == 1:
        above = trace.set_span_in_context(trace.NonRecordingSpan(spans[0]))
        with tracer().start_as_current_span(
            name, context=above, kind=SpanKind.CONSUMER, record_exception=False
        ) as span:
            yield span
    else:
        links = [Link(span) for span in spans[:_LINKS_AT_MOST] if span.trace_flags & TraceFlags.SAMPLED]
        with tracer().start_as_current_span(name, kind=SpanKind.CONSUMER, links=links, record_exception=False) as span:
            span.set_attribute("consilium.batch.size", len(parents))
            yield span
