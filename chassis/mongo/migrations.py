"""Migrations: numbered steps per service, run once each by `migrate`, never at import.

Steps only add (expand); what an older version still reads is removed a version later (contract). A lease keeps two
`migrate` runs apart; each step is idempotent, because a kill may come between a step and its mark.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pymongo.errors import DuplicateKeyError

from chassis.mongo.session import Database
from chassis.telemetry.logs import log

_LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, what it is for, what it does."""

    number: int
    title: str
    run: Callable[[Database], Awaitable[None]]


async def migrate(database: Database, steps: Sequence[Migration]) -> int:
    """Run the steps that were not run yet, in order; answers how many."""
    assert [step.number for step in steps] == sorted({step.number for step in steps}), "numbers rise"  # noqa: S101
    await _acquire(database)
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
        await database["migrations"].delete_one({"_id": "lease"})
    return count


async def _acquire(database: Database) -> None:
    while True:
        now = datetime.now(UTC)
        try:
            await database["migrations"].update_one(
                {"_id": "lease", "until": {"$lt": now}}, {"$set": {"until": now + _LEASE}}, upsert=True
            )
        except DuplicateKeyError:
            await asyncio.sleep(0.2)
        else:
            return
