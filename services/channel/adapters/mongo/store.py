"""Messages in MongoDB: every step of a message is one conditional bulk write, and every count is compared.

Promise: a message moves only from the state and the worker that the step names; a step repeated after a lost answer
changes nothing. Two unique, sparse keys make sure of one letter per person and per address and node of a run.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from chassis.kernel import Clock, new_id
from chassis.mongo import asked, duplicates
from chassis.mongo.session import Database
from chassis.outbox import stamped, to_entry
from chassis.retry import peer
from services.channel.adapters import figures
from services.channel.adapters.messages import finished_fact, held_fact
from services.channel.adapters.mongo.documents import MESSAGES, Document, from_document, to_document
from services.channel.domain.gates import Admission, Held
from services.channel.domain.message import DEFERRED, Finish, Message, Outcome, Retry, State

DUPLICATE = Finish(Outcome.DUPLICATE, "already-has-it")
_ENDED = ("state", "outcome", "reason", "provider_code", "finished_at", "attempts")


class MessageStore:
    """What one worker does with messages; `worker` names it in what it claims."""

    def __init__(self, database: Database, clock: Clock, worker: str) -> None:
        self._messages = database[MESSAGES]
        self._clock = clock
        self.worker = worker
        self._names = [worker]

    def rename(self, worker: str) -> None:
        """Go on under another name after this worker was declared dead; what left under old names stays ours."""
        self.worker = worker
        self._names.append(worker)

    async def holders(self) -> set[str]:
        """Name the workers that hold messages."""
        return set(await self._messages.distinct("worker"))

    async def under_way(self) -> set[str]:
        """Name the campaigns whose messages wait or are held by a worker."""
        held = ({"worker": {"$exists": True}}, {"due_at": {"$exists": True}})
        return {campaign for each in held for campaign in await self._messages.distinct("campaign", each)}

    async def claimed_here(self) -> list[Message]:
        """Give what this worker holds and has not put on the wire."""
        held = self._messages.find({"worker": {"$in": self._names}, "state": State.CLAIMED})
        return [from_document(document) async for document in held]

    async def admit(self, admissions: Sequence[Admission], known: Collection[str] = ()) -> list[Message]:
        """Write messages for the first time; give those that are claimed by this worker and not in `known`.

        A request that came before is left as it is. One whose person or address has this message already becomes a
        duplicate.

        Raises:
            MongoUnavailable: nothing is known to be written; the same call may be made again.
        """
        if not admissions:
            return []
        documents = {admission.message.id: self._admitted(admission) for admission in admissions}
        failed = await self._insert(list(documents.values()))
        twice = {key for key, pattern in failed.items() if "_id" in pattern}
        duplicates = [admission.message for admission in admissions if admission.message.id in failed.keys() - twice]
        claimed = {
            admission.message.id: admission.message
            for admission in admissions
            if admission.stopped is None and admission.message.id not in failed
        }
        figures.ended(
            admission.stopped.outcome
            for admission in admissions
            if isinstance(admission.stopped, Finish) and admission.message.id not in failed
        )
        if duplicates:
            figures.ended([Outcome.DUPLICATE] * len(duplicates))
            again = [self._admitted(Admission(replace(message, keyed=False), DUPLICATE)) for message in duplicates]
            await self._insert(again)
        if twice - set(known):
            # An insert whose answer was lost: the message is ours although the second insert met it.
            found = self._messages.find(
                {"_id": {"$in": sorted(twice - set(known))}, "worker": self.worker, "state": State.CLAIMED}
            )
            claimed |= {document["_id"]: from_document(document) async for document in found}
        return list(claimed.values())

    def _admitted(self, admission: Admission) -> Document:
        message, now = admission.message, self._clock.now()
        match admission.stopped:
            case None:
                document = to_document(replace(message, keyed=True))
                document |= {"state": State.CLAIMED, "worker": self.worker, "variables": admission.sealed}
                return stamped(document, [], now)
            case Held(reason, seconds):
                due = now + timedelta(seconds=seconds)
                document = to_document(message) | {"state": State.HELD, "reason": reason, "due_at": due}
                return stamped(document, [held_fact(message, reason, due, now)], now)
            case Finish() as finish:
                document = to_document(message) | _finished(finish, now)
                return stamped(document, [finished_fact(message, finish, now)], now)

    async def _insert(self, documents: list[Document]) -> dict[str, dict[str, Any]]:
        """Insert in any order; give the key pattern that each refused document met."""
        try:
            with asked():
                await self._messages.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            return {documents[problem["index"]]["_id"]: problem["keyPattern"] for problem in duplicates(error)}
        return {}

    async def look_at_waiting(self) -> None:
        """Tell how many messages have no outcome, by state; both indexes hold nothing else."""
        counted: Counter[str] = Counter()
        for held in ({"worker": {"$exists": True}}, {"due_at": {"$exists": True}}):
            pipeline: list[Document] = [{"$match": held}, {"$group": {"_id": "$state", "n": {"$sum": 1}}}]
            counted.update({row["_id"]: row["n"] async for row in await self._messages.aggregate(pipeline)})
        for state in figures.WAITING:
            figures.MESSAGES.labels(state.value).set(counted[state])

    async def claim_due(self, limit: int) -> list[Message]:
        """Claim messages whose time has come, oldest first."""
        now = self._clock.now()
        due = {"due_at": {"$lte": now}}
        found = await self._messages.find(due, {"_id": 1}).sort("due_at", 1).limit(limit).to_list()
        if not found:
            return []
        ids, claim = [document["_id"] for document in found], new_id()
        await self._update(
            {"_id": {"$in": ids}, "state": {"$in": [State.REQUESTED, State.HELD]}, **due},
            {"$set": {"state": State.CLAIMED, "worker": self.worker, "claim": claim}, "$unset": {"due_at": ""}},
        )
        claimed = self._messages.find({"_id": {"$in": ids}, "claim": claim, "state": State.CLAIMED})
        return [from_document(document) async for document in claimed]

    async def take_keys(self, admissions: Sequence[Admission]) -> list[Message]:
        """Claim the two keys for messages that passed the gates after waiting; the others become duplicates.

        Gives the messages that are ours to send.
        """
        if not admissions:
            return []
        updates = [
            UpdateOne(
                {"_id": message.id, "worker": self.worker, "state": State.CLAIMED},
                {
                    "$set": {
                        "person_key": message.person_key(),
                        "address_key": message.address_key(),
                        "person": message.person,
                        "record": message.record,
                        "address_hmac": message.address_hmac,
                        "channel": message.channel,
                        "variables": admission.sealed,
                    }
                },
            )
            for admission in admissions
            for message in [admission.message]
        ]
        taken: set[int] = set()
        try:
            with asked():
                await self._messages.bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            taken = {problem["index"] for problem in duplicates(error)}
        await self.finish_claimed([(admissions[index].message, DUPLICATE) for index in taken])
        return [
            replace(admission.message, keyed=True) for index, admission in enumerate(admissions) if index not in taken
        ]

    async def mark_on_wire(self, ids: Sequence[str], batch: str) -> set[str]:
        """Mark messages as past the point of no return; give those that are ours. One write for all."""
        change = {
            "$set": {
                "state": State.ON_WIRE, "wire_batch": batch, "wire_worker": self.worker, "wire_at": self._clock.now(),
            }
        }  # fmt: skip
        asked = list(ids)
        modified = await self._update({"_id": {"$in": asked}, "state": State.CLAIMED, "worker": self.worker}, change)
        if modified == len(asked):
            return set(asked)
        # Fewer: either another worker took some, or the first answer was lost and the repeat changed nothing.
        ours = self._messages.find({"_id": {"$in": asked}, "wire_batch": batch, "state": State.ON_WIRE}, {"_id": 1})
        return {document["_id"] async for document in ours}

    async def finish_sent(self, ends: Sequence[tuple[Message, Finish]]) -> int:
        """Write outcomes of letters that this worker had on the wire; an `unconfirmed` by recovery is raised."""
        ours = {
            "wire_worker": {"$in": self._names},
            "$or": [{"state": State.ON_WIRE}, {"state": State.DONE, "outcome": Outcome.UNCONFIRMED}],
        }
        return await self._finish(ends, ours, sent=1)

    async def finish_claimed(self, ends: Sequence[tuple[Message, Finish]]) -> int:
        """Write outcomes of messages that this worker holds and has not sent."""
        return await self._finish(ends, {"worker": self.worker, "state": State.CLAIMED})

    async def finish_lost(self, worker: str, ends: Sequence[tuple[Message, Finish]]) -> int:
        """Write outcomes of letters that a dead worker had on the wire."""
        return await self._finish(ends, {"worker": worker, "state": State.ON_WIRE}, sent=1)

    async def _finish(self, ends: Sequence[tuple[Message, Finish]], condition: Document, *, sent: int = 0) -> int:
        if not ends:
            return 0
        now = self._clock.now()
        ids = [message.id for message, _ in ends]
        values = [
            # As a number, not by adding: an outcome that is raised later is of the same attempt.
            {
                **_finished(finish, now),
                "attempts": message.attempts + sent,
                "entry": to_entry(finished_fact(message, finish, now), 0),
            }
            for message, finish in ends
        ]
        raised = {"$add": ["$revision", 1]}
        pipeline: list[Document] = [
            {"$set": {"end": {"$arrayElemAt": [{"$literal": values}, {"$indexOfArray": [{"$literal": ids}, "$_id"]}]}}},
            {
                "$set": {
                    **{name: f"$end.{name}" for name in _ENDED},
                    "revision": raised,
                    "unpublished": True,
                    "outbox": {"$concatArrays": ["$outbox", [{"$mergeObjects": ["$end.entry", {"revision": raised}]}]]},
                }
            },
            {"$unset": ["end", "worker", "due_at"]},
        ]
        written = await self._update({"_id": {"$in": ids}, **condition}, pipeline)
        if written == len(ids):  # what another worker has taken over it also counts
            figures.ended(finish.outcome for _, finish in ends)
        return written

    async def retry(self, returns: Sequence[tuple[Message, Retry]]) -> int:
        """Give back messages whose content never left, to be tried again after a pause; one write per pause.

        Those that were refused for now are held, and told so.
        """
        total = 0
        groups: dict[Retry, list[Message]] = {}
        for message, retry in returns:
            groups.setdefault(retry, []).append(message)
        for retry, messages in groups.items():
            ours = {"worker": {"$in": self._names}, "state": {"$in": [State.CLAIMED, State.ON_WIRE]}}
            due = self._clock.now() + timedelta(seconds=retry.seconds)
            if retry.counted:
                total += await self._hold(messages, ours, DEFERRED, due, attempts=1)
                continue
            total += await self._update(
                {"_id": {"$in": [message.id for message in messages]}, **ours},
                {"$set": {"state": State.REQUESTED, "due_at": due}, "$unset": {"worker": ""}},
            )
        return total

    async def hold(self, holds: Sequence[tuple[Message, Held]]) -> None:
        """Let claimed messages wait behind a gate; one that waited behind it before is not told again."""
        for held in {held for _, held in holds}:
            messages = [message for message, other in holds if other == held]
            due = self._clock.now() + timedelta(seconds=held.seconds)
            ours: Document = {"worker": self.worker, "state": State.CLAIMED}
            await self._hold(messages, {**ours, "reason": {"$ne": held.reason}}, held.reason, due)
            await self._update(
                {"_id": {"$in": [message.id for message in messages]}, **ours},
                {"$set": {"state": State.HELD, "due_at": due}, "$unset": {"worker": ""}},
            )

    async def _hold(
        self, messages: Sequence[Message], condition: Document, reason: str, due: datetime, *, attempts: int = 0
    ) -> int:
        """Hold messages and tell it in the same write; the fact's id has the revision that the write makes."""
        now = self._clock.now()
        ids = [message.id for message in messages]
        told = [to_entry(held_fact(message, reason, due, now), 0) for message in messages]
        raised = {"$add": ["$revision", 1]}
        own = {"id": {"$concat": ["$_id", ":held:", {"$toString": raised}]}, "revision": raised}
        pipeline: list[Document] = [
            {"$set": {"told": {"$arrayElemAt": [{"$literal": told}, {"$indexOfArray": [{"$literal": ids}, "$_id"]}]}}},
            {
                "$set": {
                    "state": State.HELD,
                    "reason": reason,
                    "due_at": due,
                    "attempts": {"$add": ["$attempts", attempts]},
                    "revision": raised,
                    "unpublished": True,
                    "outbox": {"$concatArrays": ["$outbox", [{"$mergeObjects": ["$told", own]}]]},
                }
            },
            {"$unset": ["told", "worker"]},
        ]
        return await self._update({"_id": {"$in": ids}, **condition}, pipeline)

    async def wake(self, campaign: str) -> None:
        """Let a campaign's waiting messages run their gates now."""
        await self._update(
            {"campaign": campaign, "state": {"$in": [State.HELD, State.REQUESTED]}, "due_at": {"$exists": True}},
            {"$set": {"due_at": self._clock.now()}},
        )

    async def recover(self, worker: str, limit: int = 500) -> tuple[int, int]:
        """Take over what a dead worker held: claimed goes round again, on the wire becomes unconfirmed.

        Gives both counts.
        """
        again = await self._update(
            {"worker": worker, "state": State.CLAIMED},
            {"$set": {"state": State.REQUESTED, "due_at": self._clock.now()}, "$unset": {"worker": ""}},
        )
        lost = 0
        while found := await self._messages.find({"worker": worker, "state": State.ON_WIRE}).limit(limit).to_list():
            end = Finish(Outcome.UNCONFIRMED, "worker-died")
            lost += await self.finish_lost(worker, [(from_document(document), end) for document in found])
        return again, lost

    async def _update(self, condition: Document, change: Document | list[Document]) -> int:
        """Run one conditional write, again when the engine hiccups: every condition names the state before."""

        async def write() -> int:
            with asked():
                return (await self._messages.update_many(condition, change)).modified_count

        return await peer(write)


def _finished(finish: Finish, now: datetime) -> Document:
    return {
        "state": State.DONE,
        "outcome": str(finish.outcome),
        "reason": finish.reason,
        "provider_code": finish.provider_code,
        "finished_at": now,
    }
