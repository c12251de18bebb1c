"""What is begun once a day."""

import asyncio
from datetime import UTC, datetime, timedelta

from pymongo.errors import AutoReconnect

from chassis.daily import daily
from chassis.kernel import FixedClock
from tests.polling import until


async def test_a_day_is_begun_once_and_one_that_could_not_be_is_tried_again() -> None:
    clock, begun = FixedClock(datetime(2026, 3, 1, 23, tzinfo=UTC)), list[str]()

    async def begin(day: str) -> None:
        begun.append(day)
        if len(begun) == 1:
            raise AutoReconnect

    loop = asyncio.ensure_future(daily(begin, clock, every=0.01)())
    try:
        await until(lambda: len(begun) == 2)
        clock.advance(timedelta(hours=1))
        await until(lambda: len(begun) == 3)
        clock.advance(timedelta(hours=1))
        await asyncio.sleep(0.05)  # five more looks on the same day
    finally:
        loop.cancel()

    assert begun == ["2026-03-01", "2026-03-01", "2026-03-02"]
