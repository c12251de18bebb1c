"""/v1/track: verdicts, and the bus behind them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from chassis.kernel import new_id
from gen.consilium.profile.v1 import events_pb2 as pb
from tests.component.gateway.conftest import House
from tests.trail import acts

pytestmark = pytest.mark.asyncio(loop_scope="module")


def an_event(**fields: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {"event_id": new_id(), "name": "page_viewed", "time": now, "anonymous_id": "d1", **fields}


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def _empty(house: House) -> None:
    await house.gateway.bus.jetstream.purge_stream(f"{house.settings.namespace}_INBOX".upper())


async def inbox(house: House) -> list[pb.EventsCollected]:
    stream = f"{house.settings.namespace}_INBOX".upper()
    info = await house.gateway.bus.jetstream.stream_info(stream)
    if not info.state.messages:
        return []
    found = [
        await house.gateway.bus.jetstream.get_msg(stream, seq=seq)
        for seq in range(info.state.first_seq, info.state.last_seq + 1)
    ]
    return [pb.EventsCollected.FromString(message.data or b"") for message in found]


async def test_an_accepted_event_is_on_the_bus_when_it_is_answered(house: House) -> None:
    event = an_event(identity={"email": "o@example.org"}, properties={"page": 7}, context={"title": "x"})

    answer = await house.http.post("/v1/track?source=portal", headers=house.system("main"), json=event)

    assert (answer.status_code, answer.json()) == (202, {"event_id": event["event_id"], "verdict": "accepted"})
    (batch,) = await inbox(house)
    assert (batch.source, batch.base, batch.trusted) == ("portal", "main", True)
    assert batch.events[0].identities[0].kind == "email"
    assert batch.events[0].properties == b'{"page":7}'


async def test_a_person_who_signed_in_is_no_trusted_sender(house: House) -> None:
    answer = await house.http.post("/v1/track", headers=house.bearer(), json=an_event())

    assert answer.status_code == 202
    assert [batch.trusted for batch in await inbox(house)] == [False]


async def test_who_may_not_collect_is_refused(house: House) -> None:
    answer = await house.http.post("/v1/track", headers=house.bearer("analyst"), json={})

    assert (answer.status_code, answer.json()["code"]) == (403, "ACTION_NOT_ALLOWED")
    assert [act[1:] for act in (await acts(house.gateway.bus))[-1:]] == [("activities.collect", "refused", [])]


async def test_singles_that_arrive_together_travel_together(house: House) -> None:
    headers = house.system("main")
    await house.http.post("/v1/track", headers=headers, json=an_event())

    answers = await asyncio.gather(*(house.http.post("/v1/track", headers=headers, json=an_event()) for _ in range(40)))

    assert {each.status_code for each in answers} == {202}
    batches = await inbox(house)
    assert sum(len(batch.events) for batch in batches) == 41
    assert len(batches) < 41


@pytest.mark.parametrize(
    ("before", "after", "pointer"),
    [
        ('"name"', '"name":"other","name"', "/name"),
        ('"page"', '"page":1,"page"', "/properties/page"),
        ('"page"', '"page" :1,"p\\u0061ge"', "/properties/page"),
    ],
)
async def test_a_key_said_twice_is_refused_by_its_place_and_spoils_no_other_event(
    house: House, before: str, after: str, pointer: str
) -> None:
    good, headers = an_event(properties={"text": 'says "x": 1', "deep": [{"a": {"b": None}}]}), house.system("main")
    whole = json.dumps(an_event(properties={"page": 7}), separators=(",", ":"))
    twice = whole.replace(before, after, 1)

    single = await house.http.post("/v1/track", headers=headers, content=twice)
    batch = await house.http.post(
        "/v1/track:batch", headers=headers, content=f'{{"events": [{json.dumps(good)}, {twice}]}}'
    )

    assert single.status_code == 422
    assert [(error["pointer"], error["code"]) for error in single.json()["errors"]] == [(pointer, "SAID_TWICE")]
    verdicts = [(each["verdict"], each.get("code", "")) for each in batch.json()["verdicts"]]
    assert verdicts == [("accepted", ""), ("refused", "SAID_TWICE")]
    assert [event.event_id for each in await inbox(house) for event in each.events] == [good["event_id"]]


async def test_events_told_twice_are_refused_as_a_whole(house: House) -> None:
    body = f'{{"events": [{json.dumps(an_event())}], "events": [{json.dumps(an_event())}]}}'

    answer = await house.http.post("/v1/track:batch", headers=house.system("main"), content=body)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "SAID_TWICE")
    assert await inbox(house) == []


async def test_every_event_of_a_batch_has_its_verdict(house: House) -> None:
    now = datetime.now(UTC)
    events = [
        an_event(),
        an_event(colour="red"),
        an_event(name="Page Viewed"),
        an_event(time="yesterday"),
        an_event(time=now.replace(tzinfo=None).isoformat()),
        an_event(time=(now - timedelta(days=15)).isoformat()),
        an_event(time=(now + timedelta(days=2)).isoformat()),
        an_event(anonymous_id=None),
        an_event(identity={"passport": "1"}),
        an_event(identity={}),
        an_event(properties={"text": "x" * 20_000}),
        an_event(event_id="x" * 200),
        {"name": "page_viewed"},
        [],
        an_event(event_id=7),
    ]

    answer = await house.http.post("/v1/track:batch", headers=house.system("main"), json={"events": events})

    verdicts = answer.json()["verdicts"]
    told = [(each["verdict"], each.get("pointer", ""), each.get("code", "")) for each in verdicts]
    assert told == [
        ("accepted", "", ""),
        ("refused", "/colour", "UNKNOWN_FIELD"),
        ("refused", "/name", "NOT_VALID"),
        ("refused", "/time", "NOT_VALID"),
        ("refused", "/time", "NOT_VALID"),
        ("too_old", "/time", "TOO_OLD"),
        ("refused", "/time", "IN_FUTURE"),
        ("refused", "/identity", "REQUIRED"),
        ("refused", "/identity/passport", "UNKNOWN_FIELD"),
        ("refused", "/identity", "REQUIRED"),
        ("refused", "/properties", "TOO_LONG"),
        ("refused", "/event_id", "NOT_VALID"),
        ("refused", "/event_id", "REQUIRED"),
        ("refused", "", "NOT_VALID"),
        ("refused", "/event_id", "NOT_VALID"),
    ]
    assert sum(len(batch.events) for batch in await inbox(house)) == 1


async def test_wrong_batches_and_singles_are_refused_whole(house: House) -> None:
    headers = house.system("main")
    cases: list[tuple[str, bytes | Any, int]] = [
        ("/v1/track:batch", {"events": []}, 422),
        ("/v1/track:batch", {"events": [an_event()] * 501}, 422),
        ("/v1/track:batch", {"events": {}}, 422),
        ("/v1/track:batch", {}, 422),
        ("/v1/track:batch", {"events": [an_event()], "more": 1}, 422),
        ("/v1/track", {}, 422),
        ("/v1/track", an_event(time="2020-01-01T00:00:00Z"), 422),
        ("/v1/track?source=Not%20a%20key", an_event(), 422),
        ("/v1/track?source=a%20b", an_event(), 422),
        ("/v1/track?source=", an_event(), 422),
    ]
    for path, body, status in cases:
        answer = await house.http.post(path, headers=headers, json=body)
        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "application/problem+json"
    broken = await house.http.post("/v1/track:batch", headers=headers, content=b'{"events": [')
    assert (broken.status_code, broken.json()["code"]) == (400, "BODY_MALFORMED")
    assert await inbox(house) == []
