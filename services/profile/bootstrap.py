"""Wiring: the one place where profile's adapters are built and handed to its commands."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.bus import ensure_streams, stream_name
from chassis.crypto import BlindIndex
from chassis.events import EventStore
from chassis.mongo.migrations import migrate as run_migrations
from chassis.operations import Operations
from chassis.process import Engines, Parts
from gen.consilium.profile.v1 import catalogue_pb2_grpc, consents_pb2_grpc, match_candidates_pb2_grpc, profiles_pb2_grpc
from services.profile.adapters.activities import DEVICES, SEEN, MongoActivities
from services.profile.adapters.again import again
from services.profile.adapters.dictionaries_mongo import MongoDictionaries
from services.profile.adapters.erasures import MongoErasures
from services.profile.adapters.identities import MongoIdentities
from services.profile.adapters.intake import ensure_uploads, intake_registers, wire_intake
from services.profile.adapters.keyring import MongoKeyring
from services.profile.adapters.ledger import MongoLedger, look_at_open
from services.profile.adapters.listening import consumers
from services.profile.adapters.listing import MongoListing
from services.profile.adapters.match_cases import MongoMatchCases
from services.profile.adapters.migrations import STEPS
from services.profile.adapters.numbers import MongoNumbers
from services.profile.adapters.rounds import keep
from services.profile.adapters.rpc import catalogue, consents, matching, profiles
from services.profile.adapters.settings import MongoSettings
from services.profile.adapters.views import NAME as VIEWS
from services.profile.adapters.views import MongoViews
from services.profile.app import App
from services.profile.commands.upkeep import expire_due_consents, finish_erasures, finish_writes, sweep_orphans
from services.profile.config import Settings
from services.profile.imports.forgetting import keep_forgetting

ROUND = 1.0
"""Seconds between two rounds of the projector and the expiry of a lane; an idle round is one indexed question each."""

SWEEP = 86_400.0
"""Seconds between two sweeps for what dead writers left; it reads through all keys."""

FORGET = 60.0
"""Seconds for which a key that another process destroyed may still lie in this one's memory."""

_AUDITED = frozenset(
    {
        "profiles.read",
        "profiles.edit",
        "profiles.archive",
        "profiles.merge",
        "profiles.erase",
        "consents.edit",
        "imports.commit",
        "imports.edit",
        "imports.read",
        "catalogue.manage",
        "dictionaries.edit",
        "operations.cancel",
    }
)
"""Whoever sees or changes people is on the trail, and whoever changes what is known of all of them."""


def wire(settings: Settings, engines: Engines, **replaced: Any) -> App:
    """Build the application; tests replace its parts by keyword."""
    database = engines.database
    keyring = MongoKeyring(engines.mongo.database("keys"), settings.installation_key)
    identities = MongoIdentities(database, engines.clock)
    known = MongoSettings(database)
    index = BlindIndex(settings.installation_key)
    dictionaries = MongoDictionaries(database)

    async def zones() -> Mapping[str, str]:
        cities = (await dictionaries.all()).get("cities")
        return {code: term.time_zone for code, term in cities.terms.items() if term.time_zone} if cities else {}

    async def bus_position() -> int:
        info = await engines.bus.jetstream.stream_info(stream_name(settings.namespace, "profile"))
        return int(info.state.last_seq)

    app = App(
        clock=engines.clock,
        ledger=MongoLedger(engines.mongo, EventStore(database), identities, keyring),
        keyring=keyring,
        identities=identities,
        cases=MongoMatchCases(database),
        views=MongoViews(engines.mongo, keyring, known, index, engines.clock),
        numbers=MongoNumbers(database),
        erasures=MongoErasures(engines.mongo.database("erasures")),
        settings=known,
        listing=MongoListing(database),
        activities=MongoActivities(database),
        zones=zones,
        dictionaries=dictionaries.all,
        bus_position=bus_position,
        digest=lambda kind, value: index.digest(kind, value).hex(),
        again=again,
    )
    return replace(app, **replaced) if replaced else app


async def build(settings: Settings, engines: Engines, **replaced: Any) -> Parts:
    """Build everything that a process of profile runs."""
    app = wire(settings, engines, **replaced)
    operations = Operations(engines.database, "profile", engines.clock)
    intake = wire_intake(app, engines, settings.installation_key, operations)

    async def forget_imports() -> None:
        await keep_forgetting(intake)

    async def finish(lane: int) -> None:
        async def one_round() -> None:
            await finish_writes(app, lane)
            await expire_due_consents(app, lane)

        await keep("finish", one_round, ROUND)

    async def erase() -> None:
        await keep("erase", lambda: finish_erasures(app), FORGET)

    async def sweep() -> None:
        await asyncio.sleep(SWEEP)
        await keep("sweep", lambda: sweep_orphans(app), SWEEP)

    async def forget() -> None:
        while True:
            await asyncio.sleep(FORGET)
            app.keyring.forget()

    return Parts(
        registers=[
            (
                profiles_pb2_grpc.add_ProfilesServicer_to_server,
                profiles.ProfilesServicer(app, engines.pages, settings.time_zone),
                profiles.SERVICE,
            ),
            (
                match_candidates_pb2_grpc.add_MatchCandidatesServicer_to_server,
                matching.MatchCandidatesServicer(app, engines.pages, settings.time_zone),
                matching.SERVICE,
            ),
            (
                consents_pb2_grpc.add_ConsentsServicer_to_server,
                consents.ConsentsServicer(app, settings.time_zone),
                consents.SERVICE,
            ),
            (
                catalogue_pb2_grpc.add_CatalogueServicer_to_server,
                catalogue.CatalogueServicer(app),
                catalogue.SERVICE,
            ),
            *intake_registers(intake, engines.pages),
        ],
        audited=_AUDITED,
        consumers=consumers(app),
        outboxes=[VIEWS, SEEN, DEVICES],
        lane_work=[finish],
        operations=operations,
        tasks=[erase, sweep, forget, forget_imports],
        serving=[forget],
        looks=[look_at_open(EventStore(engines.database), engines.clock)],
    )


async def migrate(settings: Settings, engines: Engines) -> None:
    """Bring collections, indexes and streams to today's shape."""
    del settings
    await run_migrations(engines.database, STEPS)
    await ensure_streams(engines.bus)
    await ensure_uploads(engines.bus)
