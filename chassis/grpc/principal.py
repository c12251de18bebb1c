"""Principals: who is calling, proved by a short token that every service checks by itself.

A token is a compact JWS (RFC 7515, EdDSA) of at most 60 s made by access: `{sub, kind, roles, ws, wss, act, aud, iat,
exp}` and, while one stands or is near, the feature freezes (`frz`). It carries ids and codes only, and a freeze's
title. Checked tokens are kept until they end, because a check costs 0.25 ms.
"""

import base64
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.kernel import sees
from chassis.kernel.problem import ActionNotAllowed, Unauthenticated

LIFETIME = 60
LEEWAY = 5  # seconds that clocks of two machines may differ
_HEADER = base64.urlsafe_b64encode(b'{"alg":"EdDSA","typ":"JWT"}').rstrip(b"=")
_KEPT = 10_000


class Freeze(msgspec.Struct, frozen=True):
    """A period as a token carries it; moments in Unix seconds."""

    id: str
    title: str
    begin: int
    end: int
    scopes: tuple[str, ...]

    def holds(self, scope: str, now: float) -> bool:
        """Tell whether it holds something back now."""
        return scope in self.scopes and self.begin <= now < self.end


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who may act, in one workspace at a time."""

    id: str
    kind: str
    roles: tuple[str, ...]
    workspace: str
    workspaces: tuple[str, ...]
    actions: frozenset[str]
    freezes: tuple[Freeze, ...] = ()

    @property
    def is_service(self) -> bool:
        """Tell whether it is another service of the installation."""
        return self.kind == "service"

    def sees(self, workspace: str) -> bool:
        """Tell whether something of a workspace may be known to it."""
        return sees(self.workspace, workspace)

    def require(self, action: str) -> None:
        """Refuse what the roles do not allow.

        Raises:
            ActionNotAllowed: the action is not among the principal's.
        """
        if action not in self.actions:
            raise ActionNotAllowed(action)


class _Claims(msgspec.Struct):
    sub: str
    kind: str
    roles: list[str]
    ws: str
    wss: list[str]
    act: list[str]
    aud: str
    exp: int
    iat: int
    frz: tuple[Freeze, ...] = ()


_CLAIMS = msgspec.json.Decoder(_Claims)


def sign(key: Ed25519PrivateKey, principal: Principal, audience: str, *, now: float, lifetime: int = LIFETIME) -> str:
    """Make a token for one audience; `now` in Unix seconds, lifetime at most 60 s."""
    claims: dict[str, object] = {
        "sub": principal.id,
        "kind": principal.kind,
        "roles": list(principal.roles),
        "ws": principal.workspace,
        "wss": list(principal.workspaces),
        "act": sorted(principal.actions),
        "aud": audience,
        "iat": int(now),
        "exp": int(now) + min(lifetime, LIFETIME),
    }
    if principal.freezes:
        claims["frz"] = principal.freezes
    body = _HEADER + b"." + base64.urlsafe_b64encode(msgspec.json.encode(claims)).rstrip(b"=")
    return (body + b"." + base64.urlsafe_b64encode(key.sign(body)).rstrip(b"=")).decode()


class Verifier:
    """Checks tokens for one audience."""

    def __init__(self, public_key: bytes, audience: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public_key)
        self._audience = audience
        self._known: dict[str, tuple[float, Principal]] = {}

    def check(self, token: str) -> Principal:
        """Give the principal of a token.

        Raises:
            Unauthenticated: not ours, altered, ended, or for another service.
        """
        now = time.time()
        known = self._known.get(token)
        if known is not None:
            if known[0] > now:
                return known[1]
            del self._known[token]
        claims = self._claims(token)
        if claims.aud != self._audience or claims.exp + LEEWAY <= now or claims.iat > now + LEEWAY:
            raise Unauthenticated
        principal = Principal(
            id=claims.sub,
            kind=claims.kind,
            roles=tuple(claims.roles),
            workspace=claims.ws,
            workspaces=tuple(claims.wss),
            actions=frozenset(claims.act),
            freezes=claims.frz,
        )
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[token] = (claims.exp + LEEWAY, principal)
        return principal

    def _claims(self, token: str) -> _Claims:
        try:
            body, _, signature = token.encode().rpartition(b".")
            header, _, payload = body.partition(b".")
            if header != _HEADER:  # one algorithm, nothing to negotiate
                raise Unauthenticated
            self._key.verify(_unpad(signature), body)
            return _CLAIMS.decode(_unpad(payload))
        except (ValueError, InvalidSignature, msgspec.DecodeError) as error:
            raise Unauthenticated from error


def _unpad(part: bytes) -> bytes:
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))


Metadata = Iterable[tuple[str, str | bytes]]
"""What a call carries beside its message, by name."""


def token_of(metadata: Metadata) -> str:
    """Read the bearer token of a call's metadata, "" when none came."""
    for name, value in metadata:
        if name == "authorization" and isinstance(value, str) and value.startswith("Bearer "):
            return value[7:]
    return ""


_caller: ContextVar[Principal | None] = ContextVar("caller", default=None)


def principal_of(_context: object) -> Principal:
    """Give the caller of the call that is being served; the door has put it there.

    Raises:
        Unauthenticated: the call's action is "public", so nobody is known.
    """
    # gRPC's context objects take no attributes, so the door keeps the caller in a context variable of the call's task;
    # the parameter keeps handlers explicit about where the caller comes from.
    principal = _caller.get()
    if principal is None:
        raise Unauthenticated
    return principal


def admit(principal: Principal | None) -> None:
    """Make somebody the caller of the present call; for the door alone."""
    _caller.set(principal)
