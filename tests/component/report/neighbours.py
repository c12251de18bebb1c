"""Report's neighbours in its tests: profile and channel behind real gRPC doors, with people made up on the spot."""

import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.grpc import Principal, Server, Verifier, sign
from chassis.kernel import partition_of
from chassis.kernel.problem import DependencyUnavailable
from gen.consilium.channel.v1 import messages_pb2, messages_pb2_grpc
from gen.consilium.profile.v1 import catalogue_pb2, catalogue_pb2_grpc, profiles_pb2, profiles_pb2_grpc

ACTIONS = frozenset({"profiles.read", "reports.read", "messages.read", "catalogue.read", "service"})


class Signer:
    """Makes tokens as access would; also stands for this service's own tokens."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public = self._key.public_key().public_bytes_raw()

    def made_for(self, audience: str, principal: Principal) -> str:
        return sign(self._key, principal, audience, now=time.time())

    async def token(self, audience: str) -> str:
        return self.made_for(audience, Principal("report", "service", (), "*", ("*",), ACTIONS))

    async def close(self) -> None:
        """Nothing to hang up."""


def person(workspace: str = "*", actions: frozenset[str] = ACTIONS) -> Principal:
    """Give somebody of the console who works in a workspace."""
    return Principal("analyst-1", "person", ("analyst",), workspace, (workspace,), actions)


@dataclass
class FakeProfiles(profiles_pb2_grpc.ProfilesServicer):
    """People by id, with what each absorbed; counts its calls and can be away."""

    people: dict[str, profiles_pb2.Profile] = field(default_factory=dict)
    absorbed: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    counts: int = 0
    away: bool = False

    def put(self, key: str, records: list[str], revision: int, city: str = "") -> None:
        profile = profiles_pb2.Profile(id=key, kind="hcp", state=profiles_pb2.PROFILE_STATE_ACTIVE, revision=revision)
        for record in records:
            profile.records.add(id=record, base="main", home=key)
        profile.absorbed.extend(loser for loser, survivor in self.absorbed.items() if survivor == key)
        profile.attributes["family_name"].value.text = "Ivanova"
        profile.attributes["city"].value.code = city
        for attribute, day in (
            ("experience_since", "2010-09-01"),
            ("seen_on", "2024-02-30"),
            ("known_on", "1850-01-01"),
        ):
            profile.attributes[attribute].value.date = day
        face = profile.faces.add(base="main")
        face.attributes["city"].CopyFrom(profile.attributes["city"])
        face.affiliations.add(organisation="clinic-1", specialty="paediatrics", city=city)
        self.people[key] = profile

    def merge(self, survivor: str, loser: str, revision: int) -> None:
        records = [record.id for key in (survivor, loser) for record in self.people[key].records]
        self.absorbed[loser] = survivor
        self.put(survivor, records, revision)

    def unmerge(self, survivor: str, loser: str, own: list[str], others: list[str], revision: int) -> None:
        del self.absorbed[loser]
        self.put(survivor, own, revision)
        self.put(loser, others, revision)

    def living(self) -> list[profiles_pb2.Profile]:
        return [profile for key, profile in self.people.items() if key not in self.absorbed]

    async def CountProfiles(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - gRPC's name
        self.counts += 1
        response = profiles_pb2.CountProfilesResponse()
        for partition in sorted({partition_of(profile.id) for profile in self.living()}):
            people = [profile for profile in self.living() if partition_of(profile.id) == partition]
            response.partitions.add(
                partition=partition, people=len(people), revision_sum=sum(profile.revision for profile in people)
            )
        return response

    async def ScanProfiles(self, request: Any, _context: Any) -> Any:  # noqa: N802 - gRPC's name
        yield profiles_pb2.ScanProfilesResponse(bus_sequence=1)
        found = [profile for profile in self.living() if partition_of(profile.id) in request.partitions]
        yield profiles_pb2.ScanProfilesResponse(profiles=found)

    async def BatchGetProfiles(self, request: Any, _context: Any) -> Any:  # noqa: N802 - gRPC's name
        self.calls += 1
        if self.away:
            raise DependencyUnavailable("profile")
        assert request.all_faces
        response = profiles_pb2.BatchGetProfilesResponse()
        for key in request.ids:
            found = self.people.get(self.absorbed.get(key, key))
            if found is not None:
                response.profiles.append(found)
                response.requested_ids.append(key)
        return response


class FakeCatalogue(catalogue_pb2_grpc.CatalogueServicer):
    """City may be stored, names may not."""

    async def ListAttributes(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - gRPC's name
        return catalogue_pb2.ListAttributesResponse(
            attributes=[
                catalogue_pb2.Attribute(key="city", type="code", personal_class="none"),
                *(
                    catalogue_pb2.Attribute(key=key, type="date", personal_class="none")
                    for key in ("experience_since", "seen_on", "known_on")
                ),
                catalogue_pb2.Attribute(key="family_name", type="text", personal_class="personal"),
            ]
        )


@dataclass
class FakeMessages(messages_pb2_grpc.MessagesServicer):
    """Channel's counts, set by the test."""

    counts: messages_pb2.CountMessagesResponse = field(default_factory=messages_pb2.CountMessagesResponse)

    async def CountMessages(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - gRPC's name
        return self.counts


@dataclass
class Neighbours:
    """The two servers and what they serve."""

    profiles: FakeProfiles
    messages: FakeMessages
    profile_server: Server
    channel_server: Server

    async def stop(self) -> None:
        await self.profile_server.stop(0)
        await self.channel_server.stop(0)


async def started(signer: Signer) -> Neighbours:
    """Start both on free ports."""
    profiles = FakeProfiles()  # type: ignore[abstract]  # report calls no other method
    messages = FakeMessages()  # type: ignore[abstract]  # report calls no other method
    catalogue = FakeCatalogue()  # type: ignore[abstract]  # report calls no other method
    profile_server = Server(
        [
            (profiles_pb2_grpc.add_ProfilesServicer_to_server, profiles, "consilium.profile.v1.Profiles"),
            (catalogue_pb2_grpc.add_CatalogueServicer_to_server, catalogue, "consilium.profile.v1.Catalogue"),
        ],
        Verifier(signer.public, "profile"),
        host="127.0.0.1",
        port=0,
    )
    channel_server = Server(
        [(messages_pb2_grpc.add_MessagesServicer_to_server, messages, "consilium.channel.v1.Messages")],
        Verifier(signer.public, "channel"),
        host="127.0.0.1",
        port=0,
    )
    await profile_server.start()
    await channel_server.start()
    return Neighbours(profiles, messages, profile_server, channel_server)


__all__ = ["ACTIONS", "Neighbours", "Signer", "person", "started"]
