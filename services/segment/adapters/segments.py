"""Segments in MongoDB: one document each, with its revision and its outbox."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from chassis.kernel import lane_of, partition_of, seen_from
from chassis.kernel.problem import IdempotencyKeyReused
from chassis.mongo.schema import checked, indexes_of
from chassis.mongo.session import Database, Document
from chassis.outbox import pushing
from services.segment.adapters import schema
from services.segment.adapters.messages import refreshed_fact
from services.segment.domain.segment import Segment, SegmentKind, SegmentRefreshed, SegmentState

COLLECTION = "segments"


class MongoSegments:
    """Keeps segments; every change is a compare-and-set on the revision."""

    def __init__(self, database: Database) -> None:
        self._segments = database[COLLECTION]

    async def get(self, segments: Sequence[str]) -> Mapping[str, Segment]:
        """Return segments by id; unknown ones are left out."""
        found = await self._segments.find({"_id": {"$in": list(segments)}}, {"outbox": 0}).to_list()
        return {document["_id"]: _segment(document) for document in found}

    async def add(self, segment: Segment, request: str) -> Segment:
        """Keep a new segment; answer what is kept under its id when the same request came before.

        Raises:
            IdempotencyKeyReused: another request made it.
        """
        document = {**_document(segment), "request": request, "outbox": [], "published": 0}
        try:
            await self._segments.insert_one(checked(schema.Segment, document))
        except DuplicateKeyError:
            kept = await self._segments.find_one({"_id": segment.id})
            if kept is None or kept["request"] != request:
                raise IdempotencyKeyReused from None
            return _segment(kept)
        return segment

    async def replace(self, segment: Segment, facts: Sequence[SegmentRefreshed] = ()) -> bool:
        """Keep a segment's next revision; False when somebody else was first."""
        fields = checked(schema.Segment, _document(segment))
        del fields["_id"]
        update: Document = {"$set": fields}
        if facts:
            told = pushing([refreshed_fact(fact, segment.revision) for fact in facts], segment.revision)
            update = {"$set": {**fields, **told["$set"]}, "$push": told["$push"]}
        result = await self._segments.update_one({"_id": segment.id, "revision": segment.revision - 1}, update)
        return bool(result.modified_count)

    async def page(
        self, workspace: str, *, archived: bool, text: str, after: Sequence[object] | None, size: int
    ) -> tuple[Sequence[Segment], int]:
        """List the segments that a workspace sees, last changed first, from behind `after` (time, id); and how many."""
        state = SegmentState.ARCHIVED if archived else SegmentState.ACTIVE
        query: Document = {**seen_from(workspace), "state": state.value}
        if text.strip():
            query["name"] = {"$regex": re.escape(text.replace("\0", "").strip()), "$options": "i"}
        total = await self._segments.count_documents(query)
        if after is not None:
            updated, key = after
            query = {
                "$and": [query, {"$or": [{"updated": {"$lt": updated}}, {"updated": updated, "_id": {"$lt": key}}]}]
            }
        found = (
            await self._segments.find(query, {"outbox": 0})
            .sort([("updated", DESCENDING), ("_id", DESCENDING)])
            .limit(size)
            .to_list()
        )
        return [_segment(document) for document in found], total

    async def active(self) -> Mapping[str, Segment]:
        """Return every segment in use, of every workspace."""
        found = await self._segments.find({"state": SegmentState.ACTIVE.value}, {"outbox": 0}).to_list()
        return {document["_id"]: _segment(document) for document in found}

    async def using(self, segment: str) -> Sequence[str]:
        """Return the segments in use whose rule refers to one."""
        query = {"uses": segment, "state": SegmentState.ACTIVE.value}
        return [document["_id"] async for document in self._segments.find(query, {"_id": 1}).sort("_id")]


def _document(segment: Segment) -> Document:
    return {
        "_id": segment.id,
        "lane": lane_of(partition_of(segment.id)),
        "revision": segment.revision,
        "workspace": segment.workspace,
        "name": segment.name,
        "kind": segment.kind.value,
        "state": segment.state.value,
        "rule": segment.rule,
        "uses": sorted(segment.uses),
        "auto_update": segment.auto_update,
        "created": segment.created,
        "updated": segment.updated,
        "refreshed": segment.refreshed,
        "version": segment.version,
    }


def _segment(document: Mapping[str, Any]) -> Segment:
    return Segment(
        id=document["_id"],
        workspace=document["workspace"],
        name=document["name"],
        kind=SegmentKind(document["kind"]),
        state=SegmentState(document["state"]),
        rule=document["rule"],
        uses=frozenset(document["uses"]),
        auto_update=document["auto_update"],
        created=document["created"],
        updated=document["updated"],
        refreshed=document["refreshed"],
        version=document["version"],
        revision=document["revision"],
    )


INDEXES = tuple((COLLECTION, keys, options) for keys, options in indexes_of(schema.Segment))
