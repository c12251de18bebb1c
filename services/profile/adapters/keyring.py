"""Data keys in MongoDB: one per record, wrapped by the installation's key, in a database of their own.

Promise: a key is durable before anything is encrypted with it, and is nowhere once destroyed, except for a minute in
this process's memory: others ask the store when a key is not at hand.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

from pymongo.errors import BulkWriteError

from chassis.crypto import DataKey, Sealer
from chassis.mongo import duplicates
from chassis.mongo.session import Database

MOST_CACHED = 20_000
"""Keys at hand, about 200 bytes each."""


class MongoKeyring:
    """Keys at hand and their store."""

    def __init__(self, database: Database, installation_key: bytes) -> None:
        self._keys = database["data_keys"]
        self._sealer = Sealer(installation_key, "data-keys")
        self._cache: dict[str, DataKey] = {}

    def get(self, owner: str) -> DataKey | None:
        """Return a key that was brought to hand; None when it is destroyed or was never made."""
        return self._cache.get(owner)

    async def ensure(self, records: Sequence[str]) -> None:
        """Make the keys of new records; one that exists stays."""
        if not records:
            return
        fresh = {record: DataKey.fresh() for record in dict.fromkeys(records)}
        documents = [
            {"_id": record, "wrapped": self._sealer.seal(key.raw, record.encode())} for record, key in fresh.items()
        ]
        try:
            await self._keys.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            known = {documents[failure["index"]]["_id"] for failure in duplicates(error)}
            fresh = {record: key for record, key in fresh.items() if record not in known}
            await self.fetch(known)
        self._keep(fresh)

    async def fetch(self, records: Iterable[str]) -> None:
        """Bring keys to hand."""
        wanted = [record for record in set(records) if record not in self._cache]
        if not wanted:
            return
        found: dict[str, DataKey] = {}
        async for document in self._keys.find({"_id": {"$in": wanted}}):
            found[document["_id"]] = DataKey(self._sealer.open(bytes(document["wrapped"]), document["_id"].encode()))
        self._keep(found)

    async def destroy(self, records: Sequence[str]) -> None:
        """Destroy keys for good."""
        await self._keys.delete_many({"_id": {"$in": list(records)}})
        for record in records:
            self._cache.pop(record, None)

    async def page(self, after: str, before: str, most: int) -> list[str]:
        """Give owners of keys between two ids, in order."""
        found = self._keys.find({"_id": {"$gt": after, "$lt": before}}, {"_id": 1}).sort("_id", 1).limit(most)
        return [document["_id"] async for document in found]

    def forget(self) -> None:
        """Drop what is at hand, so that a key destroyed by another process is not used for long."""
        self._cache.clear()

    def _keep(self, found: dict[str, DataKey]) -> None:
        self._cache.update(found)
        surplus = len(self._cache) - MOST_CACHED
        if surplus > 0:
            for record in list(islice(self._cache, surplus)):
                del self._cache[record]
