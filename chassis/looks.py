"""What a process looks at every fifteen seconds to tell how it stands: lags, ages, its own loop.

Promise: a look that fails changes nothing but its own number, which keeps its last value and is told as old by the log.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from nats.js.errors import NotFoundError
from pymongo.errors import PyMongoError

from chassis.bus import Bus, Consumer
from chassis.bus.connection import UNAVAILABLE
from chassis.bus.subjects import durable_name, stream_name
from chassis.kernel import Clock, Problem
from chassis.mongo.lanes import Lanes
from chassis.mongo.session import Database
from chassis.relay import INDEX
from chassis.telemetry import metrics
from chassis.telemetry.logs import log

EVERY = 15.0
_TICK = 0.5
# Of entries of the index that were just removed the engine walks over many: a look must not cost more than it tells.
_PATIENCE_MS = 500
_AMONG = 20

Look = Callable[[], Awaitable[None]]


async def watch(looks: Sequence[Look], every: float = EVERY) -> None:
    """Look again and again until cancelled."""
    while True:
        for look in looks:
            try:
                await look()
            except (PyMongoError, Problem, *UNAVAILABLE) as error:
                log().warning("metrics.not_taken", kind=type(error).__name__)
        await asyncio.sleep(every)


async def watch_loop() -> None:
    """Note how late the loop wakes this one up, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _TICK
        await asyncio.sleep(_TICK)
        metrics.LOOP.observe(max(loop.time() - due, 0.0))


def lag_of(bus: Bus, consumers: Sequence[Consumer], lanes: Lanes) -> Look:
    """Make the look at what waits for each consumer: not delivered yet, or delivered and not answered for."""

    async def look() -> None:
        held = sorted(lanes.held)
        for consumer in consumers:
            stream, count = stream_name(bus.namespace, consumer.topic), 0
            for lane in held:
                with contextlib.suppress(NotFoundError):  # a lane that was taken just now
                    name = durable_name(bus.service, consumer.purpose, lane)
                    info = await bus.jetstream.consumer_info(stream, name)
                    count += (info.num_pending or 0) + (info.num_ack_pending or 0)
            metrics.LAG.labels(bus.service, consumer.purpose).set(count)

    return look


def oldest_fact_of(database: Database, collections: Sequence[str], lanes: Lanes, clock: Clock) -> Look:
    """Make the look at the oldest fact that the relay has not brought to the bus."""

    async def look() -> None:
        now = oldest = clock.now()
        for name in collections:
            query = {"lane": {"$in": sorted(lanes.held)}, "unpublished": True}
            found = database[name].find(query, {"outbox.body": 0}, hint=INDEX, limit=_AMONG, max_time_ms=_PATIENCE_MS)
            async for document in found:
                times = [
                    entry["time"] for entry in document["outbox"] if entry["revision"] > document.get("published", 0)
                ]
                oldest = min([oldest, *times])
        metrics.UNPUBLISHED.labels(database.name).set((now - oldest).total_seconds())

    return look
