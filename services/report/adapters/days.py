"""What is done once a day, remembered in MongoDB (`days`), so that a restart neither forgets nor repeats it."""

from collections.abc import Awaitable, Callable

from chassis.kernel import Clock
from chassis.mongo.session import Database


class MongoDays:
    """Knows on which day a work was done last."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._days, self._clock = database["days"], clock

    async def once(self, work: str, do: Callable[[], Awaitable[object]]) -> None:
        """Do a work unless it was done today; one that fails is not done, and whoever does it must bear a repeat."""
        today = self._clock.now().date().isoformat()
        if await self._days.find_one({"_id": work, "day": today}) is None:
            await do()
            await self._days.update_one({"_id": work}, {"$set": {"day": today}}, upsert=True)
