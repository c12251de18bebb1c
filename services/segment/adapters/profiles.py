"""The owner of people, asked over gRPC as this service."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from chassis.grpc import Peer
from gen.consilium.profile.v1 import profiles_pb2 as pb
from gen.consilium.profile.v1 import profiles_pb2_grpc
from services.segment.adapters.profile_face import person_from
from services.segment.domain.catalogue import Catalogue
from services.segment.domain.face import Face, face_of
from services.segment.domain.following import Person
from services.segment.ports import Catalogues, PartitionState

SERVICES = ("consilium.profile.v1.Profiles", "consilium.profile.v1.Catalogue", "consilium.profile.v1.Dictionaries")

_BATCH = 500  # BatchGetProfiles takes no more
_DEADLINE = 15.0  # five hundred people with every face, and a second of waiting for their revisions


class ProfilesPeer:
    """Asks profile for people."""

    def __init__(self, peer: Peer, catalogues: Catalogues) -> None:
        self._peer = peer
        self._stub: Any = profiles_pb2_grpc.ProfilesStub(peer.channel)
        self._catalogues = catalogues

    async def people(self, revisions: Mapping[str, int]) -> Mapping[str, Person]:
        """Return people by the id asked for, at these revisions or later; an absorbed id gives its survivor.

        Ids that the owner does not know are left out.
        """
        ids = list(revisions)
        parts = [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
        answers = await asyncio.gather(*(self._part(part, revisions) for part in parts))
        return {asked: person for answer in answers for asked, person in answer.items()}

    async def _part(self, ids: Sequence[str], revisions: Mapping[str, int]) -> dict[str, Person]:
        request = pb.BatchGetProfilesRequest(
            ids=ids, all_faces=True, at_least_revisions=[revisions[profile] for profile in ids]
        )
        answer = await self._peer.call(self._stub.BatchGetProfiles, request, timeout=_DEADLINE)
        catalogue = await self._knowing(answer.profiles)
        return {
            asked: person_from(profile, catalogue)
            for asked, profile in zip(answer.requested_ids, answer.profiles, strict=True)
        }

    async def scan(self, partitions: Sequence[int] = ()) -> AsyncIterator[Sequence[Person]]:
        """Yield everybody of some partitions, of all when none are named."""
        request = pb.ScanProfilesRequest(partitions=partitions)
        async for answer in self._peer.stream(self._stub.ScanProfiles, request):
            catalogue = await self._knowing(answer.profiles)
            yield [person_from(profile, catalogue) for profile in answer.profiles]

    async def _knowing(self, profiles: Sequence[Any]) -> Catalogue:
        """Return a catalogue that has every attribute of these people: a new one may be seconds old."""
        catalogue = await self._catalogues.attributes()
        if all(catalogue.find(key) for profile in profiles for key in profile.attributes):
            return catalogue
        return await self._catalogues.attributes(fresh=True)

    async def partitions(self) -> Mapping[int, PartitionState]:
        """Count people and add up revisions by partition."""
        answer = await self._peer.call(self._stub.CountProfiles, pb.CountProfilesRequest(), timeout=60.0)
        return {each.partition: PartitionState(each.people, each.revision_sum) for each in answer.partitions}

    async def face(self, profile: str, workspace: str) -> Face | None:
        """Return a person as a workspace sees him now, an absorbed id as its survivor."""
        person = (await self.people({profile: 0})).get(profile)
        wanted = face_of(workspace)
        return next((face for face in person.faces if face.face == wanted), None) if person else None
