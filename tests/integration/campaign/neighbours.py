"""Campaign's neighbours, played over real gRPC servers and the real bus: access, segment and channel.

They keep the contracts of the same servicer interfaces behind the same door, so tokens and field rules are real too.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import nats
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nats.aio.msg import Msg

from chassis.bus import stream_name, subject
from chassis.bus.connection import UNAVAILABLE as AWAY
from chassis.grpc import Principal, Server, Verifier, principal_of, sign
from chassis.kernel import Code, Problem, derived_id, partition_of
from gen.consilium.access.v1 import tokens_pb2, tokens_pb2_grpc
from gen.consilium.campaign.v1 import events_pb2
from gen.consilium.channel.v1 import events_pb2 as delivery_pb2
from gen.consilium.channel.v1 import messages_pb2, messages_pb2_grpc
from gen.consilium.segment.v1 import segments_pb2, segments_pb2_grpc

ACTIONS = frozenset(
    {
        *("campaigns.read", "campaigns.edit", "campaigns.launch", "templates.read", "templates.edit"),
        *("segments.read", "operations.read", "operations.cancel"),
    }
)


class SegmentUnknown(Problem):
    """What segment says of a segment that the caller's workspace does not have."""

    code = Code.NOT_FOUND
    reason = "SEGMENT_UNKNOWN"
    template = "There is no such segment."


def people(count: int, seed: str = "person") -> list[segments_pb2.Member]:
    return [segments_pb2.Member(profile=derived_id(seed, str(no)), no=no) for no in range(1, count + 1)]


@dataclass(slots=True)
class Keys:
    """The installation's key of principals."""

    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def token(
        self,
        audience: str,
        workspace: str = "main",
        *,
        actions: frozenset[str] = ACTIONS,
        person: str = "person-1",
        kind: str = "person",
    ) -> str:
        principal = Principal(person, kind, (), workspace, (workspace,), actions)
        return sign(self.private, principal, audience, now=time.time())


