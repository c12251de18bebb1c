"""Profile through its socket: people by gRPC, facts on the bus, collected events and marks from it."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from chassis.bus import stream_name
from chassis.crypto import BlindIndex
from chassis.grpc import Peer, Principal, sign
from chassis.kernel import new_id, partition_of
from chassis.kernel.problem import Remote
from chassis.outbox import Fact
from chassis.process import Engines, Running, open_engines
from gen.consilium.channel.v1 import events_pb2 as channel_pb
from gen.consilium.profile.v1 import (
    catalogue_pb2,
    catalogue_pb2_grpc,
    consents_pb2,
    consents_pb2_grpc,
    events_pb2,
    profiles_pb2_grpc,
)
from gen.consilium.profile.v1 import profiles_pb2 as pb
from services.profile.bootstrap import build, migrate
from tests.integration.profile.conftest import PRINCIPAL_KEY, settings_of
from tests.polling import until
from tests.trail import acts

ACTIONS = frozenset({
    "profiles.read", "profiles.edit", "profiles.archive", "profiles.merge", "profiles.erase", "consents.edit",
    "catalogue.read", "catalogue.manage",
})  # fmt: skip
MAIL = "ivanov@example.org"
KEY = consents_pb2.ConsentKey(
    controller="main",
    purpose="marketing",
    channel="email",
    topic="newsletter",
    contact_kind="email",
    contact_value=MAIL,
)


def token(workspace: str = "*", kind: str = "person", *, others: tuple[str, ...] = ()) -> str:
    principal = Principal("someone", kind, ("administrator",), workspace, (workspace, *others), ACTIONS)
    return sign(PRINCIPAL_KEY, principal, "profile", now=time.time())


@dataclass(slots=True)
class Door:
    """A running profile and calls to it."""

    engines: Engines
    namespace: str
    peer: Peer
    people: Any
    consents: Any
    catalogue: Any
    installation_key: bytes

    async def ask(self, method: Callable[..., Awaitable[Any]], request: Any, workspace: str = "*") -> Any:
        return await self.peer.call(method, request, token=token(workspace))

    async def serve(self, method: Callable[..., Awaitable[Any]], request: Any) -> Any:
        return await self.peer.call(method, request, token=token(kind="service"))

    async def told(self, topic: str, event: str) -> list[bytes]:
        jetstream = self.engines.bus.jetstream
        stream = stream_name(self.namespace, topic)
        last = (await jetstream.stream_info(stream)).state.last_seq
        messages = [await jetstream.get_msg(stream, number) for number in range(1, last + 1)]
        return [message.data or b"" for message in messages if f".{event}." in (message.subject or "")]


@pytest.fixture
async def door(mongodb_url: str, nats_url: str, namespace: str) -> AsyncIterator[Door]:
    settings = settings_of(mongodb_url, nats_url, namespace)
    engines = await open_engines(settings, "profile")
    await migrate(settings, engines)
    running = Running(settings, engines, await build(settings, engines), "run")
    await running.start()
    peer = Peer(f"127.0.0.1:{running.port}", "profile")
    opened = Door(
        engines,
        namespace,
        peer,
        profiles_pb2_grpc.ProfilesStub(peer.channel),
        consents_pb2_grpc.ConsentsStub(peer.channel),
        catalogue_pb2_grpc.CatalogueStub(peer.channel),
        settings.installation_key,
    )
    try:
        for base in ("main", "partner"):
            request = catalogue_pb2.CreateBaseRequest(base=catalogue_pb2.Base(key=base, title=base))
            await opened.ask(opened.catalogue.CreateBase, request)
        yield opened
    finally:
        await peer.close()
        await running.stop()


def creating(base: str = "main", family_name: str = "Иванов", mail: str = MAIL) -> pb.CreateProfileRequest:
    request = pb.CreateProfileRequest(base=base, request_id=new_id())
    request.profile.kind = "hcp"
    request.profile.attributes["family_name"].text = family_name
    request.profile.attributes["given_name"].text = "Пётр"
    request.profile.attributes["experience_since"].date = "2015-09-01"
    contact = request.profile.contacts.add(kind="email", value=mail.upper())
    contact.confirm_time.GetCurrentTime()
    return request


async def test_whoever_chooses_a_workspace_is_given_the_names_of_those_that_he_may_choose(door: Door) -> None:
    async def bases(mine: bool, *others: str) -> list[str]:
        request = catalogue_pb2.ListBasesRequest(mine=mine)
        answer = await door.peer.call(door.catalogue.ListBases, request, token=token("main", others=others))
        return [base.title for base in answer.bases]

    assert await bases(False, "partner") == ["main"]
    assert await bases(True, "partner") == ["main", "partner"]
    assert await bases(True) == ["main"]


async def test_a_person_made_by_hand_is_on_the_card_on_the_bus_and_in_the_scan(door: Door) -> None:
    made = await door.ask(door.people.CreateProfile, creating())
    assert made.attributes["family_name"].value.text == "Иванов"
    assert made.contacts[0].value == MAIL
    assert (made.no, made.contacts[0].hmac) == (0, b"")

    card = await door.ask(door.people.GetProfile, pb.GetProfileRequest(id=made.id))
    assert (card.etag, card.contacts[0].standing) == (made.etag, "sole")
    batch = await door.serve(
        door.people.BatchGetProfiles,
        pb.BatchGetProfilesRequest(ids=[new_id(), made.id], all_faces=True, at_least_revisions=[0, 1]),
    )
    [served] = batch.profiles
    assert served.no > 0
    assert [face.base for face in served.faces] == ["main"]
    assert served.contacts[0].hmac == BlindIndex(door.installation_key).digest("email", MAIL)

    await until(lambda: _told(door, "profile-changed", 1))
    changed = events_pb2.ProfileChanged.FromString((await door.told("profile", "profile-changed"))[0])
    assert (changed.profile, changed.no, changed.revision) == (made.id, served.no, 1)
    answers = [
        answer
        async for answer in door.peer.stream(
            door.people.ScanProfiles,
            pb.ScanProfilesRequest(partitions=[partition_of(made.id)]),
            token=token(kind="service"),
        )
    ]
    assert answers[0].bus_sequence >= 2
    assert [profile.id for answer in answers[1:] for profile in answer.profiles] == [made.id]
    counted = await door.serve(door.people.CountProfiles, pb.CountProfilesRequest())
    assert sum(each.people for each in counted.partitions) == 1


async def _told(door: Door, event: str, count: int, topic: str = "profile") -> bool:
    return len(await door.told(topic, event)) >= count


async def test_a_partner_neither_finds_nor_sees_what_is_not_his(door: Door) -> None:
    made = await door.ask(door.people.CreateProfile, creating())
    lookup = pb.LookupProfilesRequest(kind="email", value=MAIL)

    with pytest.raises(Remote) as refused:
        await door.ask(door.people.GetProfile, pb.GetProfileRequest(id=made.id), "partner")
    assert refused.value.reason == "PROFILE_UNKNOWN"
    assert not (await door.ask(door.people.LookupProfiles, lookup, "partner")).profiles
    assert (await door.ask(door.people.ListProfiles, pb.ListProfilesRequest(), "partner")).total == 0
    assert [each.id for each in (await door.ask(door.people.LookupProfiles, lookup)).profiles] == [made.id]

    his = await door.ask(door.people.CreateProfile, creating("partner", "Ivanov"), "partner")
    assert his.id == made.id
    face = await door.ask(door.people.GetProfile, pb.GetProfileRequest(id=made.id), "partner")
    assert (face.attributes["family_name"].value.text, list(face.bases)) == ("Ivanov", ["partner"])


async def test_only_services_see_every_face(door: Door) -> None:
    with pytest.raises(Remote) as refused:
        await door.ask(door.people.BatchGetProfiles, pb.BatchGetProfilesRequest(ids=[new_id()], all_faces=True))
    assert refused.value.reason == "ACTION_NOT_ALLOWED"


async def test_a_click_in_a_letter_ends_the_consent(door: Door) -> None:
    made = await door.ask(door.people.CreateProfile, creating())
    granting = consents_pb2.GrantConsentRequest(
        profile=made.id, key=KEY, evidence=consents_pb2.Evidence(kind="paper-form", wording="v1")
    )
    granted = await door.ask(door.consents.GrantConsent, granting)
    assert granted.status == consents_pb2.CONSENT_STATUS_GRANTED

    mark = channel_pb.MessageMarked(
        message=new_id(), profile=made.id, channel="email", controller="main", purpose="marketing",
        contact_kind="email",
        contact_hmac=BlindIndex(door.installation_key).digest("email", MAIL),
    )  # fmt: skip
    fact = Fact(
        new_id(), "delivery", "message-unsubscribed", partition_of(made.id), mark.SerializeToString(),
        door.engines.clock.now(),
    )  # fmt: skip
    await door.engines.publisher.publish([fact])

    async def revoked() -> bool:
        listing = consents_pb2.ListConsentsRequest(profile=made.id)
        [standing] = (await door.ask(door.consents.ListConsents, listing)).consents
        return bool(standing.status == consents_pb2.CONSENT_STATUS_REVOKED)

    await until(revoked)
    await until(lambda: _told(door, "consent-revoked", 1))


async def test_an_erasure_names_everybody_who_was_merged_in(door: Door) -> None:
    survivor, other = [
        await door.ask(door.people.CreateProfile, creating(family_name=name, mail=mail))
        for name, mail in (("Иванов", MAIL), ("Смирнов", "smirnov@clinic.example"))
    ]
    await door.ask(door.people.MergeProfiles, pb.MergeProfilesRequest(id=survivor.id, other=other.id))
    await door.ask(door.people.EraseProfile, pb.EraseProfileRequest(id=survivor.id, ground="request"))

    await until(lambda: _told(door, "profile-erased", 1))
    for body in await door.told("profile", "profile-erased"):
        told = events_pb2.ProfileStateChanged.FromString(body)
        assert (told.profile, list(told.absorbed)) == (survivor.id, [other.id])


async def test_only_a_hard_bounce_marks_the_contact(door: Door) -> None:
    made, other = [
        await door.ask(door.people.CreateProfile, creating(family_name=name, mail=mail))
        for name, mail in (("Иванов", MAIL), ("Смирнов", "smirnov@clinic.example"))
    ]

    async def bounced(mail: str, bounce_class: str) -> None:
        end = channel_pb.MessageFinished(
            message=new_id(), contact_kind="email", bounce_class=bounce_class,
            contact_hmac=BlindIndex(door.installation_key).digest("email", mail),
        )  # fmt: skip
        body, now = end.SerializeToString(), door.engines.clock.now()
        await door.engines.publisher.publish([Fact(new_id(), "delivery", "message-bounced", 0, body, now)])

    async def marked(profile: str) -> bool:
        card = await door.ask(door.people.GetProfile, pb.GetProfileRequest(id=profile))
        return bool(card.contacts[0].HasField("bounce_time"))

    await bounced("smirnov@clinic.example", "soft")
    await bounced(MAIL, "hard")

    await until(lambda: marked(made.id))
    assert not await marked(other.id)


async def test_an_anonymous_visitor_becomes_a_person_and_repeats_are_one_activity(door: Door) -> None:
    made = await door.ask(door.people.CreateProfile, creating())
    anonymous = _collected("page_viewed", {"page": "home", "name": "Иванов", "duration": 12})
    known = _collected("form_submitted", {"form": "webinar"}, identity=("email", MAIL))
    forged = _collected("form_submitted", {}, identity=("email", MAIL), trusted=False, device="other")
    for batch in (anonymous, known, known, forged):
        await _collect(door, batch)

    await until(lambda: _told(door, "activity-recorded", 3, "activity"))
    told = [events_pb2.ActivityRecorded.FromString(body) for body in await door.told("activity", "activity-recorded")]
    by_id = {each.event_id: each for each in told}
    assert len(told) == len(by_id) == 3
    first, second, third = (by_id[each.events[0].event_id] for each in (anonymous, known, forged))
    assert (first.profile, first.dropped, [each.key for each in first.properties]) == ("", 1, ["duration", "page"])
    assert (second.profile, second.no > 0) == (made.id, True)
    assert third.profile == ""
    await until(lambda: _told(door, "device-linked", 1))
    [linked] = [events_pb2.DeviceLinked.FromString(body) for body in await door.told("profile", "device-linked")]
    assert (linked.device, linked.profile) == (first.subject, made.id)


async def test_events_of_the_whole_installation_belong_to_their_sources_owner(door: Door) -> None:
    source = catalogue_pb2.Source(key="portal", title="Portal", base="partner", kind="hcp")
    await door.ask(door.catalogue.CreateSource, catalogue_pb2.CreateSourceRequest(source=source))
    known, unknown = (_collected("page_viewed", {}) for _ in range(2))
    known.source, known.base, unknown.base = "portal", "", ""
    for batch in (known, unknown):
        await _collect(door, batch)

    await until(lambda: _told(door, "activity-recorded", 2, "activity"))
    told = [events_pb2.ActivityRecorded.FromString(body) for body in await door.told("activity", "activity-recorded")]
    assert {each.source: each.base for each in told} == {"portal": "partner", "site": ""}


async def test_two_owners_may_number_their_events_alike(door: Door) -> None:
    ours, theirs = (_collected("page_viewed", {}) for _ in range(2))
    theirs.base = "partner"
    theirs.events[0].event_id = ours.events[0].event_id
    for batch in (ours, theirs, theirs):
        await _collect(door, batch)

    await until(lambda: _told(door, "activity-recorded", 2, "activity"))
    told = [events_pb2.ActivityRecorded.FromString(body) for body in await door.told("activity", "activity-recorded")]
    assert sorted(each.base for each in told) == ["main", "partner"]


def _collected(
    name: str,
    properties: dict[str, object],
    identity: tuple[str, str] | None = None,
    *,
    trusted: bool = True,
    device: str = "browser-1",
) -> events_pb2.EventsCollected:
    batch = events_pb2.EventsCollected(source="site", base="main", trusted=trusted)
    batch.receive_time.GetCurrentTime()
    event = batch.events.add(event_id=new_id(), name=name, anonymous_id=device)
    event.properties = json.dumps(properties).encode()
    event.time.GetCurrentTime()
    if identity:
        event.identities.add(kind=identity[0], value=identity[1])
    return batch


async def _collect(door: Door, batch: events_pb2.EventsCollected) -> None:
    fact = Fact(new_id(), "inbox", "events-collected", 0, batch.SerializeToString(), door.engines.clock.now())
    await door.engines.publisher.publish([fact])


async def test_who_saw_and_who_was_refused_is_on_the_trail_before_the_answer(door: Door) -> None:
    made = await door.ask(door.people.CreateProfile, creating())
    await door.ask(door.people.GetProfile, pb.GetProfileRequest(id=made.id))
    await door.serve(door.people.BatchGetProfiles, pb.BatchGetProfilesRequest(ids=[made.id]))
    nobody = Principal("intruder", "person", (), "*", ("*",), frozenset())
    with pytest.raises(Remote):
        await door.peer.call(
            door.people.GetProfile,
            pb.GetProfileRequest(id=made.id),
            token=sign(PRINCIPAL_KEY, nobody, "profile", now=time.time()),
        )

    assert await acts(door.engines.bus) == [
        ("someone", "catalogue.manage", "allowed", ["main"]),
        ("someone", "catalogue.manage", "allowed", ["partner"]),
        ("someone", "profiles.edit", "allowed", [made.id]),
        ("someone", "profiles.read", "allowed", [made.id]),
        ("intruder", "profiles.read", "refused", [made.id]),
    ]


async def test_an_event_of_a_base_means_whom_that_base_knows_by_the_address(door: Door) -> None:
    ours = await door.ask(door.people.CreateProfile, creating())
    namesake = creating("partner", "Кузнецова")
    namesake.profile.attributes["given_name"].text = "Анна"
    theirs = await door.ask(door.people.CreateProfile, namesake)
    assert theirs.id != ours.id

    await _collect(door, _collected("webinar_registered", {}, ("email", MAIL)))
    await until(lambda: _told(door, "activity-recorded", 1, "activity"))

    [told] = [events_pb2.ActivityRecorded.FromString(body) for body in await door.told("activity", "activity-recorded")]
    assert told.profile == ours.id


async def test_a_code_given_by_hand_stands_in_its_dictionary_or_is_refused_with_what_was_meant(door: Door) -> None:
    request = creating()
    request.profile.attributes["city"].code = "Казань"
    request.profile.affiliations.add(organisation_name="Клиника", specialty="cardiolog", position="no such thing")
    with pytest.raises(Remote) as refused:
        await door.ask(door.people.CreateProfile, request)
    assert [(each.field, each.reason, each.text) for each in refused.value.violations] == [
        ("profile.attributes.city", "CODE_UNKNOWN", "Did you mean 'kazan'?"),
        ("profile.affiliations[0].specialty", "CODE_UNKNOWN", "Did you mean 'cardiology'?"),
        ("profile.affiliations[0].position", "CODE_UNKNOWN", "Dictionary 'positions' has no such code."),
    ]

    made = await door.ask(door.people.CreateProfile, creating())
    changing = pb.UpdateProfileRequest(id=made.id, update_mask=FieldMask(paths=["attributes.city"]))
    changing.profile.attributes["city"].code = "kazn"
    with pytest.raises(Remote) as refused:
        await door.ask(door.people.UpdateProfile, changing)
    assert [each.field for each in refused.value.violations] == ["profile.attributes.city"]
    changing.profile.attributes["city"].code = "kazan"
    assert (await door.ask(door.people.UpdateProfile, changing)).attributes["city"].value.code == "kazan"


async def test_a_contacts_standing_is_the_same_in_every_list_as_on_the_card(door: Door) -> None:
    made = await door.ask(door.people.CreateProfile, creating())

    batch = await door.ask(door.people.BatchGetProfiles, pb.BatchGetProfilesRequest(ids=[made.id]))
    found = await door.ask(door.people.LookupProfiles, pb.LookupProfilesRequest(kind="email", value=MAIL))
    page = await door.ask(door.people.ListProfiles, pb.ListProfilesRequest())

    assert [each.profiles[0].contacts[0].standing for each in (batch, found, page)] == ["sole"] * 3


async def test_a_merge_is_shown_before_it_is_made(door: Door) -> None:
    first = await door.ask(door.people.CreateProfile, creating())
    second = await door.ask(door.people.CreateProfile, creating(family_name="Петров", mail="petrov@example.org"))
    request = pb.PreviewMergeRequest(id=first.id, other=second.id)

    shown = await door.ask(door.people.PreviewMerge, request)

    names = shown.attributes["family_name"]
    assert {names.value.text, *(each.value.text for each in names.others)} == {"Иванов", "Петров"}
    assert {contact.value for contact in shown.contacts} == {MAIL, "petrov@example.org"}
    assert (shown.id, len(shown.records)) == (first.id, 2)
    for person in (first, second):
        assert (await door.ask(door.people.GetProfile, pb.GetProfileRequest(id=person.id))).etag == person.etag
    with pytest.raises(Remote) as unfit:
        await door.ask(door.people.PreviewMerge, pb.PreviewMergeRequest(id=first.id, other=first.id))
    assert unfit.value.reason == "MERGE_UNFIT"


async def test_parts_of_people_are_what_the_whole_has_there(door: Door) -> None:
    made = await door.ask(door.people.CreateProfile, creating())
    [whole] = (await door.ask(door.people.BatchGetProfiles, pb.BatchGetProfilesRequest(ids=[made.id]))).profiles

    for part in ("attributes", "contacts", "records", "consents", "time_zone", "validated", "kind", "bases", "etag"):
        request = pb.BatchGetProfilesRequest(ids=[made.id], read_mask=FieldMask(paths=[part]))
        [shown] = (await door.ask(door.people.BatchGetProfiles, request)).profiles
        assert getattr(shown, part) == getattr(whole, part), part
        assert {field.name for field, _ in shown.ListFields()} <= {"id", "revision", "state", part}
