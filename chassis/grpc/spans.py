"""Calls to peers as steps of whatever trace they serve: what the caller waited, beside what the peer worked.

Of a request only ids are told, each under the name of its field.
"""

import uuid
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from opentelemetry.trace import Span, SpanKind

from chassis.telemetry import tracing

if TYPE_CHECKING:
    _Unary = grpc.aio.UnaryUnaryClientInterceptor[Any, Any]
else:  # the stubs' type takes parameters, the class itself takes none
    _Unary = grpc.aio.UnaryUnaryClientInterceptor


_UUID_LENGTH = 36


def ids_in(request: Any) -> dict[str, str]:
    """Give the ids that a request names, by field; whatever is not a UUID may be anything, so it is left out."""
    found = {name: str(getattr(request, name)) for name in _texts(request.DESCRIPTOR)}
    return {name: value for name, value in found.items() if _is_id(value)}


@cache
def _texts(descriptor: Descriptor) -> tuple[str, ...]:
    fields = descriptor.fields
    return tuple(each.name for each in fields if each.type == FieldDescriptor.TYPE_STRING and not each.is_repeated)


def _is_id(value: str) -> bool:
    if len(value) != _UUID_LENGTH:
        return False
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


class CallSpans(_Unary):
    """Begins a step for each unary call inside a recorded span; the peer's own span goes below it."""

    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        """Pass the call on."""
        if not tracing.in_recorded():
            return await continuation(client_call_details, request)
        given = client_call_details
        method: Any = given.method  # bytes, whatever the stubs say
        name = method.decode() if isinstance(method, bytes) else method
        span = tracing.begun(f"call {name}", tracing.traceparent(), SpanKind.CLIENT)
        told = [(key, value) for key, value in given.metadata or () if key != "traceparent"]
        metadata = grpc.aio.Metadata(*told, ("traceparent", tracing.traceparent(span)))
        details = grpc.aio.ClientCallDetails(
            given.method, given.timeout, metadata, given.credentials, given.wait_for_ready
        )
        call = await continuation(details, request)
        call.add_done_callback(lambda done: _ended(span, done))
        return call


def _ended(span: Span, call: Any) -> None:
    code = grpc.StatusCode.CANCELLED if call.cancelled() else _code(call)
    if code is not grpc.StatusCode.OK:
        tracing.failed(code.name, span)
    span.end()


def _code(call: Any) -> grpc.StatusCode:
    error = getattr(call, "exception", lambda: None)()
    return error.code() if isinstance(error, grpc.RpcError) else grpc.StatusCode.OK
