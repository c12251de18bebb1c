"""Wires campaign: the one place where its parts meet. Tests replace ports by keyword."""

from typing import Any

from chassis import operations_rpc
from chassis.bus import Consumer, ensure_streams
from chassis.grpc import Peer
from chassis.kernel import EtagStale
from chassis.mongo import migrate as run_migrations
from chassis.operations import Operations
from chassis.process import Engines, Parts
from chassis.retry import swift
from gen.consilium.campaign.v1 import campaigns_pb2_grpc, templates_pb2_grpc
from services.campaign.adapters import channel, launches, messages, segment
from services.campaign.adapters.mongo.campaigns import MongoCampaigns
from services.campaign.adapters.mongo.migrations import MIGRATIONS, OUTBOXES
from services.campaign.adapters.mongo.requests import MongoRequests
from services.campaign.adapters.mongo.templates import MongoTemplates
from services.campaign.adapters.pacemaker import Pacemaker
from services.campaign.adapters.rpc.campaigns import CampaignsServicer
from services.campaign.adapters.rpc.templates import TemplatesServicer
from services.campaign.app import App
from services.campaign.commands.campaigns import hold
from services.campaign.commands.launch import freeze_audience
from services.campaign.config import Settings


async def build(settings: Settings, engines: Engines, **replace: Any) -> Parts:
    """Build the service; `replace` puts other things in place of the App's."""
    operations = Operations(engines.database, "campaign", engines.clock)
    segments = Peer(
        settings.segment_address,
        segment.AUDIENCE,
        services=[segment.SERVICE],
        tokens=engines.tokens,
        tls=settings.tls_directory,
    )
    letters = Peer(
        settings.channel_address,
        channel.AUDIENCE,
        services=[channel.SERVICE],
        tokens=engines.tokens,
        tls=settings.tls_directory,
    )
    wired: dict[str, Any] = {
        "clock": engines.clock,
        "templates": MongoTemplates(engines.mongo, engines.clock),
        "campaigns": MongoCampaigns(engines.mongo, engines.clock),
        "requests": MongoRequests(engines.mongo),
        "segments": segment.SegmentPeer(segments, engines.tokens),
        "letters": channel.ChannelPeer(letters),
        "launches": launches.OperationLaunches(operations),
        "again": lambda call: swift(call, EtagStale),
        "letters_per_second": settings.letters_per_second,
    }
    app = App(**{**wired, **replace})
    pacemaker = Pacemaker(app)
    operations.does(launches.KIND, launches.freezing(operations, lambda freezing: freeze_audience(freezing, app)))
    return Parts(
        registers=[
            (
                campaigns_pb2_grpc.add_CampaignsServicer_to_server,
                CampaignsServicer(app, operations, engines.pages),
                "consilium.campaign.v1.Campaigns",
            ),
            (
                templates_pb2_grpc.add_TemplatesServicer_to_server,
                TemplatesServicer(app, engines.pages),
                "consilium.campaign.v1.Templates",
            ),
            operations_rpc.register(operations, engines.pages),
        ],
        audited=frozenset({"operations.cancel"}),  # what else is done tells its act with the write
        consumers=[
            Consumer(messages.DELIVERY, "credit", pacemaker.hear, events=messages.HEARD),
        ],
        outboxes=OUTBOXES,
        operations=operations,
        lane_work=[pacemaker.run],
        ready={"segment": segments.ready, "channel": letters.ready},
        close=[segments.close, letters.close],
    )


async def pause(settings: Settings, engines: Engines) -> str:  # noqa: ARG001 - the chassis gives both
    """Pause what is being sent, and stop what is being launched; for the operator, after a restore."""
    held = await hold(MongoCampaigns(engines.mongo, engines.clock), engines.clock)
    return "\n".join(f"{campaign}: {state}" for campaign, state in held.items()) or "nothing is being sent"


async def migrate(settings: Settings, engines: Engines) -> None:  # noqa: ARG001 - the chassis gives both
    """Bring the database and the streams to this version."""
    await run_migrations(engines.database, MIGRATIONS)
    await ensure_streams(engines.bus)
