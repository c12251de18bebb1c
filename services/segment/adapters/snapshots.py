"""Frozen audiences in MongoDB: one document with a bitmap, gone after seven days."""

from typing import Any

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from chassis.mongo.session import Database
from services.segment.adapters import bitmaps
from services.segment.domain.errors import SnapshotElsewhere
from services.segment.ports import Snapshot

COLLECTION = "snapshots"
KEPT_DAYS = 7


class MongoSnapshots:
    """Keeps who was in a segment at a moment."""

    def __init__(self, database: Database) -> None:
        self._snapshots = database[COLLECTION]

    async def get(self, snapshot: str) -> Snapshot | None:
        """Return one."""
        document = await self._snapshots.find_one({"_id": snapshot})
        if document is None:
            return None
        return Snapshot(
            id=snapshot,
            segment=document["segment"],
            workspace=document["workspace"],
            numbers=bitmaps.unpacked(document["numbers"]),
            frozen=document["frozen"],
        )

    async def keep(self, snapshot: Snapshot) -> Snapshot:
        """Keep one; answer the one that was first under its id.

        Raises:
            SnapshotElsewhere: the id is another segment's.
        """
        try:
            await self._snapshots.insert_one(
                {
                    "_id": snapshot.id,
                    "segment": snapshot.segment,
                    "workspace": snapshot.workspace,
                    "numbers": bitmaps.packed(snapshot.numbers),
                    "frozen": snapshot.frozen,
                }
            )
        except DuplicateKeyError:
            kept = await self.get(snapshot.id)
            if kept is None or kept.segment != snapshot.segment:
                raise SnapshotElsewhere(snapshot.id) from None
            return kept
        return snapshot


INDEXES: tuple[tuple[str, list[tuple[str, int]], dict[str, Any]], ...] = (
    (COLLECTION, [("frozen", ASCENDING)], {"name": "age", "expireAfterSeconds": KEPT_DAYS * 86_400}),
)
