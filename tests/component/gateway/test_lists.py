"""The lists behind numbers, through the socket: what a screen filters by reaches the service that knows."""

import pytest

from chassis.kernel import new_id
from gen.consilium.campaign.v1 import campaigns_pb2
from gen.consilium.channel.v1 import messages_pb2
from gen.consilium.profile.v1 import imports_pb2, match_candidates_pb2
from gen.consilium.report.v1 import reports_pb2
from gen.consilium.segment.v1 import segments_pb2
from tests.component.gateway.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_campaign_s_messages_are_asked_for_by_reason_mark_and_link(house: House) -> None:
    query = "reason=recipient-refused&reason=hard-bounce&mark=clicked&link=0&machines=true&unfinished=true"

    answer = await house.http.get(f"/v1/campaigns/{new_id()}/messages?{query}", headers=house.bearer())

    assert answer.status_code == 200
    asked = house.peers.asked["ListMessages"][0]
    assert list(asked.reasons) == ["recipient-refused", "hard-bounce"]
    assert (asked.mark, asked.HasField("link"), asked.link) == ("clicked", True, 0)
    assert (asked.machines, asked.unfinished, asked.bounce_class) == (True, True, "")


async def test_rows_of_a_file_are_asked_for_by_column_and_judgement(house: House) -> None:
    path, admin = f"/v1/imports/{new_id()}/rows", house.bearer()

    for cell in ("warning", "invalid", "empty"):
        answer = await house.http.get(f"{path}?column=5&cell={cell}&from_row=7", headers=admin)
        assert answer.status_code == 200
    asked = house.peers.asked["ListRows"]
    assert [(each.cell, each.invalid, each.empty) for each in asked] == [
        (imports_pb2.VERDICT_WARNING, False, False),
        (imports_pb2.VERDICT_UNSPECIFIED, True, False),
        (imports_pb2.VERDICT_UNSPECIFIED, False, True),
    ]
    assert {(each.column, each.from_row) for each in asked} == {(5, 7)}
    assert (await house.http.get(f"{path}?column=E-mail", headers=admin)).status_code == 422


async def test_what_is_typed_to_find_segments_and_campaigns_stays_out_of_addresses(house: House) -> None:
    admin = house.bearer()

    for things, call in (("segments", "ListSegments"), ("campaigns", "ListCampaigns")):
        found = await house.http.post(f"/v1/{things}:search", headers=admin, json={"text": "Иванов", "page_size": 5})
        assert found.status_code == 200
        assert [(each.text, each.page_size) for each in house.peers.asked[call]] == [("Иванов", 5)]


async def test_pickers_cards_and_segments_get_their_counts(house: House) -> None:
    person, segment, admin = new_id(), new_id(), house.bearer()
    house.peers.answers["CountValues"] = segments_pb2.CountValuesResponse(
        values=[segments_pb2.ValueCount(value="tver", count=7)]
    )
    house.peers.answers["ListMemberships"] = segments_pb2.ListMembershipsResponse(
        segments=[segments_pb2.Segment(id=segment, name="Кардиологи")]
    )
    house.peers.answers["CountCampaigns"] = campaigns_pb2.CountCampaignsResponse(counts={segment: 2})

    body = {"field": "city", "filter": {"base": "main"}, "limit": 5}
    values = await house.http.post("/v1/profiles:countValues", headers=admin, json=body)
    segments = await house.http.get(f"/v1/profiles/{person}/segments", headers=admin)
    campaigns = await house.http.post("/v1/campaigns:countBySegment", headers=admin, json={"segments": [segment]})

    assert values.json() == {"values": [{"value": "tver", "count": 7}]}
    assert [each["name"] for each in segments.json()["items"]] == ["Кардиологи"]
    assert house.peers.asked["ListMemberships"][0].profile == person
    assert campaigns.json() == {"counts": {segment: 2}}


async def test_a_report_is_asked_for_by_segment_and_by_the_hour(house: House) -> None:
    segment, admin = new_id(), house.bearer()

    await house.http.post("/v1/reports:query", headers=admin, json={"metrics": ["ctr"], "segment": segment})
    await house.http.get(f"/v1/campaigns/{new_id()}/report?step=hour", headers=admin)

    assert house.peers.asked["QueryReport"][0].segment == segment
    assert house.peers.asked["GetCampaignReport"][0].step == "hour"


async def test_the_people_behind_a_figure_are_listed_by_metric(house: House) -> None:
    campaign, person, admin = new_id(), new_id(), house.bearer()
    house.peers.answers["ListCampaignPeople"] = reports_pb2.ListCampaignPeopleResponse(
        people=[reports_pb2.CountedPerson(profile=person)], total=1
    )

    found = await house.http.get(f"/v1/campaigns/{campaign}/people?metric=converted", headers=admin)
    wrong = await house.http.get(f"/v1/campaigns/{campaign}/people?metric=delivered", headers=admin)

    assert (found.json()["items"][0]["profile"], found.json()["total"]) == (person, 1)
    assert house.peers.asked["ListCampaignPeople"][0].metric == "converted"
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "?metric")


async def test_people_are_found_by_how_they_stand_to_a_channel(house: House) -> None:
    body = {"filter": {"base": "main"}, "reach": {"channel": "email", "standing": "bounced"}}

    answer = await house.http.post("/v1/profiles:search", headers=house.bearer(), json=body)

    assert answer.status_code == 200
    assert house.peers.asked["SearchPeople"][0].reach.standing == "bounced"


async def test_the_steward_s_queue_is_listed_and_decided(house: House) -> None:
    case, survivor, admin = new_id(), new_id(), house.bearer()
    house.peers.answers["ListMatchCandidates"] = match_candidates_pb2.ListMatchCandidatesResponse(
        candidates=[match_candidates_pb2.MatchCandidate(id=case, state=match_candidates_pb2.MATCH_STATE_OPEN)], total=1
    )

    listed = await house.http.get("/v1/match-candidates", headers=admin)
    await house.http.post(f"/v1/match-candidates/{case}:accept", headers=admin, json={"survivor": survivor})
    await house.http.post(f"/v1/match-candidates/{case}/reject", headers=admin)

    assert [(each["id"], each["state"]) for each in listed.json()["items"]] == [(case, "open")]
    assert house.peers.asked["AcceptMatchCandidate"][0].survivor == survivor
    assert house.peers.asked["RejectMatchCandidate"][0].id == case


async def test_what_a_letter_may_hold_of_its_reader_is_listed(house: House) -> None:
    house.peers.answers["ListVariables"] = messages_pb2.ListVariablesResponse(
        variables=[messages_pb2.Variable(name="given_name", kind="person", titles={"ru": "Имя"})]
    )

    answer = await house.http.get("/v1/template-variables", headers=house.bearer())

    assert [(each["name"], each["titles"]["ru"]) for each in answer.json()["items"]] == [("given_name", "Имя")]
