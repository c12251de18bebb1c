"""Staged rows in MongoDB, each encrypted under its import's own key and bound to its place.

Promise: clear are only verdicts, codes of findings, actions, ids and keyed hashes. Destroying an import's key makes
its rows unreadable at once; deleting them is tidying up. Rows are written without waiting for the majority: the
import's own write, which says that they are complete, waits for it and comes later in the same log.
"""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec
from pymongo import ASCENDING, UpdateMany, UpdateOne
from pymongo.write_concern import WriteConcern

from chassis.crypto import DataKey
from chassis.kernel import new_id
from chassis.mongo import new_only
from chassis.mongo.session import Collection, Database, Document
from services.profile.adapters import figures
from services.profile.adapters.keyring import MongoKeyring
from services.profile.adapters.staged_content import decoded, encoded
from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.errors import ImportUnknown
from services.profile.domain.imports.life import Import
from services.profile.domain.imports.rows import JudgedRow, marks_of
from services.profile.domain.placement import Digest
from services.profile.imports.ports import Outcome, RowFilter, RowState, StagedRow, StagingRow

_STATES: Mapping[RowState, Document] = {
    RowState.WRITTEN: {"record": {"$gt": ""}, "done": True, "action": {"$ne": "refused"}},
    RowState.PENDING: {"record": {"$gt": ""}, "done": {"$ne": True}},
    # What a dry run expects to be refused is still pending.
    RowState.REFUSED: {"$or": [{"verdict": int(Verdict.REFUSED)}, {"done": True, "action": "refused"}]},
}


async def ensure_staging_indexes(database: Database) -> None:
    """Create the indexes of staged rows; called by a migration."""
    rows = database["staged_rows"]
    await rows.create_index([("import", ASCENDING), ("record", ASCENDING), ("row", ASCENDING)], name="records")
    await rows.create_index([("import", ASCENDING), ("verdict", ASCENDING), ("row", ASCENDING)], name="verdicts")


async def ensure_marks_index(database: Database) -> None:
    """Create the index by what was found; called by a migration. Rows without a finding are not in it."""
    await database["staged_rows"].create_index(
        [("import", ASCENDING), ("marks", ASCENDING), ("row", ASCENDING)],
        name="marks",
        partialFilterExpression={"marks": {"$exists": True}},
    )


