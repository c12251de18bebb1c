"""Report as a process: its own gRPC door, the real bus and the real warehouse, neighbours behind real doors."""

import asyncio
import base64
import dataclasses
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.bus import Publisher
from chassis.grpc import Peer, Principal
from chassis.kernel import partition_of
from chassis.outbox import Fact
from chassis.process import Engines, Running, open_engines
from gen.consilium.report.v1 import reports_pb2_grpc
from services.report.bootstrap import build, migrate
from services.report.config import Settings
from tests.component.report.neighbours import Neighbours, Signer, person, started
from tests.integration.report.folder import data_directory

SERVICES = ("consilium.report.v1.Reports",)


@dataclasses.dataclass
class Report:
    """A running report and its surroundings."""

    settings: Settings
    engines: Engines
    running: Running
    neighbours: Neighbours
    signer: Signer

    async def tell(self, topic: str, event: str, key: str, body: Any, *, fact: str) -> None:
        """Publish one fact as its owner's relay would."""
        told = Fact(fact, topic, event, partition_of(key), body.SerializeToString(), datetime.now(UTC))
        await self.engines.publisher.publish([told])

    async def ask(self, rpc: str, request: Any, principal: Principal | None = None) -> Any:
        """Call report's door as somebody."""
        peer = Peer(f"127.0.0.1:{self.running.port}", "report", services=SERVICES)
        stub: Any = reports_pb2_grpc.ReportsStub(peer.channel)
        try:
            token = self.signer.made_for("report", principal or person())
            return await peer.call(getattr(stub, rpc), request, token=token, timeout=30)
        finally:
            await peer.close()

    async def until(self, ask: Callable[[], Awaitable[Any]], good: Callable[[Any], bool], seconds: float = 90) -> Any:
        """Ask until the answer is good; the last answer fails the test after a deadline."""
        end = time.monotonic() + seconds
        while True:
            answer = await ask()
            if good(answer):
                return answer
            assert time.monotonic() < end, answer
            await asyncio.sleep(0.1)


def settings_for(namespace: str, mongodb_url: str, nats_url: str, signer: Signer, neighbours: Neighbours) -> Settings:
    """Give report's settings in a test."""
    return Settings(
        namespace=namespace,
        mongodb=mongodb_url,
        nats=nats_url,
        grpc_port=0,
        installation_key=os.urandom(32),
        service_secret=base64.b64encode(os.urandom(16)).decode(),
        principal_key=signer.public,
        data_directory=data_directory(),
        profile_address=f"127.0.0.1:{neighbours.profile_server.port}",
        channel_address=f"127.0.0.1:{neighbours.channel_server.port}",
    )


@pytest.fixture
async def report(namespace: str, mongodb_url: str, nats_url: str) -> AsyncIterator[Report]:
    """Start report as `run` would."""
    signer = Signer()
    neighbours = await started(signer)
    settings = settings_for(namespace, mongodb_url, nats_url, signer, neighbours)
    engines = await open_engines(settings, "report")
    await engines.tokens.close()
    engines.tokens = signer  # type: ignore[assignment]  # tokens as access would make them
    engines.publisher = Publisher(engines.bus)
    await migrate(settings, engines)
    running = Running(settings, engines, await build(settings, engines), "run")
    await running.start()
    yield Report(settings, engines, running, neighbours, signer)
    await running.stop()
    await neighbours.stop()
