"""Dictionaries in MongoDB: the present version of each, and every earlier one beside it.

Promise: a version is written once; readers see a change within two seconds.
"""

import time
from collections.abc import Mapping

from pymongo.errors import DuplicateKeyError

from chassis.mongo.session import Database, Document
from services.profile.adapters.seeds import shipped_dictionaries
from services.profile.domain.dictionaries import Dictionary, Term

FRESH_SECONDS = 2.0


async def ensure_dictionaries(database: Database) -> None:
    """Put the shipped dictionaries where there are none yet; called by a migration."""
    for dictionary in shipped_dictionaries().values():
        try:
            await database["dictionaries"].insert_one(_to_document(dictionary))
        except DuplicateKeyError:
            continue


class MongoDictionaries:
    """The collections `dictionaries` and `dictionary_versions`."""

    def __init__(self, database: Database) -> None:
        self._present = database["dictionaries"]
        self._former = database["dictionary_versions"]
        self._known: dict[str, Dictionary] = {}
        self._read_at = float("-inf")

    async def all(self) -> Mapping[str, Dictionary]:
        """Give all of them, at most two seconds old; an index is made anew only for what has changed."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            versions = {each["_id"]: each["version"] async for each in self._present.find({}, {"version": 1})}
            known = {name: each for name, each in self._known.items() if versions.get(name) == each.version}
            missing = [name for name in versions if name not in known]
            async for document in self._present.find({"_id": {"$in": missing}}):
                known[document["_id"]] = _from_document(document)
            self._known, self._read_at = dict(sorted(known.items())), time.monotonic()
        return self._known

    async def save(self, changed: Dictionary) -> bool:
        """Replace the version before this one; False when somebody else did."""
        former = await self._present.find_one_and_replace(
            {"_id": changed.name, "version": changed.version - 1}, _to_document(changed)
        )
        if former is None:
            self._read_at = float("-inf")
            return False
        await self._former.update_one(
            {"_id": f"{changed.name}@{former['version']}"}, {"$set": {"terms": former["terms"]}}, upsert=True
        )
        self._known = {**self._known, changed.name: changed}
        return True


def _to_document(dictionary: Dictionary) -> Document:
    terms = [
        {
            "code": term.code,
            "names": dict(term.names),
            "synonyms": list(term.synonyms),
            "parent": term.parent,
            "time_zone": term.time_zone,
        }
        for term in dictionary.terms.values()
    ]
    return {"_id": dictionary.name, "version": dictionary.version, "terms": terms}


def _from_document(document: Document) -> Dictionary:
    terms = [
        Term(each["code"], each["names"], tuple(each["synonyms"]), each["parent"], each["time_zone"])
        for each in document["terms"]
    ]
    return Dictionary.of(document["_id"], document["version"], terms)
