"""Campaign as a system under test: its settings, its processes, and a console that talks to it."""

import asyncio
import base64
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from chassis.grpc import Peer
from chassis.kernel import Problem
from chassis.process import Running, open_engines
from gen.consilium.campaign.v1 import campaigns_pb2 as pb
from gen.consilium.campaign.v1 import campaigns_pb2_grpc, templates_pb2, templates_pb2_grpc
from gen.consilium.operations.v1 import operations_pb2, operations_pb2_grpc
from services.campaign.bootstrap import build, migrate
from services.campaign.config import Settings
from tests.integration.campaign.neighbours import ACTIONS, Keys, Neighbours
from tests.polling import until

SEGMENT = "01890000-0000-7000-8000-00000000000a"
CONTENT = templates_pb2.LetterContent(subject="Hello", body="<mjml><mj-body></mj-body></mjml>", from_name="Clinic")


def settings_of(
    *, mongodb: str, nats: str, namespace: str, neighbours: Neighbours, letters_per_second: float = 200.0
) -> Settings:
    return Settings(
        mongodb=mongodb,
        nats=nats,
        namespace=namespace,
        grpc_port=0,
        metrics_port=0,
        stream_share=0.001,
        access_address=neighbours.address("access"),
        segment_address=neighbours.address("segment"),
        channel_address=neighbours.address("channel"),
        installation_key=bytes(32),
        service_secret="not-a-secret-of-anyone",
        principal_key=neighbours.keys.public,
        letters_per_second=letters_per_second,
    )


async def started(settings: Settings, role: str = "run", **replace: Any) -> Running:
    engines = await open_engines(settings, "campaign")
    running = Running(settings, engines, await build(settings, engines, **replace), role)
    await running.start()
    return running


async def migrated(settings: Settings) -> None:
    engines = await open_engines(settings, "campaign")
    await migrate(settings, engines)
    await engines.close()


class Console:
    """Somebody who works in a workspace, over gRPC."""

    def __init__(
        self,
        port: int,
        keys: Keys,
        workspace: str = "main",
        person: str = "person-1",
        actions: frozenset[str] = ACTIONS,
    ) -> None:
        self._peer = Peer(f"127.0.0.1:{port}", "campaign")
        # A token lives for a minute, a test of faults may last longer: each call brings a fresh one.
        self._token = partial(keys.token, "campaign", workspace, person=person, actions=actions)
        self.campaigns: Any = campaigns_pb2_grpc.CampaignsStub(self._peer.channel)
        self.templates: Any = templates_pb2_grpc.TemplatesStub(self._peer.channel)
        self.operations: Any = operations_pb2_grpc.OperationsStub(self._peer.channel)

    async def call(self, method: Callable[..., Awaitable[Any]], request: Any) -> Any:
        return await self._peer.call(method, request, token=self._token(), timeout=15)

    async def close(self) -> None:
        await self._peer.close()

    async def a_template(self, published: bool = True) -> str:
        created = await self.call(
            self.templates.CreateTemplate,
            templates_pb2.CreateTemplateRequest(name="Invitation", channel="email", draft=CONTENT),
        )
        if published:
            await self.call(self.templates.PublishTemplate, templates_pb2.PublishTemplateRequest(id=created.id))
        return str(created.id)

    async def a_campaign(self, **changes: Any) -> pb.Campaign:
        settings = {
            "name": "Spring webinar",
            "segment": SEGMENT,
            "goal": pb.Goal(event="webinar_registered", window_hours=72),
            "controller": "main",
            "purpose": "marketing",
            "topic": "webinars",
            "channels": ["email"],
            **changes,
        }
        if "template" not in settings:
            settings["template"] = await self.a_template()
        created: pb.Campaign = await self.call(
            self.campaigns.CreateCampaign, pb.CreateCampaignRequest(settings=pb.CampaignSettings(**settings))
        )
        return created

    async def launch(self, campaign: str, **fields: Any) -> operations_pb2.Operation:
        operation: operations_pb2.Operation = await self.call(
            self.campaigns.LaunchCampaign, pb.LaunchCampaignRequest(id=campaign, **fields)
        )
        return operation

    async def get(self, campaign: str) -> pb.Campaign:
        found: pb.Campaign = await self.call(self.campaigns.GetCampaign, pb.GetCampaignRequest(id=campaign))
        return found

    async def operation(self, operation: str) -> operations_pb2.Operation:
        found: operations_pb2.Operation = await self.call(
            self.operations.GetOperation, operations_pb2.GetOperationRequest(id=operation)
        )
        return found

    async def until_state(self, campaign: str, state: "pb.CampaignState.ValueType", seconds: float = 90) -> pb.Campaign:
        async def there() -> pb.Campaign | None:
            try:
                found = await self.get(campaign)
            except Problem as problem:
                if problem.transient:  # an engine is away, or comes back
                    return None
                raise
            return found if found.state == state else None

        reached: pb.Campaign = await until(there, seconds, every=0.05)
        return reached


@dataclass(slots=True)
class Worker:
    """A `work` process of its own, which may be told to kill itself at a point."""

    settings: Settings
    directory: Path
    process: asyncio.subprocess.Process | None = None
    log: Path = field(init=False)

    async def start(self, *, kill_at: str = "", nth: int = 1) -> None:
        environment = {
            **os.environ,
            "CONSILIUM_MONGODB": self.settings.mongodb,
            "CONSILIUM_NATS": self.settings.nats,
            "CONSILIUM_NAMESPACE": self.settings.namespace,
            "CONSILIUM_ACCESS_ADDRESS": self.settings.access_address,
            "CONSILIUM_SEGMENT_ADDRESS": self.settings.segment_address,
            "CONSILIUM_CHANNEL_ADDRESS": self.settings.channel_address,
            "CONSILIUM_INSTALLATION_KEY": base64.b64encode(self.settings.installation_key).decode(),
            "CONSILIUM_SERVICE_SECRET": self.settings.service_secret,
            "CONSILIUM_PRINCIPAL_KEY": base64.b64encode(self.settings.principal_key).decode(),
            "CONSILIUM_LETTERS_PER_SECOND": str(self.settings.letters_per_second),
            "CONSILIUM_METRICS_PORT": "0",
            "CONSILIUM_STREAM_SHARE": str(self.settings.stream_share),
            "TEST_KILL": json.dumps({"at": kill_at, "nth": nth}),
        }
        self.log = self.directory / f"worker-{id(self)}.log"
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.integration.campaign.worker", "work", env=environment, stderr=log
            )

    async def killed(self, seconds: float = 30) -> None:
        """Wait until it has killed itself."""
        assert self.process is not None
        async with asyncio.timeout(seconds):
            code = await self.process.wait()
        assert code == -signal.SIGKILL, f"ended with {code}: {self.log.read_text()[-2000:]}"

    def send(self, number: int) -> None:
        """Send a signal and go on."""
        assert self.process is not None
        self.process.send_signal(number)

    async def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)
            await self.process.wait()


__all__ = ["CONTENT", "SEGMENT", "Console", "Worker", "migrated", "settings_of", "started"]
