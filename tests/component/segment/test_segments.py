"""Segments through the service's own door: what a marketer does and what follows by itself."""

from typing import Any

import grpc
import pytest

from chassis.kernel import Code, Etag, Problem, new_id
from gen.consilium.profile.v1 import catalogue_pb2
from gen.consilium.profile.v1 import profiles_pb2 as profile_pb
from gen.consilium.segment.v1 import segments_pb2 as pb
from services.segment import queries
from tests.component.segment.conftest import Segment, struct
from tests.component.segment.owner import FakeProfiles, consent, values
from tests.polling import until
from tests.trail import acts

pytestmark = pytest.mark.opensearch

NORTH, SOUTH = new_id(), new_id()
RULE: dict[str, Any] = {
    "all": [
        {"affiliation": {"specialty": "paediatrics", "organisation": NORTH}},
        {"consent": {"controller": "main", "purpose": "marketing", "channel": "email", "topic": "news"}},
    ]
}


def doctor(owner: FakeProfiles, no: int, *, organisation: str = NORTH, status: str = "GRANTED", **more: Any) -> Any:
    address = f"doctor{no}@clinic.example"
    return owner.person(
        no,
        {"family_name": f"Фамилия{no}", "given_name": "Анна"},
        contacts=[profile_pb.ContactPoint(kind="email", value=address, standing="sole")],
        affiliations=[
            profile_pb.Affiliation(organisation=organisation, specialty="paediatrics"),
            profile_pb.Affiliation(organisation=NORTH, specialty="therapy"),
        ],
        consents=[consent("main", "news", address, status)],
        **more,
    )


async def created(segment: Segment, workspace: str = "*", **parts: Any) -> Any:
    given: dict[str, Any] = {"name": "Педиатры", "kind": pb.SEGMENT_KIND_LIVE} | parts
    request = pb.CreateSegmentRequest(**given)
    return await segment.ask(segment.stub.CreateSegment, request, workspace)


async def got(segment: Segment, key: str, workspace: str = "*") -> Any:
    return await segment.ask(segment.stub.GetSegment, pb.GetSegmentRequest(id=key), workspace)


async def test_the_count_is_the_list_and_people_come_and_go_by_themselves(segment: Segment) -> None:
    owner = segment.owner
    inside = [doctor(owner, no) for no in range(1, 6)]
    elsewhere, refused = doctor(owner, 6, organisation=SOUTH), doctor(owner, 7, status="REVOKED")
    await owner.put([*inside, elsewhere, refused])
    await segment.indexed(7)

    preview = await segment.ask(
        segment.stub.PreviewSegment,
        pb.PreviewSegmentRequest(
            rule=struct({"affiliation": {"specialty": "paediatrics", "organisation": NORTH}}),
            sample=3,
            terms=pb.ReachTerms(controller="main", purpose="marketing", topic="news"),
        ),
    )
    assert preview.count == 6
    assert len(preview.sample) == 3
    email = next(reach for reach in preview.reach if reach.channel == "email")
    assert (email.reachable, {loss.reason: loss.count for loss in email.losses}) == (5, {"refused": 1})
    lost = await segment.ask(
        segment.stub.SearchPeople,
        pb.SearchPeopleRequest(
            filter=struct({"affiliation": {"specialty": "paediatrics", "organisation": NORTH}}),
            reach=pb.ReachFilter(
                channel="email",
                standing="refused",
                terms=pb.ReachTerms(controller="main", purpose="marketing", topic="news"),
            ),
        ),
    )
    assert (list(lost.profiles), lost.total) == ([refused.id], 1)
    assert preview.sentences["ru"] == "Есть место работы: организация Клиника Север, специальность педиатрия."

    made = await created(segment, rule=struct(RULE))
    assert made.members == 5
    assert set(await segment.members(made.id)) == {person.id for person in inside}

    refused.consents[0].status = inside[0].consents[0].status
    refused.faces[0].consents[0].status = inside[0].consents[0].status
    inside[0].state = profile_pb.PROFILE_STATE_ARCHIVED
    await owner.put([refused, inside[0]])

    expected = {person.id for person in (*inside[1:], refused)}

    async def followed() -> bool:
        now = await got(segment, made.id)
        return now.members == 5 and set(await segment.members(made.id)) == expected

    await until(followed)

    async def told() -> bool:
        facts = await segment.facts()
        return ("member-joined", made.id, refused.id) in facts and ("member-left", made.id, inside[0].id) in facts

    await until(told)
    facts = await segment.facts()
    assert len(facts) == len(set(facts)), "nobody joins twice"

    history = await segment.ask(segment.stub.ListHistory, pb.ListHistoryRequest(id=made.id))
    assert history.sizes[0].members == 5
    assert sum(size.joined - size.left for size in history.sizes) == 5


