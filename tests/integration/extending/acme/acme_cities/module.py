"""What the module does: it follows PROFILE, asks profile for people, keeps documents and tells facts of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.wrappers_pb2 import StringValue

from chassis import relay
from chassis.bus import Consumer, Delivery, ensure_streams
from chassis.grpc import Peer
from chassis.kernel import derived_id, lane_of, partition_of
from chassis.mongo import Migration
from chassis.mongo import migrate as run_migrations
from chassis.mongo.session import Database
from chassis.outbox import Fact, stamped
from chassis.process import Engines, Parts
from chassis.settings import Process, address_of
from gen.consilium.profile.v1 import profiles_pb2, profiles_pb2_grpc
from gen.consilium.profile.v1.events_pb2 import ProfileChanged

PEOPLE = "people"
TOPIC = "acme"
TOPICS = {TOPIC: (14, 0.25, False)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Process):
    """What the module is told beside what every process is."""

    profile_address: str = address_of("profile", 7102)


async def _people(database: Database) -> None:
    await relay.ensure_indexes(database[PEOPLE])


async def migrate(_settings: Settings, engines: Engines) -> None:
    """Make the collection and the streams."""
    await run_migrations(engines.database, [Migration(1, "people and their cities", _people)])
    await ensure_streams(engines.bus, ("profile", "audit", "dead"), own=TOPICS)


async def build(settings: Settings, engines: Engines) -> Parts:
    """Wire the module."""
    profile = Peer(
        settings.profile_address,
        "profile",
        services=["consilium.profile.v1.Profiles"],
        tokens=engines.tokens,
        tls=settings.tls_directory,
    )
    cities = Cities(engines, profile)
    return Parts(
        consumers=[Consumer("profile", "cities", cities.on_profiles_changed, events=frozenset({"profile-changed"}))],
        outboxes=[PEOPLE],
        ready={"profile": profile.ready},
        close=[profile.close],
    )


class Cities:
    """Follows people from city to city."""

    def __init__(self, engines: Engines, profile: Peer) -> None:
        self._people, self._clock, self._profile = engines.database[PEOPLE], engines.clock, profile
        self._stub: Any = profiles_pb2_grpc.ProfilesStub(profile.channel)

    async def on_profiles_changed(self, batch: Sequence[Delivery]) -> None:
        """Look where the people of a batch are now; a repeat changes nothing."""
        changes = [ProfileChanged.FromString(delivery.body) for delivery in batch]
        revisions = {change.profile: change.revision for change in changes}
        request = profiles_pb2.BatchGetProfilesRequest(
            ids=list(revisions), at_least_revisions=list(revisions.values()), read_mask=FieldMask(paths=["attributes"])
        )
        answer = await self._profile.call(self._stub.BatchGetProfiles, request)
        for asked, person in zip(answer.requested_ids, answer.profiles, strict=True):
            await self._keep(asked, revisions[asked], person.attributes["city"].value.code)

    async def _keep(self, profile: str, revision: int, city: str) -> None:
        before = await self._people.find_one({"_id": profile})
        if before is not None and before["revision"] >= revision:
            return
        now, partition = self._clock.now(), partition_of(profile)
        moved = before is None or before["city"] != city
        body = StringValue(value=city).SerializeToString()
        fact = Fact(derived_id(TOPIC, profile, str(revision)), TOPIC, "city-changed", partition, body, now)
        document = {"_id": profile, "lane": lane_of(partition), "revision": revision, "city": city}
        written = stamped(document, [fact] if moved else [], now, before)
        if before is None:
            await self._people.insert_one(written)
        else:
            await self._people.replace_one({"_id": profile, "revision": before["revision"]}, written)
