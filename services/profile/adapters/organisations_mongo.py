"""The directory of organisations in MongoDB: found by comparable name, searched by any piece of a spelling."""

import re
from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, UpdateOne
from pymongo.errors import DuplicateKeyError

from chassis.kernel import EtagStale
from chassis.kernel.problem import IdempotencyKeyReused
from chassis.mongo.schema import checked, ensure_declared
from chassis.mongo.session import Database, Document
from services.profile.adapters import schema
from services.profile.domain.directory_errors import OrganisationKnown
from services.profile.domain.normal.text import folded
from services.profile.domain.organisations import Directory, Organisation, Place, organisation_key, resolved


async def ensure_organisation_indexes(database: Database) -> None:
    """Create the indexes of organisations; called by a migration."""
    await ensure_declared(database, schema.Organisation)


class MongoOrganisations:
    """The collection `organisations`."""

    def __init__(self, database: Database) -> None:
        self._organisations = database["organisations"]

    async def resolve(self, places: Sequence[Place]) -> Mapping[Place, str]:
        """Give the ids of the organisations that names mean; unknown ones are made, once however many ask."""
        ids, made = await self._resolved(places)
        if made:
            await self._organisations.bulk_write(
                [
                    UpdateOne({"_id": each.id}, {"$setOnInsert": _without_id(_to_document(each))}, upsert=True)
                    for each in made
                ],
                ordered=False,
            )
        return ids

    async def look_up(self, places: Sequence[Place]) -> Mapping[Place, str]:
        """Give the ids that names would have; nothing is made."""
        return (await self._resolved(places))[0]

    async def get(self, organisation: str) -> Organisation | None:
        """Give one, None when there is none."""
        document = await self._organisations.find_one({"_id": organisation})
        return _from_document(document) if document else None

    async def add(self, organisation: Organisation, request: str | None = None, asked: str = "") -> Organisation:
        """Add one; the same again answers it, the same request again what it made, as it is now.

        Raises:
            OrganisationKnown: the name in that city is another one's.
            IdempotencyKeyReused: the request asked for something else before.
        """
        document = _to_document(organisation)
        if request is not None:
            document |= {"request": request, "asked": asked}
        try:
            await self._organisations.insert_one(checked(schema.Organisation, document))
        except DuplicateKeyError:
            made = await self._organisations.find_one({"request": request}) if request is not None else None
            if made is not None:
                if made["asked"] != asked:
                    raise IdempotencyKeyReused from None
                return _from_document(made)
            if await self.get(organisation.id) != organisation:
                raise OrganisationKnown(organisation.id) from None
        return organisation

    async def save(self, changed: Organisation) -> None:
        """Replace the version before this one.

        Raises:
            EtagStale: somebody else did.
        """
        update: Document = {"$set": _without_id(_to_document(changed))}
        if not changed.parent:
            update["$unset"] = {"parent": ""}
        result = await self._organisations.update_one({"_id": changed.id, "version": changed.version - 1}, update)
        if not result.matched_count:
            raise EtagStale

    async def search(self, text: str, after: tuple[str, str] | None, limit: int) -> list[Organisation]:
        """Give organisations by name that hold every word of a text."""
        query = _holding(text)
        if after is not None:
            name, organisation = after
            beyond = [{"sorted": {"$gt": name}}, {"sorted": name, "_id": {"$gt": organisation}}]
            query = {"$and": [query, {"$or": beyond}]}
        found = self._organisations.find(query).sort([("sorted", ASCENDING), ("_id", ASCENDING)]).limit(limit)
        return [_from_document(each) async for each in found]

    async def count(self, text: str) -> int:
        """Count them."""
        return int(await self._organisations.count_documents(_holding(text)))

    async def parents(self) -> Mapping[str, str | None]:
        """Give what is part of what."""
        found = self._organisations.find({"parent": {"$type": "string"}}, {"parent": 1})
        return {each["_id"]: each["parent"] async for each in found}

    async def _resolved(self, places: Sequence[Place]) -> tuple[dict[Place, str], list[Organisation]]:
        keys = sorted({organisation_key(place.name) for place in places})
        found = self._organisations.find({"keys": {"$in": keys}})
        return resolved(places, Directory.of([_from_document(each) async for each in found]))


def _holding(text: str) -> Document:
    words = folded(text).split()
    return {"$and": [{"spellings": {"$regex": re.escape(word)}} for word in words]} if words else {}


def _to_document(organisation: Organisation) -> Document:
    document: Document = {
        "_id": organisation.id,
        "name": organisation.name,
        "synonyms": list(organisation.synonyms),
        "city": organisation.city,
        "version": organisation.version,
        "keys": list(organisation.keys),
        "sorted": folded(organisation.name),
        "spellings": " | ".join(folded(each) for each in (organisation.name, *organisation.synonyms)),
    }
    if organisation.parent:
        document["parent"] = organisation.parent
    return checked(schema.Organisation, document)


def _without_id(document: Document) -> Document:
    return {key: value for key, value in document.items() if key != "_id"}


def _from_document(document: Document) -> Organisation:
    return Organisation(
        document["_id"],
        document["name"],
        tuple(document["synonyms"]),
        document.get("parent"),
        document["city"],
        document["version"],
    )