async def test_a_reader_sees_his_own_write(segment: Segment) -> None:
    person = doctor(segment.owner, 1)
    for round_ in range(1, 4):
        person.attributes["family_name"].value.text = f"Раунд{round_}"
        await segment.owner.put([person])
        etag = str(Etag(person.revision, 0, person.id))

        answer = await segment.ask(
            segment.stub.SearchPeople, pb.SearchPeopleRequest(text=f"раунд{round_}", at_least=etag)
        )

        assert list(answer.profiles) == [person.id]
        assert answer.total == 1


async def test_a_workspace_counts_and_finds_its_own_faces_only(segment: Segment) -> None:
    face = profile_pb.Face(base="partner", attributes=values({"family_name": "Sokolova", "city": "kazan"}))
    both = segment.owner.person(1, {"family_name": "Соколова", "city": "moscow"}, faces=[face])
    ours = segment.owner.person(2, {"family_name": "Соколова", "city": "moscow"})
    await segment.owner.put([both, ours])
    await segment.indexed(2)

    moscow, kazan = {"attribute": "city", "value": "moscow"}, {"attribute": "city", "value": "kazan"}
    assert (await segment.count(moscow), await segment.count(kazan)) == (2, 0)
    assert (await segment.count(moscow, "partner"), await segment.count(kazan, "partner")) == (0, 1)

    made = await created(segment, "partner", rule=struct(kazan))
    assert await segment.members(made.id, "partner") == [both.id]
    assert (await segment.refusal(segment.stub.GetSegment, pb.GetSegmentRequest(id=made.id), "main")).reason == (
        "SEGMENT_UNKNOWN"
    )
    refused = await segment.refusal(
        segment.stub.AddMembers, pb.AddMembersRequest(id=made.id, profiles=[both.id, ours.id]), "partner"
    )
    assert refused.reason == "PROFILES_UNKNOWN"
    assert refused.violations[0].field == "profiles[1]"

    # The partner's last record leaves: his face is buried, the person stays ours.
    del both.faces[1:]
    both.bases[:] = ["main"]
    await segment.owner.put([both])
    await segment.indexed(0, "partner")
    await segment.indexed(2)
    await until(lambda: _empty(segment, made.id))


async def _is(segment: Segment, key: str, people: list[str]) -> bool:
    # The stored membership is a moment ahead of what a search sees.
    return await segment.members(key) == people


async def _empty(segment: Segment, key: str) -> bool:
    return bool((await got(segment, key, "partner")).members == 0)


async def test_a_list_changes_by_hand_and_forgets_who_is_archived(segment: Segment) -> None:
    people = [segment.owner.person(no, {"family_name": "Х"}) for no in (1, 2, 70_000)]
    await segment.owner.put(people)
    await segment.indexed(3)

    made = await created(segment, kind=pb.SEGMENT_KIND_STATIC, members=[person.id for person in people[:2]])
    again = await segment.ask(
        segment.stub.AddMembers, pb.AddMembersRequest(id=made.id, profiles=[person.id for person in people])
    )
    assert (made.members, again.members) == (2, 3)
    removed = await segment.ask(
        segment.stub.RemoveMembers, pb.RemoveMembersRequest(id=made.id, profiles=[people[0].id])
    )
    assert removed.members == 2
    assert await segment.members(made.id) == [people[1].id, people[2].id]

    people[1].state = profile_pb.PROFILE_STATE_ARCHIVED
    await segment.owner.put([people[1]])

    async def left() -> bool:
        return bool((await got(segment, made.id)).members == 1)

    await until(left)
    await until(lambda: _is(segment, made.id, [people[2].id]))
    people[1].state = profile_pb.PROFILE_STATE_ACTIVE
    await segment.owner.put([people[1]])

    async def returned() -> bool:
        return bool((await got(segment, made.id)).members == 2)

    await until(returned)


