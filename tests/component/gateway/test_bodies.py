"""Bodies that are not what a JSON route reads."""

import asyncio
import re

import pytest

from chassis.kernel import new_id
from gateway.bodies import judged
from tests.component.gateway.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

BODY = b'{"name": "May", "channels": ["email"]}'


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_of_another_type_is_unsupported_whatever_it_holds(house: House, kind: str) -> None:
    answer = await house.http.post("/v1/campaigns", headers={**house.bearer(), "Content-Type": kind}, content=BODY)

    assert (answer.status_code, answer.json()["code"]) == (415, "MEDIA_TYPE_NOT_SUPPORTED")
    assert answer.headers["content-type"] == "application/problem+json"
    assert house.peers.asked == {}


async def test_json_by_another_name_is_read(house: House) -> None:
    headers = {**house.bearer(), "Content-Type": "application/merge-patch+json; charset=utf-8"}

    answer = await house.http.post("/v1/campaigns", headers=headers, content=BODY)

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"name": "A", "name": "B"}', "/name"),
        (b'{"name": "A", "goal": {"event": "a", "window_hours": 1, "event": "b"}}', "/goal/event"),
        (b'{"channels": [{"a/b": 1, "a/b": 1}]}', "/channels/0/a~1b"),
    ],
)
async def test_a_key_said_twice_is_refused_by_its_place(house: House, body: bytes, pointer: str) -> None:
    headers = {**house.bearer(), "Content-Type": "application/json"}

    answer = await house.http.post("/v1/campaigns", headers=headers, content=body)

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, "SAID_TWICE")]
    assert house.peers.asked == {}


async def test_others_are_served_while_a_large_body_is_judged() -> None:
    body = b'{"name": [' + b'{"a":1},' * 120_000 + b"{}]}"
    turns = 0

    async def turning() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    others = asyncio.create_task(turning())
    pointer = await judged(body)
    others.cancel()

    assert pointer is None
    assert turns > 3


async def test_who_may_not_do_it_hears_that_first(house: House) -> None:
    headers = {**house.bearer("analyst"), "Content-Type": "text/plain"}

    answer = await house.http.patch(f"/v1/campaigns/{new_id()}", headers=headers, content=BODY)

    assert (answer.status_code, answer.json()["code"]) == (403, "ACTION_NOT_ALLOWED")


@pytest.mark.parametrize(
    "body",
    [b'{"name":', b"\xff", b'{"name": "\xe8"}', b"9" * 5_000, b"[" * 50_000],
    ids=["cut", "bytes", "cp1251", "9", "["],
)
async def test_nobody_hears_of_his_body_before_he_is_known_and_may_do_it(house: House, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    every = [
        (method.upper(), re.sub(r"\{\w+\}", new_id(), path))
        for path, methods in house.gateway.app.openapi()["paths"].items()
        for method, told in methods.items()
        if "application/json" in told.get("requestBody", {}).get("content", {})
    ]
    assert len(every) > 30

    for method, path in every:
        answer = await house.http.request(method, path, headers=kind, content=body)
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED"), (method, path)
    for person, status, code in (("analyst", 403, "ACTION_NOT_ALLOWED"), ("administrator", 400, "BODY_MALFORMED")):
        headers = {**house.bearer(person), **kind}
        answer = await house.http.post("/v1/campaigns", headers=headers, content=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert house.peers.asked == {}


NAMED = [
    ("/v1/campaigns", {"name": ""}, "/name"),
    ("/v1/segments", {"name": "", "kind": "live", "rule": {"status": "active"}}, "/name"),
    ("/v1/templates", {"name": "", "channel": "email", "draft": {"subject": "s", "body": "b"}}, "/name"),
    ("/v1/views", {"name": "", "screen": "clients", "state": {}}, "/name"),
    ("/v1/organisations", {"name": ""}, "/name"),
    ("/v1/bases", {"title": "", "key": "yard"}, "/title"),
]


@pytest.mark.parametrize(("path", "body", "pointer"), NAMED)
async def test_a_name_reads_as_it_is_written_and_can_be_read(
    house: House, path: str, body: dict[str, object], pointer: str
) -> None:
    for name in ("a\x00b", "a\nb", "\u202egnirps", "\u2066x", " \u200b ", "\ufeff", "\uffff"):
        told = {**body, pointer[1:]: name}
        answer = await house.http.post(path, headers=house.bearer(), json=told)

        errors = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
        assert (answer.status_code, errors) == (422, [(pointer, "NOT_VALID")]), ascii(name)
    assert house.peers.asked == {}


async def test_a_key_that_no_store_holds_is_refused_by_its_place(house: House) -> None:
    view = {"screen": "clients", "name": "x", "state": {"columns": [{"a\x00b": 1}]}}

    answer = await house.http.post("/v1/views", headers=house.bearer(), json=view)

    errors = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert (answer.status_code, errors) == (422, [("/state/columns/0", "CHARACTER_NOT_ALLOWED")])
