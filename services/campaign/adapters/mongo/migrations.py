"""The steps that bring `<namespace>_campaign` to what this version needs."""

from pymongo import ASCENDING, DESCENDING

from chassis import relay
from chassis.kernel import SystemClock
from chassis.mongo import Migration
from chassis.mongo.session import Database
from chassis.operations import Operations

OUTBOXES = ("templates", "campaigns", "request_batches")


async def _first_indexes(database: Database) -> None:
    await database["templates"].create_index(
        [("workspace", ASCENDING), ("updated_at", DESCENDING), ("_id", DESCENDING)], name="newest"
    )
    await database["templates"].create_index([("updated_at", DESCENDING), ("_id", DESCENDING)], name="newest_of_all")
    campaigns = database["campaigns"]
    await campaigns.create_index(
        [("workspace", ASCENDING), ("updated_at", DESCENDING), ("_id", DESCENDING)], name="newest"
    )
    await campaigns.create_index([("updated_at", DESCENDING), ("_id", DESCENDING)], name="newest_of_all")
    await campaigns.create_index(
        [("lane", ASCENDING), ("state", ASCENDING), ("updated_at", ASCENDING)], name="lane_state"
    )
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


MIGRATIONS = (Migration(1, "collections' indexes", _first_indexes),)
