"""The steps that bring `<namespace>_campaign` to what this version needs."""

from pymongo import ASCENDING

from chassis import relay
from chassis.kernel import SystemClock
from chassis.mongo import Migration
from chassis.mongo.schema import ensure_declared
from chassis.mongo.session import Database
from chassis.operations import Operations
from services.campaign.adapters import schema
from services.campaign.domain.template import pictures_in

OUTBOXES = ("templates", "campaigns", "request_batches")


async def _first_indexes(database: Database) -> None:
    await ensure_declared(database, schema.Template, schema.TemplateVersion, schema.Campaign)
    # The sizes and counts are in the keys, so that sums over a run of ten thousand batches never read the documents.
    await database["request_batches"].create_index(
        [("campaign", ASCENDING), ("entry", ASCENDING), ("number", ASCENDING), ("size", ASCENDING)], name="run_number"
    )
    await database["tallies"].create_index(
        [("campaign", ASCENDING), ("entry", ASCENDING), ("finished", ASCENDING)], name="run_finished"
    )
    for name in OUTBOXES:
        await relay.ensure_indexes(database[name])
    await Operations(database, "campaign", SystemClock()).ensure_indexes()


async def _held_in_keys(database: Database) -> None:
    # What waits is summed with what ended; the new keys begin as the old ones did, so they serve what reads by those.
    await database["tallies"].create_index(
        [("campaign", ASCENDING), ("entry", ASCENDING), ("finished", ASCENDING), ("held", ASCENDING)],
        name="run_finished_held",
    )
    if "run_finished" in await database["tallies"].index_information():
        await database["tallies"].drop_index("run_finished")


async def _pictures(database: Database) -> None:
    await ensure_declared(database, schema.Template, schema.TemplateVersion)
    for name, part in (("templates", "draft"), ("template_versions", "content")):
        async for document in database[name].find({"pictures": {"$exists": False}}, {f"{part}.body": 1}):
            shown = pictures_in(document[part]["body"])
            await database[name].update_one({"_id": document["_id"]}, {"$set": {"pictures": shown}})


MIGRATIONS = (
    Migration(1, "collections' indexes", _first_indexes),
    Migration(2, "tallies say how many are held", _held_in_keys),
    Migration(3, "letters say which pictures they show", _pictures),
)
