"""The declared freezes in MongoDB: one document, so that two who declare at once cannot overlap."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from chassis.kernel import lane_of, partition_of
from chassis.kernel.problem import Conflict
from chassis.mongo import asked
from chassis.mongo.schema import checked
from chassis.mongo.session import Database
from chassis.outbox import stamped
from services.access.adapters import schema
from services.access.adapters.messages import role_changed
from services.access.adapters.mongo import TRIES
from services.access.domain.freezes import Freeze, Scope

PLACE = "installation"


class MongoFreezes:
    """All periods of the installation."""

    def __init__(self, database: Database) -> None:
        self._freezes = database["freezes"]

    async def all(self) -> Sequence[Freeze]:
        """Return those that are remembered, by their begin."""
        with asked():
            found = await self._freezes.find_one({"_id": PLACE}, {"periods": 1})
        return _freezes(found)

    async def change(self, decide: Callable[[Sequence[Freeze]], Sequence[Freeze]], now: datetime) -> Sequence[Freeze]:
        """Write what is decided; everybody's tokens end by the fact that waits in the same document."""
        for _ in range(TRIES):
            with asked():
                found = await self._freezes.find_one({"_id": PLACE})
                known = _freezes(found)
                decided = decide(known)
                if list(decided) == list(known):
                    return decided
                revision = found["revision"] + 1 if found else 1
                document = {
                    "_id": PLACE,
                    "lane": lane_of(partition_of("")),
                    "revision": revision,
                    "periods": [_document(each) for each in decided],
                }
                fresh = stamped(
                    checked(schema.Freezes, document), [role_changed("", revision, now)], now, previous=found
                )
                if found is None:
                    try:
                        await self._freezes.insert_one(fresh)
                    except DuplicateKeyError:
                        continue
                    return decided
                written = await self._freezes.replace_one({"_id": PLACE, "revision": found["revision"]}, fresh)
                if written.matched_count:
                    return decided
        raise Conflict


def _document(freeze: Freeze) -> dict[str, Any]:
    return {
        "id": freeze.id,
        "title": freeze.title,
        "begins_at": freeze.begins_at,
        "ends_at": freeze.ends_at,
        "scopes": [scope.value for scope in freeze.scopes],
        "declared_by": freeze.declared_by,
        "lifted_at": freeze.lifted_at,
    }


def _freezes(found: Mapping[str, Any] | None) -> list[Freeze]:
    return [
        Freeze(
            each["id"],
            each["title"],
            each["begins_at"],
            each["ends_at"],
            tuple(map(Scope, each["scopes"])),
            each["declared_by"],
            each["lifted_at"],
        )
        for each in (found or {}).get("periods", ())
    ]
