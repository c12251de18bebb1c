"""Wires report: the warehouse, what it takes from the bus, and the peers that it asks."""

import asyncio
from collections.abc import Sequence
from functools import partial

from chassis import operations_rpc
from chassis.bus import Consumer, Delivery, ensure_streams
from chassis.daily import daily
from chassis.grpc import Peer
from chassis.kernel import Problem
from chassis.operations import Operations
from chassis.process import Engines, Parts
from chassis.retry import patient
from chassis.telemetry.logs import log
from gen.consilium.report.v1 import reports_pb2_grpc
from services.report import reactions
from services.report.adapters import channel, messages, profiles
from services.report.adapters.daywork import begin_day, name_work
from services.report.adapters.rpc import ReportsServicer
from services.report.adapters.warehouse import schema
from services.report.adapters.warehouse.address import Embedded, address_of
from services.report.adapters.warehouse.engine import Engine, create_database, open_engine
from services.report.adapters.warehouse.reading import WarehouseReader
from services.report.adapters.warehouse.writing import FactWriter, token_of
from services.report.app import App
from services.report.config import Settings

BATCH = 500  # an insert costs 20 ms whatever its size; more at once would only make a kill repeat more
GATHER = 0.3  # seconds: what comes in them shares an insert, and reports are promised within a minute
PEOPLE_BATCH = 250  # each fact may name two people, and profile answers 500 at once
_AUDITED = frozenset({"profiles.read", "reports.read", "operations.cancel"})
"""Timelines and activities show people; figures leave as exports."""

LOOK = 600.0  # seconds; a day's work begins at most so late, and not while a start is still catching up
SWEEP = 3600.0  # what a race left of an erased person is gone within the hour


async def build(settings: Settings, engines: Engines) -> Parts:
    """Wire the process; the embedded warehouse is made and brought up to date here, for nobody else can open it."""
    address = address_of(settings.clickhouse, settings.data_directory)
    if isinstance(address, Embedded):
        await migrate_warehouse(settings)
    engine = await open_engine(address, settings.warehouse_database)
    profile = Peer(
        settings.profile_address,
        "profile",
        services=profiles.SERVICES,
        tokens=engines.tokens,
        tls=settings.tls_directory,
    )
    sender = Peer(
        settings.channel_address,
        "channel",
        services=channel.SERVICES,
        tokens=engines.tokens,
        tls=settings.tls_directory,
    )
    app = App(
        clock=engines.clock,
        zone=settings.zone,
        facts=FactWriter(engine),
        warehouse=WarehouseReader(engine),
        people=profiles.ProfilePeople(profile),
        attributes=profiles.ProfileAttributes(profile, engines.clock),
        messages=channel.ChannelLog(sender),
    )
    servicer = ReportsServicer(app, engines.pages, engine)
    operations = Operations(engines.database, "report", engines.clock)
    name_work(operations, app)
    return Parts(
        registers=[
            (reports_pb2_grpc.add_ReportsServicer_to_server, servicer, "consilium.report.v1.Reports"),
            operations_rpc.register(operations, engines.pages),
        ],
        audited=_AUDITED,
        consumers=consumers_of(app),
        operations=operations,
        tasks=[partial(_sweep, app), daily(partial(begin_day, operations), engines.clock, every=LOOK, first=LOOK)],
        ready={"warehouse": partial(_ready, engine)},
        close=[engine.close, profile.close, sender.close],
    )


def consumers_of(app: App) -> list[Consumer]:
    """Name what report takes from the bus."""
    take = partial(Consumer, batch=BATCH, gather=GATHER)
    return [
        take("activity", "activities", partial(_activities, app), events=frozenset({"activity-recorded"})),
        take("delivery", "deliveries", partial(_deliveries, app)),
        take("message", "requests", partial(_requests, app), events=frozenset({"messages-requested"})),
        take("segment", "memberships", partial(_memberships, app), events=messages.MEMBERSHIP_EVENTS),
        take("profile", "people", partial(_people, app), batch=PEOPLE_BATCH, events=messages.PEOPLE_EVENTS),
    ]


def _token(arrived: Sequence[Delivery]) -> str:
    return token_of(arrived[0].topic, (fact.sequence for fact in arrived))


async def _activities(app: App, arrived: Sequence[Delivery]) -> None:
    await reactions.on_activities(messages.activities_from(arrived), _token(arrived), app)


async def _deliveries(app: App, arrived: Sequence[Delivery]) -> None:
    await reactions.on_deliveries(messages.deliveries_from(arrived), _token(arrived), app)


async def _requests(app: App, arrived: Sequence[Delivery]) -> None:
    await reactions.on_requests(*messages.requests_from(arrived), _token(arrived), app)


async def _memberships(app: App, arrived: Sequence[Delivery]) -> None:
    await reactions.on_memberships(messages.memberships_from(arrived), _token(arrived), app)


async def _people(app: App, arrived: Sequence[Delivery]) -> None:
    await reactions.on_people_changed(messages.people_from(arrived), _token(arrived), app)


async def _sweep(app: App) -> None:
    while True:
        await patient(app.facts.sweep, Problem, lambda error: log().warning("sweep.waiting", kind=type(error).__name__))
        await asyncio.sleep(SWEEP)


async def _ready(engine: Engine) -> bool:
    return await schema.is_current(engine)


async def migrate_warehouse(settings: Settings) -> None:
    """Make the warehouse's database and bring its tables to today's shape."""
    address = address_of(settings.clickhouse, settings.data_directory)
    await create_database(address, settings.warehouse_database)
    engine = await open_engine(address, settings.warehouse_database)
    try:
        await schema.migrate(engine)
    finally:
        await engine.close()


async def migrate(settings: Settings, engines: Engines) -> None:
    """Bring the streams and a server's warehouse to today's shape; an embedded one is `run`'s own affair."""
    await ensure_streams(engines.bus)
    await Operations(engines.database, "report", engines.clock).ensure_indexes()
    if settings.clickhouse is not None:
        await migrate_warehouse(settings)


def refusal(settings: Settings, role: str) -> str:
    """Say why this role may not start with these settings; empty when it may."""
    if role in {"serve", "work"} and settings.clickhouse is None:
        return (
            "CONSILIUM_CLICKHOUSE: is required by `serve` and `work` apart; "
            "the embedded warehouse belongs to one process, start `run`"
        )
    return ""
