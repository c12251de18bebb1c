"""Marks in MongoDB, and what a message is read for: its letter, its outcome, its place in lists and counts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.kernel import Clock, seen_from
from chassis.kernel.problem import Conflict
from chassis.mongo.session import Database
from chassis.outbox import Fact, pushing
from chassis.retry import swift
from services.channel.adapters.messages import finished_fact, marked_fact
from services.channel.adapters.mongo.documents import (
    MESSAGES,
    Document,
    from_document,
    mark_from_document,
    mark_to_document,
)
from services.channel.domain.message import Counts, Finish, LinkCount, Mark, MarkKind, Outcome, Seen, State

IsNews = Callable[[Mark, Sequence[Mark]], bool]
TOTAL_MOST = 10_000
LINKS_MOST = 200


def _seen(document: Document) -> Seen:
    return Seen(
        message=from_document(document),
        state=State(document["state"]),
        outcome=document.get("outcome") or "",
        reason=document.get("reason") or "",
        provider_code=document.get("provider_code") or "",
        wire_at=document.get("wire_at"),
        finished_at=document.get("finished_at"),
        marks=tuple(mark_from_document(mark) for mark in document.get("marks", ())),
        sealed=bytes(document.get("variables") or b""),
    )


class MessageLog:
    """Reads messages and writes their marks."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._messages = database[MESSAGES]
        self._clock = clock

    async def get(self, message: str, workspace: str = "*") -> Seen | None:
        """Give a message of a workspace ("*": of any)."""
        document = await self._messages.find_one({"_id": message, **seen_from(workspace)})
        return _seen(document) if document else None

    async def put_mark(self, message: str, mark: Mark, news: IsNews) -> bool:
        """Add a mark with its fact when it is news; a person's visit also proves an unconfirmed delivery.

        Raises:
            Conflict: three times somebody else was faster.
        """

        async def attempt() -> bool:
            document = await self._messages.find_one({"_id": message})
            if document is None:
                return False
            seen = _seen(document)
            if not news(mark, seen.marks):
                return False
            change = self._marking(seen, mark, document["revision"] + 1)
            result = await self._messages.update_one({"_id": message, "revision": document["revision"]}, change)
            if not result.modified_count:
                raise Conflict
            return True

        return await swift(attempt, Conflict)

    def _marking(self, seen: Seen, mark: Mark, revision: int) -> Document:
        now = self._clock.now()
        facts: list[Fact] = [marked_fact(seen.message, mark, len(seen.marks), now)]
        own: Document = {}
        proves = mark.kind in {MarkKind.OPENED, MarkKind.CLICKED, MarkKind.UNSUBSCRIBED} and not mark.machine
        if seen.outcome == Outcome.UNCONFIRMED and proves:
            proof = Finish(Outcome.DELIVERED, "proved-by-recipient")
            facts.append(finished_fact(seen.message, proof, now))
            own = {"outcome": str(proof.outcome), "reason": proof.reason}
        push = pushing(facts, revision)
        return {
            "$set": {**own, **push["$set"]},
            "$push": {**push["$push"], "marks": mark_to_document(mark)},
        }

    async def repeat(self, message: str) -> bool:
        """Let an unconfirmed message go round once more; its keys stay claimed."""
        result = await self._messages.update_one(
            {"_id": message, "state": State.DONE, "outcome": Outcome.UNCONFIRMED},
            {
                "$set": {"state": State.REQUESTED, "due_at": self._clock.now()},
                "$unset": {"outcome": "", "reason": "", "finished_at": "", "wire_worker": "", "wire_batch": ""},
            },
        )
        return bool(result.modified_count)

    async def page(
        self, condition: Mapping[str, Any], workspace: str, after: Sequence[Any] | None, size: int
    ) -> tuple[list[Seen], list[Any] | None]:
        """Give one page, newest first, and where the next begins."""
        query: Document = {**condition, **seen_from(workspace)}
        if after is not None:
            moment, last = datetime.fromisoformat(after[0]), after[1]
            query["$or"] = [{"requested_at": {"$lt": moment}}, {"requested_at": moment, "_id": {"$lt": last}}]
        cursor = self._messages.find(query).sort([("requested_at", -1), ("_id", -1)]).limit(size + 1)
        documents = await cursor.to_list()
        more = len(documents) > size
        documents = documents[:size]
        position = [documents[-1]["requested_at"].isoformat(), documents[-1]["_id"]] if more else None
        return [_seen(document) for document in documents], position

    async def total(self, condition: Mapping[str, Any], workspace: str) -> tuple[int, bool]:
        """Count up to TOTAL_MOST; tells whether there are more."""
        found = await self._messages.count_documents({**condition, **seen_from(workspace)}, limit=TOTAL_MOST + 1)
        return min(found, TOTAL_MOST), found > TOTAL_MOST

    async def counts(self, campaign: str, entry: int, workspace: str) -> Counts:
        """Count a campaign's messages by outcome, reason and mark."""
        match: Document = {"campaign": campaign, **seen_from(workspace)}
        if entry:
            match["entry"] = entry
        ends: list[Document] = [
            {"$match": match},
            {"$group": {"_id": {"outcome": "$outcome", "reason": "$reason", "done": {"$eq": ["$state", State.DONE]}},
                        "count": {"$sum": 1}}},
        ]  # fmt: skip
        outcomes: dict[str, int] = {}
        reasons: dict[str, int] = {}
        requested = waiting = 0
        async for row in await self._messages.aggregate(ends):
            requested += row["count"]
            if not row["_id"]["done"]:
                waiting += row["count"]
                continue
            outcome, reason = row["_id"]["outcome"], row["_id"]["reason"]
            outcomes[outcome] = outcomes.get(outcome, 0) + row["count"]
            reasons[f"{outcome}/{reason}"] = row["count"]
        marks, links = await self._marked(match)
        return Counts(requested, waiting, outcomes, reasons, marks, links)

    async def _marked(self, match: Document) -> tuple[dict[str, int], list[LinkCount]]:
        """Count messages by the kinds of their human marks, and by the links clicked on in the order of the letter."""
        human = {"$filter": {"input": "$marks", "cond": {"$not": ["$$this.machine"]}}}
        clicks = {"$filter": {"input": "$human", "cond": {"$eq": ["$$this.kind", str(MarkKind.CLICKED)]}}}
        counted: Document = {"$sum": 1}
        pipeline: list[Document] = [
            {"$match": {**match, "marks": {"$exists": True}}},
            {"$project": {"template": 1, "version": "$template_version", "human": human}},
            {
                # A set: whoever clicked thrice is one who clicked.
                "$project": {
                    "template": 1,
                    "version": 1,
                    "kind": {"$setUnion": ["$human.kind", []]},
                    "link": {"$setUnion": [{"$map": {"input": clicks, "in": "$$this.link"}}, []]},
                }
            },
            {
                "$facet": {
                    "kinds": [{"$unwind": "$kind"}, {"$group": {"_id": "$kind", "count": counted}}],
                    "links": [
                        {"$unwind": "$link"},
                        {
                            "$group": {
                                "_id": {"template": "$template", "version": "$version", "link": "$link"},
                                "count": counted,
                            }
                        },
                        {"$sort": {"_id.template": 1, "_id.version": 1, "_id.link": 1}},
                        {"$limit": LINKS_MOST},
                    ],
                }
            },
        ]
        (found,) = await (await self._messages.aggregate(pipeline)).to_list()
        return {row["_id"]: row["count"] for row in found["kinds"]}, [
            LinkCount(row["_id"]["template"], row["_id"]["version"], row["_id"]["link"], row["count"])
            for row in found["links"]
        ]