async def test_segments_are_made_of_segments(segment: Segment) -> None:
    people = [segment.owner.person(no, {"city": "moscow" if no < 3 else "kazan"}) for no in range(1, 6)]
    await segment.owner.put(people)
    await segment.indexed(5)
    vip = await created(segment, kind=pb.SEGMENT_KIND_STATIC, name="VIP", members=[people[0].id, people[4].id])
    rule = {"all": [{"segment": vip.id}, {"attribute": "city", "value": "moscow"}]}
    both = await created(segment, name="VIP Москва", rule=struct(rule))
    assert await segment.members(both.id) == [people[0].id]

    # A person moves, then the list grows: both arrive in what is made of them.
    people[4].attributes["city"].value.code = "moscow"
    people[4].faces[0].attributes["city"].value.code = "moscow"
    await segment.owner.put([people[4]])

    async def grown(size: int) -> bool:
        return bool((await got(segment, both.id)).members == size)

    await until(lambda: grown(2))
    await segment.ask(segment.stub.AddMembers, pb.AddMembersRequest(id=vip.id, profiles=[people[1].id]))
    await until(lambda: grown(3))

    circle = await segment.refusal(segment.stub.UpdateSegment, pb.UpdateSegmentRequest(
        id=vip.id, rule=struct({"segment": both.id})))  # fmt: skip
    assert circle.reason == "RULE_CIRCULAR"
    assert (await segment.refusal(segment.stub.ArchiveSegment, pb.ArchiveSegmentRequest(id=vip.id))).reason == (
        "SEGMENT_IN_USE"
    )
    overlap = await segment.ask(segment.stub.OverlapSegments, pb.OverlapSegmentsRequest(ids=[vip.id, both.id]))
    assert (overlap.any, overlap.all, overlap.pairs[0].count) == (3, 3, 3)


async def test_a_merge_is_one_person_everywhere_and_an_unmerge_two(segment: Segment) -> None:
    owner = segment.owner
    survivor, loser = owner.person(1, {"family_name": "Орлова"}), owner.person(2, {"family_name": "Орлова"})
    await owner.put([survivor, loser])
    await segment.indexed(2)
    listed = await created(segment, kind=pb.SEGMENT_KIND_STATIC, members=[loser.id])
    snapshot = await frozen(segment, listed.id)

    await owner.merge(survivor, loser)
    await segment.indexed(1)

    assert await segment.members(listed.id) == [survivor.id]
    assert (await streamed(segment, listed.id, snapshot)) == [(survivor.id, 1)]

    async def counted() -> bool:
        return bool((await got(segment, listed.id)).members == 1)

    await until(counted)
    await owner.unmerge(survivor, loser)
    await segment.indexed(2)
    assert await segment.members(listed.id) == [loser.id]


async def frozen(segment: Segment, key: str) -> str:
    snapshot = new_id()
    await streamed(segment, key, snapshot)
    return snapshot


async def streamed(
    segment: Segment, key: str, snapshot: str, *, after: int = 0, kind: str = "service"
) -> list[tuple[str, int]]:
    request = pb.StreamSnapshotRequest(id=key, snapshot=snapshot, workspace="*", after_no=after)
    found: list[tuple[str, int]] = []
    async for answer in segment.stub.StreamSnapshot(request, metadata=segment.metadata("*", kind)):
        found += [(member.profile, member.no) for member in answer.members]
    return found


