"""Calls to peers: a deadline always, a principal always, a peer's refusal as the same problem.

Retries are the channel's (service config), for UNAVAILABLE and for methods that proto marks as idempotent only.
ClusterIP pins HTTP/2 to one pod, so addresses resolve by DNS and calls go round robin; a connection that ends makes
the address resolve anew.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import MethodOptions

from chassis.grpc.errors import problem_of
from chassis.grpc.principal import LIFETIME
from chassis.grpc.spans import CallSpans
from chassis.kernel.problem import DependencyUnavailable
from chassis.telemetry.tracing import recording, traceparent
from gen.consilium.access.v1 import tokens_pb2, tokens_pb2_grpc

R = TypeVar("R")
DEADLINE = 5.0
_EARLY = 15.0  # seconds before its end that a token is made anew


def _service_config(services: Sequence[str]) -> str:
    idempotent = [
        {"service": name, "method": method.name}
        for name in services
        for method in descriptor_pool.Default().FindServiceByName(name).methods
        if method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN
    ]
    config: dict[str, Any] = {"loadBalancingConfig": [{"round_robin": {}}]}
    if idempotent:
        config["methodConfig"] = [
            {
                "name": idempotent,
                "retryPolicy": {
                    "maxAttempts": 3,
                    "initialBackoff": "0.05s",
                    "maxBackoff": "0.5s",
                    "backoffMultiplier": 3,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ]
    return json.dumps(config)


class Peer:
    """A channel to one service."""

    def __init__(
        self,
        address: str,
        audience: str,
        *,
        services: Sequence[str] = (),
        tokens: "ServiceTokens | None" = None,
        tls: Path | None = None,
    ) -> None:
        options = [
            ("grpc.service_config", _service_config(services)),
            ("grpc.max_receive_message_length", 16 * 1024 * 1024),
            ("grpc.max_send_message_length", 16 * 1024 * 1024),
            ("grpc.keepalive_time_ms", 30_000),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 2_000),
            # A rollout replaces every address; the library's own pause of 30 s between two look-ups would outlast it.
            ("grpc.dns_min_time_between_resolutions_ms", 1_000),
            ("grpc.enable_http_proxy", 0),  # a proxy is for the world outside, never between services
        ]
        target = f"dns:///{address}"
        spans: Any = [CallSpans()] if recording() else None
        if tls is None:
            self.channel = grpc.aio.insecure_channel(target, options=options, interceptors=spans)
        else:
            self.channel = grpc.aio.secure_channel(
                target, grpc.ssl_channel_credentials((tls / "ca.pem").read_bytes()), options, interceptors=spans
            )
        self.audience = audience
        self._tokens = tokens

    async def call(
        self, method: Callable[..., Awaitable[R]], request: Any, *, timeout: float = DEADLINE, token: str | None = None
    ) -> R:
        """Make a unary call, as the given token's principal or as this service.

        Raises:
            Problem: what the peer told, or that it does not answer.
        """
        metadata = await self._metadata(token)
        try:
            return await method(request, timeout=timeout, metadata=metadata)
        except grpc.RpcError as error:
            raise problem_of(error, self.audience) from None

    async def stream(
        self, method: Callable[..., Any], request: Any, *, timeout: float | None = None, token: str | None = None
    ) -> AsyncIterator[Any]:
        """Make a call that answers a stream."""
        metadata = await self._metadata(token)
        call = method(request, timeout=timeout, metadata=metadata)
        try:
            async for answer in call:
                yield answer
        except grpc.RpcError as error:
            raise problem_of(error, self.audience) from None
        finally:
            call.cancel()

    async def _metadata(self, token: str | None) -> tuple[tuple[str, str], ...]:
        metadata: list[tuple[str, str]] = []
        if token is None and self._tokens is not None:
            token = await self._tokens.token(self.audience)
        if token:
            metadata.append(("authorization", f"Bearer {token}"))
        trace = traceparent()
        if trace:
            metadata.append(("traceparent", trace))
        return tuple(metadata)

    async def ready(self) -> bool:
        """Tell whether the channel can reach somebody now."""
        try:
            async with asyncio.timeout(1.0):
                await self.channel.channel_ready()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """Hang up."""
        await self.channel.close(2.0)


class ServiceTokens:
    """This service's own principal, for calls on nobody's behalf; asked from access once a minute."""

    def __init__(self, address: str, service: str, secret: str, *, tls: Path | None = None) -> None:
        self._peer = Peer(address, "access", tls=tls)
        self._stub: Any = tokens_pb2_grpc.TokensStub(self._peer.channel)
        self._credential = tokens_pb2.ServiceCredential(name=service, secret=secret)
        self._known: dict[tuple[str, str], tuple[float, str]] = {}
        self._asking = asyncio.Lock()

    async def token(self, audience: str, workspace: str = "*") -> str:
        """Give a token for an audience; unattended work for somebody's thing runs in that thing's workspace.

        Raises:
            Problem: access refuses, or does not answer.
        """
        async with self._asking:
            known = self._known.get((audience, workspace))
            if known is not None and known[0] > time.monotonic():
                return known[1]
            # Counted from the asking, not to the moment that access names: its clock may be another.
            until = time.monotonic() + LIFETIME - _EARLY
            request = tokens_pb2.IssueTokensRequest(service=self._credential, workspace=workspace, audiences=[audience])
            answer = await self._peer.call(self._stub.IssueTokens, request)
            token = answer.tokens.get(audience)
            if not token:
                raise DependencyUnavailable("access")
            self._known[audience, workspace] = (until, token)
            return str(token)

    async def close(self) -> None:
        """Hang up."""
        await self._peer.close()
