"""The time of day by the store's clock, so that a process on a machine whose clock is wrong dates nothing wrong.

Promise: `now` is MongoDB's time to within half of a round trip, whatever the machine's own clock says. Between two
looks, half a minute apart, the machine's count of seconds since its start goes on; nobody can set that.
"""

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta

from chassis.kernel import SystemClock, milliseconds
from chassis.mongo.asking import MongoUnavailable, asked
from chassis.mongo.session import Document, Session
from chassis.retry import patient
from chassis.telemetry.logs import log

LOOK_EVERY = 30.0
_LOOKS = 3  # the quickest of so many tells best
_TOLD = timedelta(milliseconds=1)  # the store tells whole milliseconds
_WRONG = 2.0  # seconds; half of what the principals of calls tolerate

# Goes on while the machine is suspended, where the system counts so.
_COUNT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class StoreClock:
    """Tells the time of the store; `store_clock` makes one."""

    def __init__(self, session: Session, start: datetime) -> None:
        self._session = session
        self._start = start
        self._wrong = False

    def now(self) -> datetime:
        """Give the present moment."""
        return milliseconds(self._start + _counted())

    async def follow(self) -> None:
        """Keep looking at the store's clock until cancelled; while the store is away the count goes on."""
        while True:
            self._compare()
            await asyncio.sleep(LOOK_EVERY)
            with contextlib.suppress(MongoUnavailable):
                start, doubt = await _look(self._session)
                if abs(start - self._start) > doubt:  # else a slow answer would replace a better one
                    self._start = start

    def _compare(self) -> None:
        """Tell the operator, once, that the machine's own clock differs."""
        seconds = (SystemClock().now() - self.now()).total_seconds()
        wrong = abs(seconds) > _WRONG
        if wrong and not self._wrong:
            log().warning("clock.wrong", seconds=round(seconds))
        self._wrong = wrong


async def store_clock(session: Session) -> StoreClock:
    """Make a clock by the store's, waiting for the store as long as it takes."""

    async def look() -> tuple[datetime, timedelta]:
        return await _look(session)

    start, _ = await patient(
        look,
        MongoUnavailable,
        lambda error: log().warning("mongodb.waiting", kind=type(error.__cause__).__name__),
    )
    return StoreClock(session, start)


def from_now(duration: timedelta) -> Document:
    """Give the moment so much later than now by the store's clock, for an update that the store works out itself."""
    return {"$add": ["$$NOW", int(duration.total_seconds() * 1000)]}


def _counted() -> timedelta:
    return timedelta(seconds=time.clock_gettime(_COUNT))


async def _look(session: Session) -> tuple[datetime, timedelta]:
    """Give the store's time when the count began, and how far that may be wrong."""
    looks: list[tuple[timedelta, datetime]] = []
    for _ in range(_LOOKS):
        before = _counted()
        with asked():
            hello = await session.client.admin.command("hello")
        half = (_counted() - before) / 2
        told: datetime = hello["localTime"].replace(tzinfo=UTC)  # a command's answer does not say the zone
        looks.append((half + _TOLD, told + _TOLD / 2 - before - half))
    doubt, start = min(looks)
    return start, doubt
