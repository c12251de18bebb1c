"""Who is in which segment, in MongoDB: one document per container, its changes beside it with their outbox.

A container's next revision and the facts of it are one transaction. The facts stand in documents of their own, five
hundred to one, because a recount of a large segment tells more than a document may hold; emptied by the relay, these
documents stay as the history of the segment's size.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from chassis.kernel import lane_of, partition_of
from chassis.kernel.problem import Conflict
from chassis.mongo.session import Document, Session
from chassis.outbox import stamped
from services.segment.adapters import bitmaps
from services.segment.adapters.messages import membership_fact
from services.segment.domain.membership import Container, MembershipChanged
from services.segment.ports import Size, SizeAt

COLLECTION = "memberships"
CHANGES = "membership_changes"
KEPT_DAYS = 400  # a year of history and a month to compare it with

_FACTS = 500  # of about 300 bytes each in one document


class MongoMemberships:
    """Keeps containers by compare-and-set on their revision."""

    def __init__(self, session: Session, service: str) -> None:
        self._session = session
        database = session.database(service)
        self._containers = database[COLLECTION]
        self._changes = database[CHANGES]

    async def containers(
        self, segments: Sequence[str], highs: Sequence[int] | None = None
    ) -> Mapping[tuple[str, int], Container]:
        """Return the stored containers of segments; of all highs when None."""
        query: Document = {"segment": {"$in": list(segments)}}
        if highs is not None:
            query = {"_id": {"$in": [_key(segment, high) for segment in segments for high in highs]}}
        found = await self._containers.find(query).to_list()
        return {(document["segment"], document["high"]): _container(document) for document in found}

    async def save(self, container: Container, changes: Sequence[MembershipChanged], now: datetime) -> bool:
        """Keep a container's next revision together with its facts; False when somebody else was first."""
        key, revision = _key(container.segment, container.high), container.revision + 1
        document = {
            "_id": key,
            "segment": container.segment,
            "high": container.high,
            "revision": revision,
            "members": bitmaps.packed(container.members),
            "ruled": bitmaps.packed(container.ruled),
            "added": bitmaps.packed(container.added),
            "removed": bitmaps.packed(container.removed),
            "count": len(container.members),
            "changed": now,
        }
        told = [_change(container, revision, start, changes[start : start + _FACTS], now)
                for start in range(0, len(changes), _FACTS)]  # fmt: skip
        try:
            async with self._session.transaction() as transaction:
                if container.revision:
                    result = await self._containers.replace_one(
                        {"_id": key, "revision": container.revision}, document, session=transaction
                    )
                    if not result.modified_count:
                        raise Conflict
                else:
                    await self._containers.insert_one(document, session=transaction)
                if told:
                    await self._changes.insert_many(told, session=transaction)
        except (Conflict, DuplicateKeyError):
            return False
        return True

    async def counts(self, segments: Sequence[str]) -> Mapping[str, Size]:
        """Return how many people are in segments."""
        pipeline: list[Mapping[str, Any]] = [
            {"$match": {"segment": {"$in": list(segments)}}},
            {"$group": {"_id": "$segment", "members": {"$sum": "$count"}, "changed": {"$max": "$changed"}}},
        ]
        cursor = await self._containers.aggregate(pipeline)
        return {row["_id"]: Size(row["members"], row["changed"]) async for row in cursor}

    async def history(self, segment: str, before: datetime | None, limit: int) -> Sequence[SizeAt]:
        """Return joined and left by hour, newest first; sizes are worked out back from now."""
        sizes = await self.counts([segment])
        members = sizes[segment].members if segment in sizes else 0
        pipeline: list[Mapping[str, Any]] = [
            {"$match": {"segment": segment}},
            {
                "$group": {
                    "_id": {"$dateTrunc": {"date": "$time", "unit": "hour"}},
                    "joined": {"$sum": "$joined"},
                    "left": {"$sum": "$left"},
                }
            },
            {"$sort": {"_id": DESCENDING}},
        ]
        lines: list[SizeAt] = []
        async for row in await self._changes.aggregate(pipeline):
            if before is None or row["_id"] < before:
                lines.append(SizeAt(row["_id"], members, row["joined"], row["left"]))
            members += row["left"] - row["joined"]
            if len(lines) == limit:
                break
        return lines


def _key(segment: str, high: int) -> str:
    return f"{segment}:{high}"


def _change(
    container: Container, revision: int, start: int, changes: Sequence[MembershipChanged], now: datetime
) -> Document:
    joined = sum(change.joined for change in changes)
    document = {
        "_id": f"{container.segment}:{container.high}:{revision}:{start}",
        "segment": container.segment,
        "time": now,
        "joined": joined,
        "left": len(changes) - joined,
        "lane": lane_of(partition_of(container.segment)),
        "revision": 1,
    }
    return stamped(document, [membership_fact(change, revision) for change in changes], now)


def _container(document: Mapping[str, Any]) -> Container:
    return Container(
        segment=document["segment"],
        high=document["high"],
        revision=document["revision"],
        members=bitmaps.unpacked(document["members"]),
        ruled=bitmaps.unpacked(document["ruled"]),
        added=bitmaps.unpacked(document["added"]),
        removed=bitmaps.unpacked(document["removed"]),
    )


INDEXES: tuple[tuple[str, list[tuple[str, int]], dict[str, Any]], ...] = (
    (COLLECTION, [("segment", ASCENDING)], {"name": "segment"}),
    (CHANGES, [("segment", ASCENDING), ("time", DESCENDING)], {"name": "segment_time"}),
    (CHANGES, [("time", ASCENDING)], {"name": "age", "expireAfterSeconds": KEPT_DAYS * 86_400}),
)
