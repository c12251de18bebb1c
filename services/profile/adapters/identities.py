"""Identity keys in MongoDB: `{_id: kind|hmac, records: {record: home}, state, revision, claim: {id, until} | null}`.

Promise: a key is claimed by inserting it, so of two writers one wins; a claim that was not cleared within `CLAIM` is
dead and taken over. What a human decided lies beside, in `identity_decisions`; the steward's queue in `match_cases`.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError

from chassis.kernel import Clock, derived_id, new_id
from chassis.mongo import duplicates
from chassis.mongo.session import Database, Document
from services.profile.domain.identity import Apart, Case, IdentityKey
from services.profile.domain.placement import Holding
from services.profile.ports import KeyChanges, Raced

CLAIM = timedelta(seconds=10)
"""A bulk takes well under a second; a claim this old belongs to a dead or frozen writer."""

WAIT = 15.0
"""Longer than a claim, so that who waits for a dead one takes it over instead of giving up."""

POLL = 0.02


def key_id(key: IdentityKey) -> str:
    """Give the document's id of a key."""
    return f"{key.kind}|{key.digest}"


def key_from(text: str) -> IdentityKey:
    """Read a key from its document's id."""
    kind, _, digest = text.rpartition("|")
    return IdentityKey(kind, digest)


class MongoIdentities:
    """Keys, decisions and cases of the installation."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._clock = clock
        self._keys = database["identity_keys"]
        self._decisions = database["identity_decisions"]
        self._cases = database["match_cases"]

    async def load(self, keys: Iterable[IdentityKey]) -> dict[IdentityKey, Holding]:
        """Give the holdings of the keys that somebody holds.

        Raises:
            Raced: somebody has been writing one of them for longer than fifteen seconds.
        """
        wanted = {key_id(key) for key in keys}
        found: dict[IdentityKey, Holding] = {}
        deadline = asyncio.get_running_loop().time() + WAIT
        while wanted:
            pending: set[str] = set()
            now = self._clock.now()
            async for document in self._keys.find({"_id": {"$in": list(wanted)}}):
                claim = document["claim"]
                if claim is None:
                    key = key_from(document["_id"])
                    found[key] = Holding(key, document["records"], document["state"], document["revision"])
                elif claim["until"] > now:
                    pending.add(document["_id"])
            wanted = pending
            if wanted:
                if asyncio.get_running_loop().time() > deadline:
                    raise Raced
                await asyncio.sleep(POLL)
        return found

    async def claim(self, changes: KeyChanges) -> str:
        """Claim the keys that nobody holds.

        Raises:
            Raced: somebody holds one by now; nothing stays claimed.
        """
        if not changes.claims:
            return ""
        claim, now = new_id(), self._clock.now()
        documents = [_claimed(key, records, claim, now) for key, records in changes.claims.items() if records]
        try:
            await self._keys.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            taken = [documents[failure["index"]] for failure in duplicates(error)]
            if not await self._take_over(taken, now):
                await self.release(changes, claim)
                raise Raced from None
        return claim

    async def _take_over(self, documents: Sequence[Document], now: datetime) -> bool:
        for document in documents:
            free = {"$or": [{"claim.until": {"$lt": now}}, {"claim": None, "records": {}}]}
            result = await self._keys.replace_one({"_id": document["_id"], **free}, document)
            if result.matched_count == 0:
                return False
        return True

    async def release(self, changes: KeyChanges, claim: str) -> None:
        """Give up claims of a write that did not happen."""
        if claim:
            ids = [key_id(key) for key in changes.claims]
            await self._keys.delete_many({"_id": {"$in": ids}, "claim.id": claim})

    async def settle(self, changes: KeyChanges, claim: str, session: AsyncClientSession) -> None:
        """Make claims and changes valid, inside the transaction that writes their commits.

        Raises:
            Raced: a claim was taken over, or a key changed since it was read; the transaction must not go on.
        """
        ids = [key_id(key) for key, records in changes.claims.items() if records]
        if ids:
            cleared = await self._keys.update_many(
                {"_id": {"$in": ids}, "claim.id": claim}, {"$set": {"claim": None}}, session=session
            )
            if cleared.modified_count != len(ids):
                raise Raced
        updates = _updates(changes)
        if updates:
            result = await self._keys.bulk_write(updates, ordered=False, session=session)
            if result.matched_count != len(updates):
                raise Raced

    async def forget(self, records: Sequence[str], keys: Iterable[IdentityKey]) -> None:
        """Take records out of keys; a key that nobody holds any longer is deleted."""
        ids = [key_id(key) for key in keys]
        gone = {f"records.{record}": "" for record in records}
        if ids and gone:
            await self._keys.update_many({"_id": {"$in": ids}}, {"$unset": gone, "$inc": {"revision": 1}})
            await self._keys.delete_many({"_id": {"$in": ids}, "records": {}, "claim": None})
            await self._cases.delete_many({"records": {"$in": list(records)}})

    async def sweep(self, before: datetime) -> int:
        """Delete claims that died before then and keys that nobody holds; gives how many."""
        dead = {"$or": [{"claim.until": {"$lt": before}}, {"claim": None, "records": {}}]}
        return (await self._keys.delete_many(dead)).deleted_count

    async def decisions(self, records: Iterable[str]) -> tuple[list[frozenset[str]], list[Apart]]:
        """Give the joins and the do-not-merges that humans decided about any of these records."""
        joined: list[frozenset[str]] = []
        apart: list[Apart] = []
        cursor = self._decisions.find({"records": {"$in": list(records)}}).sort("_id", 1)
        async for document in cursor:
            if document["kind"] == "joined":
                joined.append(frozenset(document["records"]))
            else:
                apart.append(Apart(frozenset(document["left"]), frozenset(document["right"])))
        return joined, apart

    async def decide_joined(self, records: frozenset[str], against: Apart) -> None:
        """Note that these records are one person; what kept the two sides apart is over."""
        await self._decisions.delete_many(_across("apart", against))
        await self._decide("joined", sorted(records), {})

    async def decide_apart(self, decision: Apart) -> None:
        """Note a do-not-merge; joins across its sides are over."""
        left, right = sorted(decision.left), sorted(decision.right)
        await self._decisions.delete_many(_across("joined", decision))
        await self._decide("apart", left + right, {"left": left, "right": right})

    async def _decide(self, kind: str, records: list[str], sides: Document) -> None:
        key = derived_id(kind, *records, *sides.get("left", ()))
        document = {"kind": kind, "records": records, **sides, "decided_at": self._clock.now()}
        await self._decisions.replace_one({"_id": key}, document, upsert=True)

    async def note_cases(self, cases: Iterable[Case], at: datetime) -> None:
        """Put cases into the steward's queue; the same case is there once."""
        updates = [
            UpdateOne(
                {"_id": derived_id(case.reason, key_id(case.key), *sorted(case.records))},
                {
                    "$setOnInsert": {
                        "reason": case.reason,
                        "key": key_id(case.key),
                        "records": sorted(case.records),
                        "state": "open",
                        "found_at": at,
                    }
                },
                upsert=True,
            )
            for case in cases
        ]
        if updates:
            await self._cases.bulk_write(updates, ordered=False)


