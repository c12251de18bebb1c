"""The event store: one document per commit, unique on (stream, version).

A commit is what one command did to one stream: `{_id, stream, version, events[], meta, recorded_at}`. Versions of a
stream are 1, 2, 3 … without gaps. Commits are never changed; they are the audit trail of the data.

Promise: of two writers who saw the same version one wins, the other gets `VersionTaken` and nothing of his is
written. A commit with an `_id` that exists is `CommitExists`: the command was done before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError, DuplicateKeyError

from chassis.mongo.asking import duplicates
from chassis.mongo.session import Collection, Database, Document

_STREAM_INDEX = "stream_version"


class VersionTaken(Exception):  # noqa: N818 - an outcome that the caller acts on
    """Somebody else committed to one of the streams first."""


class CommitExists(Exception):  # noqa: N818
    """A commit with this id exists: the same command came before."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The events of one command on one stream.

    `events` are BSON-able documents `{type, schema, …}` as the service encodes them; `meta` says who and why, ids
    only.
    """

    id: str
    stream: str
    version: int
    events: Sequence[Document]
    recorded_at: datetime
    meta: Document = field(default_factory=dict)
    extra: Document = field(default_factory=dict)

    def document(self) -> Document:
        """Give it as it is stored."""
        return {
            "_id": self.id,
            "stream": self.stream,
            "version": self.version,
            "events": list(self.events),
            "meta": self.meta,
            "recorded_at": self.recorded_at,
            **self.extra,
        }


def from_document(document: Document) -> Commit:
    """Read a stored commit."""
    known = {"_id", "stream", "version", "events", "meta", "recorded_at"}
    return Commit(
        id=document["_id"],
        stream=document["stream"],
        version=document["version"],
        events=document["events"],
        recorded_at=document["recorded_at"],
        meta=document.get("meta", {}),
        extra={key: value for key, value in document.items() if key not in known},
    )


class EventStore:
    """The commits of a service."""

    def __init__(self, database: Database, name: str = "commits") -> None:
        self._commits: Collection = database[name]

    async def ensure_indexes(self) -> None:
        """Create the store's indexes; called by a migration."""
        await self._commits.create_index(
            [("stream", ASCENDING), ("version", ASCENDING)], name=_STREAM_INDEX, unique=True
        )

    async def append(self, commits: Sequence[Commit], session: AsyncClientSession | None = None) -> None:
        """Insert commits, at most 1,000; inside a transaction when a session is given.

        Raises:
            VersionTaken: a stream has that version already.
            CommitExists: a commit id exists already.
        """
        if not commits:
            return
        try:
            await self._commits.insert_many([commit.document() for commit in commits], ordered=False, session=session)
        except BulkWriteError as error:
            # The error's text holds the documents: only the violated index is looked at, and the cause is cut off.
            if any("_id" in (failure.get("keyPattern") or {}) for failure in duplicates(error)):
                raise CommitExists from None
            raise VersionTaken from None
        except DuplicateKeyError:
            raise VersionTaken from None

    async def find(self, commit: str) -> Commit | None:
        """Give a commit by its id."""
        document = await self._commits.find_one({"_id": commit})
        return from_document(document) if document else None

    async def read(
        self, streams: Iterable[str], *, until: datetime | None = None, after: dict[str, int] | None = None
    ) -> dict[str, list[Commit]]:
        """Give the commits of some streams, by stream, in order of version.

        Args:
            streams: which ones; those without commits are missing from the answer.
            until: only what was recorded up to then; a stream is cut before the first version recorded later, for
                clocks of two processes may disagree, and no version stands without those before it.
            after: per stream, only versions above this.
        """
        wanted = list(streams)
        query: Document = {"stream": {"$in": wanted}}
        if after:
            query = {"$or": [{"stream": stream, "version": {"$gt": after.get(stream, 0)}} for stream in wanted]}
        found: dict[str, list[Commit]] = {}
        cut: set[str] = set()
        cursor = self._commits.find(query).sort([("stream", ASCENDING), ("version", ASCENDING)]).batch_size(1_000)
        async for document in cursor:
            if until is not None and document["recorded_at"] > until:
                cut.add(document["stream"])
            if document["stream"] not in cut:
                found.setdefault(document["stream"], []).append(from_document(document))
        return found

    async def scan(self, query: Document, limit: int) -> list[Commit]:
        """Give commits by a query of the owner's (such as its recovery marks), oldest first."""
        cursor = self._commits.find(query).sort("recorded_at", ASCENDING).limit(limit)
        return [from_document(document) async for document in cursor]

    async def update(self, query: Document, change: dict[str, Any]) -> int:
        """Change marks beside the events (never the events); answers how many commits matched."""
        assert not any(key.startswith("events") for part in change.values() for key in part), "events are for ever"  # noqa: S101
        return (await self._commits.update_many(query, change)).matched_count
