"""Lanes: eight shares of a service's unattended work, each leased to one worker at a time.

Promise: a lane is worked by at most one live worker as long as clocks of processes do not stop; leases are judged by
the server's clock. They overlap when a process freezes, so every write of state is also a compare-and-set: the lease
only saves work. Workers share lanes evenly and take over those of a dead one after `LEASE`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from pymongo.errors import DuplicateKeyError, PyMongoError

from chassis.kernel import LANES, new_id
from chassis.mongo.clock import from_now
from chassis.mongo.session import Database
from chassis.telemetry import metrics
from chassis.telemetry.logs import log
from chassis.together import ended

LEASE = timedelta(seconds=15)
TICK = 3.0
_GONE_AFTER = 600_000  # milliseconds
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Lanes:
    """Holds this worker's lanes and keeps their leases alive."""

    def __init__(self, database: Database, *, lease: timedelta = LEASE, tick: float = TICK) -> None:
        self._leases = database["leases"]
        self._lease, self._tick = lease, tick
        self.owner = new_id()
        self._held: dict[int, float] = {}
        self._surplus: set[int] = set()  # ours by lease, to be given to others once their work has ended

    @property
    def held(self) -> frozenset[int]:
        """Give the lanes whose lease has not run out by this process's own clock."""
        limit = time.monotonic() - self._lease.total_seconds()
        return frozenset(lane for lane, renewed in self._held.items() if renewed > limit)

    async def run(self, work: Callable[[int], Awaitable[None]]) -> None:
        """Work lanes until cancelled: `work(lane)` runs while the lane is held and is cancelled when it is lost.

        A `work` that ends or fails is begun again at the next tick; a lane is given to others when its work has ended.
        """
        tasks: dict[int, asyncio.Task[None]] = {}
        try:
            while True:
                try:
                    await self._balance()
                except PyMongoError as error:
                    log().warning("lanes.waiting", kind=type(error).__name__)
                held = self.held
                metrics.LANES.labels(self._leases.database.name).set(len(held))
                for lane in [lane for lane, task in tasks.items() if task.done()]:
                    task = tasks.pop(lane)
                    if not task.cancelled() and task.exception() is not None:
                        log().error("lanes.work_failed", lane=lane, kind=type(task.exception()).__name__)
                await ended([tasks.pop(lane) for lane in tasks.keys() - held])
                await self._give_surplus()
                for lane in held - tasks.keys():
                    tasks[lane] = asyncio.create_task(_run(work, lane), name=f"lane-{lane}")
                await asyncio.sleep(self._tick)
        finally:
            await ended(list(tasks.values()))
            await self.release()

    async def release(self) -> None:
        """Give everything back at once, so that another worker need not wait for the leases to run out."""
        try:
            await self._leases.delete_many({"owner": self.owner})
        except PyMongoError as error:
            log().warning("lanes.not_released", kind=type(error).__name__)
        self._held.clear()
        self._surplus.clear()

    async def _balance(self) -> None:
        await self._claim(f"worker:{self.owner}")
        await self._leases.delete_many(  # crashed workers; a frozen one that wakes claims anew
            {"_id": {"$regex": "^worker:"}, "$expr": {"$lt": ["$until", {"$subtract": ["$$NOW", _GONE_AFTER]}]}}
        )
        workers = await self._leases.count_documents(
            {"_id": {"$regex": "^worker:"}, "$expr": {"$gt": ["$until", "$$NOW"]}}
        )
        share = -(-LANES // max(workers, 1))
        for lane in sorted(self._held):
            if not await self._claim(f"lane:{lane}"):
                del self._held[lane]
            else:
                self._held[lane] = time.monotonic()
        for lane in sorted(self._held)[share:]:
            self._surplus.add(lane)
            del self._held[lane]
        for lane in range(LANES):
            if len(self._held) >= share:
                break
            if lane not in self._held and lane not in self._surplus and await self._claim(f"lane:{lane}"):
                self._held[lane] = time.monotonic()

    async def _give_surplus(self) -> None:
        """Give others the lanes beyond this worker's share; before their work has ended two would work them."""
        for lane in sorted(self._surplus):
            try:
                await self._leases.delete_one({"_id": f"lane:{lane}", "owner": self.owner})
            except PyMongoError as error:
                log().warning("lanes.waiting", kind=type(error).__name__)  # it runs out by itself
            self._surplus.discard(lane)

    async def _claim(self, name: str) -> bool:
        """Take or renew a lease that is ours, free or run out, by the server's clock."""
        taken = {"owner": self.owner, "until": from_now(self._lease)}
        result = await self._leases.update_one(
            {"_id": name, "$expr": {"$or": [{"$eq": ["$owner", self.owner]}, {"$lt": ["$until", "$$NOW"]}]}},
            [{"$set": taken}],
        )
        if result.matched_count:
            return True
        try:
            # A lease that nobody ever held; `until` in the past, so that the next line sets it by the server's clock.
            await self._leases.insert_one({"_id": name, "owner": self.owner, "until": _LONG_AGO})
        except DuplicateKeyError:
            return False
        return bool(
            (await self._leases.update_one({"_id": name, "owner": self.owner}, [{"$set": taken}])).matched_count
        )


async def _run(work: Callable[[int], Awaitable[None]], lane: int) -> None:
    await work(lane)
