"""The erasure ledger: append-only, in a database that is never restored from a backup.

An entry is the decision; every later step repeats until `carried_out_at` is set. After a restore of anything else all
entries are carried out again before the doors open.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from chassis.mongo.session import Database
from services.profile.ports import Erasure


class MongoErasures:
    """The ledger's collection."""

    def __init__(self, database: Database) -> None:
        self._ledger = database["erasures"]

    async def decide(self, erasure: Erasure) -> Erasure:
        """Enter a decision; the same person again gives the first one, with what has come to light since."""
        document = await self._ledger.find_one_and_update(
            {"_id": erasure.profile},
            {
                "$setOnInsert": {
                    "actor": erasure.actor,
                    "ground": erasure.ground,
                    "decided_at": erasure.decided_at,
                },
                "$addToSet": {
                    "homes": {"$each": list(erasure.homes)},
                    "records": {"$each": list(erasure.records)},
                },
                "$unset": {"carried_out_at": ""},
            },
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        assert document is not None, "an upsert gives the document"  # noqa: S101 - narrows the driver's type
        return _erasure(document)

    async def carried_out(self, profile: str, at: datetime) -> None:
        """Note that everything which profile stores is gone."""
        await self._ledger.update_one({"_id": profile}, {"$set": {"carried_out_at": at}})

    async def pending(self) -> list[Erasure]:
        """Give the decisions that are not carried out."""
        return [_erasure(each) async for each in self._ledger.find({"carried_out_at": {"$exists": False}})]

    async def erased(self, profiles: Iterable[str]) -> set[str]:
        """Tell which of these are erased."""
        wanted = list(profiles)
        found = self._ledger.find({"homes": {"$in": wanted}}, {"homes": 1})
        return {home async for each in found for home in each["homes"]} & set(wanted)


def _erasure(document: Mapping[str, Any]) -> Erasure:
    return Erasure(
        document["_id"],
        tuple(document["homes"]),
        tuple(document["records"]),
        document["actor"],
        document["ground"],
        document["decided_at"],
    )
