"""Which bearers are accepted, against a provider whose keys and answers the test makes."""

import json
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from services.access.adapters import provider as module
from services.access.adapters.provider import Provider
from services.access.domain.claims import ClaimPaths
from services.access.domain.errors import CredentialRefused, ProviderUnavailable

ISSUER = "https://sso.example.org/realms/one"
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "k2", "use": "sig"})
CLAIMS = {"realm_access": {"roles": ["analyst"]}, "consilium_workspaces": ["main"]}


class Sso:
    """A provider with keys that the test can rotate and an off switch."""

    def __init__(self) -> None:
        self.keys: list[Any] = [KEY]
        self.issuer = ISSUER
        self.userinfo: Mapping[str, Any] = {}
        self.away = False
        self.asked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.rsplit("/", 1)[1]
        self.asked.append(path)
        if self.away:
            raise httpx.ConnectError("away")
        match path:
            case "openid-configuration":
                base = "https://sso.example.org"
                return httpx.Response(
                    200,
                    json={"issuer": self.issuer, "jwks_uri": f"{base}/keys", "userinfo_endpoint": f"{base}/userinfo"},
                )
            case "keys":
                return httpx.Response(200, json=KeySet(self.keys).as_dict(private=False))
            case _:
                return httpx.Response(200, json=self.userinfo)

    def provider(self) -> Provider:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        return Provider(ISSUER, "consilium", ClaimPaths(), http)


def token(key: Any = KEY, alg: str = "RS256", header: Mapping[str, Any] | None = None, **claims: Any) -> str:
    now = int(time.time())
    content = {"iss": ISSUER, "aud": "consilium", "sub": "7", "exp": now + 60, "iat": now, **CLAIMS, **claims}
    content = {name: value for name, value in content.items() if value is not None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.encode({"alg": alg, "kid": key.kid, **(header or {})}, content, key, algorithms=[alg])


def unsigned() -> str:
    import base64

    def part(value: Mapping[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part({'iss': ISSUER, 'aud': 'consilium', 'sub': '7', 'exp': 9999999999})}."


async def test_a_good_bearer_is_read() -> None:
    claims = await Sso().provider().identify(token())

    assert claims["sub"] == "7"


async def test_an_audience_among_several_is_enough() -> None:
    assert (await Sso().provider().identify(token(aud=["account", "consilium"])))["sub"] == "7"


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (lambda: token(iss="https://sso.example.org/realms/two"), "issuer"),
        (lambda: token(aud="account"), "audience"),
        (lambda: token(aud=None), "audience"),
        (lambda: token(exp=int(time.time()) - 60), "expired"),
        (lambda: token(exp=None), "claims"),
        (lambda: token(sub=None), "claims"),
        (lambda: token(nbf=int(time.time()) + 600), "claims"),
        (lambda: token(OTHER), "key"),
        (lambda: token(RSAKey.generate_key(2048, {"kid": "k1"})), "signature"),
        (lambda: token(OctKey.import_key("s" * 32, {"kid": "k1"}), "HS256"), "algorithm"),
        (lambda: token(ECKey.generate_key("P-256", {"kid": "k1"}), "ES256"), "signature"),
        (unsigned, "algorithm"),
        (lambda: "x", "malformed"),
        (lambda: "a.b.c", "malformed"),
        (lambda: token()[:-3] + "AAA", "signature"),
        (lambda: "." * 100, "malformed"),
        (lambda: "ы.ы.ы", "malformed"),
    ],
)
async def test_a_wrong_bearer_is_refused_with_its_cause(make: Callable[[], str], cause: str) -> None:
    provider = Sso().provider()

    with pytest.raises(CredentialRefused) as refused:
        await provider.identify(make())

    assert refused.value.fields["cause"] == cause


async def test_a_rotated_key_is_found_at_once_and_a_flood_of_unknown_ones_asks_rarely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sso = Sso()
    provider = sso.provider()
    await provider.identify(token())
    monkeypatch.setattr(provider, "_asked_at", -module.KEYS_ASKED)
    sso.keys = [OTHER]

    assert (await provider.identify(token(OTHER)))["sub"] == "7"
    for _ in range(10):
        with pytest.raises(CredentialRefused):
            await provider.identify(token(RSAKey.generate_key(2048, {"kid": "k9"})))

    assert sso.asked.count("keys") == 2


async def test_missing_claims_are_asked_of_userinfo_once_per_token() -> None:
    sso = Sso()
    sso.userinfo = {"sub": "7", "consilium_workspaces": ["partner"]}
    provider = sso.provider()
    bearer = token(consilium_workspaces=None)

    for _ in range(3):
        assert (await provider.identify(bearer))["consilium_workspaces"] == ["partner"]

    assert sso.asked.count("userinfo") == 1


async def test_userinfo_of_somebody_else_is_not_used() -> None:
    sso = Sso()
    sso.userinfo = {"sub": "8", "consilium_workspaces": ["*"]}

    assert "consilium_workspaces" not in await sso.provider().identify(token(consilium_workspaces=None))


async def test_a_provider_that_is_away_is_said_and_known_keys_go_on() -> None:
    sso = Sso()
    provider = sso.provider()
    sso.away = True
    with pytest.raises(ProviderUnavailable):
        await provider.identify(token())
    assert not await provider.ready()

    sso.away = False
    fresh = sso.provider()
    await fresh.identify(token())
    sso.away = True
    assert (await fresh.identify(token()))["sub"] == "7"


async def test_a_discovery_document_of_another_issuer_is_not_believed() -> None:
    sso = Sso()
    sso.issuer = "https://evil.example.org"

    with pytest.raises(ProviderUnavailable):
        await sso.provider().identify(token())
