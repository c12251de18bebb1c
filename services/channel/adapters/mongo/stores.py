"""The small stores beside the messages: suppression, campaign states, workers' lives, shared pace."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from chassis.kernel import Clock
from chassis.mongo.clock import from_now
from chassis.mongo.session import Database

ALIVE = timedelta(seconds=15)


class Suppressions:
    """Addresses that must not be written to, by keyed hash; they outlive the person. The reader's word ends them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._suppressions = database["suppressions"]
        self._clock = clock

    async def among(self, controllers: Iterable[str], hashes: Iterable[bytes]) -> set[tuple[str, bytes]]:
        """Give the pairs (controller, hash) that are suppressed, among all combinations."""
        digests = {*hashes}
        wanted = [_pair(controller, digest) for controller in {*controllers} for digest in digests]
        found = self._suppressions.find({"_id": {"$in": wanted}}, {"controller": 1, "hmac": 1})
        return {(document["controller"], bytes(document["hmac"])) async for document in found}

    async def add(self, controller: str, digest: bytes, reason: str, message: str) -> bool:
        """Suppress an address for a controller ("*": for all); False when it was already."""
        result = await self._suppressions.update_one(
            {"_id": _pair(controller, digest)},
            {
                "$setOnInsert": {
                    "controller": controller, "hmac": digest, "reason": reason, "message": message,
                    "at": self._clock.now(),
                }
            },
            upsert=True,
        )  # fmt: skip
        return result.upserted_id is not None

    async def lift(self, controller: str, digests: Collection[bytes]) -> None:
        """Let a controller write again to addresses whose reader asked for it; a dead address stays what it is."""
        wanted = [_pair(controller, digest) for digest in digests]
        await self._suppressions.delete_many({"_id": {"$in": wanted}, "reason": {"$in": list(_OWN_WORD)}})


# What the reader said, in contrast to what a mail server did.
_OWN_WORD = ("unsubscribed", "complained")


def _pair(controller: str, digest: bytes) -> str:
    return f"{controller}/{digest.hex()}"


class CampaignStates:
    """What campaigns were last told to do."""

    def __init__(self, database: Database) -> None:
        self._states = database["campaign_states"]

    async def put(self, campaign: str, state: str, revision: int) -> bool:
        """Keep a state unless a later one is known; tells whether it was news."""
        try:
            result = await self._states.update_one(
                {"_id": campaign, "revision": {"$lt": revision}},
                {"$set": {"state": state, "revision": revision}},
                upsert=True,
            )
        except DuplicateKeyError:
            return False
        return bool(result.modified_count or result.upserted_id)

    async def pause(self, unheard: Iterable[str]) -> int:
        """Pause what is being sent, and the campaigns among these that were not heard of; gives how many."""
        ended = {"state": {"$nin": ["paused", "stopped", "done"]}}
        known = (await self._states.update_many(ended, {"$set": {"state": "paused"}})).modified_count
        missing = {*unheard} - (await self.of(unheard)).keys()
        for campaign in missing:
            await self.put(campaign, "paused", 0)
        return known + len(missing)

    async def of(self, campaigns: Iterable[str]) -> dict[str, str]:
        """Give the known states."""
        found = self._states.find({"_id": {"$in": sorted({*campaigns})}})
        return {document["_id"]: document["state"] async for document in found}

    async def halted(self) -> frozenset[str]:
        """Name the campaigns that are paused or stopped."""
        found = self._states.find({"state": {"$in": ["paused", "stopped"]}}, {"_id": 1})
        return frozenset([document["_id"] async for document in found])


class Workers:
    """Which workers live: a lease per worker instead of one per message."""

    def __init__(self, database: Database, lease: timedelta = ALIVE) -> None:
        self._workers = database["workers"]
        self._lease = lease

    async def beat(self, worker: str) -> bool:
        """Stay alive; False when this worker was declared dead and must take another name."""
        until = from_now(self._lease)
        try:
            result = await self._workers.update_one(
                {"_id": worker, "dead": {"$ne": True}}, [{"$set": {"until": until, "dead": False}}], upsert=True
            )
        except DuplicateKeyError:
            return False
        return bool(result.matched_count or result.upserted_id)

    async def alive(self) -> set[str]:
        """Declare dead whoever has not beaten in time; give the living."""
        await self._workers.update_many(
            {"$expr": {"$lt": ["$until", "$$NOW"]}, "dead": False}, {"$set": {"dead": True}}
        )
        return {document["_id"] async for document in self._workers.find({"dead": False}, {"_id": 1})}

    async def leave(self, worker: str) -> None:
        """End a worker's life at once, in order."""
        await self._workers.update_one({"_id": worker}, {"$set": {"dead": True}})


class Pace:
    """A rate that all workers share: each reserves its place in one queue of moments (GCRA)."""

    def __init__(self, database: Database) -> None:
        self._paces = database["paces"]

    async def reserve(self, name: str, letters: int, per_second: float) -> float:
        """Reserve room for some letters; gives the seconds to wait before the first."""
        width = letters * 1000 / per_second
        document = await self._paces.find_one_and_update(
            {"_id": name},
            [
                {
                    "$set": {
                        "until": {"$add": [{"$max": [{"$ifNull": ["$until", "$$NOW"]}, "$$NOW"]}, width]},
                        "now": "$$NOW",
                    }
                }
            ],
            upsert=True,
            return_document=True,
        )
        assert document is not None  # noqa: S101  # an upsert always gives its document
        wait = (document["until"] - document["now"]).total_seconds() - width / 1000
        return max(0.0, float(wait))
