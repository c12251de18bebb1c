"""A feature freeze as the public door shows it: declared, refusing by name, overridden by right, lifted."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chassis.kernel import new_id
from tests.component.access.conftest import eventually
from tests.component.gateway.conftest import House
from tests.trail import acts

pytestmark = pytest.mark.asyncio(loop_scope="module")

TITLE = "Congress of cardiologists"


def _soon() -> str:
    return (datetime.now(UTC) + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_a_freeze_holds_back_names_its_period_and_lets_through_who_names_it(house: House) -> None:
    administrator, marketing = house.bearer("administrator"), house.bearer("marketing-manager")
    publish, commit = f"/v1/templates/{new_id()}:publish", f"/v1/imports/{new_id()}:commit"
    assert (await house.http.post(publish, headers=marketing)).status_code == 200

    made = await house.http.post(
        "/v1/freezes",
        json={"title": TITLE, "end_time": _soon(), "scopes": ["publishing", "roles"]},
        headers={**administrator, "Idempotency-Key": new_id()},
    )
    assert made.status_code == 201
    freeze = made.json()
    assert made.headers["location"] == f"/v1/freezes/{freeze['id']}"
    assert freeze["scopes"] == ["publishing", "roles"]
    await eventually(lambda: _is(409, lambda: house.http.post(publish, headers=marketing)))

    refused = await house.http.post(publish, headers=marketing)
    assert (refused.json()["code"], refused.json()["freeze"]) == ("FROZEN", freeze["id"])
    assert TITLE in refused.json()["detail"]
    assert freeze["end_time"][:16] in refused.json()["detail"]
    assert (
        await house.http.post(commit, headers=marketing)
    ).status_code == 202  # imports are not held back by this one
    (shown,) = (await house.http.get("/v1/me", headers=marketing)).json()["freezes"]
    assert (shown["id"], shown["title"]) == (freeze["id"], TITLE)

    named = {"X-Consilium-Freeze-Override": freeze["id"]}
    without_right = await house.http.post(publish, headers={**marketing, **named})
    assert (without_right.status_code, without_right.json()["code"]) == (403, "ACTION_NOT_ALLOWED")
    another = await house.http.post(publish, headers={**administrator, "X-Consilium-Freeze-Override": new_id()})
    assert (another.status_code, another.json()["code"]) == (409, "FROZEN")
    assert (await house.http.post(publish, headers={**administrator, **named})).status_code == 200
    wrong = await house.http.post(publish, headers={**administrator, "X-Consilium-Freeze-Override": "yes"})
    assert wrong.json()["errors"][0]["pointer"] == "header:x-consilium-freeze-override"

    lifted = await house.http.post(f"/v1/freezes/{freeze['id']}:lift", headers=administrator)
    assert lifted.json()["lift_time"]
    await eventually(lambda: _is(200, lambda: house.http.post(publish, headers=marketing)))


async def test_an_override_of_access_own_call_is_on_the_trail(house: House) -> None:
    administrator = house.bearer("administrator")
    made = await house.http.post("/v1/freezes", json={"title": TITLE, "end_time": _soon()}, headers=administrator)
    freeze = made.json()["id"]
    try:
        key = {"title": "site", "roles": ["collector"], "workspaces": ["main"], "expire_time": _soon()}
        await eventually(lambda: _is(409, lambda: house.http.post("/v1/api-keys", json=key, headers=administrator)))

        named = {**administrator, "X-Consilium-Freeze-Override": freeze}
        assert (await house.http.post("/v1/api-keys", json=key, headers=named)).status_code == 201
        told = [
            (action, outcome) for _, action, outcome, subjects in await acts(house.gateway.bus) if freeze in subjects
        ]
        assert ("freezes.manage", "allowed") in told
        assert ("freezes.override", "allowed") in told
    finally:
        await house.http.post(f"/v1/freezes/{freeze}:lift", headers=administrator)


async def test_only_administrators_declare_and_a_wrong_period_is_named(house: House) -> None:
    body = {"title": TITLE, "end_time": _soon()}
    marketing = await house.http.post("/v1/freezes", json=body, headers=house.bearer("marketing-manager"))
    past = await house.http.post(
        "/v1/freezes", json={**body, "end_time": "2020-01-01T00:00:00Z"}, headers=house.bearer("administrator")
    )

    assert marketing.status_code == 403
    assert (past.status_code, past.json()["code"]) == (422, "FREEZE_PERIOD_REFUSED")
    assert past.json()["errors"][0]["pointer"] == "/end_time"
    listed = await house.http.get("/v1/freezes", headers=house.bearer("analyst"))
    assert listed.status_code == 200


async def _is(status: int, call: Callable[[], Awaitable[httpx.Response]]) -> bool:
    return (await call()).status_code == status
