"""Collections and indexes of profile, in numbered steps."""

from pymongo import ASCENDING, DESCENDING

from chassis import relay
from chassis.events import EventStore
from chassis.mongo.migrations import Migration
from chassis.mongo.session import Database
from services.profile.adapters.activities import DEVICES, SEEN
from services.profile.adapters.dictionaries_mongo import ensure_dictionaries
from services.profile.adapters.imports_mongo import ensure_import_order
from services.profile.adapters.intake import ensure_intake
from services.profile.adapters.organisations_mongo import ensure_organisation_indexes
from services.profile.adapters.staging import ensure_marks_index
from services.profile.adapters.views import NAME as VIEWS


async def _people(database: Database) -> None:
    await EventStore(database).ensure_indexes()
    await database["commits"].create_index(
        [("open_lane", ASCENDING), ("recorded_at", ASCENDING)],
        name="open",
        partialFilterExpression={"open_lane": {"$exists": True}},
    )
    await relay.ensure_indexes(database[VIEWS])
    await database[VIEWS].create_index([("partition", ASCENDING), ("_id", ASCENDING)], name="partition")
    await database[VIEWS].create_index([("status", ASCENDING), ("no", ASCENDING)], name="status_no")
    await database[VIEWS].create_index([("next_expiry", ASCENDING)], name="next_expiry", sparse=True)


async def _identity(database: Database) -> None:
    await database["identity_decisions"].create_index([("records", ASCENDING)], name="records")
    await database["match_cases"].create_index([("state", ASCENDING), ("found_at", DESCENDING)], name="queue")


async def _activities(database: Database) -> None:
    await relay.ensure_indexes(database[SEEN])
    await relay.ensure_indexes(database[DEVICES])
    await database[SEEN].create_index([("expires_at", ASCENDING)], name="age", expireAfterSeconds=0)


async def _queue(database: Database) -> None:
    # Pages go on behind the last case's time and id; without the id every page sorted the whole queue.
    newest = [("state", ASCENDING), ("found_at", DESCENDING), ("_id", DESCENDING)]
    await database["match_cases"].create_index(newest, name="newest")
    if "queue" in await database["match_cases"].index_information():
        await database["match_cases"].drop_index("queue")


STEPS = (
    Migration(1, "people: commits and views", _people),
    Migration(2, "identity: decisions and cases", _identity),
    Migration(3, "activities: what was seen", _activities),
    Migration(4, "imports, dictionaries, organisations", ensure_intake),
    Migration(5, "imports: rows by what was found", ensure_marks_index),
    Migration(6, "identity: the steward's queue in its order", _queue),
    Migration(7, "dictionaries: names of purposes and topics", ensure_dictionaries),
    Migration(8, "imports: lists by time of upload", ensure_import_order),
    Migration(9, "organisations: the request that made each", ensure_organisation_indexes),
)
