"""Dense numbers in MongoDB: leased in blocks of 4,096, never given twice; a process that dies leaves a gap."""

import asyncio

from pymongo import ReturnDocument

from chassis.mongo.session import Database

BLOCK = 4096
LAST = 2**31 - 1
"""Roaring bitmaps and OpenSearch's integer end here."""


class MongoNumbers:
    """A block at hand, and the counter of the installation."""

    def __init__(self, database: Database) -> None:
        self._counters = database["counters"]
        self._next, self._end = 0, 0
        self._guard = asyncio.Lock()

    async def take(self, count: int) -> list[int]:
        """Give numbers that nobody had before."""
        taken: list[int] = []
        async with self._guard:
            while len(taken) < count:
                if self._next == self._end:
                    await self._lease()
                step = min(count - len(taken), self._end - self._next)
                taken.extend(range(self._next, self._next + step))
                self._next += step
        return taken

    async def _lease(self) -> None:
        counter = await self._counters.find_one_and_update(
            {"_id": "no"}, {"$inc": {"next": BLOCK}}, upsert=True, return_document=ReturnDocument.AFTER
        )
        assert counter is not None, "an upsert gives the document"  # noqa: S101 - narrows the driver's type
        self._end = counter["next"] + 1  # numbers begin at 1: 0 says "unknown" on the wire
        self._next = self._end - BLOCK
        if self._end > LAST:
            raise OverflowError("the cell has given out all its numbers")
