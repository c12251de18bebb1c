"""Wiring: the one place where profile's adapters are built and handed to its commands."""

from dataclasses import replace
from typing import Any

from chassis.bus import ensure_streams
from chassis.crypto import BlindIndex
from chassis.events import EventStore
from chassis.mongo.migrations import migrate as run_migrations
from chassis.process import Engines
from services.profile.adapters.again import again
from services.profile.adapters.erasures import MongoErasures
from services.profile.adapters.identities import MongoIdentities
from services.profile.adapters.keyring import MongoKeyring
from services.profile.adapters.ledger import MongoLedger
from services.profile.adapters.migrations import STEPS
from services.profile.adapters.numbers import MongoNumbers
from services.profile.adapters.settings import MongoSettings
from services.profile.adapters.views import MongoViews
from services.profile.app import App
from services.profile.config import Settings


def wire(settings: Settings, engines: Engines, **replaced: Any) -> App:
    """Build the application; tests replace its parts by keyword."""
    database = engines.database
    keyring = MongoKeyring(engines.mongo.database("keys"), settings.installation_key)
    identities = MongoIdentities(database)
    known = MongoSettings(database)
    index = BlindIndex(settings.installation_key)
    app = App(
        clock=engines.clock,
        ledger=MongoLedger(engines.mongo, EventStore(database), identities, keyring),
        keyring=keyring,
        identities=identities,
        views=MongoViews(engines.mongo, keyring, known, index, engines.clock),
        numbers=MongoNumbers(database),
        erasures=MongoErasures(engines.mongo.database("erasures")),
        settings=known,
        digest=lambda kind, value: index.digest(kind, value).hex(),
        again=again,
    )
    return replace(app, **replaced) if replaced else app


async def migrate(settings: Settings, engines: Engines) -> None:
    """Bring collections, indexes and streams to today's shape."""
    del settings
    await run_migrations(engines.database, STEPS)
    await ensure_streams(engines.bus)
