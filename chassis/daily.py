"""What is begun once a day.

Promise: whatever `begin` asks for is asked for on every day that the process sees, at most `every` seconds late; an
engine that is away only delays it. Every worker asks, and after a restart again: `begin` makes of it what happens once
(an operation whose id is made of the day).
"""

import asyncio
from collections.abc import Awaitable, Callable

from pymongo.errors import PyMongoError

from chassis.kernel import Clock, Problem
from chassis.telemetry.logs import log


def daily(
    begin: Callable[[str], Awaitable[None]], clock: Clock, *, every: float, first: float = 0.0
) -> Callable[[], Awaitable[None]]:
    """Return the loop that begins each day's work, the first after `first` seconds; days are UTC's, ISO 8601."""

    async def look() -> None:
        begun = ""
        await asyncio.sleep(first)
        while True:
            today = clock.now().date().isoformat()
            try:
                if today != begun:
                    await begin(today)
                    begun = today
            except Problem as problem:
                log().warning("day.waiting", reason=problem.reason)
            except PyMongoError as error:
                log().warning("day.waiting", kind=type(error).__name__)
            await asyncio.sleep(every)

    return look
