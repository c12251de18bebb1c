"""/v1/profiles through the socket: JSON to proto and back, refusals as problems."""

from typing import Any

import pytest

from chassis.kernel import Code, EtagStale, Problem, Violation, new_id
from chassis.kernel.problem import DependencyUnavailable, PageTokenInvalid
from gen.consilium.profile.v1 import catalogue_pb2, consents_pb2
from gen.consilium.profile.v1 import profiles_pb2 as pb
from gen.consilium.segment.v1 import segments_pb2
from tests.component.gateway.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


class ProfileAbsorbed(Problem):
    """As profile says it."""

    code = Code.FAILED_PRECONDITION
    reason = "PROFILE_ABSORBED"
    template = "This person is part of {survivor}."


class ProfileUnknown(Problem):
    """As profile says it."""

    code = Code.NOT_FOUND
    reason = "PROFILE_UNKNOWN"
    template = "There is no such person."


class CampaignUnknown(Problem):
    """As campaign says it."""

    code = Code.NOT_FOUND
    reason = "CAMPAIGN_UNKNOWN"
    template = "There is no such campaign."


def a_profile(profile: str) -> pb.Profile:
    made = pb.Profile(id=profile, no=7, kind="hcp", state=pb.PROFILE_STATE_ACTIVE, etag="MS4x", revision=3)
    made.attributes["family_name"].value.text = "Орлова"
    made.attributes["family_name"].source = "registry"
    made.contacts.add(kind="email", value="o@example.org", hmac=b"secret", standing="sole")
    made.create_time.FromJsonString("2026-03-01T09:30:00.250Z")
    return made


async def test_a_person_is_given_as_json_without_what_only_services_see(house: House) -> None:
    profile = new_id()
    house.peers.answers["GetProfile"] = a_profile(profile)

    answer = await house.http.get(f"/v1/profiles/{profile}", headers=house.bearer())

    assert answer.status_code == 200
    body = answer.json()
    assert answer.headers["etag"] == '"MS4x"'
    assert body["state"] == "active"
    assert body["create_time"] == "2026-03-01T09:30:00.250Z"
    assert body["attributes"]["family_name"]["value"] == {"text": "Орлова"}
    assert "no" not in body
    assert "hmac" not in body["contacts"][0]


async def test_as_of_goes_on_as_a_moment(house: House) -> None:
    await house.http.get(f"/v1/profiles/{new_id()}?as_of=2026-01-02T03:04:05%2B03:00", headers=house.bearer())

    assert house.peers.asked["GetProfile"][0].as_of_time.ToJsonString() == "2026-01-02T00:04:05Z"


async def test_a_patch_names_what_it_changes(house: House) -> None:
    profile = new_id()
    body = {"attributes": {"city": {"code": "tver"}, "degree": None}, "contacts": [{"kind": "email", "value": "a@b.c"}]}
    headers = {**house.bearer(), "If-Match": '"MS4x"', "Idempotency-Key": "k1"}

    answer = await house.http.patch(f"/v1/profiles/{profile}", headers=headers, json=body)

    assert answer.status_code == 200
    asked = house.peers.asked["UpdateProfile"][0]
    assert set(asked.update_mask.paths) == {"attributes.city", "attributes.degree", "contacts"}
    assert (asked.etag, asked.request_id, asked.id) == ("MS4x", "k1", profile)
    assert dict(asked.profile.attributes)["city"].code == "tver"
    assert "degree" not in asked.profile.attributes


async def test_a_firewall_may_send_a_patch_as_post_and_a_verb_with_a_slash(house: House) -> None:
    profile, admin = new_id(), house.bearer()

    patched = await house.http.post(
        f"/v1/profiles/{profile}", headers={**admin, "X-HTTP-Method-Override": "PATCH"}, json={"pinned": ["city"]}
    )
    archived = await house.http.post(f"/v1/profiles/{profile}/archive", headers=admin, json={"reason": "left"})
    searched = await house.http.post("/v1/profiles/search", headers=admin, json={"text": "орл"})

    assert (patched.status_code, archived.status_code, searched.status_code) == (200, 200, 200)
    assert house.peers.asked["UpdateProfile"][0].profile.pinned == ["city"]
    assert house.peers.asked["ArchiveProfile"][0].reason == "left"


