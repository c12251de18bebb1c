"""Frozen audiences in MongoDB: `request_batches` (what is given to channel, with its outbox) and `tallies`.

They are apart because a tally changes with every outcome and is read for every count, while a batch is large and
changes once: 16 bytes and one of outcome per request against the whole message.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pymongo import ASCENDING, UpdateOne

from chassis.kernel import lane_of
from chassis.kernel.problem import Conflict
from chassis.mongo import Session, asked, new_only
from chassis.outbox import pushing
from chassis.retry import swift
from chassis.telemetry.tracing import traceparent
from services.campaign.adapters.messages import frozen_body, messages_requested
from services.campaign.adapters.mongo.documents import Document
from services.campaign.domain.campaign import Campaign
from services.campaign.domain.errors import BatchUnknown
from services.campaign.domain.requests import RequestBatch
from services.campaign.domain.tally import Outcome, Tally, open_tally
from services.campaign.ports import Progress, WaitingBatch

_IN_ORDER = [("number", ASCENDING)]
_RELEASED_AT_ONCE = 200  # documents of up to 10 KiB: what one bulk write carries without holding the loop


class MongoRequests:
    """The port Requests."""

    def __init__(self, session: Session) -> None:
        database = session.database("campaign")
        self._batches = database["request_batches"]
        self._tallies = database["tallies"]

    async def put(self, campaign: Campaign, batches: Sequence[RequestBatch]) -> None:
        """Insert tallies, then batches: whoever finds a batch finds its tally."""
        if not batches:
            return
        with asked():
            with new_only():
                await self._tallies.insert_many([_tally_document(_opened(batch)) for batch in batches], ordered=False)
            with new_only():
                await self._batches.insert_many([_batch_document(campaign, batch) for batch in batches], ordered=False)

    async def frozen(self, campaign: str, entry: int) -> tuple[int, int]:
        """Count by the index that holds the sizes."""
        pipeline: list[Document] = [
            {"$match": {"campaign": campaign, "entry": entry, "number": {"$gte": 0}}},
            {"$group": {"_id": None, "batches": {"$sum": 1}, "requests": {"$sum": "$size"}}},
        ]
        with asked():
            found = await (await self._batches.aggregate(pipeline)).to_list()
        return (found[0]["batches"], found[0]["requests"]) if found else (0, 0)

    async def discard(self, campaign: str, entry: int) -> None:
        """Delete batches first, then their tallies."""
        run = {"campaign": campaign, "entry": entry}
        with asked():
            await self._batches.delete_many({**run, "released": False})
            await self._tallies.delete_many({**run, "finished": 0})

    async def waiting(self, campaign: Campaign, limit: int) -> Sequence[WaitingBatch]:
        """Read on in the order of numbers."""
        query = {
            "campaign": campaign.id,
            "entry": campaign.entry,
            "number": {"$gte": campaign.current_run.released_batches},
        }
        with asked():
            cursor = self._batches.find(query, {"size": 1, "_id": 0, "number": 1, "campaign": 1, "entry": 1})
            documents = await cursor.sort(_IN_ORDER).limit(limit).to_list()
        return [WaitingBatch(document["number"], document["size"]) for document in documents]

    async def release(self, campaign: Campaign, since: int, now: datetime) -> int:
        """Mark and tell in bulk, in the order of numbers."""
        query = {
            "campaign": campaign.id,
            "entry": campaign.entry,
            "number": {"$gte": since, "$lt": campaign.current_run.released_batches},
            "released": False,
        }
        count = 0
        with asked():
            while True:
                cursor = self._batches.find(query, {"partition": 1, "body": 1, "trace": 1})
                documents = await cursor.sort(_IN_ORDER).limit(_RELEASED_AT_ONCE).to_list()
                if not documents:
                    return count
                result = await self._batches.bulk_write([_let_go(document, now) for document in documents])
                count += result.modified_count

    async def finished(self, campaign: str, entry: int) -> tuple[int, int]:
        """Sum by the index that holds the counts."""
        pipeline: list[Document] = [
            {"$match": {"campaign": campaign, "entry": entry, "finished": {"$gte": 0}}},
            {"$group": {"_id": None, "finished": {"$sum": "$finished"}, "held": {"$sum": "$held"}}},
        ]
        with asked():
            found = await (await self._tallies.aggregate(pipeline)).to_list()
        return (int(found[0]["finished"]), int(found[0]["held"])) if found else (0, 0)

    async def progress(self, runs: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Progress]:
        """Sum every outcome over the tallies of the runs."""
        if not runs:
            return {}
        sums: Document = {outcome.code: {"$sum": f"$outcomes.{outcome.code}"} for outcome in Outcome}
        pipeline: list[Document] = [
            {"$match": {"$or": [{"campaign": campaign, "entry": entry} for campaign, entry in runs]}},
            {"$group": {"_id": {"campaign": "$campaign", "entry": "$entry"}, **sums}},
        ]
        with asked():
            found = await (await self._tallies.aggregate(pipeline)).to_list()
        counted = {
            (each["_id"]["campaign"], each["_id"]["entry"]): Progress(
                {outcome.code: each[outcome.code] for outcome in Outcome if each[outcome.code]}
            )
            for each in found
        }
        return {run: counted.get(run, Progress({})) for run in runs}

    async def note(self, outcomes: Mapping[str, Mapping[str, Outcome | None]]) -> frozenset[str]:
        """Fold by compare-and-set on each tally's revision; whoever loses folds again over what the winner left."""
        left = dict(outcomes)
        campaigns: set[str] = set()

        async def attempt() -> None:
            documents = await self._tallies.find({"_id": {"$in": sorted(left)}}).to_list()
            unknown = left.keys() - {document["_id"] for document in documents}
            if unknown:
                raise BatchUnknown(min(unknown))
            tallies = [_tally(document) for document in documents]
            campaigns.update(tally.campaign for tally in tallies)
            folded = {tally.batch: tally.after(left[tally.batch]) for tally in tallies}
            changed = [tally for tally in tallies if folded[tally.batch] is not tally]
            if changed:
                result = await self._tallies.bulk_write(
                    [_fold(tally, folded[tally.batch]) for tally in changed], ordered=False
                )
                if result.matched_count < len(changed):
                    raise Conflict

        with asked():
            await swift(attempt, Conflict)
        return frozenset(campaigns)


