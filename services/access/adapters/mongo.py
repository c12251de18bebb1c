"""Users, API keys and the trail in MongoDB (`<namespace>_access`)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError

from chassis.grpc import trail
from chassis.kernel import WHOLE, derived_id, lane_of, partition_of
from chassis.kernel.problem import Conflict
from chassis.mongo import Migration, asked, duplicates
from chassis.mongo.schema import checked, ensure_declared
from chassis.mongo.session import Collection, Database
from chassis.outbox import pushing, stamped
from chassis.relay import ensure_indexes
from services.access.adapters import schema
from services.access.adapters.messages import role_changed
from services.access.adapters.names import Names
from services.access.domain.api_keys import ApiKey
from services.access.domain.audit import Head, Line, chained
from services.access.ports import AuditFact, AuditQuery, Page, User

ROLES_CHANGED = "roles.change"
"""What the trail calls other roles or workspaces than at the sign-in before; the provider gave them."""

TRIES = 5
"""Writers of one chain meet only while a lease changes hands."""


class MongoUsers:
    """The people who ever signed in, by what their provider's subject is hashed to; their names sealed."""

    def __init__(self, database: Database, names: Names) -> None:
        self._users, self._names = database["users"], names

    async def seen(self, user: User, since: datetime) -> bool:
        """Remember a sign-in; a change of rights waits in the same document to be told."""
        with asked():
            known = await self._users.find_one({"_id": user.id})
            if known is None:
                try:
                    await self._users.insert_one(stamped(self._document(user), (), user.last_seen_at))
                except DuplicateKeyError:
                    return await self.seen(user, since)
                return False
            rights = {"roles": list(user.roles), "workspaces": list(user.workspaces)}
            renamed = self._names.opened(user.id, known.get("name", "")) != user.name
            if all(known[name] == value for name, value in rights.items()):
                if renamed or known["last_seen_at"] < since:
                    name = self._names.sealed(user.id, user.name)
                    checked(schema.User, {**known, "last_seen_at": user.last_seen_at, "name": name})
                    change: dict[str, Any] = {"$max": {"last_seen_at": user.last_seen_at}, "$set": {"name": name}}
                    await self._users.update_one({"_id": user.id}, change)
                return False
            revision = known["revision"] + 1
            act = trail.acted(
                user.id, ROLES_CHANGED, [user.id], WHOLE, user.last_seen_at,
                fact=derived_id(user.id, str(revision), "acted"),
            )  # fmt: skip
            telling = pushing([role_changed(user.id, revision, user.last_seen_at), act], revision)
            name = self._names.sealed(user.id, user.name)
            fields = {**rights, "last_seen_at": user.last_seen_at, "name": name, **telling["$set"]}
            checked(schema.User, {**known, **fields})
            changed = await self._users.update_one(
                {"_id": user.id, "revision": known["revision"]}, {"$set": fields, "$push": telling["$push"]}
            )
            return bool(changed.modified_count)  # else another sign-in of the same person just told it

    async def roles(self, user: str) -> tuple[str, ...] | None:
        """Return the roles that somebody was last seen with."""
        with asked():
            known = await self._users.find_one({"_id": user}, {"roles": 1})
        return tuple(known["roles"]) if known else None

    async def page(self, workspace: str, size: int, after: str) -> Page[User]:
        """List those who may work in a workspace, last seen first."""
        query = {} if workspace == WHOLE else {"workspaces": {"$in": [workspace, WHOLE]}}
        with asked():
            found = await _slice(self._users, query, "last_seen_at", size, after)
            total = await self._users.count_documents(query)
        users = [
            User(
                each["_id"],
                tuple(each["roles"]),
                tuple(each["workspaces"]),
                each["last_seen_at"],
                self._names.opened(each["_id"], each.get("name", "")),
            )
            for each in found[:size]
        ]
        return Page(users, _next_key(found, size, "last_seen_at"), total)

    def _document(self, user: User) -> dict[str, Any]:
        document = {
            "_id": user.id,
            "lane": lane_of(partition_of(user.id)),
            "revision": 1,
            "roles": list(user.roles),
            "workspaces": list(user.workspaces),
            "last_seen_at": user.last_seen_at,
            "name": self._names.sealed(user.id, user.name),
        }
        return checked(schema.User, document)


