"""The door of a service: every call passes it in one order.

trace → authenticate → authorise → field rules → freeze → deadline → handler → audit → errors told once.

Authorisation is by action: each RPC names the one that it needs beside itself in proto (`consilium.shared.v1.action`);
a call without that action among the principal's is refused before anything is looked up. An RPC that changes what all
bases share says so there too (`shared`), and is refused from a single base. One that a feature freeze holds back says
by what (`frozen`), see `chassis.grpc.freezes`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import ServiceDescriptor
from google.rpc import status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection
from opentelemetry import trace

from chassis.grpc import freezes, validation
from chassis.grpc.errors import DETAILS, internal, status_of
from chassis.grpc.principal import Metadata, Principal, Verifier, admit, token_of
from chassis.grpc.spans import ids_in
from chassis.grpc.trail import ALLOWED, REFUSED, Trail
from chassis.kernel import WHOLE, Code, Problem
from chassis.kernel.problem import ActionNotAllowed, DeadlineExceeded, SharedByAll
from chassis.mongo.asking import MongoUnavailable, engine_away
from chassis.telemetry import metrics, tracing
from chassis.telemetry.logs import log
from chassis.telemetry.tracing import serving
from gen.consilium.shared.v1 import options_pb2

LONGEST = 30.0  # seconds for a unary call without, or with a longer, deadline of its own
PUBLIC, SERVICE = "public", "service"
_OPEN = ("/grpc.health.v1.Health/", "/grpc.reflection.v1alpha.ServerReflection/")
_MESSAGE = 16 * 1024 * 1024
_HUNG_UP = Code.CANCELLED.name  # counted for a call whose caller did not wait for its end

Register = tuple[Callable[[Any, grpc.aio.Server], None], Any, str]
"""What adds a servicer, the servicer, and the full name of its proto service."""


def actions_of(services: Sequence[str]) -> dict[str, str]:
    """Give the action of each method ("/package.Service/Method") of some proto services.

    Raises:
        LookupError: a method declares none.
    """
    pool = descriptor_pool.Default()
    actions: dict[str, str] = {}
    for name in services:
        descriptor: ServiceDescriptor = pool.FindServiceByName(name)
        for method in descriptor.methods:
            action = method.GetOptions().Extensions[options_pb2.action]
            if not action:
                raise LookupError(f"{name}.{method.name} declares no action")
            actions[f"/{name}/{method.name}"] = action
    return actions


def shared_of(services: Sequence[str]) -> frozenset[str]:
    """Give the methods of some proto services that change what all bases share."""
    pool = descriptor_pool.Default()
    return frozenset(
        f"/{name}/{method.name}"
        for name in services
        for method in pool.FindServiceByName(name).methods
        if method.GetOptions().Extensions[options_pb2.shared]
    )


if TYPE_CHECKING:
    _Interceptor = grpc.aio.ServerInterceptor[Any, Any]
else:  # the stubs' type takes parameters, the class itself takes none
    _Interceptor = grpc.aio.ServerInterceptor


class Door(_Interceptor):
    """The one interceptor."""

    def __init__(
        self,
        verifier: Verifier,
        actions: dict[str, str],
        shared: frozenset[str],
        trail: Trail | None = None,
        frozen: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._verifier, self._actions, self._shared, self._trail = verifier, actions, shared, trail
        self._frozen = frozen
        self._behind: dict[str, Any] = {}  # handlers behind the door by method: made once, not per call

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """Give a method's handler, wrapped."""
        method = str(handler_call_details.method)
        known = self._behind.get(method)
        if known is not None:
            return known
        handler = await continuation(handler_call_details)
        if handler is None or method.startswith(_OPEN):
            return handler
        if handler.unary_unary:
            wrapped = grpc.unary_unary_rpc_method_handler(
                self._unary(method, handler.unary_unary), handler.request_deserializer, handler.response_serializer
            )
        else:
            wrapped = grpc.unary_stream_rpc_method_handler(
                self._stream(method, handler.unary_stream), handler.request_deserializer, handler.response_serializer
            )
        self._behind[method] = wrapped
        return wrapped

    async def _enter(self, method: str, request: Any, metadata: Metadata) -> Principal | None:
        action = self._actions[method]
        principal = None if action == PUBLIC else self._verifier.check(token_of(metadata))
        if principal is not None:
            allowed = principal.is_service if action == SERVICE else action in principal.actions
            if not allowed:
                await self._tell(principal, method, REFUSED, request)
                raise ActionNotAllowed(action)
            if method in self._shared and principal.workspace != WHOLE:
                await self._tell(principal, method, REFUSED, request)
                raise SharedByAll
        admit(principal)
        validation.check(request)
        if tracing.in_recorded():
            tracing.about(**ids_in(request))
        if principal is not None:
            await self._thaw(principal, method, request, metadata)
        return principal

    async def _thaw(self, principal: Principal, method: str, request: Any, metadata: Metadata) -> None:
        freeze = freezes.standing(principal, self._frozen.get(method, ""), time.time())
        if freeze is None:
            return
        if freezes.named(metadata) != freeze.id:
            await self._tell(principal, method, REFUSED, request)
            raise freezes.refusal(freeze)
        if freezes.OVERRIDE not in principal.actions:
            await self._tell(principal, method, REFUSED, request)
            raise ActionNotAllowed(freezes.OVERRIDE)
        if self._trail is not None:
            await self._trail.overridden(principal, freezes.OVERRIDE, freeze.id, request)

    async def _tell(self, principal: Principal | None, method: str, outcome: str, *messages: Any) -> None:
        if self._trail is not None:
            await self._trail.tell(principal, self._actions[method], outcome, *messages)

    def _unary(self, method: str, handler: Any) -> Any:
        async def call(request: Any, context: Any) -> Any:
            began = time.perf_counter()
            code = _HUNG_UP
            metadata = context.invocation_metadata() or ()
            with serving(method, _parent(metadata)):
                try:
                    principal = await self._enter(method, request, metadata)
                    remaining = context.time_remaining()
                    async with asyncio.timeout(min(remaining, LONGEST) if remaining is not None else LONGEST):
                        answer = await handler(request, context)
                        await self._tell(principal, method, ALLOWED, request, answer)
                    code = "OK"
                    return answer
                except Exception as error:
                    status = _told(method, error)
                    code = grpc_name(status.code)
                finally:
                    tracing.about(code=code)
                    metrics.called(method, code, time.perf_counter() - began)
            return await _abort(context, status)

        return call

    def _stream(self, method: str, handler: Any) -> Any:
        async def call(request: Any, context: Any) -> AsyncIterator[Any]:
            began = time.perf_counter()
            code = _HUNG_UP
            metadata = context.invocation_metadata() or ()
            with serving(method, _parent(metadata)):
                try:
                    await self._enter(method, request, metadata)
                    async for answer in handler(request, context):
                        yield answer
                    code = "OK"
                    return
                except Exception as error:
                    status = _told(method, error)
                    code = grpc_name(status.code)
                finally:
                    tracing.about(code=code)
                    metrics.called(method, code, time.perf_counter() - began)
            await _abort(context, status)

        return call