async def test_a_search_gives_the_people_of_the_page_in_order(house: House) -> None:
    first, second = new_id(), new_id()
    house.peers.answers["SearchPeople"] = segments_pb2.SearchPeopleResponse(
        profiles=[first, second], next_page_token="t", total=2
    )
    house.peers.answers["BatchGetProfiles"] = lambda request: pb.BatchGetProfilesResponse(
        profiles=[a_profile(each) for each in request.ids], requested_ids=request.ids
    )

    body = {"text": "орлова", "filter": {"all": [{"attribute": "city", "is": "tver"}]}, "at_least": "MS4x"}
    answer = await house.http.post("/v1/profiles:search", headers=house.bearer(), json=body)

    told = answer.json()
    assert [each["id"] for each in told["items"]] == [first, second]
    assert (told["total"], told["next_page_token"]) == (2, "t")
    assert house.peers.asked["SearchPeople"][0].filter["all"][0]["attribute"] == "city"


async def test_people_are_got_by_id_with_the_parts_that_a_list_shows(house: House) -> None:
    known = new_id()
    house.peers.answers["BatchGetProfiles"] = pb.BatchGetProfilesResponse(
        profiles=[a_profile(known)], requested_ids=[known]
    )

    body = {"ids": [known, new_id()], "fields": ["attributes", "state"]}
    answer = await house.http.post("/v1/profiles:batchGet", headers=house.bearer(), json=body)

    assert [each["id"] for each in answer.json()["profiles"]] == answer.json()["requested_ids"] == [known]
    assert list(house.peers.asked["BatchGetProfiles"][0].read_mask.paths) == ["attributes", "state"]
    refused = await house.http.post(
        "/v1/profiles:batchGet", headers=house.bearer(), json={"ids": [known], "fields": ["faces"]}
    )
    assert refused.status_code == 422


async def test_a_services_refusal_has_its_status_and_reason(house: House) -> None:
    admin = house.bearer()
    for problem, status, code in [
        (ProfileUnknown(), 404, "PROFILE_UNKNOWN"),
        (EtagStale(), 412, "ETAG_STALE"),
        (PageTokenInvalid(), 422, "PAGE_TOKEN_INVALID"),
        (DependencyUnavailable("MongoDB"), 503, "DEPENDENCY_UNAVAILABLE"),
        (ProfileAbsorbed(survivor="s"), 409, "PROFILE_ABSORBED"),
    ]:
        house.peers.answers["UpdateProfile"] = problem

        answer = await house.http.patch(f"/v1/profiles/{new_id()}", headers=admin, json={"pinned": []})

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert ("retry-after" in answer.headers) == (status == 503)
        assert answer.json().get("survivor") == ("s" if code == "PROFILE_ABSORBED" else None)


async def test_field_violations_become_pointers(house: House) -> None:
    class Wrong(Problem):
        code = Code.INVALID_ARGUMENT
        reason = "INVALID_FIELD"
        template = "Some fields are not valid."

    house.peers.answers["CreateProfile"] = Wrong(
        violations=[Violation("profile.contacts[1].value", "INVALID_PHONE", "Not a phone.")]
    )

    answer = await house.http.post("/v1/profiles", headers=house.bearer(), json={"kind": "hcp"})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/contacts/1/value", "code": "INVALID_PHONE", "detail": "Not a phone."}
    ]


async def test_a_bug_behind_the_door_tells_nothing(house: House) -> None:
    def bug(_request: Any) -> pb.Profile:
        raise RuntimeError("Орлова o@example.org")

    house.peers.answers["GetProfile"] = bug

    answer = await house.http.get(f"/v1/profiles/{new_id()}", headers=house.bearer())

    assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL")
    assert "Орлова" not in answer.text
    assert "Traceback" not in answer.text


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "hcp", "nickname": "x"}, "/nickname", "UNKNOWN_FIELD"),
    ({}, "/kind", "REQUIRED"),
    ({"kind": "robot"}, "/kind", "NOT_ONE_OF"),
    ({"kind": "hcp", "attributes": {"city": "tver"}}, "/attributes/city", "WRONG_TYPE"),
    ({"kind": "hcp", "attributes": {"city": {}}}, "/attributes/city", "NOT_VALID"),
    ({"kind": "hcp", "attributes": {"city": {"code": "a", "text": "b"}}}, "/attributes/city", "NOT_VALID"),
    ({"kind": "hcp", "attributes": {"n": {"number": "7"}}}, "/attributes/n/number", "WRONG_TYPE"),
    ({"kind": "hcp", "contacts": [{"kind": "email"}]}, "/contacts/0/value", "REQUIRED"),
    ({"kind": "hcp", "contacts": {"kind": "email"}}, "/contacts", "WRONG_TYPE"),
    ({"kind": "hcp", "base": "Main Base"}, "/base", "WRONG_FORM"),
    ({"kind": "hcp", "pinned": [7]}, "/pinned/0", "WRONG_TYPE"),
    (
        {"kind": "hcp", "affiliations": [{"organisation": "x" * 65}]},
        "/affiliations/0/organisation",
        "TOO_LONG",
    ),
]


