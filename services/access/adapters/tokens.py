"""Principal tokens: compact JWS by Ed25519, checked by every service with access's public key alone."""

from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis import grpc
from chassis.grpc.principal import Freeze as TokenFreeze
from services.access.domain.freezes import Freeze
from services.access.domain.principal import Principal


class TokenSigner:
    """Signs with the installation's principal key; `seed` is its 32 private bytes."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        """Return the 32 bytes that services check with."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, principal: Principal, audience: str, actions: Iterable[str], now: datetime, until: datetime) -> str:
        """Return a token for one audience."""
        told = grpc.Principal(
            id=principal.id,
            kind=principal.kind.value,
            roles=principal.roles,
            workspace=principal.workspace,
            workspaces=principal.workspaces,
            actions=frozenset(actions),
            freezes=tuple(map(_told, principal.freezes)),
        )
        lifetime = int((until - now).total_seconds())
        return grpc.sign(self._key, told, audience, now=now.timestamp(), lifetime=lifetime)


def _told(freeze: Freeze) -> TokenFreeze:
    begin, end = int(freeze.begins_at.timestamp()), int(freeze.until.timestamp())
    return TokenFreeze(freeze.id, freeze.title, begin, end, tuple(scope.value for scope in freeze.scopes))
