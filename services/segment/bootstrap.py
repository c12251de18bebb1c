"""Wires the segment service: adapters to ports, ports to handlers."""

from collections.abc import Sequence
from typing import Any

from opensearchpy import AsyncOpenSearch

from chassis import operations_rpc, relay
from chassis.bus import Consumer, Delivery
from chassis.bus.streams import ensure_streams
from chassis.daily import daily
from chassis.grpc import Peer
from chassis.kernel.problem import DependencyUnavailable
from chassis.mongo import Migration
from chassis.mongo import migrate as run_migrations
from chassis.mongo.session import Database
from chassis.operations import Operations
from chassis.process import Engines, Parts
from chassis.retry import patient
from chassis.telemetry.logs import log
from gen.consilium.segment.v1 import segments_pb2_grpc
from services.segment.adapters import absorptions, engine, memberships, messages, profiles, segments, snapshots
from services.segment.adapters.bitmaps import RoaringSets
from services.segment.adapters.catalogues import PeerCatalogues
from services.segment.adapters.freshness import PURPOSE, BusFreshness
from services.segment.adapters.people import OpenSearchPeople
from services.segment.adapters.recounts import OperationRecounts, begin_day, name_work
from services.segment.adapters.rpc import SERVICE, SegmentsServicer
from services.segment.adapters.writer import PeopleWriter
from services.segment.app import App
from services.segment.audiences import Audiences
from services.segment.config import Settings
from services.segment.gathering import Gathering
from services.segment.reactions import on_people_changed

NAME = "segment"

_OUTBOXES = (segments.COLLECTION, memberships.CHANGES)
_AUDITED = frozenset({"segments.read", "segments.edit", "profiles.read", "installation.operate", "operations.cancel"})
"""Whoever looked at a segment saw who is in it."""

_LOOK_EVERY = 30.0  # seconds; a day's work begins at most so late


async def build(settings: Settings, engines: Engines, **replace: Any) -> Parts:
    """Make the service out of its engines; tests replace `peer` or `client`."""
    client: AsyncOpenSearch = replace.get("client") or engine.connect(settings.opensearch)
    peer: Peer = replace.get("peer") or Peer(
        settings.profile_address,
        "profile",
        services=profiles.SERVICES,
        tokens=engines.tokens,
        tls=settings.tls_directory,
    )
    operations = Operations(engines.database, NAME, engines.clock)
    freshness = BusFreshness(engines.bus, engines.clock)
    app = _app(settings, engines, client=client, peer=peer, operations=operations, freshness=freshness)
    name_work(operations, app)

    gathering = Gathering(lambda named: on_people_changed(named, app))

    async def follow(deliveries: Sequence[Delivery]) -> None:
        await gathering(messages.named_in(deliveries))

    async def close_client() -> None:
        await client.close()

    return Parts(
        registers=[
            (
                segments_pb2_grpc.add_SegmentsServicer_to_server,
                SegmentsServicer(app, engines.pages, operations),
                SERVICE,
            ),
            operations_rpc.register(operations, engines.pages),
        ],
        audited=_AUDITED,
        consumers=[Consumer(messages.FOLLOWED_TOPIC, PURPOSE, follow, events=messages.FOLLOWED)],
        outboxes=_OUTBOXES,
        operations=operations,
        tasks=[daily(lambda day: begin_day(operations, app, day), engines.clock, every=_LOOK_EVERY)],
        serving=[freshness.watch],
        ready={"opensearch": lambda: engine.ready(client), "profile": peer.ready},
        close=[close_client, peer.close],
    )


def _app(
    settings: Settings,
    engines: Engines,
    *,
    client: AsyncOpenSearch,
    peer: Peer,
    operations: Operations,
    freshness: BusFreshness,
) -> App:
    catalogues = PeerCatalogues(peer)
    stored = memberships.MongoMemberships(engines.mongo, NAME)
    absorbed = absorptions.MongoAbsorptions(engines.database, engines.clock)
    kept = segments.MongoSegments(engines.database)
    sets = RoaringSets()
    return App(
        segments=kept,
        memberships=stored,
        absorptions=absorbed,
        snapshots=snapshots.MongoSnapshots(engines.database),
        people=OpenSearchPeople(client, alias_of(settings)),
        index=_writer(settings, client),
        profiles=profiles.ProfilesPeer(peer, catalogues),
        catalogues=catalogues,
        recounts=OperationRecounts(operations),
        freshness=freshness,
        sets=sets,
        audiences=Audiences(kept, stored, absorbed, sets),
        clock=engines.clock,
    )


def alias_of(settings: Settings) -> str:
    """Name the alias of the index of people."""
    return f"{settings.namespace}-profiles"


def _writer(settings: Settings, client: AsyncOpenSearch) -> PeopleWriter:
    return PeopleWriter(client, alias_of(settings), shards=settings.index_shards, replicas=settings.index_replicas)


async def migrate(settings: Settings, engines: Engines) -> None:
    """Bring collections, streams and the index to today's shape, waiting for the engine. Safe to repeat."""
    await run_migrations(engines.database, _MIGRATIONS)
    await Operations(engines.database, NAME, engines.clock).ensure_indexes()
    await ensure_streams(engines.bus)
    client = engine.connect(settings.opensearch)
    try:
        await patient(
            _writer(settings, client).prepare,
            DependencyUnavailable,
            lambda error: log().warning("opensearch.waiting", kind=type(error).__name__),
        )
    finally:
        await client.close()


async def _first(database: Database) -> None:
    for collection, keys, options in (
        *segments.INDEXES, *memberships.INDEXES, *absorptions.INDEXES, *snapshots.INDEXES
    ):  # fmt: skip
        await database[collection].create_index(keys, **options)
    for outbox in _OUTBOXES:
        await relay.ensure_indexes(database[outbox])


_MIGRATIONS = (Migration(1, "collections and their indexes", _first),)
