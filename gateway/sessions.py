"""Sessions of people: what stands behind the opaque cookie.

Promise: the cookie is random and kept here only as a hash; the provider's tokens are kept sealed; a session ends
when it idles, when it grows too old, when its owner signs out, or when the provider no longer renews it.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from chassis.crypto import SealBroken, Sealer
from chassis.mongo.session import Collection

IDLE = timedelta(minutes=45)
"""A session that nobody uses for this long is over."""

ABSOLUTE = timedelta(hours=12)
"""No session outlives a working day, used or not."""

TOUCH = timedelta(minutes=1)
"""How exact the idle time is: one write a minute a person, not one a request."""


class ProviderTokens(msgspec.Struct, frozen=True):
    """What the provider gave. `access_until` is a UNIX time."""

    access: str
    access_until: float
    refresh: str
    identity: str


@dataclass(frozen=True, slots=True)
class Session:
    """One person's session. `id` is the hash of the cookie."""

    id: str
    tokens: ProviderTokens
    workspace: str
    created_at: datetime
    used_at: datetime

    def alive(self, now: datetime) -> bool:
        """Tell whether the session is still good."""
        return now < self.used_at + IDLE and now < self.created_at + ABSOLUTE


class SessionStore(Protocol):
    """Where sessions are kept."""

    async def insert(self, session: Session) -> None:
        """Keep a new session."""

    async def get(self, session_id: str) -> Session | None:
        """Return a session, alive or not."""

    async def renew(self, session: Session, before: ProviderTokens) -> bool:
        """Replace the tokens if they still are `before`; False when somebody else was faster."""

    async def touch(self, session_id: str, now: datetime) -> None:
        """Note that it was used."""

    async def choose(self, session_id: str, workspace: str) -> None:
        """Keep the workspace that its owner works in."""

    async def remove(self, session_id: str) -> None:
        """End it."""


def new_cookie() -> str:
    """Return a fresh cookie value of 256 random bits."""
    return secrets.token_urlsafe(32)


def id_of(cookie: str) -> str:
    """Return the id under which a cookie's session is kept."""
    return hashlib.sha256(cookie.encode()).hexdigest()


class MongoSessions:
    """Sessions in MongoDB; the server removes what is over by a TTL index."""

    INDEX = "gone_at"

    def __init__(self, collection: Collection, sealer: Sealer) -> None:
        self._collection = collection
        self._sealer = sealer

    async def migrate(self) -> None:
        """Create the TTL index."""
        await self._collection.create_index("gone_at", name=self.INDEX, expireAfterSeconds=0)

    async def insert(self, session: Session) -> None:
        """Keep a new session."""
        await self._collection.insert_one(
            {
                "_id": session.id,
                "tokens": self._sealed(session.id, session.tokens),
                "mark": _mark(session.tokens),
                "workspace": session.workspace,
                "created_at": session.created_at,
                "used_at": session.used_at,
                "gone_at": session.created_at + ABSOLUTE,
            }
        )

    async def get(self, session_id: str) -> Session | None:
        """Return a session; one that was sealed under another key is none."""
        found = await self._collection.find_one({"_id": session_id})
        return self._session(found) if found else None

    async def renew(self, session: Session, before: ProviderTokens) -> bool:
        """Replace the tokens by compare-and-set on what they were."""
        result = await self._collection.update_one(
            {"_id": session.id, "mark": _mark(before)},
            {"$set": {"tokens": self._sealed(session.id, session.tokens), "mark": _mark(session.tokens)}},
        )
        return bool(result.modified_count)

    async def touch(self, session_id: str, now: datetime) -> None:
        """Note that it was used; never backwards."""
        await self._collection.update_one({"_id": session_id}, {"$max": {"used_at": now}})

    async def choose(self, session_id: str, workspace: str) -> None:
        """Keep the workspace that its owner works in."""
        await self._collection.update_one({"_id": session_id}, {"$set": {"workspace": workspace}})

    async def remove(self, session_id: str) -> None:
        """End it; nothing happens when it has ended."""
        await self._collection.delete_one({"_id": session_id})

    def _sealed(self, session_id: str, tokens: ProviderTokens) -> bytes:
        return self._sealer.seal(msgspec.msgpack.encode(tokens), session_id.encode())

    def _session(self, found: Mapping[str, Any]) -> Session | None:
        try:
            opened = self._sealer.open(found["tokens"], found["_id"].encode())
        except SealBroken:
            return None
        tokens = msgspec.msgpack.decode(opened, type=ProviderTokens)
        return Session(found["_id"], tokens, found["workspace"], found["created_at"], found["used_at"])


def renewed(session: Session, tokens: ProviderTokens) -> Session:
    """Return the session with new tokens."""
    return replace(session, tokens=tokens)


def _mark(tokens: ProviderTokens) -> str:
    return hashlib.sha256(tokens.access.encode()).hexdigest()[:16]
