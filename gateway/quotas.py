"""Quotas: how many calls a key may make in a minute of the clock, counted over all processes of the door.

Promise: a key without a quota costs nothing; of those with one each call that is let in is counted before it goes on,
and every answer says what is left (`RateLimit-*`). A call that is refused for it was not carried out.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ReturnDocument

from chassis.kernel import Clock
from chassis.mongo import asked
from chassis.mongo.session import Collection
from gateway.problems import Refusal
from gateway.refusals import RequestRefused

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a key may still do: of `limit` calls `remaining` are left until `reset` seconds are over."""

    limit: int
    remaining: int
    reset: int

    def headers(self) -> list[tuple[str, str]]:
        """Return what every answer to the key says of it."""
        told = {"Limit": self.limit, "Remaining": self.remaining, "Reset": self.reset}
        return [(f"RateLimit-{name}", str(value)) for name, value in told.items()]

    def refusal(self) -> RequestRefused:
        """Return what a call beyond the quota is answered."""
        detail = f"The key may make {self.limit} calls a minute; the next minute begins in {self.reset} s."
        return RequestRefused(Refusal(429, "QUOTA_SPENT", detail, retry_after=self.reset))


class Quotas:
    """Counts of the present minute in MongoDB; the server removes what is over by a TTL index."""

    def __init__(self, counts: Collection, clock: Clock) -> None:
        self._counts, self._clock = counts, clock
        self._spent: dict[str, datetime] = {}

    async def migrate(self) -> None:
        """Create the TTL index."""
        await self._counts.create_index("gone_at", name="gone_at", expireAfterSeconds=0)

    async def take(self, key: str, limit: int) -> tuple[Allowance, bool]:
        """Count one call; gives what is left, and whether the call may be made.

        Raises:
            Problem: transient, when MongoDB is away: what cannot be counted is not let in.
        """
        now = self._clock.now()
        minute = now.replace(second=0, microsecond=0)
        reset = math.ceil((minute + MINUTE - now).total_seconds())
        if self._spent.get(key) == minute:
            # Whoever goes on knocking costs the store nothing.
            return Allowance(limit, 0, reset), False
        with asked():
            found = await self._counts.find_one_and_update(
                {"_id": f"{key}/{minute:%Y%m%d%H%M}"},
                {"$inc": {"calls": 1}, "$setOnInsert": {"gone_at": minute + 2 * MINUTE}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        assert found is not None  # noqa: S101 - it was made if it was not there
        calls = int(found["calls"])
        if calls > limit:
            self._spent = {**{each: when for each, when in self._spent.items() if when == minute}, key: minute}
        return Allowance(limit, max(0, limit - calls), reset), calls <= limit
