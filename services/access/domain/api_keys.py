"""API keys: long-lived credentials of systems, shown once, kept as a hash.

Promise: from what is stored nobody can make the key; a key that ended or was revoked opens nothing.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.access.domain.errors import CredentialRefused, KeyLifetimeRefused

LONGEST = timedelta(days=731)
"""A key lives two years at most: what nobody renews, nobody uses."""

_FORM = re.compile(r"ck_(?P<id>[0-9a-f-]{36})_(?P<secret>[A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key as it is kept. `digest` is SHA-256 of a 256-bit random secret, for which no slow hash is needed."""

    id: str
    title: str
    digest: str
    roles: tuple[str, ...]
    workspaces: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    calls_per_minute: int = 0
    """Calls that the door lets it make in a minute of the clock; 0 is as many as it likes."""

    def alive(self, now: datetime) -> bool:
        """Tell whether the key opens anything at this moment."""
        return self.revoked_at is None and now < self.expires_at

    def revoked(self, now: datetime) -> "ApiKey":
        """Return the key as revoked; a revoked key keeps its first time."""
        return self if self.revoked_at else replace(self, revoked_at=now)

    def check(self, secret: str, now: datetime) -> None:
        """Refuse a wrong secret, and a right one out of its time.

        Raises:
            CredentialRefused: with the cause `unknown`, `revoked` or `expired`.
        """
        if not hmac.compare_digest(digest_of(secret), self.digest):
            raise CredentialRefused("unknown")
        if self.revoked_at is not None:
            raise CredentialRefused("revoked")
        if now >= self.expires_at:
            raise CredentialRefused("expired")


def digest_of(secret: str) -> str:
    """Return what is stored in place of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_api_key(
    key_id: str,
    title: str,
    *,
    roles: tuple[str, ...],
    workspaces: tuple[str, ...],
    created_by: str,
    expires_at: datetime,
    now: datetime,
    calls_per_minute: int = 0,
) -> tuple[ApiKey, str]:
    """Make a key and the text that its holder gets to see once.

    Raises:
        KeyLifetimeRefused: it would be over already, or live longer than two years.
    """
    if not now < expires_at <= now + LONGEST:
        raise KeyLifetimeRefused(LONGEST.days)
    secret = secrets.token_urlsafe(32)
    key = ApiKey(
        key_id, title, digest_of(secret), roles, workspaces, created_by, now, expires_at, None, calls_per_minute
    )
    return key, f"ck_{key_id}_{secret}"


def parse_api_key(text: str) -> tuple[str, str]:
    """Part a presented key into its id and secret.

    Raises:
        CredentialRefused: it does not have the form of a key.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise CredentialRefused("malformed")
    return match["id"], match["secret"]