def grpc_name(number: int) -> str:
    """Name a status code by its number."""
    try:
        return Code(number).name
    except ValueError:
        return "UNKNOWN"


def _parent(metadata: Metadata) -> str:
    for name, value in metadata:
        if name == "traceparent":
            return str(value)
    return ""


def _told(method: str, error: Exception) -> status_pb2.Status:
    if isinstance(error, TimeoutError):
        error = DeadlineExceeded()
    elif engine_away(error):
        error = MongoUnavailable()
    if isinstance(error, Problem):
        if error.code in {Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.INTERNAL}:
            log().warning("rpc.refused", method=method, reason=error.reason)
            tracing.failed(error.reason)
        return status_of(error)
    log().exception("rpc.failed", method=method, kind=type(error).__name__)
    tracing.failed(type(error).__name__)
    span = trace.get_current_span().get_span_context()
    return internal(format(span.trace_id, "032x") if span.is_valid else "")


async def _abort(context: Any, status: status_pb2.Status) -> NoReturn:
    code = next(item for item in grpc.StatusCode if item.value[0] == status.code)
    # Header values must be ASCII; the whole text travels in the details.
    text = status.message.encode("ascii", "replace").decode()
    await context.abort(code, text, trailing_metadata=((DETAILS, status.SerializeToString()),))
    raise AssertionError("abort has raised")


class Server:
    """A service's gRPC server: its servicers behind the door, health and reflection beside them."""

    def __init__(
        self,
        registers: Sequence[Register],
        verifier: Verifier,
        *,
        host: str,
        port: int,
        tls: Path | None = None,
        trail: Trail | None = None,
    ) -> None:
        names = [name for _, _, name in registers]
        self._server = grpc.aio.server(
            interceptors=[Door(verifier, actions_of(names), shared_of(names), trail, freezes.frozen_of(names))],
            options=[
                ("grpc.max_receive_message_length", _MESSAGE),
                ("grpc.max_send_message_length", _MESSAGE),
                ("grpc.so_reuseport", 0),
                ("grpc.max_connection_age_ms", 300_000),  # so that clients find new pods
                ("grpc.max_connection_age_grace_ms", 60_000),
                ("grpc.keepalive_time_ms", 30_000),
                ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
            ],
        )
        for add, servicer, _ in registers:
            add(servicer, self._server)
        self._health = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection([*names, reflection.SERVICE_NAME], self._server)
        address = f"{host}:{port}"
        if tls is None:
            self.port = self._server.add_insecure_port(address)
        else:
            self.port = self._server.add_secure_port(address, _credentials(tls))
        if not self.port:
            raise OSError(f"cannot listen on {address}")

    async def start(self) -> None:
        """Answer calls and say so."""
        await self._server.start()
        await self._health.set("", health_pb2.HealthCheckResponse.SERVING)

    async def stop(self, grace: float = 10.0) -> None:
        """Say that it leaves, finish what is in hand, stop."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(grace)


def _credentials(tls: Path) -> grpc.ServerCredentials:
    return grpc.ssl_server_credentials(
        [((tls / "tls.key").read_bytes(), (tls / "tls.pem").read_bytes())],
        root_certificates=(tls / "ca.pem").read_bytes(),
        require_client_auth=False,
    )
