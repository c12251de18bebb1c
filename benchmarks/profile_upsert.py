"""Profile upsert to the bus's acknowledgement, half of the records known, beside bulk writes of the same documents.

The ceiling takes the very documents that our run left (commits, keys, identity keys, views), prepared beforehand, and
writes them in bulks of a thousand with the same write concern into collections with the same indexes.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pymongo import InsertOne, ReplaceOne

from benchmarks.figures import Figure, rate
from benchmarks.ground import Ground, ground
from chassis.mongo import Lanes
from chassis.mongo.session import Collection, Document
from chassis.process import Engines, open_engines
from chassis.relay import Relay
from services.profile.adapters.views import NAME as VIEWS
from services.profile.app import App
from services.profile.bootstrap import migrate, wire
from services.profile.commands import StagedDraft, put_records
from services.profile.config import Settings
from services.profile.domain.record import Affiliation, Contact, ContactPoint, RecordDraft
from services.profile.domain.sources import Base, Source

BULK = 1_000
SOURCE = Source(key="registry", base="main", kind="hcp", title="Registry", confirms=frozenset({"email"}), priority=100)


def _drafts(numbers: Sequence[int], observed: datetime, version: str) -> list[StagedDraft]:
    drawn = random.Random(1)
    return [
        StagedDraft(
            RecordDraft(
                source=SOURCE.key,
                key=f"row-{number}",
                base="main",
                kind="hcp",
                attributes={
                    "family_name": f"Фамилия{number}",
                    "given_name": f"Имя{number % 97}",
                    "patronymic": f"Отчество{number % 89}",
                    "city": "moscow",
                    "language": version,
                },
                contacts=(
                    Contact(ContactPoint("email", f"person{number}@example.org"), observed),
                    Contact(ContactPoint("phone", f"+7916{number:07d}"), None),
                ),
                affiliations=tuple(
                    Affiliation(None, f"Клиника {drawn.randrange(200)}", "paediatrics", "врач", None, None, "moscow",
                                "moscow", None, None)
                    for _ in range(2)
                ),
                external_ids=(),
                consents=(),
                observed_at=observed,
            ),
            row=str(number),
        )
        for number in numbers
    ]  # fmt: skip


async def measure(scale: float) -> list[Figure]:
    """Write 10,000 records, half of them known (100,000 at scale 10)."""
    with ground() as where:
        return await _measure(where, int(10_000 * scale))


async def _measure(where: Ground, count: int) -> list[Figure]:
    settings = Settings(**where.settings())
    engines = await open_engines(settings, "profile")
    await migrate(settings, engines)
    app = wire(settings, engines)
    await app.settings.add_base(Base("main", "Main"))
    await app.settings.add_source(SOURCE)
    lanes = Lanes(engines.database, tick=0.1)
    relay = Relay(engines.database, [VIEWS], engines.publisher, engines.clock)
    worker = [asyncio.create_task(lanes.run(_idle)), asyncio.create_task(relay.run(lanes))]
    try:
        known = range(0, count, 2)
        await _put(app, _drafts(known, datetime(2026, 1, 1, tzinfo=UTC), "ru"))
        await _published(engines.database[VIEWS])
        drafts = _drafts(range(count), datetime(2026, 2, 1, tzinfo=UTC), "en")
        began = time.perf_counter()
        await _put(app, drafts)
        await _published(engines.database[VIEWS])
        ours = count / (time.perf_counter() - began)
        ceiling = await _ceiling(where, engines, count)
    finally:
        for task in worker:
            task.cancel()
        await asyncio.gather(*worker, return_exceptions=True)
        await engines.close()
    note = "bulk_write of the same commits, keys, identity keys and views"
    return [rate(f"profile upsert, {count:,} records, half known", ours, ceiling, "records/s", 0.40, note)]


async def _idle(_lane: int) -> None:
    await asyncio.Event().wait()


async def _put(app: App, drafts: Sequence[StagedDraft]) -> None:
    for start in range(0, len(drafts), BULK):
        results = await put_records(drafts[start : start + BULK], app)
        assert all(result.action in {"created", "updated"} for result in results), "every record is written"


async def _published(views: Collection) -> None:
    while await views.count_documents({"unpublished": True}, limit=1):  # noqa: ASYNC110 - the relay marks them
        await asyncio.sleep(0.01)


async def _ceiling(where: Ground, engines: Engines, count: int) -> float:
    """Write what the second half of our run wrote: new documents inserted, known ones replaced."""
    del where
    target = engines.mongo.database("ceiling")
    for name, keys in (("commits", [("stream", 1), ("version", 1)]), (VIEWS, [("partition", 1), ("_id", 1)])):
        await target[name].create_index(keys)
    await target[VIEWS].create_index([("status", 1), ("no", 1)])
    new: dict[str, list[Document]] = {}
    old: dict[str, list[Document]] = {}
    commits = await engines.database["commits"].find({}).to_list()
    newest = {commit["stream"]: commit for commit in sorted(commits, key=lambda each: each["version"])}
    new["commits"] = list(newest.values())
    for database, name in ((engines.mongo.database("keys"), "data_keys"), (engines.database, "identity_keys"),
                           (engines.database, VIEWS)):  # fmt: skip
        documents = await database[name].find({}).to_list()
        half = len(documents) // 2
        new[name] = documents[half:]
        if name == VIEWS:
            old[name] = documents[:half]
            await target[name].insert_many(documents[:half])
    work: list[tuple[str, list[Any]]] = []
    for name, documents in new.items():
        work += [
            (name, [InsertOne(document) for document in documents[start : start + BULK]])
            for start in range(0, len(documents), BULK)
        ]
    for name, documents in old.items():
        work += [
            (name, [ReplaceOne({"_id": one["_id"]}, one) for one in documents[start : start + BULK]])
            for start in range(0, len(documents), BULK)
        ]
    began = time.perf_counter()
    for name, operations in work:
        await target[name].bulk_write(operations, ordered=False)
    return count / (time.perf_counter() - began)
