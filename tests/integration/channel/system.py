"""A running channel with everything around it real but its neighbours, and the hands to drive it."""

import base64
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pymongo

from chassis.bus import connect as connect_bus
from chassis.bus import stream_name
from chassis.bus.publisher import Publisher
from chassis.grpc import Peer
from chassis.kernel import SystemClock, derived_id, new_id, partition_of
from chassis.outbox import Fact
from chassis.process import Running, open_engines
from gen.consilium.campaign.v1 import events_pb2
from gen.consilium.channel.v1 import messages_pb2_grpc
from services.channel.bootstrap import build, migrate
from services.channel.config import Settings
from tests.contract.channel.sink import Sink
from tests.integration.channel.neighbours import KEY, Neighbours, person
from tests.polling import until

TEMPLATE = derived_id("template", "congress")


def settings_of(
    *, mongodb: str, nats: str, namespace: str, neighbours: Neighbours, sink: Sink, **more: Any
) -> Settings:
    return Settings(
        namespace=namespace,
        mongodb=mongodb,
        nats=nats,
        grpc_port=0,
        access_address=f"127.0.0.1:{neighbours.access_port}",
        profile_address=f"127.0.0.1:{neighbours.profile_port}",
        campaign_address=f"127.0.0.1:{neighbours.campaign_port}",
        smtp=f"smtp://127.0.0.1:{sink.port}?tls=never",
        installation_key=KEY,
        service_secret="a-secret-of-the-tests",
        principal_key=neighbours.keys.public,
        senders=("main=news@clinic.example",),
        worker_lease_seconds=4.0,
        **more,
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """The same settings for a process of its own."""
    return {
        **os.environ,
        "CONSILIUM_NAMESPACE": settings.namespace,
        "CONSILIUM_MONGODB": settings.mongodb,
        "CONSILIUM_NATS": settings.nats,
        "CONSILIUM_ACCESS_ADDRESS": settings.access_address,
        "CONSILIUM_PROFILE_ADDRESS": settings.profile_address,
        "CONSILIUM_CAMPAIGN_ADDRESS": settings.campaign_address,
        "CONSILIUM_SMTP": settings.smtp,
        "CONSILIUM_INSTALLATION_KEY": base64.b64encode(settings.installation_key).decode(),
        "CONSILIUM_SERVICE_SECRET": settings.service_secret,
        "CONSILIUM_PRINCIPAL_KEY": base64.b64encode(settings.principal_key).decode(),
        "CONSILIUM_SENDERS": ",".join(settings.senders),
        "CONSILIUM_WORKER_LEASE_SECONDS": str(settings.worker_lease_seconds),
        "CONSILIUM_SMTP_CONNECTIONS": str(settings.smtp_connections),
        "CONSILIUM_GRPC_PORT": "0",
    }


async def migrated(settings: Settings) -> None:
    engines = await open_engines(settings, "channel")
    await migrate(settings, engines)
    await engines.close()


async def started(settings: Settings, role: str = "run") -> Running:
    engines = await open_engines(settings, "channel")
    running = Running(settings, engines, await build(settings, engines), role)
    await running.start()
    return running


@dataclass
class Campaigner:
    """Plays campaign on the bus, and looks into what became of it."""

    settings: Settings
    neighbours: Neighbours
    campaign: str = field(default_factory=new_id)
    revision: int = 1
    bus: Any = None

    async def start(self) -> "Campaigner":
        self.bus = await connect_bus(self.settings.nats, namespace=self.settings.namespace, service="campaign")
        self.publisher = Publisher(self.bus)
        self.client: pymongo.AsyncMongoClient[dict[str, Any]] = pymongo.AsyncMongoClient(
            self.settings.mongodb, tz_aware=True
        )
        self.database = self.client[f"{self.settings.namespace}_channel"]
        return self

    async def stop(self) -> None:
        await self.bus.close()
        await self.client.close()

    def people(self, *addresses: str) -> list[str]:
        """Let profile know people with these addresses; gives their ids."""
        ids = [derived_id("person", self.campaign, address) for address in addresses]
        for profile, address in zip(ids, addresses, strict=True):
            self.neighbours.profile.people[profile] = person(profile, address)
        return ids

    def message(self, profile: str, node: str = "send") -> str:
        return derived_id(self.campaign, node, "1", profile)

    async def request(self, profiles: list[str], *, node: str = "send", version: int = 1, **options: Any) -> None:
        """Release requests, a hundred to a batch, by partition."""
        by_partition: dict[int, list[str]] = {}
        for profile in profiles:
            by_partition.setdefault(partition_of(profile), []).append(profile)
        facts = [
            self._batch(partition, members[start : start + 100], node, version, options)
            for partition, members in by_partition.items()
            for start in range(0, len(members), 100)
        ]
        await self.publisher.publish(facts)

    def _batch(self, partition: int, members: list[str], node: str, version: int, options: dict[str, Any]) -> Fact:
        batch = events_pb2.MessagesRequested(
            batch=new_id(), campaign=self.campaign, entry=1, node=node, template=TEMPLATE, template_version=version,
            channels=["email"], controller="main", purpose="marketing", topic="news", workspace="main",
        )  # fmt: skip
        for profile in members:
            batch.requests.add(
                message=self.message(profile, node), profile=profile, no=1, held_out=options.get("held_out", False)
            )
        return Fact(batch.batch, "message", "messages-requested", partition, batch.SerializeToString(), _now())

    async def control(self, state: str) -> None:
        """Tell channel of the campaign's new state."""
        self.revision += 1
        body = events_pb2.CampaignStateChanged(campaign=self.campaign, state=state, revision=self.revision)
        verb = {"sending": "resumed"}.get(state, state)
        fact = Fact(
            f"{self.campaign}:{self.revision}", "control", f"campaign-{verb}", partition_of(self.campaign),
            body.SerializeToString(), _now(),
        )  # fmt: skip
        await self.publisher.publish([fact])

    async def documents(self) -> dict[str, dict[str, Any]]:
        """Give the campaign's messages as they stand."""
        found = self.database["messages"].find({"campaign": self.campaign})
        return {document["profile"]: document async for document in found}

    async def outcomes(self, count: int, seconds: float = 90.0) -> Counter[str]:
        """Wait until so many messages have their outcome; gives the counts."""
        await until(lambda: self._done(count), seconds)
        return Counter(f"{document['outcome']}/{document['reason']}" for document in (await self.documents()).values())

    async def told(self, event: str) -> list[bytes]:
        """Give the bodies of what channel told by an event, oldest first."""
        stream = stream_name(self.settings.namespace, "delivery")
        last = (await self.bus.jetstream.stream_info(stream)).state.last_seq
        messages = [await self.bus.jetstream.get_msg(stream, number) for number in range(1, last + 1)]
        return [message.data or b"" for message in messages if f".{event}." in (message.subject or "")]

    async def _done(self, count: int) -> bool:
        query = {"campaign": self.campaign, "state": "done"}
        return await self.database["messages"].count_documents(query) >= count


def _now() -> Any:
    return SystemClock().now()


async def soon(check: Callable[[], Any]) -> None:
    """Wait for what happens at once on a machine at rest; a busy one gets a minute."""
    await until(check, 60)


class Console:
    """Calls channel as a person of a workspace."""

    def __init__(self, port: int, neighbours: Neighbours) -> None:
        self._keys = neighbours.keys
        self._peer = Peer(f"127.0.0.1:{port}", "channel")
        self.messages: Any = messages_pb2_grpc.MessagesStub(self._peer.channel)
        self.letters: Any = messages_pb2_grpc.LettersStub(self._peer.channel)
        self.links: Any = messages_pb2_grpc.LinksStub(self._peer.channel)

    async def call(self, method: Any, request: Any, workspace: str = "main") -> Any:
        return await self._peer.call(method, request, token=self._keys.token("channel", workspace))

    async def public(self, method: Any, request: Any) -> Any:
        return await self._peer.call(method, request, token="")

    async def close(self) -> None:
        await self._peer.close()
