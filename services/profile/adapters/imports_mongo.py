"""Imports in MongoDB: one document each, replaced by compare-and-set on its version."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from chassis.kernel import EtagStale, seen_from
from chassis.mongo.session import Database, Document
from services.profile.domain.imports.life import Import, ImportState


async def ensure_import_indexes(database: Database) -> None:
    """Create the indexes of imports; called by a migration."""
    await database["imports"].create_index(
        [("source", ASCENDING), ("digest", ASCENDING)], name="same_file", partialFilterExpression={"state": "committed"}
    )
    await database["imports"].create_index(
        [("expires_at", ASCENDING)], name="expiring", partialFilterExpression={"emptied": False}
    )


async def ensure_import_order(database: Database) -> None:
    """Create the indexes of lists by time of upload, drop the one by id; called by a migration.

    An id that belongs to a request tells no time.
    """
    imports = database["imports"]
    await imports.create_index([("base", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="newest")
    await imports.create_index([("created_at", DESCENDING), ("_id", DESCENDING)], name="newest_of_all")
    if "base_newest" in await imports.index_information():
        await imports.drop_index("base_newest")


class MongoImports:
    """The collections `imports` and `column_meanings`."""

    def __init__(self, database: Database) -> None:
        self._imports = database["imports"]
        self._meanings = database["column_meanings"]

    async def add(self, begun: Import) -> Import:
        """Add one; of an id that exists, give that one."""
        try:
            await self._imports.insert_one({**_to_document(begun), "emptied": False})
        except DuplicateKeyError:
            return await self.get(begun.id) or begun
        return begun

    async def get(self, import_id: str) -> Import | None:
        """Give one, None when there is none."""
        document = await self._imports.find_one({"_id": import_id})
        return _from_document(document) if document else None

    async def save(self, changed: Import) -> None:
        """Replace the version before this one.

        Raises:
            EtagStale: somebody else did.
        """
        result = await self._imports.update_one(
            {"_id": changed.id, "version": changed.version - 1}, {"$set": _to_document(changed)}
        )
        if not result.matched_count:
            raise EtagStale

    async def page(
        self,
        workspace: str,
        after: tuple[datetime, str] | None,
        limit: int,
        states: Sequence[ImportState] = (),
        source: str = "",
    ) -> list[Import]:
        """Give a workspace's newest imports, those behind `after`; only of some states or of one source."""
        query = _seen_by(workspace, states, source)
        if after is not None:
            moment, last = after
            query["$or"] = [{"created_at": {"$lt": moment}}, {"created_at": moment, "_id": {"$lt": last}}]
        found = self._imports.find(query).sort([("created_at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return [_from_document(each) async for each in found]

    async def count(self, workspace: str, states: Sequence[ImportState] = (), source: str = "") -> int:
        """Count a workspace's imports."""
        return int(await self._imports.count_documents(_seen_by(workspace, states, source)))

    async def same_file(self, one: Import) -> str:
        """Give the latest committed import of the same file and source, "" when there is none."""
        document = await self._imports.find_one(
            {"source": one.source, "digest": one.digest, "state": "committed", "_id": {"$ne": one.id}},
            projection={"_id": 1},
            sort=[("committed_at", DESCENDING)],
        )
        return str(document["_id"]) if document else ""

    async def remembered(self, source: str) -> Mapping[str, str]:
        """Give the columns' meanings that the source's last commit had."""
        document = await self._meanings.find_one({"_id": source})
        return dict(document["columns"]) if document else {}

    async def remember(self, source: str, mapping: Mapping[str, str]) -> None:
        """Keep the columns' meanings for the source's next file."""
        # Pairs, not fields: a header may hold a dot or a dollar.
        pairs = [[header, target] for header, target in mapping.items()]
        await self._meanings.update_one({"_id": source}, {"$set": {"columns": pairs}}, upsert=True)

    async def expired(self, now: datetime, limit: int) -> list[Import]:
        """Give imports whose rows and file are still there and should not be."""
        found = self._imports.find({"emptied": False, "expires_at": {"$lt": now}}).limit(limit)
        return [_from_document(each) async for each in found]

    async def emptied(self, import_id: str) -> None:
        """Note that rows, key and file are gone."""
        await self._imports.update_one({"_id": import_id}, {"$set": {"emptied": True}})


def _seen_by(workspace: str, states: Sequence[ImportState], source: str) -> Document:
    query: Document = {**seen_from(workspace, "base")}
    if states:
        query["state"] = {"$in": [state.value for state in states]}
    if source:
        query["source"] = source
    return query


def _to_document(one: Import) -> Document:
    document: dict[str, Any] = msgspec.to_builtins(one, builtin_types=(datetime,))
    document["_id"] = document.pop("id")
    document["given"] = [[header, target] for header, target in one.given.items()]
    return document


def _from_document(document: Document) -> Import:
    plain = {**document, "id": document["_id"], "given": dict(document["given"])}
    return msgspec.convert(plain, Import)