class MongoStagedRows:
    """The collection `staged_rows`: `_id` = import and row number, so that file order is key order."""

    def __init__(self, database: Database, keyring: MongoKeyring, digest: Digest) -> None:
        self._rows: Collection = database["staged_rows"]
        self._quick: Collection = self._rows.with_options(write_concern=WriteConcern(1))
        self._keyring, self._digest = keyring, digest

    async def open(self, import_id: str) -> None:
        """Make the key and drop rows of an earlier, broken reading."""
        await self._rows.delete_many({"import": import_id})
        await self._keyring.ensure([_key_name(import_id)])

    async def add(self, of: Import, rows: Sequence[StagingRow]) -> None:
        """Put rows in."""
        # In a thread: sealing a batch takes tens of milliseconds, and the loop has others to serve.
        documents = await asyncio.to_thread(self._sealed, of, rows, await self._key(of.id))
        with new_only():  # a worker that was frozen beyond its lease put the very same rows there
            await self._quick.insert_many(documents, ordered=False)

    def _sealed(self, of: Import, rows: Sequence[StagingRow], key: DataKey) -> list[Document]:
        digest, marks = self._digest, f"record-key:{of.source}"
        return [
            {
                "_id": _row_id(of.id, row.number),
                "import": of.id,
                "row": row.number,
                "verdict": int(row.verdict),
                "record": digest(marks, "\x1f".join(row.key)) if row.key else "",
                "chosen": new_id(),
                "content": key.encrypt(row.content, _place(of.id, row.number)),
                "version": 1,
                **({"marks": row.marks} if row.marks else {}),
            }
            for row in rows
        ]

    async def page(self, import_id: str, wanted: RowFilter, after: int, limit: int) -> list[StagedRow]:
        """Give rows in file order beyond the row `after`."""
        query = _query(import_id, wanted)
        indexed = bool(wanted.verdict or wanted.marks)
        if indexed:
            query["row"] = {"$gt": after}
        else:
            # By key, which is file order: an index on anything else would sort the whole file in memory.
            del query["import"]
            query["_id"] = {"$gt": _row_id(import_id, after), "$lt": f"{import_id};"}
        found = await self._rows.find(query).sort("row" if indexed else "_id", ASCENDING).limit(limit).to_list()
        return await asyncio.to_thread(_opened, found, await self._key(import_id))

    async def count(self, import_id: str, wanted: RowFilter) -> int:
        """Count rows."""
        return int(await self._rows.count_documents(_query(import_id, wanted)))

    async def sealed(self, import_id: str, texts: Sequence[str]) -> bytes:
        """Seal texts under the import's key, for work that waits."""
        return (await self._key(import_id)).encrypt(msgspec.msgpack.encode(list(texts)), _place(import_id, 0))

    async def opened(self, import_id: str, sealed: bytes) -> list[str]:
        """Give such texts back."""
        plain = (await self._key(import_id)).decrypt(bytes(sealed), _place(import_id, 0))
        return msgspec.msgpack.decode(plain, type=list[str])

    async def by_mark(self, import_id: str) -> Mapping[str, int]:
        """Count rows by mark."""
        pipeline: list[Document] = [
            {"$match": {"import": import_id, "marks": {"$exists": True}}},
            {"$unwind": "$marks"},
            {"$group": {"_id": "$marks", "rows": {"$sum": 1}}},
        ]
        return {document["_id"]: document["rows"] async for document in await self._rows.aggregate(pipeline)}

    async def by_verdict(self, import_id: str) -> Mapping[Verdict, int]:
        """Count rows by verdict."""
        pipeline: list[Document] = [
            {"$match": {"import": import_id}},
            {"$group": {"_id": "$verdict", "rows": {"$sum": 1}}},
        ]
        counted = {document["_id"]: document["rows"] async for document in await self._rows.aggregate(pipeline)}
        return {verdict: counted.get(int(verdict), 0) for verdict in Verdict}

    async def get(self, import_id: str, number: int) -> StagedRow | None:
        """Give one row, None when there is none."""
        document = await self._rows.find_one({"_id": _row_id(import_id, number)})
        return _row(document, await self._key(import_id)) if document else None

    async def correct(self, import_id: str, corrected: Sequence[tuple[StagedRow, StagedRow]]) -> None:
        """Replace rows (as they were, as they are now) in one write; their records' others are to be written again.

        The records come first and in order: whoever repeats it after a crash looks for rows as they were.
        """
        records = sorted({row.record for pair in corrected for row in pair if row.record})
        others = UpdateMany({"import": import_id, "record": {"$in": records}}, {"$unset": {"done": ""}})
        key = await self._key(import_id)
        writes = await asyncio.to_thread(_replacements, import_id, [now for _, now in corrected], key)
        await self._rows.bulk_write([others, *writes], ordered=True)

    async def groups(self, import_id: str, after: str, limit: int) -> list[list[StagedRow]]:
        """Give whole records that are not written yet, in order of their key beyond `after`, about `limit` rows."""
        query = {"import": import_id, "record": {"$gt": after}, "done": {"$ne": True}}
        cursor = self._rows.find(query, {"record": 1}).sort([("record", ASCENDING), ("row", ASCENDING)]).limit(limit)
        records = list(dict.fromkeys([document["record"] async for document in cursor]))
        if not records:
            return []
        # The last record may have been cut off by the limit, so all rows of the records are asked for by name.
        whole = self._rows.find({"import": import_id, "record": {"$in": records}})
        found = await whole.sort([("record", ASCENDING), ("row", ASCENDING)]).to_list()
        rows = await asyncio.to_thread(_opened, found, await self._key(import_id))
        return [list(group) for _, group in groupby(rows, key=lambda row: row.record)]

    async def note(self, import_id: str, outcomes: Sequence[Outcome], operation: str = "") -> None:
        """Note what an operation made of rows, "" for what a dry run expects; a corrected row stays as it is."""
        writes = [
            UpdateOne(
                {
                    "_id": _row_id(import_id, outcome.row.number),
                    "version": outcome.row.version,
                    # What a commit wrote is not overwritten by what a dry run expects.
                    **({} if operation else {"done": {"$ne": True}}),
                },
                {"$set": _noted(outcome, operation)},
            )
            for outcome in outcomes
        ]
        if writes:
            await self._rows.bulk_write(writes, ordered=False)
        if operation:
            figures.rows_written(outcome.action for outcome in outcomes)

    async def by_action(self, import_id: str, *, written: bool = False) -> Mapping[str, int]:
        """Count records by what became, or would become, of them; records refused by the write count by rows.

        Args:
            import_id: of which import.
            written: only those that a commit has come to, whatever a dry run expects of the others.
        """
        reached = {"done": True} if written else {}
        pipeline: list[Document] = [
            {"$match": {"import": import_id, "record": {"$gt": ""}, "action": {"$gt": ""}, **reached}},
            {"$group": {"_id": "$record", "action": {"$first": "$action"}, "rows": {"$sum": 1}}},
            {
                "$group": {
                    "_id": "$action",
                    "count": {"$sum": {"$cond": [{"$eq": ["$action", "refused"]}, "$rows", 1]}},
                }
            },
        ]
        cursor = await self._rows.aggregate(pipeline, allowDiskUse=True)
        return {document["_id"]: document["count"] async for document in cursor}

    async def refused(self, import_id: str) -> int:
        """Count rows that the verdict refuses."""
        return int(await self._rows.count_documents({"import": import_id, "verdict": int(Verdict.REFUSED)}))

    async def pending(self, import_id: str) -> int:
        """Count rows that a commit would write."""
        return await self.count(import_id, RowFilter(state=RowState.PENDING))

    async def drop(self, import_id: str) -> None:
        """Destroy rows and key for good; the key first, so that a break leaves nothing readable."""
        await self._keyring.destroy([_key_name(import_id)])
        await self._rows.delete_many({"import": import_id})

    async def _key(self, import_id: str) -> DataKey:
        name = _key_name(import_id)
        await self._keyring.fetch([name])
        key = self._keyring.get(name)
        if key is None:
            raise ImportUnknown(import_id)
        return key


