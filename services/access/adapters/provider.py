"""The sign-in provider: checks its tokens by OpenID Connect discovery and JWKS.

Promise: a bearer is accepted only when this provider signed it, for this audience, for now, by an allowed
algorithm; a key that the provider rotated in is found at once, and a flood of unknown keys asks it rarely.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import cast

import httpx
from joserfc import jwt
from joserfc.errors import (
    ClaimError,
    DecodeError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import KeySet

from services.access.domain.claims import ClaimPaths, Claims, merged, missing
from services.access.domain.errors import CredentialRefused, ProviderUnavailable

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519")
"""Asymmetric signatures only: with a shared secret, or none, anybody could sign."""

KEYS_FRESH = 600.0
"""Seconds after which the provider's keys are read again, so that a key it withdrew stops working."""

KEYS_ASKED = 10.0
"""Seconds between two looks for an unknown key: enough for rotation, too rare to be used as a hammer."""

LEEWAY = 10
"""Seconds by which the provider's clock may differ from ours."""

USERINFO_KEPT = 60.0
"""Seconds for which the userinfo of one token is kept."""


class Provider:
    """One issuer, its keys, and what it says of its callers."""

    def __init__(self, issuer: str, audience: str, paths: ClaimPaths, http: httpx.AsyncClient) -> None:
        self._issuer = issuer
        self._audience = audience
        self._paths = paths
        self._http = http
        self._metadata: Mapping[str, object] | None = None
        self._keys: KeySet | None = None
        self._read_at = -KEYS_FRESH
        self._asked_at = -KEYS_ASKED
        self._reading = asyncio.Lock()
        self._userinfo: dict[str, tuple[float, Claims]] = {}

    async def identify(self, bearer: str) -> Claims:
        """Return the verified claims of a bearer, with userinfo merged in when a configured claim is missing.

        Raises:
            CredentialRefused: malformed, forged, foreign, early, expired, or by another algorithm.
            ProviderUnavailable: the keys or the userinfo were needed and the provider did not answer.
        """
        claims = await self._verified(bearer)
        if missing(claims, self._paths):
            claims = merged(claims, await self._userinfo_of(bearer, str(claims["sub"])))
        return claims

    async def ready(self) -> bool:
        """Tell whether the provider's keys are at hand or can be had now."""
        try:
            await self._current_keys()
        except ProviderUnavailable:
            return False
        return True

    async def _verified(self, bearer: str) -> Claims:
        keys = await self._current_keys()
        try:
            token = jwt.decode(bearer, keys, algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            token = await self._with_rotated_keys(bearer, keys)
        except (JoseError, ValueError) as error:
            raise CredentialRefused(_cause(error)) from None
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            registry.validate(token.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise CredentialRefused(_cause(error)) from None
        return cast(Claims, token.claims)

    async def _with_rotated_keys(self, bearer: str, known: KeySet) -> jwt.Token:
        try:
            keys = await self._read_keys(known)
            return jwt.decode(bearer, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise CredentialRefused(_cause(error)) from None

    async def _current_keys(self) -> KeySet:
        if self._keys is not None and time.monotonic() - self._read_at < KEYS_FRESH:
            return self._keys
        try:
            return await self._read_keys(self._keys)
        except ProviderUnavailable:
            if self._keys is None:
                raise
            return self._keys  # a provider that is away for a while does not sign everybody out

    async def _read_keys(self, known: KeySet | None) -> KeySet:
        """Read the keys anew, unless somebody else just did or asked too recently."""
        async with self._reading:
            now = time.monotonic()
            if self._keys is not None and (self._keys is not known or now - self._asked_at < KEYS_ASKED):
                return self._keys
            self._asked_at = now
            metadata = await self._discovered()
            body = await self._get(str(metadata["jwks_uri"]))
            try:
                self._keys = KeySet.import_key_set({"keys": _signing_keys(body)})
            except (JoseError, ValueError, KeyError, TypeError):
                raise ProviderUnavailable from None
            self._read_at = time.monotonic()
            return self._keys

    async def _discovered(self) -> Mapping[str, object]:
        if self._metadata is None:
            metadata = await self._get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if metadata.get("issuer") != self._issuer or "jwks_uri" not in metadata:
                raise ProviderUnavailable
            self._metadata = metadata
        return self._metadata

    async def _userinfo_of(self, bearer: str, subject: str) -> Claims:
        now = time.monotonic()
        kept = self._userinfo.get(bearer)
        if kept is not None and kept[0] > now:
            return kept[1]
        endpoint = (await self._discovered()).get("userinfo_endpoint")
        if endpoint is None:
            return {}
        claims = await self._get(str(endpoint), bearer)
        if claims.get("sub") != subject:  # OpenID Connect Core 5.3.2: must be the same or not be used
            return {}
        self._userinfo = {key: entry for key, entry in self._userinfo.items() if entry[0] > now}
        self._userinfo[bearer] = (now + USERINFO_KEPT, claims)
        return claims

    async def _get(self, url: str, bearer: str | None = None) -> Mapping[str, object]:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        try:
            answer = await self._http.get(url, headers=headers)
            if bearer and answer.status_code in {401, 403}:
                return {}  # a system's token often has no userinfo: its missing claims stay missing
            answer.raise_for_status()
            body = answer.json()
        except (httpx.HTTPError, ValueError):
            raise ProviderUnavailable from None
        if not isinstance(body, dict):
            raise ProviderUnavailable
        return body


def _signing_keys(body: Mapping[str, object]) -> list[dict[str, str | list[str]]]:
    keys = cast(list[dict[str, str | list[str]]], body["keys"])
    return [key for key in keys if key.get("use", "sig") == "sig" and key.get("kty") in {"RSA", "EC", "OKP"}]


def _cause(error: Exception) -> str:
    """Say which check failed, in one of a few codes; the error's own text may repeat the token."""
    match error:
        case ExpiredTokenError():
            return "expired"
        case ClaimError():
            return {"iss": "issuer", "aud": "audience"}.get(error.claim, "claims")
        case InvalidKeyIdError():
            return "key"
        case UnsupportedAlgorithmError():
            return "algorithm"
        case DecodeError():
            return "malformed"
        case _:
            return "signature"
