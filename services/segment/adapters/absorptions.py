"""Who was absorbed by whom, by number, in MongoDB; kept in memory and read on from where the last look ended.

The bitmap of absorbed numbers is made anew only when a look finds something new.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, UpdateOne

from chassis.kernel import Clock
from chassis.mongo.session import Database
from services.segment.adapters import bitmaps
from services.segment.domain.numbers import Numbers

COLLECTION = "absorptions"

_OVERLAP = timedelta(seconds=10)  # more than clocks of two workers differ and a majority write takes


class MongoAbsorptions:
    """The map from absorbed numbers to those of their survivors."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._absorptions = database[COLLECTION]
        self._clock = clock
        self._into: dict[int, int] = {}
        self._absorbed: Numbers = bitmaps.numbers()
        self._stale = False
        self._seen: datetime | None = None

    async def note(self, into: Mapping[int, int]) -> None:
        """Keep into whom numbers went; a number that went into itself is live again."""
        now = self._clock.now()
        writes = [
            UpdateOne(
                {"_id": number, "into": {"$ne": survivor}},
                {"$set": {"into": survivor, "changed": now}},
                # Somebody who never was absorbed needs no document.
                upsert=False,
            )
            for number, survivor in into.items()
        ] + [
            UpdateOne({"_id": number}, {"$setOnInsert": {"into": survivor, "changed": now}}, upsert=True)
            for number, survivor in into.items()
            if number != survivor
        ]
        if writes:
            await self._absorptions.bulk_write(writes, ordered=False)

    async def canonical(self, numbers: Numbers) -> Numbers:
        """Return a set with every absorbed number replaced by its survivor's."""
        await self._read_on()
        absorbed = numbers & self._absorbed
        if not len(absorbed):
            return numbers
        return (numbers - absorbed) | bitmaps.numbers(self._survivor(number) for number in absorbed)

    async def _read_on(self) -> None:
        query = {"changed": {"$gte": self._seen - _OVERLAP}} if self._seen else {}
        async for document in self._absorptions.find(query):
            number = document["_id"]
            into = document["into"] if document["into"] != number else None
            if self._into.get(number) != into:
                self._stale = True  # not a local: a look at the same time may have met it first
                if into is None:
                    del self._into[number]
                else:
                    self._into[number] = into
            self._seen = max(self._seen or document["changed"], document["changed"])
        if self._stale:
            self._absorbed, self._stale = bitmaps.numbers(self._into), False

    def _survivor(self, number: int) -> int:
        passed = {number}
        while (following := self._into.get(number)) is not None and following not in passed:
            number = following
            passed.add(number)
        return number


INDEXES: tuple[tuple[str, list[tuple[str, int]], dict[str, Any]], ...] = (
    (COLLECTION, [("changed", ASCENDING)], {"name": "changed"}),
)
