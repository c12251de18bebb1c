"""Requests that no client of ours makes: each is refused in one form, and nothing changes."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.e2e.bad_input.hostile import Ground, refused, unknown_id

pytestmark = pytest.mark.timeout(300)

JSON = {"content-type": "application/json"}
LARGE = 50 << 20


def _drip() -> Iterator[bytes]:
    for _ in range(LARGE >> 16):
        yield bytes(1 << 16)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/segments"),
        ("POST", "/v1/track:batch"),
        ("PATCH", f"/v1/profiles/{unknown_id()}"),
        ("POST", "/u/token"),
        ("POST", "/nowhere"),
        ("GET", "/v1/profiles"),
    ],
)
def test_a_body_of_fifty_megabytes_is_refused_by_its_length(ground: Ground, method: str, path: str) -> None:
    refused(ground.here.send(method, path, content=bytes(LARGE), headers=JSON), 413, "BODY_TOO_LARGE")


def test_a_body_without_a_length_is_refused_at_the_byte_too_far(ground: Ground) -> None:
    refused(ground.here.send("POST", "/v1/segments", content=_drip(), headers=JSON), 413, "BODY_TOO_LARGE")


BODIES = {
    "no JSON": (b"{", 400, "BODY_MALFORMED"),
    "five thousand lists": (b'{"rule":' + b"[" * 5_000 + b"]" * 5_000 + b"}", 400, "BODY_MALFORMED"),
    "a number of five thousand digits": (b'{"sample":' + b"9" * 5_000 + b"}", 400, "BODY_MALFORMED"),
    "windows-1251": ('{"name":"имя"}'.encode("cp1251"), 400, "BODY_MALFORMED"),
    "packed": (b"\x1f\x8b\x08\x00" + bytes(20), 400, "BODY_MALFORMED"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_json_is_malformed(ground: Ground, name: str) -> None:
    content, status, code = BODIES[name]

    refused(ground.here.send("POST", "/v1/segments:preview", content=content, headers=JSON), status, code)


def test_a_body_of_another_kind_or_shape_is_refused(ground: Ground) -> None:
    form = ground.here.send("POST", "/v1/segments:preview", data={"rule": "x"})
    refused(form, 415, "MEDIA_TYPE_NOT_SUPPORTED")
    twice = ground.here.send("POST", "/v1/segments", content=b'{"name":"a","kind":"live","name":"b"}', headers=JSON)
    refused(twice, 422, "INVALID_FIELD", ("/name", "SAID_TWICE"))
    a_list = ground.here.send("POST", "/v1/segments:preview", json=[])
    refused(a_list, 422, "INVALID_FIELD", ("", "WRONG_TYPE"))
    half = ground.here.send("POST", "/v1/segments", content=b'{"name":"\\ud800","kind":"live"}', headers=JSON)
    assert half.status_code == 422
    assert half.json()["errors"][0]["pointer"] == "/name"


def test_a_method_can_be_overridden_by_what_firewalls_need_alone(ground: Ground) -> None:
    person = ground.here.person("Методов")
    path = f"/v1/profiles/{person['id']}"
    for method in ("GET", "PUT", "CONNECT", "PATCH, DELETE"):
        answer = ground.here.send("POST", path, json={}, headers={"X-HTTP-Method-Override": method})
        assert answer.status_code in {400, 405}, (method, answer.text)
    city = {"attributes": {"city": {"text": "moscow"}}}
    answer = ground.here.send("POST", path, json=city, headers={"X-HTTP-Method-Override": "patch"})
    assert answer.status_code == httpx.codes.OK
    refused(ground.here.send("PUT", path, json={}), 405, "METHOD_NOT_ALLOWED")
    refused(ground.here.send("TRACE", path), 405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    ("size", "code"),
    [("0", "TOO_SMALL"), ("-1", "TOO_SMALL"), ("501", "TOO_LARGE"), ("9" * 30, "TOO_LARGE"), ("x", "INT_PARSING")],
)
def test_a_page_has_one_to_five_hundred_items(ground: Ground, size: str, code: str) -> None:
    for path in ("/v1/profiles", "/v1/segments", "/v1/imports"):
        answer = ground.here.send("GET", path, params={"page_size": size})
        refused(answer, 422, "INVALID_FIELD", ("?page_size", code))


def test_a_page_token_belongs_to_its_query_and_workspace(ground: Ground) -> None:
    for number in range(3):
        person = ground.here.person(f"Страничкин-{number}")
    search = {"text": "Страничкин", "page_size": 1, "at_least": person["etag"]}
    found = ground.here.post("/v1/profiles:search", search)["next_page_token"]
    listed = ground.here.get("/v1/profiles", page_size=1)["next_page_token"]
    assert found
    assert listed
    other = {**search, "text": "Методов", "page_token": found}
    theirs = {**search, "page_token": found, "at_least": ""}
    at, query = ("/page_token", "PAGE_TOKEN_INVALID"), ("?page_token", "PAGE_TOKEN_INVALID")

    refused(ground.here.send("POST", "/v1/profiles:search", json=other), 422, "PAGE_TOKEN_INVALID", at)
    refused(ground.partner.send("POST", "/v1/profiles:search", json=theirs), 422, "PAGE_TOKEN_INVALID", at)
    for caller, path, token in (
        (ground.here, "/v1/profiles", found),
        (ground.here, "/v1/imports", listed),
        (ground.here, "/v1/segments", listed),
        (ground.partner, "/v1/profiles", listed),
        (ground.here, "/v1/profiles", "A" * 4_000),
        (ground.here, "/v1/profiles", "я /+=%00"),
    ):
        answer = caller.send("GET", path, params={"page_token": token, "page_size": 1})
        refused(answer, 422, "PAGE_TOKEN_INVALID", query)


def test_of_two_edits_at_once_with_one_etag_one_counts(ground: Ground) -> None:
    person = ground.here.person("Гонкин")
    path, condition = f"/v1/profiles/{person['id']}", {"If-Match": f'"{person["etag"]}"'}

    def edit(name: str) -> httpx.Response:
        body = {"attributes": {"given_name": {"text": name}}}
        return ground.here.send("PATCH", path, json=body, headers=condition)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(edit, ("Анна", "Вера", "Дина", "Ева")))

    lost = [answer for answer in answers if answer.status_code != httpx.codes.OK]
    assert len(lost) == 3
    for answer in lost:
        refused(answer, 412, "ETAG_STALE", ("/etag", "ETAG_STALE"))
    [won] = [answer.json() for answer in answers if answer.is_success]
    assert ground.here.get(path)["attributes"]["given_name"] == won["attributes"]["given_name"]


def test_a_key_of_idempotency_is_for_one_body(ground: Ground) -> None:
    before = ground.here.total("segments")
    body: dict[str, Any] = {"name": "Один", "kind": "live", "rule": {"status": "active"}}
    key = {"Idempotency-Key": unknown_id()}

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: ground.here.send("POST", "/v1/segments", json=body, headers=key), range(4)))

    assert len({answer.json()["id"] for answer in made}) == 1
    other = ground.here.send("POST", "/v1/segments", json={**body, "name": "Два"}, headers=key)
    refused(other, 422, "IDEMPOTENCY_KEY_REUSED")
    long = ground.here.send("POST", "/v1/segments", json=body, headers={"Idempotency-Key": "k" * 129})
    refused(long, 422, "INVALID_FIELD", ("header:idempotency-key", "TOO_LONG"))
    assert ground.here.total("segments") == before + 1


VALUES: dict[str, tuple[dict[str, object], str, str]] = {
    "an unknown attribute": ({"no_such": {"text": "x"}}, "/attributes/no_such", "ATTRIBUTE_UNKNOWN"),
    "a number for a name": ({"family_name": {"number": -5.0}}, "/attributes/family_name", "TYPE_MISMATCH"),
    "no calendar day": ({"birth_date": {"date": "2023-02-31"}}, "/attributes/birth_date", "VALUE_INVALID"),
    "a name with NUL": ({"family_name": {"text": "Ива\x00нов"}}, "/attributes/family_name", "CHARACTER_NOT_ALLOWED"),
    "a name turned round": (
        {"family_name": {"text": "вонавИ\u202e"}}, "/attributes/family_name", "CHARACTER_NOT_ALLOWED",
    ),
    "a name of 1,025 letters": ({"given_name": {"text": "И" * 1_025}}, "/attributes/given_name", "LENGTH_OUT_OF_RANGE"),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_does_not_fit_changes_nothing(ground: Ground, name: str) -> None:
    person = ground.here.person("Ценнов")
    path = f"/v1/profiles/{person['id']}"
    attributes, pointer, code = VALUES[name]
    both = {"attributes": {"patronymic": {"text": "Иванович"}, **attributes}}

    refused(ground.here.send("PATCH", path, json=both), 422, "PROFILE_INVALID", (pointer, code))

    assert ground.here.get(path) == person


@pytest.mark.parametrize(
    ("contact", "pointer", "code"),
    [
        ({"kind": "email", "value": "a@b.example\r\nBcc: c@d.example"}, "/contacts/0/value", "INVALID_EMAIL"),
        ({"kind": "email", "value": "no address"}, "/contacts/0/value", "INVALID_EMAIL"),
        ({"kind": "phone", "value": "+1"}, "/contacts/0/value", "INVALID_PHONE"),
        ({"kind": "pigeon", "value": "x"}, "/contacts/0/kind", "KIND_UNKNOWN"),
    ],
)
def test_a_contact_that_is_none_makes_nobody(ground: Ground, contact: dict[str, str], pointer: str, code: str) -> None:
    before = ground.here.total()
    body = {"kind": "hcp", "attributes": {"family_name": {"text": "Почтин"}}, "contacts": [contact]}

    refused(ground.here.send("POST", "/v1/profiles", json=body), 422, "PROFILE_INVALID", (pointer, code))

    assert ground.here.total() == before


def test_what_the_system_alone_writes_cannot_be_sent(ground: Ground) -> None:
    person = ground.here.person("Личнов")

    answer = ground.here.send("PATCH", f"/v1/profiles/{person['id']}", json={"no": 7, "faces": [], "id": unknown_id()})

    errors = [(name, "UNKNOWN_FIELD") for name in ("/no", "/faces", "/id")]
    refused(answer, 422, "INVALID_FIELD", *errors)
    assert not {"no", "faces", "absorbed_nos"} & ground.here.get(f"/v1/profiles/{person['id']}").keys()


def test_a_person_without_a_face_for_the_partner_does_not_exist_for_him(ground: Ground) -> None:
    person = ground.here.person("Скрытный")
    path = f"/v1/profiles/{person['id']}"
    text = {"text": "Скрытный", "at_least": person["etag"]}

    parts = ("provenance", "consents", "timeline", "messages")
    for each in (path, *(f"{path}/{part}" for part in parts)):
        refused(ground.partner.send("GET", each), 404, "PROFILE_UNKNOWN")
    changed = ground.partner.send("PATCH", path, json={"attributes": {"city": {"text": "kazan"}}})
    refused(changed, 404, "PROFILE_UNKNOWN")
    assert ground.partner.post("/v1/profiles:search", text)["total"] == 0
    assert ground.here.get(path) == person


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "yesterday", "2026-13-01T00:00:00Z"])
def test_a_past_that_never_was_is_refused_by_name(ground: Ground, moment: str) -> None:
    person = ground.here.person("Былов")

    answer = ground.here.send("GET", f"/v1/profiles/{person['id']}", params={"as_of": moment})

    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_FIELD")
    assert answer.json()["errors"][0]["pointer"] == "?as_of"


def test_a_search_is_text_not_a_language(ground: Ground) -> None:
    ground.here.person("Текстов")
    for text in ("*:*", '" OR _exists_:no', "\x00\u202e\U0001f4a9", "(" * 200, "../../_search"):
        assert ground.here.post("/v1/profiles:search", {"text": text})["total"] == 0, text


def test_events_are_judged_one_by_one(ground: Ground) -> None:
    good = {"event_id": unknown_id(), "name": "opened_page", "time": "2026-11-22T00:00:00Z", "anonymous_id": "a1"}
    events = [good, {**good, "event_id": unknown_id(), "name": "x\r\ny"}, {"no_such": 1}, 5, None]

    answer = ground.here.send("POST", "/v1/track:batch", params={"source": "gate"}, json={"events": events})

    assert answer.status_code == httpx.codes.ACCEPTED
    verdicts = answer.json()["verdicts"]
    assert [each["verdict"] for each in verdicts][1:] == ["refused"] * 4
    assert [each.get("pointer", "") for each in verdicts][1:3] == ["/name", "/no_such"]
    too_many = ground.here.send("POST", "/v1/track:batch", json={"events": [good] * 501})
    assert too_many.json()["errors"][0]["pointer"] == "/events"


def test_addresses_that_are_none_are_told_so(ground: Ground) -> None:
    for path in ("/v1/nothing", "/v1/profiles/1", "/v1/profiles/%00", "/v1/dictionaries/$where", "/v1/../admin"):
        refused(ground.here.send("GET", path), 404, "ADDRESS_UNKNOWN")
    refused(ground.here.send("GET", f"/v1/operations/{unknown_id()}"), 404, "OPERATION_UNKNOWN")
    refused(ground.here.send("GET", f"/v1/messages/{unknown_id()}"), 404, "MESSAGE_UNKNOWN")
    assert "text/html" not in json.dumps(dict(ground.here.send("GET", "/v1/nothing").headers))
