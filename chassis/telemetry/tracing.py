"""Traces: one tree from the door to the store and over the bus; ids as attributes, no values.

Exported by OTLP over gRPC when OTEL_EXPORTER_OTLP_ENDPOINT is set; everything about it is told by the standard
variables alone (sampling by OTEL_TRACES_SAMPLER, by the parent's decision unless told otherwise). Where nothing is
exported, ids of traces are still made at the door and handed on, so that the logs of all processes join.

Promise: an exception in a span leaves its type there, never its text. A batch of facts of one trace goes on in it; a
batch of several is a trace of its own, linked to theirs.
"""

import os
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache, lru_cache

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags

_LINKS_AT_MOST = 32
_NOTHING = nullcontext()
_PARENT = re.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_NEVER = 0xFF  # a version that W3C forbids


def configure(*, service: str, cell: str) -> None:
    """Set the process's tracing up; records nothing without an endpoint."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return
    # Imported here: the exporter costs 80 ms of start-up that most local processes do not need.
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    provider = TracerProvider(
        resource=Resource.create({"service.name": f"consilium-{service}", "consilium.cell": cell})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def recording() -> bool:
    """Tell whether this process exports spans."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def in_recorded() -> bool:
    """Tell whether the present span is recorded."""
    return trace.get_current_span().is_recording()


def traceparent(span: Span | None = None) -> str:
    """Give a span, the present one when none is named, as a W3C traceparent; "" outside a trace."""
    told = (span or trace.get_current_span()).get_span_context()
    if not told.is_valid:
        return ""
    return f"00-{told.trace_id:032x}-{told.span_id:016x}-{told.trace_flags & TraceFlags.SAMPLED:02x}"


@lru_cache(512)  # a bulk's facts share one
def _remote(parent: str) -> SpanContext | None:
    found = _PARENT.fullmatch(parent)
    if found is None:
        return None
    version, trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    if version == _NEVER or not trace_id or not span_id:
        return None
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags & TraceFlags.SAMPLED))


def _above(parent: SpanContext | None) -> Context:
    """Give the context below a span of elsewhere; an empty one below none."""
    return Context() if parent is None else trace.set_span_in_context(NonRecordingSpan(parent), Context())


def begun(name: str, parent: str, kind: SpanKind = SpanKind.INTERNAL, **ids: str | int) -> Span:
    """Begin a span that does not become the present one, for work that goes on beside others; its owner ends it."""
    attributes = {f"consilium.{name}": value for name, value in ids.items()}
    return _tracer().start_span(name, _above(_remote(parent)), kind, attributes)


def about(span: Span | None = None, /, **ids: str | int) -> None:
    """Say what a span, the present one when none is named, is about: ids, codes and counts."""
    span = span or trace.get_current_span()
    if span.is_recording():
        span.set_attributes({f"consilium.{name}": value for name, value in ids.items()})


def failed(kind: str, span: Span | None = None) -> None:
    """Mark a span, the present one when none is named, as failed with a kind of error or a reason."""
    span = span or trace.get_current_span()
    if span.is_recording():
        span.set_status(Status(StatusCode.ERROR, kind))
        span.set_attribute("error.type", kind)


def arriving(method: str, caller: str) -> AbstractContextManager[Span]:
    """Run a request of the outside world in a trace that begins here, linked to the caller's own.

    Not below the caller's: whoever is outside could decide what is recorded, and a browser records nothing.
    """
    if not recording():
        return _named_only()
    theirs = _remote(caller) if caller else None
    return _spanned(f"HTTP {method}", Context(), SpanKind.SERVER, [Link(theirs)] if theirs else [])


@contextmanager
def _named_only() -> Iterator[Span]:
    span = NonRecordingSpan(SpanContext(random.getrandbits(128) | 1, random.getrandbits(64) | 1, is_remote=False))
    token = context.attach(trace.set_span_in_context(span, Context()))
    try:
        yield span
    finally:
        context.detach(token)


def serving(name: str, parent: str) -> AbstractContextManager[object]:
    """Run a call inside a server span below the caller's; where nobody records and the caller has none, in nothing."""
    if not parent and not recording():
        return _NOTHING
    return _spanned(name, _above(_remote(parent)), SpanKind.SERVER)


def consuming(name: str, parents: Sequence[str], kind: SpanKind = SpanKind.CONSUMER) -> AbstractContextManager[object]:
    """Run a batch inside one span: below the first of its parents when they are of one trace, else linked to all."""
    spans = [span for span in map(_remote, dict.fromkeys(parents)) if span]
    if not recording():
        return _spanned(name, _above(spans[0]), kind) if _one_trace(spans) else _NOTHING
    first = spans[0] if _one_trace(spans) else None
    others = [span for span in spans if span is not first and span.trace_flags & TraceFlags.SAMPLED]
    return _batch(name, first, [Link(span) for span in others[:_LINKS_AT_MOST]], len(parents), kind)


def _one_trace(spans: Sequence[SpanContext]) -> bool:
    return len({span.trace_id for span in spans}) == 1


@contextmanager
def _batch(name: str, first: SpanContext | None, links: Sequence[Link], size: int, kind: SpanKind) -> Iterator[Span]:
    with _spanned(name, _above(first), kind, links) as span:
        about(span, batch_size=size)
        yield span


def publishing(name: str, parents: Sequence[str]) -> AbstractContextManager[object]:
    """Run the publishing of facts: a step of the present span, else as `consuming`; facts without a trace make none."""
    if not recording():
        return _NOTHING
    if in_recorded():
        return _step(name, SpanKind.PRODUCER, {"consilium.batch_size": len(parents)})
    return consuming(name, parents, SpanKind.PRODUCER) if any(parents) else _NOTHING


def continuing(name: str, parent: str, **ids: str | int) -> AbstractContextManager[object]:
    """Run long work below whoever asked for it."""
    if not parent and not recording():
        return _NOTHING
    attributes = {f"consilium.{name}": value for name, value in ids.items()}
    return _spanned(name, _above(_remote(parent)), SpanKind.INTERNAL, attributes=attributes)


def doing(name: str, kind: SpanKind = SpanKind.CLIENT, **attributes: str | int) -> AbstractContextManager[object]:
    """Run a step inside a span of its own, only where the present span is recorded: housekeeping makes no traces."""
    if not in_recorded():
        return _NOTHING
    return _step(name, kind, {f"consilium.{name}": value for name, value in attributes.items()})


def _step(name: str, kind: SpanKind, attributes: dict[str, str | int]) -> AbstractContextManager[Span]:
    return _spanned(name, context.get_current(), kind, attributes=attributes)


@contextmanager
def _spanned(
    name: str,
    above: Context,
    kind: SpanKind,
    links: Sequence[Link] = (),
    attributes: dict[str, str | int] | None = None,
) -> Iterator[Span]:
    span = _tracer().start_span(name, above, kind, attributes, links)
    token = context.attach(trace.set_span_in_context(span, above))
    try:
        yield span
    except Exception as error:
        # By hand: the library would write the error's text into the span, and texts may quote people.
        failed(str(getattr(error, "reason", "") or type(error).__name__), span)
        raise
    finally:
        span.end()
        context.detach(token)


@cache
def _tracer() -> trace.Tracer:
    return trace.get_tracer("consilium")


__all__ = [
    "Span",
    "SpanKind",
    "about",
    "arriving",
    "begun",
    "configure",
    "consuming",
    "continuing",
    "doing",
    "failed",
    "in_recorded",
    "publishing",
    "recording",
    "serving",
    "traceparent",
]
