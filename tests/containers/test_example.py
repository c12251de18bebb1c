"""The example of docs/qa.md: a test to copy, which needs nothing but `System`."""

import httpx
import pytest

from tests.containers.part import until
from tests.containers.system import System

pytestmark = [pytest.mark.containers, pytest.mark.timeout(600)]


def test_a_doctor_outlives_a_restart_of_the_profile_service(system: System) -> None:
    addresses = system.addresses
    client = addresses.system_client
    token = httpx.post(
        f"{addresses.issuer}/protocol/openid-connect/token",
        data={"grant_type": "client_credentials", "client_id": client.id, "client_secret": client.secret},
    ).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "X-Consilium-Workspace": "*"}
    doctor = {"kind": "hcp", "base": "qa", "attributes": {"family_name": {"text": "Примеров"}}}

    with httpx.Client(base_url=addresses.gateway, headers=headers, timeout=60) as api:
        api.post("/v1/bases", json={"key": "qa", "title": "База проверки"}, headers={"Idempotency-Key": "example-0"})
        made = api.post("/v1/profiles", json=doctor, headers={"Idempotency-Key": "example-1"})
        assert made.status_code == 201, made.text
        with system.profile.stopped():
            until(lambda: system.gateway.misses("profile"), 60, "the gateway says what is missing")
            assert api.get(f"/v1/profiles/{made.json()['id']}").status_code == 503
        system.wait()
        found = api.get(f"/v1/profiles/{made.json()['id']}")

    assert found.json()["attributes"]["family_name"]["value"]["text"] == "Примеров"