async def test_a_snapshot_stays_what_it_was(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_STREAMED", 3)
    people = [segment.owner.person(no, {"city": "moscow"}) for no in range(1, 8)]
    await segment.owner.put(people)
    await segment.indexed(7)
    made = await created(segment, rule=struct({"attribute": "city", "value": "moscow"}))
    snapshot = new_id()

    first = await streamed(segment, made.id, snapshot)
    await segment.owner.put([segment.owner.person(8, {"city": "moscow"})])
    await segment.indexed(8)

    assert first == [(person.id, person.no) for person in people]
    assert await streamed(segment, made.id, snapshot) == first
    assert await streamed(segment, made.id, snapshot, after=5) == first[5:]
    assert len(await streamed(segment, made.id, new_id())) == 8
    with pytest.raises(grpc.aio.AioRpcError, match="do not allow service"):
        await streamed(segment, made.id, snapshot, kind="person")


async def test_a_segment_is_edited_copied_archived_and_restored(segment: Segment) -> None:
    people = [segment.owner.person(no, {"city": "moscow" if no < 3 else "kazan"}) for no in range(1, 6)]
    await segment.owner.put(people)
    await segment.indexed(5)
    stub = segment.stub
    moscow, kazan = struct({"attribute": "city", "value": "moscow"}), struct({"attribute": "city", "value": "kazan"})
    made = await created(segment, rule=moscow, request_id="once")
    assert (await created(segment, rule=moscow, request_id="once")).id == made.id
    reused = await segment.refusal(stub.CreateSegment, pb.CreateSegmentRequest(
        name="Другое", kind=pb.SEGMENT_KIND_LIVE, rule=moscow, request_id="once"))  # fmt: skip
    assert reused.reason == "IDEMPOTENCY_KEY_REUSED"

    changed = await segment.ask(stub.UpdateSegment, pb.UpdateSegmentRequest(
        id=made.id, name="Казань", rule=kazan, etag=made.etag))  # fmt: skip
    assert (changed.name, changed.members) == ("Казань", 3)
    stale = await segment.refusal(stub.UpdateSegment, pb.UpdateSegmentRequest(
        id=made.id, name="Опоздал", etag=made.etag))  # fmt: skip
    assert stale.reason == "ETAG_STALE"

    await segment.ask(stub.RemoveMembers, pb.RemoveMembersRequest(id=made.id, profiles=[people[4].id]))
    copy = await segment.ask(stub.CopySegment, pb.CopySegmentRequest(id=made.id, name="Копия"))
    assert copy.members == 2
    assert await segment.members(copy.id) == [people[2].id, people[3].id]

    archived = await segment.ask(stub.ArchiveSegment, pb.ArchiveSegmentRequest(id=copy.id))
    assert archived.state == pb.SEGMENT_STATE_ARCHIVED
    refused = await segment.refusal(stub.AddMembers, pb.AddMembersRequest(id=copy.id, profiles=[people[0].id]))
    assert refused.reason == "SEGMENT_ARCHIVED"
    await segment.owner.put([person := segment.owner.person(9, {"city": "kazan"})])
    await segment.indexed(6)
    restored = await segment.ask(stub.RestoreSegment, pb.RestoreSegmentRequest(id=copy.id))
    assert restored.members == 3
    assert person.id in await segment.members(copy.id)

    listed = await segment.ask(stub.ListSegments, pb.ListSegmentsRequest(page_size=1))
    assert (listed.total, [each.name for each in listed.segments]) == (2, ["Копия"])
    rest = await segment.ask(stub.ListSegments, pb.ListSegmentsRequest(page_size=1, page_token=listed.next_page_token))
    assert ([each.name for each in rest.segments], rest.next_page_token) == (["Казань"], "")
    wrong = await segment.refusal(stub.ListSegments, pb.ListSegmentsRequest(
        text="др", page_token=listed.next_page_token))  # fmt: skip
    assert wrong.reason == "PAGE_TOKEN_INVALID"
    nothing = await segment.ask(stub.ListSegments, pb.ListSegmentsRequest(text="(.*\0[$"))
    assert nothing.total == 0  # a text is no pattern, and NUL is in no name


async def test_it_says_why_somebody_is_in_or_out(segment: Segment) -> None:
    inside, outside = doctor(segment.owner, 1), doctor(segment.owner, 2, status="REFUSED")
    await segment.owner.put([inside, outside])
    await segment.indexed(2)
    made = await created(segment, rule=struct(RULE))

    async def explained(profile: str) -> Any:
        request = pb.ExplainMembershipRequest(id=made.id, profile=profile)
        return await segment.ask(segment.stub.ExplainMembership, request)

    why = await explained(outside.id)
    assert not why.member
    assert [(reason.pointer, reason.holds) for reason in why.reasons] == [
        ("", False), ("/all/0", True), ("/all/1", False),
    ]  # fmt: skip
    assert why.reasons[2].sentences["en"].startswith("Has a consent")
    assert (await explained(inside.id)).member

    await segment.ask(segment.stub.AddMembers, pb.AddMembersRequest(id=made.id, profiles=[outside.id]))
    await segment.ask(segment.stub.RemoveMembers, pb.RemoveMembersRequest(id=made.id, profiles=[inside.id]))
    assert ((await explained(outside.id)).member, (await explained(outside.id)).by_hand) == (True, "added")
    assert ((await explained(inside.id)).member, (await explained(inside.id)).by_hand) == (False, "removed")
    assert await segment.members(made.id) == [outside.id]


@pytest.mark.parametrize(
    ("rule", "reason", "pointer"),
    [
        ({"attribute": "shoe_size", "value": 1}, "RULE_INVALID", "rule.attribute"),
        ({"attribute": "diagnosis", "op": "is_present"}, "RULE_INVALID", "rule.attribute"),
        ({"all": [{"kind": "cat"}]}, "RULE_INVALID", "rule.all[0].kind"),
        ({"attribute": "city", "op": "in", "value": ["x"] * 2_000}, "RULE_INVALID", "rule.value"),
        ({"segment": new_id()}, "RULE_SEGMENT_UNKNOWN", "rule"),
    ],
)
async def test_a_bad_rule_is_refused_with_its_place(
    segment: Segment, rule: dict[str, Any], reason: str, pointer: str
) -> None:
    refused = await segment.refusal(segment.stub.PreviewSegment, pb.PreviewSegmentRequest(rule=struct(rule)))

    assert (refused.reason, refused.violations[0].field) == (reason, pointer)
    assert (await segment.refusal(segment.stub.CreateSegment, pb.CreateSegmentRequest(
        name="x", kind=pb.SEGMENT_KIND_LIVE, rule=struct(rule)))).reason == reason  # fmt: skip


async def test_the_index_is_rebuilt_while_people_change(segment: Segment) -> None:
    people = [segment.owner.person(no, {"beds": no}) for no in range(1, 40)]
    await segment.owner.put(people)
    await segment.indexed(39)
    assert await segment.count({"attribute": "beds", "op": "at_least", "value": 30}) == 10

    from gen.consilium.segment.v1.segments_pb2 import RebuildIndexRequest

    operation = await segment.ask(segment.stub.RebuildIndex, RebuildIndexRequest())
    await segment.owner.put([segment.owner.person(99, {"beds": 99})])
    ended = await segment.done(operation)

    assert not ended.HasField("error"), ended.error
    await segment.indexed(40)
    assert await segment.count({"attribute": "beds", "op": "at_least", "value": 30}) == 11


async def test_a_new_attribute_is_known_at_once(segment: Segment) -> None:
    assert await segment.count({"attribute": "city", "op": "is_present"}) == 0
    segment.owner.attributes.append(
        catalogue_pb2.Attribute(key="teaches", title="Teaches", type="flag", personal_class="none")
    )
    teacher = segment.owner.person(1, {"teaches": True})
    await segment.owner.put([teacher, segment.owner.person(2, {"teaches": False})])
    await segment.indexed(2)

    assert await segment.count({"attribute": "teaches", "value": True}) == 1
    answer = await segment.ask(segment.stub.SearchPeople, pb.SearchPeopleRequest(
        filter=struct({"attribute": "teaches", "value": True})))  # fmt: skip
    assert list(answer.profiles) == [teacher.id]


async def test_who_looked_into_a_segment_changed_it_or_was_refused_is_on_the_trail(segment: Segment) -> None:
    person = doctor(segment.owner, 1)
    await segment.owner.put([person])
    await segment.indexed(1)
    made = await created(segment, kind=pb.SEGMENT_KIND_STATIC, members=[person.id])
    before = len(await acts(segment.engines.bus))

    assert await segment.members(made.id) == [person.id]
    segment.actions -= {"segments.read"}
    refused = await segment.refusal(segment.stub.ListMembers, pb.ListMembersRequest(id=made.id))

    assert refused.reason == "ACTION_NOT_ALLOWED"
    told = await acts(segment.engines.bus)
    assert ("u1", "segments.edit", "allowed", [made.id]) in told[:before]
    assert told[before:] == [
        ("u1", "segments.read", "allowed", [made.id, person.id]),
        ("u1", "segments.read", "refused", [made.id]),
    ]


async def test_from_the_whole_installation_a_bases_segment_is_seen_and_worked_on_where_it_belongs(
    segment: Segment,
) -> None:
    ours = doctor(segment.owner, 1)
    await segment.owner.put([ours])
    await segment.indexed(1)
    made = await created(segment, "main", rule=struct({"status": ["active"]}))
    theirs = await created(segment, "partner", rule=struct({"status": ["active"]}))
    listing = pb.ListSegmentsRequest()
    stub = segment.stub

    assert [found.id for found in (await segment.ask(stub.ListSegments, listing, "*")).segments] == [theirs.id, made.id]
    assert [found.id for found in (await segment.ask(stub.ListSegments, listing, "main")).segments] == [made.id]
    assert (await segment.refusal(stub.GetSegment, pb.GetSegmentRequest(id=made.id), "partner")).code is Code.NOT_FOUND
    renamed = await segment.ask(stub.UpdateSegment, pb.UpdateSegmentRequest(id=made.id, name="Наши"), "*")
    assert (renamed.workspace, renamed.name) == ("main", "Наши")
    assert await segment.members(made.id, "*") == [ours.id]
    adding = pb.AddMembersRequest(id=theirs.id, profiles=[ours.id])
    assert (await segment.refusal(stub.AddMembers, adding, "*")).reason == "PROFILES_UNKNOWN"
    copy = await segment.ask(stub.CopySegment, pb.CopySegmentRequest(id=made.id, name="Снова"), "*")
    assert (copy.workspace, await segment.members(copy.id, "*")) == ("main", [ours.id])


async def test_people_are_counted_by_the_values_of_a_field_once_each(segment: Segment) -> None:
    owner = segment.owner
    await owner.put([*(doctor(owner, no) for no in range(1, 4)), doctor(owner, 4, organisation=SOUTH)])
    await segment.indexed(4)

    async def counted(field: str, **more: Any) -> dict[str, int]:
        request = pb.CountValuesRequest(field=field, **more)
        answer = await segment.ask(segment.stub.CountValues, request)
        return {each.value: each.count for each in answer.values}

    assert await counted("organisation") == {NORTH: 4, SOUTH: 1}
    assert await counted("specialty") == {"paediatrics": 4, "therapy": 4}
    assert await counted("consent_topic") == {"news": 4}
    assert await counted("channel") == {"email": 4}
    south = struct({"affiliation": {"organisation": SOUTH}})
    assert await counted("organisation", filter=south, limit=1) in ({NORTH: 1}, {SOUTH: 1})
    for field in ("no", "attribute:nothing", "name"):
        with pytest.raises(Problem) as refused:
            await counted(field)
        assert refused.value.reason == "FIELD_UNCOUNTED"


async def test_a_card_names_the_segments_that_a_person_is_in(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_LOOKED", 1)  # however many there are, all are looked through
    inside, outside = doctor(segment.owner, 1), doctor(segment.owner, 2, status="REVOKED")
    await segment.owner.put([inside, outside])
    await segment.indexed(2)
    live = await created(segment, rule=struct(RULE))
    by_hand = await created(segment, name="Список", kind=pb.SEGMENT_KIND_STATIC, members=[outside.id])

    async def names(profile: str) -> set[str]:
        request = pb.ListMembershipsRequest(profile=profile)
        return {each.id for each in (await segment.ask(segment.stub.ListMemberships, request)).segments}

    async def settled() -> bool:
        return await names(inside.id) == {live.id}

    await until(settled)
    assert await names(outside.id) == {by_hand.id}
    await segment.ask(segment.stub.ArchiveSegment, pb.ArchiveSegmentRequest(id=by_hand.id))
    assert await names(outside.id) == set()
