"""Who gets in, as whom, and what a refusal looks like."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from chassis.kernel import FixedClock, new_id
from gateway.quotas import Quotas
from gen.consilium.profile.v1 import profiles_pb2 as pb
from tests.component.access.conftest import eventually
from tests.component.gateway.conftest import House
from tests.trail import acts

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROBLEM = "application/problem+json"


async def test_a_person_and_a_system_are_known(house: House) -> None:
    person = await house.http.get("/v1/me", headers=house.bearer("marketing-manager"))
    system = await house.http.get("/v1/me", headers=house.system("partner"))

    assert person.status_code == 200
    assert {key: person.json()[key] for key in ("roles", "workspace", "kind")} == {
        "roles": ["marketing-manager"],
        "workspace": "main",
        "kind": "person",
    }
    assert (system.json()["workspace"], system.json()["kind"]) == ("partner", "system")


async def test_nobody_without_a_credential(house: House) -> None:
    for headers in [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": f"Bearer {'x' * 17000}"},
        {"X-API-Key": "none"},
        {"X-API-Key": f"ck_{new_id()}_{'a' * 43}"},
        {"X-API-Key": "ck_" + "a" * 600},
        {"Cookie": "__Host-consilium=forged"},
        {"Cookie": f"__Host-consilium={'x' * 3000}"},
    ]:
        answer = await house.http.get(f"/v1/profiles/{new_id()}", headers=headers)

        assert answer.status_code == 401, headers
        assert answer.headers["content-type"] == PROBLEM
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json().keys() >= {"type", "title", "status", "code", "detail"}
    assert house.peers.asked == {}


async def test_an_altered_bearer_is_refused(house: House) -> None:
    token = house.identity.system_token()
    header, payload, signature = token.split(".")

    answer = await house.http.get(
        "/v1/me", headers={"Authorization": f"Bearer {header}.{payload[:-8]}AAAAAAAA.{signature}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (401, "CREDENTIAL_REFUSED")


async def test_a_role_is_checked_before_anything_is_told(house: House) -> None:
    answer = await house.http.post("/v1/profiles", headers=house.bearer("analyst"), json={"nonsense": 1})

    assert (answer.status_code, answer.json()["code"]) == (403, "ACTION_NOT_ALLOWED")
    assert house.peers.asked == {}


async def test_a_refusal_for_a_role_is_on_the_trail_with_the_ids_of_its_address(house: House) -> None:
    profile = new_id()

    for address in (profile, "anna@clinic.example"):
        answer = await house.http.post(f"/v1/profiles/{address}:erase", headers=house.bearer("analyst"))
        assert answer.status_code == 403

    told = await acts(house.gateway.bus)
    assert [act[1:] for act in told[-2:]] == [
        ("profiles.erase", "refused", [profile]),
        ("profiles.erase", "refused", []),
    ]


async def test_a_workspace_that_is_not_the_callers_is_refused(house: House) -> None:
    headers = {**house.bearer("partner-operator"), "X-Consilium-Workspace": "main"}

    answer = await house.http.get("/v1/me", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "WORKSPACE_NOT_ALLOWED")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_workspace_that_can_be_none_is_told_by_its_header(house: House, method: str) -> None:
    headers = {**house.bearer(), "X-Consilium-Workspace": "m" * 65}

    answer = await house.http.request(method, "/v1/segments", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_FIELD")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["header:x-consilium-workspace"]


async def test_services_see_the_caller_not_the_gateway(house: House) -> None:
    await house.http.get(f"/v1/profiles/{new_id()}", headers=house.bearer("partner-operator"))

    caller = house.peers.callers["GetProfile"][0]
    assert (caller.kind, caller.workspace, caller.roles) == ("person", "partner", ("marketing-manager",))


async def test_an_api_key_is_made_shown_once_used_and_ended(house: House) -> None:
    admin = house.bearer()
    until = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    body = {"title": "site", "roles": ["analyst"], "workspaces": ["main"], "expire_time": until}
    repeat = {"Idempotency-Key": new_id(), **admin}

    made = await house.http.post("/v1/api-keys", headers=repeat, json=body)
    again = await house.http.post("/v1/api-keys", headers=repeat, json=body)

    assert made.status_code == 201
    assert again.status_code == 409
    key = {"X-API-Key": made.json()["secret"]}
    assert (await house.http.get("/v1/me", headers=key)).json()["roles"] == ["analyst"]
    ended = await house.http.delete(made.headers["location"], headers=admin)
    assert ended.json()["revoke_time"].endswith("Z")

    async def over() -> bool:
        return (await house.http.get("/v1/me", headers=key)).status_code == 401

    await eventually(over)


async def test_a_key_makes_as_many_calls_a_minute_as_it_was_given(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FixedClock(datetime.now(UTC).replace(second=20, microsecond=0))
    monkeypatch.setattr(house.gateway.quotas, "_clock", clock)
    beside = Quotas(house.gateway.mongo.database("gateway")["quotas"], clock)  # another process of the door
    until = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    body = {
        "title": "site", "roles": ["analyst"], "workspaces": ["main"], "expire_time": until, "calls_per_minute": 4,
    }  # fmt: skip
    made = (await house.http.post("/v1/api-keys", headers=house.bearer(), json=body)).json()
    key = {"X-API-Key": made["secret"]}

    first = await house.http.get("/v1/me", headers=key)
    refused = await house.http.post("/v1/api-keys", headers=key, json=body)
    _, counted_beside = await beside.take(made["key"]["id"], 4)
    await house.http.get("/v1/me", headers=key)
    spent = [await house.http.get("/v1/me", headers=key) for _ in range(2)]
    clock.advance(timedelta(seconds=40))
    later = await house.http.get("/v1/me", headers=key)
    without = await house.http.get("/v1/me", headers=house.bearer())

    assert made["key"]["calls_per_minute"] == 4
    assert [first.headers[f"ratelimit-{name}"] for name in ("limit", "remaining", "reset")] == ["4", "3", "40"]
    assert (refused.status_code, refused.headers["ratelimit-remaining"]) == (403, "2")
    assert counted_beside
    for answer in spent:
        assert (answer.status_code, answer.json()["code"]) == (429, "QUOTA_SPENT")
        assert (answer.headers["retry-after"], answer.headers["ratelimit-remaining"]) == ("40", "0")
    assert (later.status_code, later.headers["ratelimit-remaining"]) == (200, "3")
    assert not [name for name in without.headers if name.startswith("ratelimit")]


async def test_one_credential_is_turned_into_tokens_once(house: House) -> None:
    bearer = house.bearer()
    house.peers.answers["GetProfile"] = pb.Profile(id=new_id())

    await asyncio.gather(*(house.http.get(f"/v1/profiles/{new_id()}", headers=bearer) for _ in range(20)))

    assert len(house.gateway.door._callers) == 1
    assert len(house.peers.asked["GetProfile"]) == 20


async def test_readiness_names_each_dependency(house: House) -> None:
    answer = await house.http.get("/readyz")

    assert answer.status_code == 200
    assert answer.json().keys() == {
        "mongodb",
        "nats",
        "provider",
        "access",
        "profile",
        "segment",
        "campaign",
        "channel",
        "report",
    }
    assert (await house.http.get("/healthz")).json() == {"status": "alive"}
