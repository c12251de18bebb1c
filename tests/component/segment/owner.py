"""A profile service of the test: the same gRPC interface over a dictionary, on a real socket, telling real facts."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import grpc

from chassis.bus import Publisher
from chassis.kernel import derived_id, new_id, partition_of
from chassis.outbox import Fact
from gen.consilium.profile.v1 import (
    catalogue_pb2,
    catalogue_pb2_grpc,
    consents_pb2,
    dictionaries_pb2,
    dictionaries_pb2_grpc,
    events_pb2,
    profiles_pb2_grpc,
)
from gen.consilium.profile.v1 import profiles_pb2 as pb
from gen.consilium.shared.v1 import values_pb2

NAMES = {"family_name", "given_name", "patronymic"}


def values(attributes: dict[str, Any]) -> dict[str, pb.Value]:
    """Give attributes as profile answers them."""
    found: dict[str, pb.Value] = {}
    for key, value in attributes.items():
        case = (
            "text" if key in NAMES else "number" if isinstance(value, int | float) and not isinstance(value, bool)
            else "flag" if isinstance(value, bool) else "date" if key.endswith(("_date", "_since")) else "code"
        )  # fmt: skip
        found[key] = pb.Value(value=values_pb2.AttributeValue(**{case: value}))
    return found


def consent(controller: str, topic: str, address: str, status: str = "GRANTED", channel: str = "email") -> Any:
    """Give a consent to letters."""
    return consents_pb2.Consent(
        key=consents_pb2.ConsentKey(
            controller=controller,
            purpose="marketing",
            channel=channel,
            topic=topic,
            contact_kind="email",
            contact_value=address,
        ),
        status=getattr(consents_pb2, f"CONSENT_STATUS_{status}"),
    )


class FakeProfiles(
    profiles_pb2_grpc.ProfilesServicer, catalogue_pb2_grpc.CatalogueServicer, dictionaries_pb2_grpc.DictionariesServicer
):
    """People kept in memory; `put` changes one and tells the bus."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.people: dict[str, pb.Profile] = {}
        self.absorbed: dict[str, str] = {}
        self.asked = 0
        self.attributes = [
            catalogue_pb2.Attribute(key="beds", title="Beds", type="number", personal_class="none"),
            catalogue_pb2.Attribute(key="diagnosis", title="Diagnosis", type="code", personal_class="health"),
        ]
        self._server = grpc.aio.server()
        profiles_pb2_grpc.add_ProfilesServicer_to_server(self, self._server)
        catalogue_pb2_grpc.add_CatalogueServicer_to_server(self, self._server)
        dictionaries_pb2_grpc.add_DictionariesServicer_to_server(self, self._server)
        self.port = self._server.add_insecure_port("127.0.0.1:0")

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop(None)

    # what a test does

    def person(self, no: int, attributes: dict[str, Any], **parts: Any) -> pb.Profile:
        """Make a person of base `main`; `faces` are further bases."""
        faces = parts.pop("faces", [])
        profile = pb.Profile(
            id=new_id(), no=no, kind="hcp", state=pb.PROFILE_STATE_ACTIVE, attributes=values(attributes),
            bases=["main", *(face.base for face in faces)], **parts,
        )  # fmt: skip
        main = pb.Face(base="main", attributes=profile.attributes)
        for field in ("contacts", "affiliations", "consents"):
            getattr(main, field).extend(getattr(profile, field))
        profile.faces.extend([main, *faces])
        profile.update_time.FromDatetime(datetime.now(UTC))
        return profile

    async def put(self, profiles: Iterable[pb.Profile]) -> None:
        """Keep people at their next revision and tell it."""
        facts = []
        for profile in profiles:
            profile.revision += 1
            self.people[profile.id] = profile
            facts.append(self._changed(profile.id, profile.no, profile.revision))
        await self._publisher.publish(facts)

    async def repeat(self, profiles: Iterable[pb.Profile]) -> None:
        """Tell again what was told, past the bus's memory of message ids."""
        facts = [self._changed(profile.id, profile.no, profile.revision) for profile in profiles]
        await self._publisher.publish([replace(fact, id=new_id()) for fact in facts])

    async def merge(self, survivor: pb.Profile, loser: pb.Profile) -> None:
        """Let one person absorb another."""
        self.absorbed[loser.id] = survivor.id
        survivor.absorbed.append(loser.id)
        survivor.absorbed_nos.append(loser.no)
        loser.revision += 1
        await self.put([survivor])
        merged = events_pb2.ProfileMerged(
            profile=survivor.id, no=survivor.no, absorbed=loser.id, absorbed_no=loser.no, revision=survivor.revision
        )
        await self._publisher.publish(
            [
                self._fact("profile-merged", survivor.id, merged, survivor.revision),
                self._changed(loser.id, loser.no, loser.revision),
            ]
        )

    async def unmerge(self, survivor: pb.Profile, loser: pb.Profile) -> None:
        """Take it back."""
        del self.absorbed[loser.id]
        survivor.absorbed.remove(loser.id)
        survivor.absorbed_nos.remove(loser.no)
        await self.put([survivor, loser])

    def _changed(self, profile: str, no: int, revision: int) -> Fact:
        body = events_pb2.ProfileChanged(profile=profile, no=no, revision=revision)
        return self._fact("profile-changed", profile, body, revision)

    def _fact(self, event: str, profile: str, body: Any, revision: int) -> Fact:
        return Fact(
            id=derived_id(event, profile, str(revision)),
            topic="profile",
            event=event,
            partition=partition_of(profile),
            body=body.SerializeToString(),
            time=datetime.now(UTC),
        )

    # what profile answers

    async def BatchGetProfiles(self, request: pb.BatchGetProfilesRequest, context: Any) -> pb.BatchGetProfilesResponse:  # noqa: N802 - proto's
        assert request.all_faces
        self.asked += 1
        answer = pb.BatchGetProfilesResponse()
        for asked in request.ids:
            found = self.people.get(self.absorbed.get(asked, asked))
            if found is not None:
                answer.profiles.append(found)
                answer.requested_ids.append(asked)
        return answer

    def _live(self, partitions: Sequence[int]) -> list[pb.Profile]:
        return [
            profile
            for profile in sorted(self.people.values(), key=lambda each: each.id)
            if profile.id not in self.absorbed
            and profile.state != pb.PROFILE_STATE_ERASED
            and (not partitions or partition_of(profile.id) in partitions)
        ]

    async def ScanProfiles(  # noqa: N802 - proto's
        self, request: pb.ScanProfilesRequest, context: Any
    ) -> AsyncIterator[pb.ScanProfilesResponse]:
        yield pb.ScanProfilesResponse(bus_sequence=1)
        live = self._live(request.partitions)
        for start in range(0, len(live), 7):
            yield pb.ScanProfilesResponse(profiles=live[start : start + 7])

    async def CountProfiles(self, request: pb.CountProfilesRequest, context: Any) -> pb.CountProfilesResponse:  # noqa: N802 - proto's
        counts = {partition: [0, 0] for partition in range(64)}
        for profile in self._live(()):
            count = counts[partition_of(profile.id)]
            count[0] += 1
            count[1] += profile.revision
        return pb.CountProfilesResponse(
            partitions=[
                pb.PartitionCount(partition=partition, people=people, revision_sum=revisions)
                for partition, (people, revisions) in counts.items()
            ]
        )

    async def ListAttributes(self, request: Any, context: Any) -> catalogue_pb2.ListAttributesResponse:  # noqa: N802 - proto's
        return catalogue_pb2.ListAttributesResponse(attributes=self.attributes)

    async def SearchTerms(self, request: Any, context: Any) -> dictionaries_pb2.SearchTermsResponse:  # noqa: N802 - proto's
        known = {
            "specialties": dictionaries_pb2.Term(code="paediatrics", names={"ru": "педиатрия", "en": "paediatrics"}),
            "purposes": dictionaries_pb2.Term(code="marketing", names={"ru": "маркетинг", "en": "marketing"}),
            "topics": dictionaries_pb2.Term(code="news", names={"ru": "новости", "en": "news"}),
        }
        terms = [known[request.dictionary]] if request.dictionary in known else []
        return dictionaries_pb2.SearchTermsResponse(terms=terms, total=len(terms))

    async def ListBases(self, request: Any, context: Any) -> catalogue_pb2.ListBasesResponse:  # noqa: N802 - proto's
        return catalogue_pb2.ListBasesResponse(bases=[catalogue_pb2.Base(key="main", title="Клиники Севера")])

    async def GetOrganisation(self, request: Any, context: Any) -> dictionaries_pb2.Organisation:  # noqa: N802 - proto's
        return dictionaries_pb2.Organisation(id=request.id, name="Клиника Север")