async def test_wrong_fields_are_named(house: House) -> None:
    admin = house.bearer()
    for body, pointer, code in WRONG:
        answer = await house.http.post("/v1/profiles", headers=admin, json=body)

        assert answer.status_code == 422
        assert (pointer, code) in [(each["pointer"], each["code"]) for each in answer.json()["errors"]]
    assert house.peers.asked == {}


async def test_what_is_no_json_is_refused(house: House) -> None:
    headers = {**house.bearer(), "Content-Type": "application/json"}
    large = b'{"kind": "hcp"' + b" " * 2_000_000
    for content, status in [
        (b"{", 400),
        (b"", 422),
        (b"[]", 422),
        (b'"x"', 422),
        (b"\xff\xfe", 400),
        (large, 413),
        (b"[" * 200_000, 400),
    ]:
        answer = await house.http.post("/v1/profiles", headers=headers, content=content)

        assert answer.status_code == status, content[:20]
        assert answer.headers["content-type"] == "application/problem+json"


async def test_addresses_and_ids_that_are_none(house: House) -> None:
    admin = house.bearer()

    assert (await house.http.get("/v1/profiles/not-an-id", headers=admin)).status_code == 404
    assert (await house.http.get("/v1/nothing", headers=admin)).json()["code"] == "ADDRESS_UNKNOWN"
    assert (await house.http.put(f"/v1/profiles/{new_id()}", headers=admin)).status_code == 405
    over = await house.http.post(f"/v1/profiles/{new_id()}", headers={**admin, "X-HTTP-Method-Override": "TRACE"})
    assert (over.status_code, over.json()["code"]) == (400, "METHOD_OVERRIDE_REFUSED")
    page = await house.http.get("/v1/profiles?page_size=501", headers=admin)
    assert (page.status_code, page.json()["errors"][0]["pointer"]) == (422, "?page_size")


@pytest.mark.parametrize("part", ["timeline", "messages", "audit"])
async def test_what_happened_to_somebody_unknown_is_not_found_and_nobody_else_is_asked(house: House, part: str) -> None:
    answer = await house.http.get(f"/v1/profiles/{new_id()}/{part}", headers=house.bearer())

    assert (answer.status_code, answer.json()["code"]) == (404, "PROFILE_UNKNOWN")
    assert set(house.peers.asked) == {"BatchGetProfiles"}


@pytest.mark.parametrize("part", ["report", "messages", "counts"])
async def test_what_became_of_another_bases_campaign_is_not_found(house: House, part: str) -> None:
    campaign = new_id()
    house.peers.answers["GetCampaign"] = CampaignUnknown()

    answer = await house.http.get(f"/v1/campaigns/{campaign}/{part}", headers=house.bearer())

    assert (answer.status_code, answer.json()["code"]) == (404, "CAMPAIGN_UNKNOWN")
    assert set(house.peers.asked) == {"GetCampaign"}


async def test_consents_are_a_list_like_every_list_with_their_history_beside(house: House) -> None:
    consent = consents_pb2.Consent(status=consents_pb2.CONSENT_STATUS_GRANTED)
    house.peers.answers["ListConsents"] = consents_pb2.ListConsentsResponse(consents=[consent], history=[consent])

    told = (await house.http.get(f"/v1/profiles/{new_id()}/consents", headers=house.bearer())).json()

    assert (told["total"], told["next_page_token"]) == (1, "")
    assert [each["status"] for each in told["items"] + told["history"]] == ["granted", "granted"]


async def test_short_lists_tell_how_many_they_are(house: House) -> None:
    bases = [catalogue_pb2.Base(key="main"), catalogue_pb2.Base(key="partner")]
    house.peers.answers["ListBases"] = catalogue_pb2.ListBasesResponse(bases=bases)

    for address, total in (("bases", 2), ("sources", 0), ("attributes", 0), ("metrics", 0), ("dictionaries", 0)):
        told = (await house.http.get(f"/v1/{address}", headers=house.bearer())).json()
        assert (told["total"], len(told["items"])) == (total, total)