def _key_name(import_id: str) -> str:
    return f"import:{import_id}"


def _row_id(import_id: str, number: int) -> str:
    return f"{import_id}:{number:08d}"


def _place(import_id: str, number: int) -> bytes:
    return f"staged:{import_id}:{number}".encode()


def _query(import_id: str, wanted: RowFilter) -> Document:
    query: Document = {"import": import_id}
    if wanted.verdict:
        query["verdict"] = int(wanted.verdict)
    every: list[Document] = [{"marks": {"$in": list(each)}} for each in wanted.marks]
    if wanted.action == "refused":
        every.append({"$or": [{"verdict": int(Verdict.REFUSED)}, {"action": "refused"}]})
    elif wanted.action:
        query["action"] = wanted.action
    if wanted.state:
        every.append(_STATES[wanted.state])
    if every:
        query["$and"] = every
    return query


def _noted(outcome: Outcome, operation: str) -> dict[str, Any]:
    noted: dict[str, Any] = {"action": outcome.action, "refusals": list(outcome.refusals)}
    if operation:
        # Profile, commit and operation are what taking the import back will need.
        noted.update(done=True, profile=outcome.profile, commit=outcome.commit, operation=operation)
    return noted


def _replacements(import_id: str, rows: Sequence[StagedRow], key: DataKey) -> list[UpdateOne]:
    return [
        UpdateOne(
            {"_id": _row_id(import_id, row.number), "version": row.version - 1},
            {
                "$set": {
                    "verdict": int(row.verdict),
                    "record": row.record,
                    "content": key.encrypt(
                        encoded(
                            list(row.cells), JudgedRow(row.verdict, dict(row.values), row.findings, row.reasons, ())
                        ),
                        _place(import_id, row.number),
                    ),
                    "marks": marks_of(row.findings, row.reasons),
                    "version": row.version,
                },
                "$unset": {"action": "", "refusals": "", "done": "", "profile": "", "commit": ""},
            },
        )
        for row in rows
    ]


def _opened(documents: Sequence[Document], key: DataKey) -> list[StagedRow]:
    return [_row(document, key) for document in documents]


def _row(document: Document, key: DataKey) -> StagedRow:
    number = document["row"]
    cells, findings, reasons, values = decoded(
        key.decrypt(bytes(document["content"]), _place(document["import"], number))
    )
    return StagedRow(
        number=number,
        verdict=Verdict(document["verdict"]),
        record=document["record"],
        chosen=document["chosen"],
        cells=tuple(cells),
        findings=findings,
        reasons=reasons,
        values=values,
        action=document.get("action", ""),
        profile=document.get("profile", ""),
        commit=document.get("commit", ""),
        refusals=tuple(document.get("refusals", ())),
        done=document.get("done", False),
        version=document["version"],
    )
