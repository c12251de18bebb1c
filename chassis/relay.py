"""The relay: the only one who publishes. One per worker, for the lanes that it holds.

It follows the change stream of the service's outbox collections and publishes from the change event itself where the
document is in it; the documents of updates are read by one question for all that arrived together, because the server
would look each of them up alone, and for every worker. It publishes in order of the document's revision, never a later
fact of a document while an earlier one is unpublished, and marks with one `update_many` per distinct revision. Looking
through the partial index is only for start and recovery and runs beside the stream.

Promise: every fact of every outbox is published at least once, soon; repeats carry the same message id. A mark lost
to a concurrent replacement only publishes again. A bus that comes back without what it acknowledged is filled again
from what the outboxes still keep; what is older than that is the business of its owner's Scan.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.errors import PyMongoError

from chassis.bus import BusUnavailable, Publisher
from chassis.kernel import Clock
from chassis.mongo.lanes import Lanes
from chassis.mongo.session import Collection, Database, Document
from chassis.outbox import FIELDS, RETENTION, Fact, from_entry, waiting
from chassis.telemetry import metrics
from chassis.telemetry.logs import log
from chassis.together import together

_PROJECTION = dict.fromkeys(("_id", *FIELDS), 1)
_BATCH = 512  # one flight of the publisher
_SWEEP_EVERY = 60.0
INDEX = "unpublished_lane"
SWEEP_INDEX = "published_at"


async def ensure_indexes(collection: Collection) -> None:
    """Create what the relay looks through; called by a service's migration for each outbox collection."""
    await collection.create_index([("lane", ASCENDING)], name=INDEX, partialFilterExpression={"unpublished": True})
    await collection.create_index([("published_at", ASCENDING)], name=SWEEP_INDEX, sparse=True)


