"""The sign-in provider as the browser's door uses it: code flow with PKCE, renewal, sign-out.

Promise: nothing of one provider's own; the identity token's signature, issuer, audience, nonce and times are checked.
"""

import asyncio
import time
import warnings
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

import httpx
from authlib.integrations.base_client.errors import OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chassis.kernel import Code, Problem
from gateway.sessions import ProviderTokens

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have the next major of the client, and works with both
    from authlib.integrations.httpx_client import AsyncOAuth2Client

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519")
SCOPE = "openid profile email"
LEEWAY = 10


class ProviderAway(Problem):
    """The provider did not answer."""

    code = Code.UNAVAILABLE
    reason = "PROVIDER_UNAVAILABLE"
    template = "The sign-in provider does not answer."

    def __init__(self) -> None:
        super().__init__(retry_after=5.0)


class SignInFailed(Problem):
    """The sign-in was not begun here, took too long, or the provider refused it."""

    code = Code.UNAUTHENTICATED
    reason = "SIGN_IN_FAILED"
    template = "The sign-in did not succeed; please begin again."


class OpenIdProvider:
    """A confidential client of one issuer."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, public_url: str) -> None:
        self._issuer = issuer
        self._public_url = public_url
        self._client_id = client_id
        self._client = AsyncOAuth2Client(
            client_id,
            client_secret,
            scope=SCOPE,
            redirect_uri=f"{public_url}/auth/callback",
            code_challenge_method="S256",
            timeout=10,
        )
        self._http = httpx.AsyncClient(timeout=10)
        self._metadata: Mapping[str, Any] | None = None
        self._reading = asyncio.Lock()

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()
        await self._http.aclose()

    async def ready(self) -> bool:
        """Tell whether the provider's discovery document is at hand or can be had now."""
        try:
            await self._discovered()
        except ProviderAway:
            return False
        return True

    async def authorization_url(self, state: str, nonce: str, verifier: str) -> str:
        """Return where the browser goes to sign in."""
        endpoint = (await self._discovered())["authorization_endpoint"]
        url, _ = self._client.create_authorization_url(endpoint, state=state, nonce=nonce, code_verifier=verifier)
        return cast(str, url)

    async def exchange(self, code: str, verifier: str, nonce: str) -> ProviderTokens:
        """Turn the code that the browser brought into tokens.

        Raises:
            SignInFailed: the code or what came for it is not good.
            ProviderAway: no answer.
        """
        answer = await self._token(code=code, code_verifier=verifier, grant_type="authorization_code")
        await self._check_identity(str(answer.get("id_token", "")), nonce)
        return _tokens(answer, None)

    async def renew(self, tokens: ProviderTokens) -> ProviderTokens:
        """Get a fresh access token.

        Raises:
            SignInFailed: the provider's own session is over.
            ProviderAway: no answer.
        """
        if not tokens.refresh:
            raise SignInFailed
        return _tokens(await self._token(refresh_token=tokens.refresh, grant_type="refresh_token"), tokens)

    async def sign_out_url(self, tokens: ProviderTokens) -> str:
        """Return where the browser goes to end the provider's session too (RP-initiated logout).

        Our own door, where the provider has no such address or is away: its session then ends by itself.
        """
        try:
            endpoint = (await self._discovered()).get("end_session_endpoint")
        except ProviderAway:
            endpoint = None
        if not endpoint:
            return f"{self._public_url}/"
        query = {
            "id_token_hint": tokens.identity,
            "client_id": self._client_id,
            "post_logout_redirect_uri": f"{self._public_url}/",
        }
        return f"{endpoint}?{urlencode(query)}"

    async def _token(self, **form: str) -> Mapping[str, Any]:
        endpoint = (await self._discovered())["token_endpoint"]
        try:
            answer = await self._client.fetch_token(endpoint, **form)
        except OAuthError:
            raise SignInFailed from None
        except httpx.HTTPError:
            raise ProviderAway from None
        if not answer.get("access_token"):
            raise SignInFailed
        return cast(Mapping[str, Any], answer)

    async def _check_identity(self, token: str, nonce: str) -> None:
        keys = await self._get(str((await self._discovered())["jwks_uri"]))
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            signing = KeySet.import_key_set({"keys": [key for key in keys["keys"] if key.get("use", "sig") == "sig"]})
            registry.validate(jwt.decode(token, signing, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise SignInFailed from None

    async def _discovered(self) -> Mapping[str, Any]:
        if self._metadata is None:
            async with self._reading:
                metadata = await self._get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
                if metadata.get("issuer") != self._issuer:
                    raise ProviderAway
                self._metadata = metadata
        return self._metadata

    async def _get(self, url: str) -> Mapping[str, Any]:
        try:
            answer = await self._http.get(url)
            answer.raise_for_status()
            return cast(Mapping[str, Any], answer.json())
        except (httpx.HTTPError, ValueError):
            raise ProviderAway from None


def _tokens(answer: Mapping[str, Any], before: ProviderTokens | None) -> ProviderTokens:
    return ProviderTokens(
        access=str(answer["access_token"]),
        access_until=time.time() + float(answer.get("expires_in") or 60),
        refresh=str(answer.get("refresh_token") or (before.refresh if before else "")),
        identity=str(answer.get("id_token") or (before.identity if before else "")),
    )
