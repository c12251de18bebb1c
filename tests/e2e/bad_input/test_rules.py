"""Rules that nobody should write: each is refused at the place in the rule, and no segment is made."""

from typing import Any

import pytest

from tests.e2e.bad_input.hostile import Ground, refused, unknown_id

pytestmark = pytest.mark.timeout(300)

JSON = {"content-type": "application/json"}
ACTIVE = {"status": "active"}


def _nested(groups: int) -> dict[str, Any]:
    rule: dict[str, Any] = ACTIVE
    for _ in range(groups):
        rule = {"all": [rule]}
    return rule


def _all(leaf: object) -> dict[str, Any]:
    return {"all": [leaf]}


RULES = {
    "nested 100 deep": (_nested(100), "INVALID_FIELD", "/rule" + "/all/0" * 17, "RULE_TOO_DEEP"),
    "nested 16 deep": (_nested(16), "RULE_INVALID", "/rule" + "/all/0" * 16, "RULE_TOO_DEEP"),
    "an unknown leaf": (_all({"nonsense": 1}), "RULE_INVALID", "/rule/all/0", "LEAF_UNKNOWN"),
    "an unknown attribute": (
        _all({"attribute": {"key": "no_such", "in": ["a"]}}), "RULE_INVALID", "/rule/all/0/attribute",
        "ATTRIBUTE_UNKNOWN",
    ),
    "an unknown field of a workplace": (
        _all({"affiliation": {"specialty": "paediatrics", "no_such": 1}}), "RULE_INVALID",
        "/rule/all/0/affiliation/no_such", "FIELD_UNKNOWN",
    ),
    "100,000 values": (
        _all({"affiliation": {"organisation": [str(n) for n in range(100_000)]}}), "RULE_INVALID",
        "/rule/all/0/affiliation/organisation", "LIST_TOO_LONG",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_a_rule_that_cannot_be_taken_is_refused_at_its_place(ground: Ground, name: str) -> None:
    rule, code, pointer, reason = RULES[name]
    before = ground.here.total("segments")
    body = {"name": "Дурной", "kind": "live", "rule": rule}

    refused(ground.here.send("POST", "/v1/segments:preview", json={"rule": rule}), 422, code, (pointer, reason))
    refused(ground.here.send("POST", "/v1/segments", json=body), 422, code, (pointer, reason))
    search = {"filter": rule}
    at = pointer.replace("/rule", "/filter", 1)
    refused(ground.here.send("POST", "/v1/profiles:search", json=search), 422, code, (at, reason))

    assert ground.here.total("segments") == before


def test_a_live_segment_needs_a_rule(ground: Ground) -> None:
    body = {"name": "Пустой", "kind": "live", "rule": {}}

    refused(ground.here.send("POST", "/v1/segments", json=body), 422, "RULE_MISSING", ("/rule", "RULE_MISSING"))
    preview = ground.here.send("POST", "/v1/segments:preview", json={"rule": {}})
    refused(preview, 422, "RULE_INVALID", ("/rule", "LEAF_UNKNOWN"))


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_a_number_that_json_does_not_know_is_refused_at_its_place(ground: Ground, number: str) -> None:
    body = f'{{"rule": {{"all": [{{"attribute": {{"key": "city", "in": [{number}]}}}}]}}}}'

    answer = ground.here.send("POST", "/v1/segments:preview", content=body, headers=JSON)

    refused(answer, 422, "INVALID_FIELD", ("/rule/all/0/attribute/in/0", "VALUE_NOT_VALID"))


def test_a_segment_in_another_workspace_does_not_exist(ground: Ground) -> None:
    segment = ground.here.post("/v1/segments", {"name": "Мой", "kind": "live", "rule": ACTIVE})
    path = f"/v1/segments/{segment['id']}"
    person = {"profile": unknown_id()}

    refused(ground.partner.send("GET", path), 404, "SEGMENT_UNKNOWN")
    refused(ground.partner.send("GET", f"{path}/members"), 404, "SEGMENT_UNKNOWN")
    refused(ground.partner.send("PATCH", path, json={"name": "Чужой"}), 404, "SEGMENT_UNKNOWN")
    for verb, body in (("archive", {}), ("refresh", {}), ("copy", {"name": "Копия"}), ("explain", person)):
        refused(ground.partner.send("POST", f"{path}:{verb}", json=body), 404, "SEGMENT_UNKNOWN")
    assert ground.here.get(path)["name"] == "Мой"


def test_of_two_edits_with_one_etag_one_is_refused(ground: Ground) -> None:
    segment = ground.here.post("/v1/segments", {"name": "Первый", "kind": "live", "rule": ACTIVE})
    path, condition = f"/v1/segments/{segment['id']}", {"If-Match": f'"{segment["etag"]}"'}

    first = ground.here.send("PATCH", path, json={"name": "Второй"}, headers=condition)
    second = ground.here.send("PATCH", path, json={"name": "Третий"}, headers=condition)

    assert first.status_code == 200
    refused(second, 412, "ETAG_STALE", ("/etag", "ETAG_STALE"))
    assert ground.here.get(path)["name"] == "Второй"


def test_a_write_that_nobody_made_cannot_be_waited_for(ground: Ground) -> None:
    for path, body in (("/v1/profiles:search", {}), ("/v1/segments:preview", {"rule": ACTIVE})):
        answer = ground.here.send("POST", path, json={**body, "at_least": "no such etag"})

        refused(answer, 422, "INVALID_FIELD", ("/at_least", "ETAG_UNKNOWN"))
