"""Migrations: numbered steps per service, run once each by `migrate`, never at import.

Steps only add (expand); what an older version still reads is removed a version later (contract). A lease keeps two
`migrate` runs apart, renewed however long a step takes; each step is idempotent, because a kill may come between a
step and its mark.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from chassis.kernel import new_id
from chassis.mongo.asking import MongoUnavailable, asked
from chassis.mongo.clock import from_now
from chassis.mongo.session import Database
from chassis.telemetry.logs import log
from chassis.together import ended

_LEASE = timedelta(minutes=2)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, what it is for, what it does."""

    number: int
    title: str
    run: Callable[[Database], Awaitable[None]]


async def migrate(database: Database, steps: Sequence[Migration], *, lease: timedelta = _LEASE) -> int:
    """Run the steps that were not run yet, in order; answers how many."""
    assert [step.number for step in steps] == sorted({step.number for step in steps}), "numbers rise"  # noqa: S101
    owner = new_id()
    await _acquire(database, owner, lease)
    renewing = asyncio.create_task(_renew(database, owner, lease))
    count = 0
    try:
        known = {document["_id"] async for document in database["migrations"].find({"_id": {"$type": "number"}})}
        for step in steps:
            if step.number in known:
                continue
            await step.run(database)
            await database["migrations"].update_one(
                {"_id": step.number}, {"$set": {"title": step.title, "run_at": datetime.now(UTC)}}, upsert=True
            )
            log().info("migration.run", number=step.number)
            count += 1
    finally:
        await ended([renewing])
        await database["migrations"].delete_one({"_id": "lease", "owner": owner})
    return count


async def _acquire(database: Database, owner: str, lease: timedelta) -> None:
    free = {"_id": "lease", "$expr": {"$lt": ["$until", "$$NOW"]}}
    while not (await database["migrations"].update_one(free, [{"$set": _held(owner, lease)}])).matched_count:
        try:
            await database["migrations"].insert_one({"_id": "lease", "owner": "", "until": _LONG_AGO})
        except DuplicateKeyError:
            await asyncio.sleep(0.2)


def _held(owner: str, lease: timedelta) -> dict[str, Any]:
    """Give what a lease holds, by the server's clock."""
    return {"owner": owner, "until": from_now(lease)}


async def _renew(database: Database, owner: str, lease: timedelta) -> None:
    """Keep the lease while a step runs; one that was lost meanwhile is told, the steps bear it."""
    while True:
        await asyncio.sleep(lease.total_seconds() / 4)
        try:
            with asked():
                kept = await database["migrations"].update_one(
                    {"_id": "lease", "owner": owner}, [{"$set": _held(owner, lease)}]
                )
        except MongoUnavailable as error:
            log().warning("migration.lease_waiting", kind=type(error.__cause__).__name__)
            continue
        if not kept.matched_count:
            log().warning("migration.lease_lost")
            return


async def record_release(database: Database, release: str) -> None:
    """Keep that everything a release migrates is migrated; a release without a name is not kept."""
    if release:
        await database["migrations"].update_one(
            {"_id": f"release:{release}"}, {"$set": {"run_at": datetime.now(UTC)}}, upsert=True
        )


async def await_release(database: Database, release: str, *, every: float = 1.0) -> None:
    """Wait until a release is migrated, saying so once; without a name nothing is waited for."""
    told = False
    while release:
        with contextlib.suppress(MongoUnavailable), asked():
            if await database["migrations"].find_one({"_id": f"release:{release}"}):
                return
            if not told:
                log().warning("migration.awaited", release=release)
                told = True
        await asyncio.sleep(every)