class MongoApiKeys:
    """The keys of outside systems, as hashes."""

    def __init__(self, database: Database) -> None:
        self._keys = database["api_keys"]

    async def add(self, key: ApiKey) -> bool:
        """Insert a new key; False when its id exists already."""
        with asked():
            try:
                await self._keys.insert_one(stamped(_key_document(key), (), key.created_at))
            except DuplicateKeyError:
                return False
            return True

    async def get(self, key_id: str) -> ApiKey | None:
        """Return one key."""
        with asked():
            found = await self._keys.find_one({"_id": key_id})
        return _key(found) if found else None

    async def revoke(self, key_id: str, workspace: str, now: datetime) -> ApiKey | None:
        """End a key; that it ended waits in the same document to be told."""
        with asked():
            known = await self._keys.find_one({"_id": key_id, **_only(workspace)})
            if known is None or known["revoked_at"] is not None:
                return _key(known) if known else None
            revision = known["revision"] + 1
            telling = pushing([role_changed(key_id, revision, now)], revision)
            fields = {"revoked_at": now, **telling["$set"]}
            checked(schema.ApiKey, {**known, **fields})
            changed = await self._keys.find_one_and_update(
                {"_id": key_id, "revision": known["revision"], "revoked_at": None},
                {"$set": fields, "$push": telling["$push"]},
                return_document=ReturnDocument.AFTER,
            )
            return _key(changed) if changed else await self.get(key_id)

    async def page(self, workspace: str, size: int, after: str) -> Page[ApiKey]:
        """List a workspace's keys, newest first."""
        with asked():
            found = await _slice(self._keys, _only(workspace), "created_at", size, after)
        return Page([_key(each) for each in found[:size]], _next_key(found, size, "created_at"))


class MongoTrail:
    """The audit trail: append-only, one chain per partition, held by a unique index."""

    def __init__(self, database: Database) -> None:
        self._lines = database["audit"]

    async def append(self, facts: Sequence[AuditFact]) -> int:
        """Append what is not there yet, in order."""
        by_partition: dict[int, list[AuditFact]] = defaultdict(list)
        for fact in facts:
            by_partition[fact.partition].append(fact)
        with asked():
            return sum([await self._extend(partition, each) for partition, each in by_partition.items()])

    async def _extend(self, partition: int, facts: Sequence[AuditFact]) -> int:
        written = 0
        for _ in range(TRIES):
            head = await self._lines.find_one({"partition": partition}, sort=[("number", DESCENDING)])
            wanted = {fact.id: fact.content for fact in facts}
            known = self._lines.find({"_id": {"$in": list(wanted)}}, {"_id": 1})
            for each in await known.to_list():
                del wanted[each["_id"]]
            if not wanted:
                return written
            end = Head(head["number"], head["hash"]) if head else Head()
            lines = chained(end, partition, wanted.items())
            try:
                await self._lines.insert_many([_line_document(line) for line in lines], ordered=True)
            except BulkWriteError as error:
                duplicates(error)
                written += error.details["nInserted"]
            else:
                return written + len(lines)
        raise Conflict

    async def page(self, query: AuditQuery, size: int, after: str) -> Page[Line]:
        """List lines, newest first."""
        wanted = {
            name: value
            for name, value in (
                ("content.subjects", {"$in": list(query.subjects)} if query.subjects else None),
                ("content.principal", query.principal),
                ("content.workspace", query.workspace),
            )
            if value
        }
        with asked():
            found = await _slice(self._lines, wanted, "content.time", size, after)
        return Page([_line(each) for each in found[:size]], _next_key(found, size, "content.time"))

    async def lines(self, partition: int, after: int, limit: int) -> Sequence[Line]:
        """Return a stretch of one partition's chain, in order."""
        with asked():
            found = self._lines.find({"partition": partition, "number": {"$gt": after}}).sort("number", ASCENDING)
            return [_line(each) for each in await found.limit(limit).to_list()]


