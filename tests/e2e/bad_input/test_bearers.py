"""Credentials that nobody gave: 401 with a reason that helps no forger, and 403 where the role is too small."""

import base64
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.e2e.bad_input.hostile import Ground, refused

pytestmark = pytest.mark.timeout(300)

FOREIGN = RSAKey.generate_key(2048)


def _coded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _read(part: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return told


def _forged(bearer: str) -> dict[str, str]:
    """Make tokens out of a good one, each wrong in one way."""
    head, body, signature = bearer.split(".")
    kid, claims = _read(head)["kid"], _read(body)
    root = {**claims, "realm_access": {"roles": ["administrator"]}, "consilium_workspaces": ["*"]}
    header = {"alg": "RS256", "kid": kid, "typ": "JWT"}
    other = claims["iss"].replace("/realms/consilium", "/realms/other")
    return {
        "alg none": f"{_coded({'alg': 'none', 'typ': 'JWT'})}.{_coded(root)}.",
        "alg None with a signature": f"{_coded({**_read(head), 'alg': 'None'})}.{body}.{signature}",
        "claims changed": f"{head}.{_coded(root)}.{signature}",
        "signed by a secret": jwt.encode({**header, "alg": "HS256"}, root, OctKey.import_key("s" * 64)),
        "signed by another key under our name": jwt.encode(header, root, FOREIGN),
        "of another realm": jwt.encode({**header, "kid": "other"}, {**root, "iss": other}, FOREIGN),
        "with its own key address": jwt.encode(
            {**header, "kid": "other", "jku": "http://127.0.0.1:9/keys"}, root, FOREIGN
        ),
        "with its own key": jwt.encode({**header, "jwk": FOREIGN.as_dict(private=False)}, root, FOREIGN),
        "with a path as its key's name": jwt.encode({**header, "kid": "../../dev/null"}, root, FOREIGN),
        "cut": bearer[:-9],
        "no token": "x",
        "an api key as bearer": "ck_" + "a" * 40,
    }


@pytest.mark.parametrize("name", list(_forged(f"{_coded({'kid': ''})}.{_coded({'iss': ''})}.x")))
def test_a_forged_bearer_opens_nothing(ground: Ground, name: str) -> None:
    forged = _forged(ground.analyst.bearer)[name]

    answer = ground.nobody.send("GET", "/v1/profiles", headers={"Authorization": f"Bearer {forged}"})

    body = refused(answer, 401, "CREDENTIAL_REFUSED")
    assert forged not in json.dumps(body)
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {'x' * 20_000}"},
        {"X-Api-Key": "not a key"},
        {"Cookie": "__Host-consilium=" + "a" * 43},
        {"Cookie": "__Host-consilium=" + "a" * 4_000},
    ],
    ids=["nothing", "basic", "empty", "huge", "key", "session", "huge session"],
)
def test_without_a_credential_there_is_nothing(ground: Ground, headers: dict[str, str]) -> None:
    refused(ground.nobody.send("GET", "/v1/profiles", headers=headers), 401, "UNAUTHENTICATED")


def test_a_service_hears_no_browser_of_another_page(ground: Ground) -> None:
    headers = {"Cookie": "__Host-consilium=" + "a" * 43, "Origin": "https://evil.example"}

    refused(ground.nobody.send("POST", "/v1/segments", json={}, headers=headers), 403, "ORIGIN_REFUSED")


def test_a_workspace_that_is_not_ones_own_is_refused(ground: Ground) -> None:
    for workspace in ("main", "*", "nowhere", "../main", "$ne"):
        answer = ground.partner.send("GET", "/v1/profiles", headers={"X-Consilium-Workspace": workspace})

        refused(answer, 403, "WORKSPACE_NOT_ALLOWED")


def test_a_small_role_may_not_write(ground: Ground) -> None:
    before = ground.here.total()
    asked: tuple[tuple[str, dict[str, object]], ...] = (
        ("/v1/bases", {"key": "mine", "title": "x"}),
        ("/v1/profiles", {"kind": "hcp", "attributes": {"family_name": {"text": "Тихонов"}}}),
        ("/v1/sources", {"no_such": 1}),
        ("/v1/track", {}),
        ("/v1/campaigns", {"name": "x"}),
    )
    for path, body in asked:
        # Before the body is looked at: who may not do a thing learns nothing of its rules.
        refused(ground.analyst.send("POST", path, json=body), 403, "ACTION_NOT_ALLOWED")
    assert ground.here.total() == before
