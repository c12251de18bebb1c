"""Bases, sources and attributes in MongoDB, read by every command and therefore kept for two seconds.

A source or an attribute is never changed in what it means once it is there; the same again answers the same.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pymongo.errors import DuplicateKeyError

from chassis.mongo.schema import Kept, checked
from chassis.mongo.session import Collection, Database
from services.profile.adapters import schema
from services.profile.domain.catalogue import KINDS, Attribute, Catalogue, PersonalClass, Survivorship, ValueType
from services.profile.domain.sources import Base, ConsentTerms, Source, Sources

FRESH = 2.0
"""Seconds for which a process may not know of a new source."""


class MongoSettings:
    """What the installation knows of itself."""

    def __init__(self, database: Database) -> None:
        self._bases = database["bases"]
        self._sources = database["sources"]
        self._attributes = database["attributes"]
        self._known: tuple[float, Sources, Catalogue] | None = None

    async def sources(self) -> Sources:
        """Give all sources."""
        return (await self._current())[0]

    async def catalogue(self) -> Catalogue:
        """Give the attribute catalogue."""
        return (await self._current())[1]

    async def bases(self) -> list[Base]:
        """Give all bases, by key."""
        return [Base(each["_id"], each["title"]) async for each in self._bases.find().sort("_id", 1)]

    async def add_base(self, base: Base) -> Base:
        """Add a base, or give the one of this key that exists."""
        document = await self._add(self._bases, schema.Base, {"_id": base.key, "title": base.title})
        return Base(document["_id"], document["title"])

    async def add_source(self, source: Source) -> Source:
        """Add a source, or give the one of this key that exists."""
        return source_from(await self._add(self._sources, schema.Source, source_to(source)))

    async def add_attribute(self, attribute: Attribute) -> Attribute:
        """Add an attribute, or give the one of this key that exists."""
        return attribute_from(await self._add(self._attributes, schema.Attribute, attribute_to(attribute)))

    async def _add(self, collection: Collection, of: type[Kept], document: dict[str, Any]) -> dict[str, Any]:
        self._known = None
        checked(of, document)
        try:
            await collection.insert_one(dict(document))
        except DuplicateKeyError:
            return await collection.find_one({"_id": document["_id"]}) or document
        return document

    async def _current(self) -> tuple[Sources, Catalogue]:
        now = time.monotonic()
        if self._known is None or now - self._known[0] > FRESH:
            sources = [source_from(each) async for each in self._sources.find()]
            attributes = [attribute_from(each) async for each in self._attributes.find()]
            self._known = (now, Sources({source.key: source for source in sources}), Catalogue(attributes))
        return self._known[1], self._known[2]


def source_to(source: Source) -> dict[str, Any]:
    """Give a source's document."""
    return {
        "_id": source.key,
        "base": source.base,
        "kind": source.kind,
        "title": source.title,
        "confirms": sorted(source.confirms),
        "priority": source.priority,
        "key_columns": list(source.key_columns),
        "external_id_kind": source.external_id_kind,
        "country": source.country,
        "consent": asdict(source.consent) if source.consent else None,
    }


def source_from(document: Mapping[str, Any]) -> Source:
    """Read a source's document."""
    consent = document.get("consent")
    return Source(
        document["_id"],
        document["base"],
        document["kind"],
        document["title"],
        frozenset(document["confirms"]),
        document["priority"],
        tuple(document["key_columns"]),
        document["external_id_kind"],
        document["country"],
        ConsentTerms(**consent) if consent else None,
    )


def attribute_to(attribute: Attribute) -> dict[str, Any]:
    """Give an attribute's document."""
    return {
        "_id": attribute.key,
        "type": attribute.type.value,
        "personal": attribute.personal.value,
        "kinds": sorted(attribute.kinds),
        "title": attribute.title,
        "dictionary": attribute.dictionary,
        "multi": attribute.multi,
        "survivorship": attribute.survivorship.value,
    }


def attribute_from(document: Mapping[str, Any]) -> Attribute:
    """Read an attribute's document."""
    return Attribute(
        document["_id"],
        ValueType(document["type"]),
        PersonalClass(document["personal"]),
        frozenset(document["kinds"]) or KINDS,
        document["title"],
        document["dictionary"],
        document["multi"],
        Survivorship(document["survivorship"]),
    )