class Relay:
    """Publishes the outboxes of some collections."""

    def __init__(self, database: Database, collections: Sequence[str], publisher: Publisher, clock: Clock) -> None:
        self._database, self._names = database, tuple(collections)
        self._publisher, self._clock = publisher, clock
        self._returned = asyncio.Event()
        self._missing: set[str] = set()  # topics that have to be filled again

    async def on_bus_returned(self) -> None:
        """Hear that the bus was away; whether it lost anything is looked at by `run`."""
        self._returned.set()

    async def run(self, lanes: Lanes) -> None:
        """Publish the held lanes until cancelled: what waits from before beside what arrives.

        One change stream serves all lanes (each stream reads the whole log); it is opened anew when lanes change.
        """
        while True:
            held = lanes.held
            if not held:
                await asyncio.sleep(0.2)
                continue
            try:
                async with self._stream(held) as stream:
                    await together(
                        self._recover_and_rest(held),
                        self._sweep(held),
                        self._refill_lost(held),
                        self._follow(stream, held),
                        _until_changed(lanes, held),
                    )
            except _LanesChanged:
                pass
            except (PyMongoError, BusUnavailable) as failure:
                log().warning("relay.waiting", kind=type(failure).__name__)
                await asyncio.sleep(0.5)

    @contextlib.asynccontextmanager
    async def _stream(self, held: frozenset[int]) -> AsyncIterator[Any]:
        fields = {f"fullDocument.{name}": 1 for name in ("_id", *FIELDS)}
        pipeline: list[Document] = [
            {
                "$match": {
                    "ns.coll": {"$in": list(self._names)},
                    "$or": [
                        {
                            "operationType": {"$in": ["insert", "replace"]},
                            "fullDocument.lane": {"$in": sorted(held)},
                            "fullDocument.unpublished": True,
                        },
                        # Marks and sweeps change no revision; they must not wake the relay that made them.
                        {"operationType": "update", "updateDescription.updatedFields.revision": {"$exists": True}},
                    ],
                }
            },
            {"$project": {"_id": 1, "ns": 1, "documentKey": 1, **fields}},
        ]
        stream = await self._database.watch(pipeline, batch_size=_BATCH)
        async with stream:
            yield stream

    async def _follow(self, stream: Any, held: frozenset[int]) -> None:
        while True:
            batch: list[tuple[str, Document]] = []
            updated: dict[str, list[Any]] = {}
            count = 0
            change = await stream.next()
            while change is not None:
                name, count = change["ns"]["coll"], count + 1
                if "fullDocument" in change:
                    batch.append((name, change["fullDocument"]))
                else:
                    updated.setdefault(name, []).append(change["documentKey"]["_id"])
                change = await stream.try_next() if count < _BATCH and _buffered(stream) else None
            for name, keys in updated.items():
                found = await self._waiting(name, held, {"_id": {"$in": keys}}).to_list()
                batch += [(name, document) for document in found]
            await self._bring(batch)

    def _waiting(self, name: str, held: frozenset[int], among: Document) -> AsyncCursor[Document]:
        """Ask for documents of these lanes with facts that are not on the bus."""
        query = {**among, "lane": {"$in": sorted(held)}, "unpublished": True}
        return self._database[name].find(query, _PROJECTION)

    async def _recover_and_rest(self, held: frozenset[int]) -> None:
        await self._recover(held)
        await asyncio.Event().wait()  # the others go on

    async def _recover(self, held: frozenset[int]) -> None:
        """Publish what a dead relay or an unreachable bus left behind."""
        for name in self._names:
            while True:
                found = await self._waiting(name, held, {}).hint(INDEX).limit(_BATCH).to_list()
                if not found:
                    break
                await self._bring([(name, document) for document in found])

    async def _bring(self, batch: Iterable[tuple[str, Document]]) -> None:
        """Publish the waiting facts of some documents, then mark them."""
        newest: dict[tuple[str, Any], Document] = {}
        for name, document in batch:
            key = (name, document["_id"])
            if key not in newest or newest[key]["revision"] < document["revision"]:
                newest[key] = document
        facts: list[Fact] = []
        for document in newest.values():
            facts += waiting(document)
        if facts:
            await self._publisher.publish(facts)
        await self._mark(newest)
        metrics.published(self._database.name, len(facts))

    async def _mark(self, documents: Mapping[tuple[str, Any], Document]) -> None:
        groups: dict[tuple[str, int], list[Any]] = {}
        for (name, key), document in documents.items():
            groups.setdefault((name, document["revision"]), []).append(key)
        now = self._clock.now()
        for (name, revision), keys in groups.items():
            await self._mark_group(self._database[name], keys, revision, now)

    async def _mark_group(self, collection: Collection, keys: list[Any], revision: int, now: datetime) -> None:
        """Mark a revision of some documents as published; where a later one stands by now, its facts go on waiting."""
        told = {"published": revision, "published_at": now}
        result = await collection.update_many(
            {"_id": {"$in": keys}, "revision": revision}, {"$set": told, "$unset": {"unpublished": ""}}
        )
        if result.matched_count < len(keys):
            await collection.update_many(
                {"_id": {"$in": keys}, "revision": {"$gt": revision}},
                {"$max": {"published": revision}, "$set": {"published_at": now}},
            )

    async def _sweep(self, held: frozenset[int]) -> None:
        """Drop facts that have been on the bus longer than the retention."""
        while True:
            limit = self._clock.now() - RETENTION
            for name in self._names:
                await self._database[name].update_many(
                    {"published_at": {"$lt": limit}, "lane": {"$in": sorted(held)}, "unpublished": {"$exists": False}},
                    {"$set": {"outbox": []}, "$unset": {"published_at": ""}},
                )
            await asyncio.sleep(_SWEEP_EVERY)

    async def _refill_lost(self, held: frozenset[int]) -> None:
        """Fill the bus again whenever it came back with less than it acknowledged."""
        while True:
            await self._returned.wait()
            self._returned.clear()
            try:
                self._missing.update(await self._publisher.lost())
                if self._missing:
                    count = await self._refill(held, self._clock.now() - RETENTION)
                    log().error("relay.refilled", topics=sorted(self._missing), facts=count)
                    self._missing.clear()
            except BaseException:
                self._returned.set()  # whoever follows after the break, or with other lanes, begins again
                raise

    async def _refill(self, held: frozenset[int], since: datetime) -> int:
        """Publish again every kept fact of documents that were published since a moment; answers how many."""
        count = 0
        for name in self._names:
            query = {"lane": {"$in": sorted(held)}, "published_at": {"$gte": since}}
            cursor = self._database[name].find(query, _PROJECTION).sort("published_at", ASCENDING)
            while documents := await cursor.to_list(_BATCH):
                facts = [from_entry(entry) for document in documents for entry in document["outbox"]]
                await self._publisher.publish(facts)
                count += len(facts)
        return count


class _LanesChanged(Exception):  # noqa: N818 - ends the follower, so that it opens anew
    pass


async def _until_changed(lanes: Lanes, held: frozenset[int]) -> None:
    while lanes.held == held:  # noqa: ASYNC110 - held depends on the clock, nothing fires when a lease runs out
        await asyncio.sleep(0.5)
    raise _LanesChanged


def _buffered(stream: Any) -> bool:
    """Tell whether the stream has events at hand, so that a batch is filled without a round trip of waiting."""
    cursor = getattr(stream, "_cursor", None)
    return bool(cursor is not None and len(getattr(cursor, "_data", ())))