class PlayedAccess(tokens_pb2_grpc.TokensServicer):
    """Signs for services whatever they ask."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def IssueTokens(  # noqa: N802 - proto's name
        self, request: tokens_pb2.IssueTokensRequest, context: Any
    ) -> tokens_pb2.IssueTokensResponse:
        answer = tokens_pb2.IssueTokensResponse(
            tokens={
                audience: self._keys.token(
                    audience, request.workspace, person=f"service:{request.service.name}", kind="service"
                )
                for audience in request.audiences
            }
        )
        answer.expire_time.FromSeconds(int(time.time()) + 60)
        return answer


@dataclass(slots=True)
class PlayedSegment(segments_pb2_grpc.SegmentsServicer):
    """Segments by id: their people; a snapshot is frozen when it is first asked for.

    `left_since` puts other people into the snapshots than were counted; `hold` stops streams after their first part.
    """

    members: dict[str, list[segments_pb2.Member]] = field(default_factory=dict)
    workspace: str = "main"
    unreachable: int = 0
    snapshots: dict[str, list[segments_pb2.Member]] = field(default_factory=dict)
    part: int = 1_000
    hold: asyncio.Event | None = None
    left_since: list[segments_pb2.Member] | None = None
    streams: int = 0

    async def GetSegment(  # noqa: N802 - proto's name
        self, request: segments_pb2.GetSegmentRequest, context: Any
    ) -> segments_pb2.Segment:
        if request.id not in self.members or principal_of(context).workspace not in {"*", self.workspace}:
            raise SegmentUnknown
        return segments_pb2.Segment(id=request.id, workspace=self.workspace, state=segments_pb2.SEGMENT_STATE_ACTIVE)

    async def PreviewSegment(  # noqa: N802 - proto's name
        self, request: segments_pb2.PreviewSegmentRequest, context: Any
    ) -> segments_pb2.PreviewSegmentResponse:
        count = len(self.members[request.rule.fields["segment"].string_value])
        lost = min(count, self.unreachable)
        assert (request.terms.controller, request.terms.purpose, request.terms.topic) == (
            "main",
            "marketing",
            "webinars",
        )
        return segments_pb2.PreviewSegmentResponse(
            count=count,
            reach=[
                segments_pb2.Reach(
                    channel="email",
                    reachable=count - lost,
                    losses=[segments_pb2.Loss(reason="no-consent", count=lost)] if lost else [],
                )
            ],
        )

    async def StreamSnapshot(  # noqa: N802 - proto's name
        self, request: segments_pb2.StreamSnapshotRequest, context: Any
    ) -> AsyncIterator[segments_pb2.StreamSnapshotResponse]:
        if request.id not in self.members or request.workspace != self.workspace:
            raise SegmentUnknown
        self.streams += 1
        present = self.members[request.id] if self.left_since is None else self.left_since
        frozen = self.snapshots.setdefault(request.snapshot, list(present))
        for start in range(0, len(frozen), self.part):
            if self.hold is not None and start:
                await self.hold.wait()
            yield segments_pb2.StreamSnapshotResponse(total=len(frozen), members=frozen[start : start + self.part])


@dataclass(slots=True)
class PlayedLetters(messages_pb2_grpc.LettersServicer):
    """Finds in letters what the test says."""

    problems: list[messages_pb2.LetterProblem] = field(default_factory=list)

    async def CheckLetter(  # noqa: N802 - proto's name
        self, request: messages_pb2.CheckLetterRequest, context: Any
    ) -> messages_pb2.CheckLetterResponse:
        return messages_pb2.CheckLetterResponse(problems=self.problems)


class Neighbours:
    """The three servers."""

    def __init__(self) -> None:
        self.keys = Keys()
        self.segment = PlayedSegment()  # type: ignore[abstract]  # the rest of segment is not asked
        self.letters = PlayedLetters()  # type: ignore[abstract]  # the rest of channel is not asked
        self._servers: dict[str, Server] = {}

    async def start(self) -> None:
        played: dict[str, tuple[Callable[[Any, grpc.aio.Server], None], Any, str]] = {
            "access": (
                tokens_pb2_grpc.add_TokensServicer_to_server,
                PlayedAccess(self.keys),
                "consilium.access.v1.Tokens",
            ),
            "segment": (
                segments_pb2_grpc.add_SegmentsServicer_to_server,
                self.segment,
                "consilium.segment.v1.Segments",
            ),
            "channel": (
                messages_pb2_grpc.add_LettersServicer_to_server,
                self.letters,
                "consilium.channel.v1.Letters",
            ),
        }
        for name, register in played.items():
            self._servers[name] = Server([register], Verifier(self.keys.public, name), host="127.0.0.1", port=0)
            await self._servers[name].start()

    def address(self, name: str) -> str:
        return f"127.0.0.1:{self._servers[name].port}"

    async def stop(self) -> None:
        for server in self._servers.values():
            await server.stop(grace=0)


class PlayedChannel:
    """Takes requests off the bus and tells an outcome for each, while it is let.

    Its consumers are durable, so that it goes on when the bus comes back from the dead.
    """

    def __init__(self, url: str, namespace: str) -> None:
        self._url, self._namespace = url, namespace
        self._client: Any = None
        self._queue: asyncio.Queue[tuple[events_pb2.MessagesRequested, events_pb2.MessageRequest]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self.batches: Counter[str] = Counter()
        self.requests: dict[str, events_pb2.MessageRequest] = {}
        self.bodies: list[events_pb2.MessagesRequested] = []
        self.told: list[str] = []
        self.states: list[events_pb2.CampaignStateChanged] = []
        self.answering = asyncio.Event()
        self.answering.set()
        self.pause = 0.0
        self.repeats = 1

    async def start(self) -> None:
        self._client = await nats.connect(
            self._url, max_reconnect_attempts=-1, reconnect_time_wait=0.1, error_cb=_expected
        )
        for topic, hear in (("message", self._on_requests), ("control", self._on_control)):
            self._tasks.append(asyncio.create_task(self._pull(topic, hear)))
        self._tasks.append(asyncio.create_task(self._tell()))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.close()

    async def dead(self) -> int:
        """How many facts went to the dead letters."""
        info = await self._client.jetstream().stream_info(stream_name(self._namespace, "dead"))
        return int(info.state.messages)

    @property
    def open(self) -> int:
        """How many requests have no outcome."""
        return len(self.requests) - len(set(self.told))

    async def _pull(self, topic: str, hear: Callable[[Msg], None]) -> None:
        subscription: Any = None
        while True:
            try:
                if subscription is None:
                    subscription = await self._client.jetstream().pull_subscribe(
                        f"{self._namespace}.{topic}.v1.>", durable="played", stream=stream_name(self._namespace, topic)
                    )
                for message in await subscription.fetch(100, timeout=1):
                    hear(message)
                    await message.ack()
            except TimeoutError:
                continue
            except AWAY:
                await asyncio.sleep(0.1)

    def _on_requests(self, message: Msg) -> None:
        body = events_pb2.MessagesRequested.FromString(message.data)
        self.batches[body.batch] += 1
        if self.batches[body.batch] > 1:
            return
        self.bodies.append(body)
        for request in body.requests:
            assert request.message not in self.requests, "a message was asked for in two batches"
            assert str(partition_of(request.profile)) == message.subject.rpartition(".")[2]
            self.requests[request.message] = request
            self._queue.put_nowait((body, request))

    def _on_control(self, message: Msg) -> None:
        body = events_pb2.CampaignStateChanged.FromString(message.data)
        if body not in self.states:  # told at least once
            self.states.append(body)

    async def _tell(self) -> None:
        while True:
            body, request = await self._queue.get()
            await self.answering.wait()
            await self.tell(body, request)
            if self.pause:
                await asyncio.sleep(self.pause)

    async def tell(self, body: events_pb2.MessagesRequested, request: events_pb2.MessageRequest) -> None:
        """Tell what became of a request; several times when the test wants repeats."""
        outcome = "held-out" if request.held_out else "delivered"
        fact = delivery_pb2.MessageFinished(
            message=request.message,
            campaign=body.campaign,
            entry=body.entry,
            node=body.node,
            profile=request.profile,
            no=request.no,
            batch=body.batch,
            outcome=messages_pb2.OUTCOME_HELD_OUT if request.held_out else messages_pb2.OUTCOME_DELIVERED,
        )
        name = subject(self._namespace, "delivery", f"message-{outcome}", partition_of(request.profile))
        for time_told in range(self.repeats):
            identity = f"{request.message}:{time_told}"  # as if the window of the bus's own dedupe had passed
            headers = {"Nats-Msg-Id": identity, "ce-id": f"{request.message}:{outcome}"}
            await self._publish(name, fact.SerializeToString(), headers)
        self.told.append(request.message)

    async def tell_held(self, body: events_pb2.MessagesRequested, request: events_pb2.MessageRequest) -> None:
        """Tell that a request waits for another try."""
        fact = delivery_pb2.MessageHeld(
            message=request.message, campaign=body.campaign, batch=body.batch, reason="provider-deferred"
        )
        name = subject(self._namespace, "delivery", "message-held", partition_of(request.profile))
        identity = f"{request.message}:held:2"
        await self._publish(name, fact.SerializeToString(), {"Nats-Msg-Id": identity, "ce-id": identity})

    async def _publish(self, name: str, body: bytes, headers: dict[str, str]) -> None:
        while True:
            try:
                await self._client.jetstream().publish(name, body, headers=dict(headers), timeout=2)
            except AWAY:
                await asyncio.sleep(0.1)
            else:
                return


async def _expected(_error: Exception) -> None:
    """The bus is killed on purpose."""
