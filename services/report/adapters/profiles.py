"""Profile, asked over gRPC: who people are now, and which attributes may be stored here.

Promise: of a person's values only attributes whose personal class is "none" come out of this file; an attribute that
the catalogue does not name counts as personal.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask

from chassis.grpc import Peer
from chassis.kernel import WHOLE, Clock
from gen.consilium.profile.v1 import catalogue_pb2, catalogue_pb2_grpc, profiles_pb2, profiles_pb2_grpc
from services.report.domain.facts import Face, is_storable
from services.report.ports import PartitionState, Person

SERVICES = ("consilium.profile.v1.Profiles", "consilium.profile.v1.Catalogue")

_AT_ONCE = 500  # what BatchGetProfiles takes
_DEADLINE = 15.0
_COUNTING = 60.0  # a pass over all people
_FIELDS = FieldMask(
    paths=["kind", "state", "attributes", "affiliations", "records", "revision", "absorbed", "faces", "bases"]
)
_KEPT_FOR = timedelta(minutes=1)

_STATES = {
    profiles_pb2.PROFILE_STATE_ACTIVE: "active",
    profiles_pb2.PROFILE_STATE_ARCHIVED: "archived",
    profiles_pb2.PROFILE_STATE_ERASED: "erased",
}


class ProfilePeople:
    """People as profile shows them to services."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._profiles: Any = profiles_pb2_grpc.ProfilesStub(peer.channel)

    async def read(self, profiles: Mapping[str, int], attributes: Collection[str]) -> list[Person]:
        """Read people by id, each at least at the given revision, 500 a call; each person once."""
        people: dict[str, Person] = {}
        ids = list(profiles)
        for start in range(0, len(ids), _AT_ONCE):
            chunk = ids[start : start + _AT_ONCE]
            answer = await self._peer.call(
                self._profiles.BatchGetProfiles,
                profiles_pb2.BatchGetProfilesRequest(
                    ids=chunk,
                    all_faces=True,
                    read_mask=_FIELDS,
                    at_least_revisions=[profiles[each] for each in chunk],
                ),
                timeout=_DEADLINE,
            )
            for profile, requested in zip(answer.profiles, answer.requested_ids, strict=True):
                people[profile.id] = _person(profile, requested, people.get(profile.id), attributes)
        return list(people.values())

    async def partitions(self) -> Mapping[int, PartitionState]:
        """Count living people and add up their revisions, by partition."""
        answer = await self._peer.call(
            self._profiles.CountProfiles, profiles_pb2.CountProfilesRequest(), timeout=_COUNTING
        )
        return {each.partition: PartitionState(each.people, each.revision_sum) for each in answer.partitions}

    async def revisions(self, partition: int) -> AsyncIterator[Mapping[str, int]]:
        """Stream the living people of a partition with their revisions."""
        request = profiles_pb2.ScanProfilesRequest(partitions=[partition])
        async for answer in self._peer.stream(self._profiles.ScanProfiles, request):
            yield {
                profile.id: profile.revision
                for profile in answer.profiles
                if profile.state != profiles_pb2.PROFILE_STATE_ERASED
            }


def _person(
    profile: profiles_pb2.Profile, requested: str, before: Person | None, attributes: Collection[str]
) -> Person:
    # Every home of a record is this person or was absorbed into it, however long the chain of merges.
    absorbed = {*profile.absorbed, *(record.home for record in profile.records), requested}
    if before is not None:
        absorbed |= set(before.absorbed)
    return Person(
        id=profile.id,
        erased=profile.state == profiles_pb2.PROFILE_STATE_ERASED,
        absorbed=sorted(absorbed - {profile.id, ""}),
        records=[record.id for record in profile.records],
        faces=[
            _face(profile, WHOLE, profile.attributes, profile.affiliations, attributes),
            *(_face(profile, face.base, face.attributes, face.affiliations, attributes) for face in profile.faces),
        ],
    )


def _face(
    profile: profiles_pb2.Profile,
    base: str,
    values: Mapping[str, profiles_pb2.Value],
    affiliations: Sequence[profiles_pb2.Affiliation],
    attributes: Collection[str],
) -> Face:
    texts: dict[str, list[str]] = {}
    numbers: dict[str, float] = {}
    flags: dict[str, bool] = {}
    dates: dict[str, date] = {}
    for key in sorted(set(values) & set(attributes)):
        value = values[key].value
        match value.WhichOneof("value"):
            case "text" | "code" as kind:
                texts[key] = [getattr(value, kind)]
            case "number":
                numbers[key] = value.number
            case "flag":
                flags[key] = value.flag
            case "date":
                with contextlib.suppress(ValueError):  # "2024-02-30" has the form of a day and is none
                    day = date.fromisoformat(value.date)
                    if is_storable(day):
                        dates[key] = day
    return Face(
        person=profile.id,
        base=base,
        revision=profile.revision,
        kind=profile.kind,
        state=_STATES.get(profile.state, "active"),
        texts=texts,
        numbers=numbers,
        flags=flags,
        dates=dates,
        specialties=_distinct(each.specialty for each in affiliations),
        cities=_distinct(each.city for each in affiliations),
        regions=_distinct(each.region for each in affiliations),
        organisations=_distinct(each.organisation for each in affiliations),
    )


def _distinct(codes: Iterable[str]) -> list[str]:
    return sorted({code for code in codes if code})


class ProfileAttributes:
    """The catalogue's storable attributes, asked at most once a minute."""

    def __init__(self, peer: Peer, clock: Clock) -> None:
        self._peer, self._clock = peer, clock
        self._catalogue: Any = catalogue_pb2_grpc.CatalogueStub(peer.channel)
        self._known: frozenset[str] = frozenset()
        self._until = clock.now()
        self._asking = asyncio.Lock()

    async def storable(self) -> frozenset[str]:
        """Name the attributes whose personal class is "none"."""
        async with self._asking:
            if self._clock.now() >= self._until:
                answer = await self._peer.call(
                    self._catalogue.ListAttributes, catalogue_pb2.ListAttributesRequest(), timeout=_DEADLINE
                )
                self._known = frozenset(each.key for each in answer.attributes if each.personal_class == "none")
                self._until = self._clock.now() + _KEPT_FOR
            return self._known
