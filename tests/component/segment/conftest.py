"""One segment process per test on real engines, reached through its socket; profile is the test's own."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.struct_pb2 import Struct
from nats.js import api

from chassis.grpc import Peer, Principal, actions_of, sign
from chassis.grpc.errors import problem_of
from chassis.kernel import Problem
from chassis.process import Engines, Running, open_engines
from gen.consilium.operations.v1 import operations_pb2, operations_pb2_grpc
from gen.consilium.segment.v1 import events_pb2, segments_pb2_grpc
from gen.consilium.segment.v1 import segments_pb2 as pb
from services.segment.bootstrap import build, migrate
from services.segment.config import Settings
from tests.component.segment.owner import FakeProfiles
from tests.polling import until

SERVICES = ("consilium.segment.v1.Segments", "consilium.operations.v1.Operations")


def struct(tree: dict[str, Any]) -> Struct:
    """Give a rule as it travels."""
    found = Struct()
    found.update(tree)
    return found


@dataclass
class Segment:
    """A running segment service and its stubs."""

    settings: Settings
    engines: Engines
    running: Running
    owner: FakeProfiles
    key: Ed25519PrivateKey
    stub: Any
    operations: Any
    actions: frozenset[str] = field(default_factory=lambda: frozenset(actions_of(SERVICES).values()))

    async def ask(self, method: Any, request: Any, workspace: str = "*", kind: str = "person") -> Any:
        try:
            return await method(request, metadata=self.metadata(workspace, kind), timeout=20)
        except grpc.aio.AioRpcError as error:
            raise problem_of(error, "segment") from None

    async def token(self, _audience: str) -> str:
        """Give a service's token, as access would make it."""
        return self.metadata("*", "service")[0][1].removeprefix("Bearer ")

    def metadata(self, workspace: str, kind: str = "person") -> tuple[tuple[str, str], ...]:
        principal = Principal("u1", kind, ("administrator",), workspace, (workspace,), self.actions)
        return (("authorization", f"Bearer {sign(self.key, principal, 'segment', now=time.time())}"),)

    async def refusal(self, method: Any, request: Any, workspace: str = "*") -> Problem:
        with pytest.raises(Problem) as refused:
            await self.ask(method, request, workspace)
        return refused.value

    async def done(self, operation: Any) -> Any:
        """Wait for an operation's end."""
        request = operations_pb2.GetOperationRequest(id=operation.id)

        async def ended() -> Any:
            found = await self.ask(self.operations.GetOperation, request)
            return found if found.done else None

        return await until(ended, 30)

    async def count(self, rule: dict[str, Any], workspace: str = "*", **more: Any) -> int:
        request = pb.PreviewSegmentRequest(rule=struct(rule), **more)
        return int((await self.ask(self.stub.PreviewSegment, request, workspace)).count)

    async def indexed(self, people: int, workspace: str = "*") -> None:
        """Wait until searches see so many people."""

        async def seen() -> bool:
            return await self.count({"status": ["active", "archived"]}, workspace) == people

        await until(seen, 20)

    async def members(self, segment: str, workspace: str = "*") -> list[str]:
        answer = await self.ask(self.stub.ListMembers, pb.ListMembersRequest(id=segment, page_size=500), workspace)
        assert answer.total == len(answer.profiles)
        return list(answer.profiles)

    async def facts(self) -> list[tuple[str, str, str]]:
        """Give what stands on the bus: (event, segment, profile)."""
        jetstream = self.engines.bus.jetstream
        subscription = await jetstream.subscribe(
            f"{self.settings.namespace}.segment.v1.>",
            ordered_consumer=True,
            config=api.ConsumerConfig(deliver_policy=api.DeliverPolicy.ALL),
        )
        found: list[tuple[str, str, str]] = []
        info = await jetstream.stream_info(f"{self.settings.namespace}_segment".upper())
        for _ in range(info.state.messages):
            message = await subscription.next_msg(timeout=5)
            event = message.subject.split(".")[-2]
            if event == "segment-refreshed":
                found.append((event, events_pb2.SegmentRefreshed.FromString(message.data).segment, ""))
            else:
                change = events_pb2.MembershipChanged.FromString(message.data)
                found.append((event, change.segment, change.profile))
        await subscription.unsubscribe()
        return found


@asynccontextmanager
async def segment_process(mongodb: str, nats: str, opensearch: str, namespace: str) -> AsyncIterator[Segment]:
    """Run the service with both roles in this loop."""
    key = Ed25519PrivateKey.generate()
    settings = Settings(
        namespace=namespace,
        mongodb=mongodb,
        nats=nats,
        opensearch=opensearch,
        grpc_port=0,
        installation_key=os.urandom(32),
        service_secret="not asked for here",
        principal_key=key.public_key().public_bytes_raw(),
    )
    engines = await open_engines(settings, "segment")
    await migrate(settings, engines)
    owner = FakeProfiles(engines.publisher)  # type: ignore[abstract]  # segment asks for a part of it only
    await owner.start()
    peer = Peer(f"127.0.0.1:{owner.port}", "profile")
    running = Running(settings, engines, await build(settings, engines, peer=peer), "run")
    await running.start()
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{running.port}")
    try:
        yield Segment(
            settings,
            engines,
            running,
            owner,
            key,
            segments_pb2_grpc.SegmentsStub(channel),
            operations_pb2_grpc.OperationsStub(channel),
        )
    finally:
        await channel.close(None)
        await running.stop()
        await owner.stop()


@pytest.fixture
async def segment(mongodb_url: str, nats_url: str, opensearch_url: str, namespace: str) -> AsyncIterator[Segment]:
    """Give the service on the session's engines."""
    async with segment_process(mongodb_url, nats_url, opensearch_url, namespace) as running:
        yield running
