"""Profile upsert to the bus's acknowledgement, half of the records known, beside bulk writes of the same documents.

The ceiling takes the very documents that our run left (commits, keys, identity keys, views), prepared beforehand, and
writes them in bulks of a thousand with the same write concern into collections that hold what ours held before and have
the same indexes. Rounds of ours and of the ceiling alternate, so that a busy machine bears on both.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import InsertOne, ReplaceOne

from benchmarks.figures import Figure, rates
from benchmarks.ground import Ground, ground
from benchmarks.people import BASE, SOURCE, drafts
from chassis.mongo import Lanes
from chassis.mongo.session import Collection, Document
from chassis.process import Engines, open_engines
from chassis.relay import Relay
from services.profile.adapters.views import NAME as VIEWS
from services.profile.app import App
from services.profile.bootstrap import migrate, wire
from services.profile.commands import StagedDraft, put_records
from services.profile.config import Settings

BULK = 1_000
ROUNDS = 3


async def measure(scale: float) -> list[Figure]:
    """Write 10,000 records three times, half of them known (100,000 at scale 10)."""
    with ground() as where:
        return await _measure(where, int(10_000 * scale))


async def _measure(where: Ground, count: int) -> list[Figure]:
    settings = Settings(**where.settings())
    engines = await open_engines(settings, "profile")
    await migrate(settings, engines)
    app = wire(settings, engines)
    await app.settings.add_base(BASE)
    await app.settings.add_source(SOURCE)
    lanes = Lanes(engines.database)
    relay = Relay(engines.database, [VIEWS], engines.publisher, engines.clock)
    worker = [asyncio.create_task(lanes.run(_idle)), asyncio.create_task(relay.run(lanes))]
    try:
        rounds = [await _round(app, engines, range(start, start + count)) for start in range(0, ROUNDS * count, count)]
    finally:
        for task in worker:
            task.cancel()
        await asyncio.gather(*worker, return_exceptions=True)
        await engines.mongo.client.drop_database(engines.database.name)
        await engines.close()
    note = "bulk_write of the same commits, keys, identity keys and views"
    return [rates(f"profile upsert, {count:,} records, half known", rounds, "records/s", 0.40, note)]


async def _idle(_lane: int) -> None:
    await asyncio.Event().wait()


async def _round(app: App, engines: Engines, numbers: Sequence[int]) -> tuple[float, float]:
    """Give the records a second of ours and of the ceiling."""
    views = engines.database[VIEWS]
    await _put(app, drafts(numbers[::2], datetime(2026, 1, 1, tzinfo=UTC), "ru"))
    await _published(views)
    before = await _stored(engines)
    observed = drafts(numbers, datetime(2026, 2, 1, tzinfo=UTC), "en")
    began = time.perf_counter()
    await _put(app, observed)
    await _published(views)
    ours = time.perf_counter() - began
    ceiling = await _ceiling(engines, before, await _stored(engines))
    return len(numbers) / ours, len(numbers) / ceiling


async def _put(app: App, observed: Sequence[StagedDraft]) -> None:
    results = await put_records(observed, app)
    assert all(result.action in {"created", "updated"} for result in results), "every record is written"


async def _published(views: Collection) -> None:
    while await views.count_documents({"unpublished": True}, limit=1):  # noqa: ASYNC110 - the relay marks them
        await asyncio.sleep(0.01)


Documents = Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class _Collection:
    """A collection that a write touches, with its documents by id."""

    name: str
    indexes: Mapping[str, Any]
    documents: Documents


async def _stored(engines: Engines) -> list[_Collection]:
    """Give what the collections of a write hold."""
    found = []
    for database, name in ((engines.mongo.database("keys"), "data_keys"), (engines.database, "identity_keys"),
                           (engines.database, "commits"), (engines.database, VIEWS)):  # fmt: skip
        documents = {document["_id"]: document async for document in database[name].find({})}
        found.append(_Collection(name, await database[name].index_information(), documents))
    return found


async def _ceiling(engines: Engines, before: Sequence[_Collection], after: Sequence[_Collection]) -> float:
    """Bring the same collections from the state before to the one after by bulk writes alone; gives the seconds."""
    target = engines.mongo.database("ceiling")
    await target.client.drop_database(target.name)
    work: list[tuple[str, list[Any]]] = []
    for old, new in zip(before, after, strict=True):
        for index, stated in new.indexes.items():
            if index != "_id_":
                options = {key: value for key, value in stated.items() if key not in {"v", "key", "ns"}}
                await target[new.name].create_index(stated["key"], name=index, **options)
        if old.documents:
            await target[new.name].insert_many(list(old.documents.values()), ordered=False)
        changed = {key: each for key, each in new.documents.items() if each != old.documents.get(key)}
        writes = [
            ReplaceOne({"_id": key}, each) if key in old.documents else InsertOne(each) for key, each in changed.items()
        ]
        work += [(new.name, writes[start : start + BULK]) for start in range(0, len(writes), BULK)]
    began = time.perf_counter()
    for name, operations in work:
        await target[name].bulk_write(operations, ordered=False)
    return time.perf_counter() - began
