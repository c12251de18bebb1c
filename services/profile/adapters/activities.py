"""What was seen, in MongoDB: one document per event in `seen_events`, one per device in `devices`, each with its facts.

An event that comes again meets its own document, so its fact is told once, whatever the bus repeats.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from chassis.kernel import derived_id, lane_of, partition_of
from chassis.mongo import new_only
from chassis.mongo.session import Database, Document
from chassis.outbox import Fact, pushing, stamped
from gen.consilium.profile.v1 import events_pb2 as pb
from services.profile.domain.activity import LATENESS
from services.profile.ports import Activity, DeviceLink

SEEN, DEVICES = "seen_events", "devices"


class MongoActivities:
    """Events and devices."""

    def __init__(self, database: Database) -> None:
        self._seen, self._devices = database[SEEN], database[DEVICES]

    async def links(self, devices: Iterable[str]) -> dict[str, str]:
        """Give the homes of the devices that are linked."""
        wanted = list(devices)
        if not wanted:
            return {}
        return {each["_id"]: each["home"] async for each in self._devices.find({"_id": {"$in": wanted}})}

    async def link(self, links: Iterable[DeviceLink], now: datetime) -> None:
        """Link devices; a device that changes hands goes to whoever was seen with it last."""
        for each in links:
            known = await self._devices.find_one({"_id": each.device})
            revision = known["revision"] + 1 if known else 1
            said = pb.DeviceLinked(device=each.device, profile=each.home, no=each.no, revision=revision)
            partition = partition_of(each.home)
            fact = Fact(
                f"{each.device}.{revision}", "profile", "device-linked", partition, said.SerializeToString(), now
            )
            if known is None:
                document = {
                    "_id": each.device, "home": each.home, "revision": 1, "lane": lane_of(partition_of(each.device)),
                }  # fmt: skip
                with suppress(DuplicateKeyError):  # another worker linked it this very moment: its word stands
                    await self._devices.insert_one(stamped(document, [fact], now))
            elif known["home"] != each.home:
                update = pushing([fact], revision)
                update["$set"]["home"] = each.home
                await self._devices.update_one({"_id": each.device, "revision": known["revision"]}, update)

    async def record(self, activities: Sequence[Activity], now: datetime) -> None:
        """Write activities down with their facts."""
        documents = [_seen(activity, now) for activity in activities]
        if not documents:
            return
        with new_only():
            await self._seen.insert_many(documents, ordered=False)


def _seen(activity: Activity, now: datetime) -> Document:
    event = activity.event
    partition = partition_of(activity.profile or activity.subject)
    key = derived_id("event", event.base, event.source, event.event_id)  # ids are unique to their owner
    fact = Fact(key, "activity", "activity-recorded", partition, _body(activity), now)
    document: Document = {
        "_id": key,
        "revision": 1,
        "lane": lane_of(partition),
        "expires_at": event.received + LATENESS,
    }
    return stamped(document, [fact], now)


def _body(activity: Activity) -> bytes:
    event = activity.event
    said = pb.ActivityRecorded(
        event_id=event.event_id,
        source=event.source,
        name=event.name,
        subject=activity.subject,
        profile=activity.profile,
        no=activity.no,
        base=event.base,
        dropped=activity.dropped,
    )
    said.time.FromDatetime(min(event.time, event.received))
    for key, value in sorted(activity.properties.items()):
        told = said.properties.add(key=key)
        if isinstance(value, bool):
            told.flag = value
        elif isinstance(value, float):
            told.number = value
        elif isinstance(value, datetime):
            told.time.FromDatetime(value)
        else:
            told.code = value
    return said.SerializeToString()
