"""The fixtures give engines that really do what the house needs of them."""

import base64
import json
from typing import Any

import httpx
import nats
import pymongo
import pytest
from nats.js.api import StreamConfig

from tests.engines.identity import Identity


def test_mongodb_commits_over_two_collections(mongodb_url: str, namespace: str) -> None:
    with pymongo.MongoClient[dict[str, Any]](mongodb_url) as client:
        base = client[f"{namespace}_probe"]
        with client.start_session() as session, session.start_transaction():
            base["left"].insert_one({"_id": 1}, session=session)
            base["right"].insert_one({"_id": 1}, session=session)

        assert base["left"].count_documents({}) == base["right"].count_documents({}) == 1


async def test_nats_refuses_a_repeat_within_the_window(nats_url: str, namespace: str) -> None:
    client = await nats.connect(nats_url)
    try:
        bus = client.jetstream()
        subject = f"{namespace}.probe.v1.thing-happened.0"
        await bus.add_stream(
            StreamConfig(name=f"{namespace.upper()}_PROBE", subjects=[f"{namespace}.probe.v1.>"], max_bytes=10 << 30)
        )
        first = await bus.publish(subject, b"x", headers={"Nats-Msg-Id": "1"})
        second = await bus.publish(subject, b"x", headers={"Nats-Msg-Id": "1"})

        assert (first.duplicate, second.duplicate) == (None, True)
        assert first.seq == second.seq
    finally:
        await client.close()


def test_opensearch_answers_a_nested_tuple_with_a_bitmap(opensearch_url: str, namespace: str) -> None:
    index = f"{opensearch_url}/{namespace}-probe-v1"
    mapping = {"no": {"type": "integer"}, "jobs": {"type": "nested", "properties": {"at": {"type": "keyword"}}}}
    httpx.put(index, json={"mappings": {"properties": mapping}}, timeout=30).raise_for_status()
    document = {"no": 7, "jobs": [{"at": "north"}]}
    httpx.put(f"{index}/_doc/7?refresh=true", json=document, timeout=30).raise_for_status()
    # The portable roaring form of {7}: cookie without runs, one container, key 0, cardinality 1, offset 16, value 7.
    bitmap = base64.b64encode(bytes.fromhex("3a300000010000000000000010000000" + "0700")).decode()
    query = {
        "bool": {
            "filter": [
                {"terms": {"no": [bitmap], "value_type": "bitmap"}},
                {"nested": {"path": "jobs", "query": {"term": {"jobs.at": "north"}}}},
            ]
        }
    }

    answer = httpx.post(f"{index}/_count", json={"query": query}, timeout=30)

    assert answer.json()["count"] == 1


def test_opensearch_runs_scripts_and_deletes_by_query(opensearch_url: str, namespace: str) -> None:
    index = f"{opensearch_url}/{namespace}-probe-v1"
    httpx.put(index, json={"mappings": {"properties": {"no": {"type": "integer"}}}}, timeout=30).raise_for_status()
    for no in (1, 2):
        httpx.put(f"{index}/_doc/{no}?refresh=true", json={"no": no}, timeout=30).raise_for_status()
    script = {"script": {"script": "doc['no'].value % 2 == 1"}}

    gone = httpx.post(f"{index}/_delete_by_query?refresh=true", json={"query": script}, timeout=30)

    assert gone.json()["deleted"] == 1


@pytest.mark.parametrize(
    ("person", "role", "workspaces"),
    [("administrator", "administrator", ["*"]), ("partner-operator", "marketing-manager", ["partner"])],
)
def test_a_person_brings_role_and_workspaces(identity: Identity, person: str, role: str, workspaces: list[str]) -> None:
    claims = _claims(identity.person_token(person))

    assert claims["aud"] == "consilium"
    assert claims["realm_access"]["roles"] == [role]
    assert claims["consilium_workspaces"] == workspaces


def test_the_system_client_administers_everything(identity: Identity) -> None:
    claims = _claims(identity.system_token())

    assert (claims["azp"], claims["aud"]) == ("consilium-system", "consilium")
    assert claims["realm_access"]["roles"] == ["administrator"]
    assert claims["consilium_workspaces"] == ["*"]


@pytest.mark.parametrize(
    ("back", "accepted"),
    [
        ("http://127.0.0.1:18437/auth/callback", True),
        ("http://localhost:8080/auth/callback", True),
        ("http://127.0.0.1:18437/elsewhere", False),
        ("http://consilium.example/auth/callback", False),
    ],
)
def test_a_sign_in_returns_to_the_gateway_only(identity: Identity, back: str, accepted: bool) -> None:
    query = {
        "client_id": identity.console_client[0],
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": back,
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }

    form = httpx.get(f"{identity.issuer}/protocol/openid-connect/auth", params=query, timeout=30)

    assert (form.status_code == httpx.codes.OK) is accepted


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims
