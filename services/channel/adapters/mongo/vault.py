"""What a letter said to whom, encrypted: one key per person, in a database of its own.

Promise: without the person's key nothing of it can be read; a destroyed key is never made again, so a late batch
cannot bring an erased person's values back. A key dies with the person, or ninety days after it was made; the next
letter then makes a new one, and what the old one sealed is kept no longer.
"""

from collections.abc import Sequence

import msgspec
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from chassis.crypto import DataKey, SealBroken, Sealer
from chassis.kernel import Clock
from chassis.mongo import duplicates
from chassis.mongo.session import Database, Document
from services.channel.domain.letter import LetterData


class _Kept(msgspec.Struct, array_like=True):
    address: str
    values: dict[str, object]


class Vault:
    """Seals and opens letters' variables."""

    def __init__(self, database: Database, installation_key: bytes, clock: Clock) -> None:
        self._keys = database["keys"]
        self._sealer = Sealer(installation_key, "channel-person-keys")
        self._clock = clock

    async def seal(self, wanted: Sequence[tuple[str, str, LetterData]]) -> dict[str, bytes]:
        """Seal (person, message, data) triples; gives the sealed data by message.

        A message of a person whose key is destroyed is left out.
        """
        keys = await self._ensure(sorted({person for person, _, _ in wanted}))
        return {
            message: keys[person].encrypt(
                msgspec.msgpack.encode(_Kept(data.address, dict(data.values))), message.encode()
            )
            for person, message, data in wanted
            if person in keys
        }

    async def open(self, person: str, message: str, sealed: bytes) -> LetterData | None:
        """Open a message's data; None when its key is destroyed or nothing was kept."""
        key = (await self._stored([person])).get(person)
        if key is None or not sealed:
            return None
        try:
            kept = msgspec.msgpack.decode(key.decrypt(sealed, message.encode()), type=_Kept)
        except SealBroken:  # sealed under a key whose ninety days are over
            return None
        return LetterData(kept.address, kept.values)

    async def _ensure(self, people: Sequence[str]) -> dict[str, DataKey]:
        known = await self._stored(people)
        missing = sorted({*people} - known.keys())
        if missing:
            fresh: dict[str, DataKey | None] = {person: DataKey.fresh() for person in missing}
            now = self._clock.now()
            made = [
                {"_id": person, "wrapped": self._wrap(key, person), "made_at": now}
                for person, key in fresh.items()
                if key is not None
            ]
            try:
                await self._keys.insert_many(made, ordered=False)
            except BulkWriteError as error:
                duplicates(error)
                # Another worker was first with some, or they are destroyed; what stands now counts.
                fresh = await self._stored(missing)
            known |= fresh
        return {person: key for person, key in known.items() if key is not None}

    async def _stored(self, people: Sequence[str]) -> dict[str, DataKey | None]:
        found = self._keys.find({"_id": {"$in": sorted({*people})}})
        return {document["_id"]: self._unwrap(document) async for document in found}

    def _wrap(self, key: DataKey, person: str) -> bytes:
        return self._sealer.seal(key.raw, person.encode())

    def _unwrap(self, document: Document) -> DataKey | None:
        wrapped = document.get("wrapped")
        return DataKey(self._sealer.open(bytes(wrapped), document["_id"].encode())) if wrapped else None

    async def destroy(self, people: Sequence[str]) -> None:
        """Destroy keys for good; a mark stays, so that a late batch does not make a new one."""
        change = {"$unset": {"wrapped": ""}, "$set": {"destroyed_at": self._clock.now()}}
        await self._keys.bulk_write([UpdateOne({"_id": person}, change, upsert=True) for person in people])