def _opened(batch: RequestBatch) -> Tally:
    return open_tally(batch.id, batch.campaign, batch.entry, [request.message for request in batch.requests])


def _batch_document(campaign: Campaign, batch: RequestBatch) -> Document:
    return {
        "_id": batch.id,
        "campaign": batch.campaign,
        "entry": batch.entry,
        "node": batch.node,
        "number": batch.number,
        "size": len(batch.requests),
        "partition": batch.partition,
        "released": False,
        "body": frozen_body(campaign, batch),
        "lane": lane_of(batch.partition),
        "trace": traceparent(),  # the launch's: whoever releases the batch later goes on in it
        "revision": 0,
        "outbox": [],
        "published": 0,
    }


def _let_go(document: Document, now: datetime) -> UpdateOne:
    fact = messages_requested(
        document["_id"], document["partition"], bytes(document["body"]), now, document.get("trace", "")
    )
    telling = pushing([fact], 1)
    return UpdateOne(
        {"_id": document["_id"], "revision": 0},
        {"$set": {"released": True, "released_at": now, **telling["$set"]}, "$push": telling["$push"]},
    )


def _tally_document(tally: Tally) -> Document:
    return {
        "_id": tally.batch,
        "campaign": tally.campaign,
        "entry": tally.entry,
        "messages": tally.messages,
        "cells": tally.cells,
        "finished": tally.finished,
        "held": tally.held,
        "outcomes": tally.outcomes,
        "revision": tally.revision,
    }


def _tally(document: Document) -> Tally:
    return Tally(
        batch=document["_id"],
        campaign=document["campaign"],
        entry=document["entry"],
        messages=bytes(document["messages"]),
        cells=bytes(document["cells"]),
        revision=document["revision"],
    )


def _fold(before: Tally, after: Tally) -> UpdateOne:
    return UpdateOne(
        {"_id": before.batch, "revision": before.revision},
        {
            "$set": {
                "cells": after.cells,
                "finished": after.finished,
                "held": after.held,
                "outcomes": after.outcomes,
                "revision": after.revision,
            }
        },
    )