def _only(workspace: str) -> dict[str, Any]:
    """Match what opens this workspace and no other: what a base may list and end."""
    return {} if workspace == WHOLE else {"workspaces": {"$eq": [workspace]}}


async def _slice(
    collection: Collection, wanted: Mapping[str, Any], field: str, size: int, after: str
) -> list[dict[str, Any]]:
    """Return one more than a page of documents by a field, newest first, ties by id."""
    query = dict(wanted)
    if after:
        text, _, last = after.partition("|")
        value: object = text if "." in field else datetime.fromisoformat(text)
        query["$or"] = [{field: {"$lt": value}}, {field: value, "_id": {"$lt": last}}]
    found = collection.find(query).sort([(field, DESCENDING), ("_id", DESCENDING)]).limit(size + 1)
    return await found.to_list()


def _next_key(found: Sequence[Mapping[str, Any]], size: int, field: str) -> str:
    if len(found) <= size:
        return ""
    last = found[size - 1]
    value = last
    for part in field.split("."):
        value = value[part]
    return f"{value.isoformat() if isinstance(value, datetime) else value}|{last['_id']}"


def _key_document(key: ApiKey) -> dict[str, Any]:
    document = {
        "_id": key.id,
        "lane": lane_of(partition_of(key.id)),
        "revision": 1,
        "title": key.title,
        "digest": key.digest,
        "roles": list(key.roles),
        "workspaces": list(key.workspaces),
        "created_by": key.created_by,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "calls_per_minute": key.calls_per_minute,
    }
    return checked(schema.ApiKey, document)


def _key(found: Mapping[str, Any]) -> ApiKey:
    return ApiKey(
        id=found["_id"],
        title=found["title"],
        digest=found["digest"],
        roles=tuple(found["roles"]),
        workspaces=tuple(found["workspaces"]),
        created_by=found["created_by"],
        created_at=found["created_at"],
        expires_at=found["expires_at"],
        revoked_at=found["revoked_at"],
        calls_per_minute=found.get("calls_per_minute", 0),  # keys of before there were quotas
    )


def _line_document(line: Line) -> dict[str, Any]:
    return {
        "_id": line.id,
        "partition": line.partition,
        "number": line.number,
        "content": dict(line.content),
        "previous": line.previous,
        "hash": line.hash,
    }


def _line(found: Mapping[str, Any]) -> Line:
    return Line(found["_id"], found["partition"], found["number"], found["content"], found["previous"], found["hash"])


async def _create_indexes(database: Database) -> None:
    newest = [("content.time", DESCENDING), ("_id", DESCENDING)]
    await ensure_declared(database, schema.User, schema.ApiKey)
    for name in OUTBOXES:
        await ensure_indexes(database[name])
    await database["audit"].create_indexes(
        [
            IndexModel([("partition", ASCENDING), ("number", ASCENDING)], name="chain", unique=True),
            IndexModel(newest, name="newest"),
            IndexModel([("content.workspace", ASCENDING), *newest], name="by_workspace"),
            IndexModel([("content.subjects", ASCENDING), *newest], name="by_subject"),
            IndexModel([("content.principal", ASCENDING), *newest], name="by_principal"),
        ]
    )


OUTBOXES = ("users", "api_keys", "freezes")
"""Collections whose documents tell facts."""


async def _create_view_indexes(database: Database) -> None:
    await ensure_declared(database, schema.View)


async def _create_freezes(database: Database) -> None:
    await ensure_declared(database, schema.Freezes)
    await ensure_indexes(database["freezes"])


MIGRATIONS = (
    Migration(1, "Indexes of users, API keys and the trail", _create_indexes),
    Migration(2, "Indexes of views", _create_view_indexes),
)
FREEZES = Migration(4, "Index of freezes", _create_freezes)
