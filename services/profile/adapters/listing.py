"""Going through people: pages for screens, partitions in key order for a rebuild, counts for a comparison."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from chassis.kernel import WHOLE
from chassis.mongo.session import Database, Document
from services.profile.adapters.views import NAME
from services.profile.ports import PartitionCount

CHUNK = 200
"""People per answer of a scan: about 400 KB, so that neither side holds much."""


class MongoListing:
    """Ids of people, in some order."""

    def __init__(self, database: Database) -> None:
        self._views = database[NAME]

    async def scan(self, partitions: Sequence[int], after: str) -> AsyncIterator[list[str]]:
        """Give the ids of everybody that is not absorbed, in key order, in chunks."""
        while True:
            where: Document = {"_id": {"$gt": after}, "status": {"$ne": "absorbed"}}
            if partitions:
                where["partition"] = {"$in": list(partitions)}
            found = [each["_id"] async for each in self._views.find(where, {"_id": 1}).sort("_id", 1).limit(CHUNK)]
            if not found:
                return
            after = found[-1]
            yield found

    async def page(self, base: str, after_no: int, size: int, *, archived: bool) -> list[tuple[int, str]]:
        """Give (number, id) of living people after a number."""
        where = {**_living(base, archived=archived), "no": {"$gt": after_no}}
        found = self._views.find(where, {"no": 1}).sort("no", 1).limit(size)
        return [(each["no"], each["_id"]) async for each in found]

    async def total(self, base: str, *, archived: bool) -> int:
        """Count living people."""
        return await self._views.count_documents(_living(base, archived=archived))

    async def counts(self) -> list[PartitionCount]:
        """Count living people and add up their revisions, by partition."""
        pipeline: list[Document] = [
            {"$match": {"status": {"$in": ["active", "archived"]}}},
            {"$group": {"_id": "$partition", "people": {"$sum": 1}, "revisions": {"$sum": "$revision"}}},
            {"$sort": {"_id": 1}},
        ]
        cursor = await self._views.aggregate(pipeline)
        return [PartitionCount(each["_id"], each["people"], each["revisions"]) async for each in cursor]

    async def expiring(self, lane: int, until: datetime, most: int) -> list[str]:
        """Give people of a lane whose next consent has run out."""
        found = self._views.find({"next_expiry": {"$lte": until}, "lane": lane}, {"_id": 1}).limit(most)
        return [each["_id"] async for each in found]


def _living(base: str, *, archived: bool) -> Document:
    where: Document = {"status": {"$in": ["active", "archived"]} if archived else "active"}
    if base != WHOLE:
        where["bases"] = base
    return where
