"""A receiver of OTLP over gRPC: hands every span on as a plain value.

Used by the local viewer and by the tests that look at whole traces.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as pb
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as rpc
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Told
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from deploy.local.children import HOST

_KINDS = {kind: name.removeprefix("SPAN_KIND_") for name, kind in Told.SpanKind.items()}


@dataclass(frozen=True, slots=True)
class Span:
    """One span; ids are hexadecimal, times nanoseconds since 1970, `parent` is "" for the first of a trace."""

    trace: str
    id: str
    parent: str
    service: str
    name: str
    kind: str
    began: int
    ended: int
    failed: str
    attributes: Mapping[str, Any]
    links: Sequence[str]
    """Traces of the spans that it is linked to."""


Take = Callable[[Sequence[Span]], None]


class Receiver(rpc.TraceServiceServicer):
    """Listens on a port of loopback from `start` to `stop`; `take` is called in a thread of its own."""

    def __init__(self, port: int, take: Take) -> None:
        self._take = take
        self._server = grpc.server(ThreadPoolExecutor(1, thread_name_prefix="otlp"))
        rpc.add_TraceServiceServicer_to_server(self, self._server)  # type: ignore[no-untyped-call]  # generated so
        self.address = f"http://{HOST}:{port}"
        if not self._server.add_insecure_port(f"{HOST}:{port}"):
            raise OSError(f"cannot listen on port {port}")

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def stop(self) -> None:
        """Hang up."""
        self._server.stop(1.0).wait()

    def Export(  # noqa: N802 - the name that the protocol gives
        self, request: pb.ExportTraceServiceRequest, _context: object
    ) -> pb.ExportTraceServiceResponse:
        """Take what a process exports."""
        self._take(
            [
                _span(span, str(_values(resource.resource.attributes).get("service.name", "")))
                for resource in request.resource_spans
                for scope in resource.scope_spans
                for span in scope.spans
            ]
        )
        return pb.ExportTraceServiceResponse()


def _span(told: Told, service: str) -> Span:
    return Span(
        trace=told.trace_id.hex(),
        id=told.span_id.hex(),
        parent=told.parent_span_id.hex(),
        service=service,
        name=told.name,
        kind=_KINDS.get(told.kind, ""),
        began=told.start_time_unix_nano,
        ended=told.end_time_unix_nano,
        failed=told.status.message or "failed" if told.status.code == Status.STATUS_CODE_ERROR else "",
        attributes=_values(told.attributes),
        links=[link.trace_id.hex() for link in told.links],
    )


def _values(pairs: Sequence[KeyValue]) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind in {"string_value", "int_value", "bool_value", "double_value"} else None