def _claimed(key: IdentityKey, records: dict[str, str], claim: str, now: datetime) -> Document:
    return {
        "_id": key_id(key),
        "records": records,
        "state": "sole",
        "revision": 1,
        "claim": {"id": claim, "until": now + CLAIM},
    }


def _updates(changes: KeyChanges) -> list[UpdateOne]:
    updates: list[UpdateOne] = []
    for key in changes.joins.keys() | changes.leaves.keys() | changes.states.keys():
        filters: Document = {"_id": key_id(key), "claim": None}
        if key in changes.seen:
            filters["revision"] = changes.seen[key]
        change: Document = {"$inc": {"revision": 1}}
        joined, left = changes.joins.get(key, {}), changes.leaves.get(key, set()) - changes.joins.get(key, {}).keys()
        if joined:
            change["$set"] = {f"records.{record}": home for record, home in joined.items()}
        if key in changes.states:
            change.setdefault("$set", {})["state"] = changes.states[key]
        if left:
            change["$unset"] = {f"records.{record}": "" for record in left}
        updates.append(UpdateOne(filters, change))
    return updates


def _across(kind: str, sides: Apart) -> Document:
    return {
        "kind": kind,
        "$and": [{"records": {"$in": sorted(sides.left)}}, {"records": {"$in": sorted(sides.right)}}],
    }
