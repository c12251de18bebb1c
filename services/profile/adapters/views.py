"""The view of people in MongoDB: one document per profile id, replaced by compare-and-set on its revision.

Promise: the same write holds the facts of what it folded, so nothing is told that is not in the view. Views whose
people exchange homes or records are written together or not at all. A view that somebody else wrote first is named
to the caller, who folds again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pymongo import InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError

from chassis.crypto import BlindIndex
from chassis.kernel import Clock, lane_of, partition_of
from chassis.kernel.problem import Conflict
from chassis.mongo import duplicates
from chassis.mongo.session import Document, Session
from chassis.outbox import stamped
from services.profile.adapters.keyring import MongoKeyring
from services.profile.adapters.messages import Speaker, facts_of
from services.profile.adapters.persons import person_from, person_to, sealed_records, stub, tombstone
from services.profile.domain.consent import next_expiry
from services.profile.domain.events import ProfileAbsorbed, ProfileReleased, RecordSplit
from services.profile.domain.people import Commit, People, Person
from services.profile.ports import Loaded, Settings

NAME = "view_people"


class _Lost(Exception):  # noqa: N818 - ends a transaction
    pass


class MongoViews:
    """People as they are read."""

    def __init__(
        self, session: Session, keyring: MongoKeyring, settings: Settings, index: BlindIndex, clock: Clock
    ) -> None:
        self._session, self._keyring, self._settings = session, keyring, settings
        self._views = session.database("profile")[NAME]
        self._digest, self._clock = index.digest, clock

    async def load(self, profiles: Iterable[str]) -> Loaded:
        """Give the people of these homes, absorbed ones as their survivors, with every stub on the way."""
        documents: dict[str, Document] = {}
        wanted = set(profiles)
        asked: set[str] = set()
        while wanted:
            asked |= wanted
            found = {document["_id"]: document async for document in self._views.find({"_id": {"$in": list(wanted)}})}
            documents.update(found)
            near = {home["id"] for document in found.values() for home in document["homes"]}
            near |= {document["into"] for document in found.values() if document.get("into")}
            wanted = near - asked
        await self._keyring.fetch(record for document in documents.values() for record in sealed_records(document))
        loaded = Loaded(People(), {})
        # Stubs first: the survivor's own word about the homes that it absorbed is the newer one.
        for document in sorted(documents.values(), key=lambda each: each["status"] != "absorbed"):
            loaded.people.add(person_from(document, self._keyring.get))
            loaded.revisions[document["_id"]] = document["revision"]
            loaded.handles[document["_id"]] = document
        return loaded

    async def save(self, loaded: Loaded, folded: Sequence[Commit], touched: Iterable[str]) -> set[str]:
        """Write the views of these profiles; give those that others wrote first."""
        people = loaded.people
        homes = set(touched)
        homes |= {people.root(home) for home in homes}
        told = _told(people, folded)
        health = (await self._settings.catalogue()).health
        await self._keyring.fetch(_guarded(people, homes, health))
        now = self._clock.now()
        documents = {home: self._document(loaded, home, told.get(home, ()), health, now) for home in homes}
        structural = any(
            isinstance(event, ProfileAbsorbed | ProfileReleased | RecordSplit)
            for commit in folded
            for event in commit.events
        )
        if structural:
            return await self._save_together(documents, loaded.revisions)
        return await self._save_each(documents, loaded.revisions)

    def _document(
        self, loaded: Loaded, home: str, told: Sequence[Commit], health: frozenset[str], now: datetime
    ) -> Document:
        people, previous = loaded.people, loaded.handles.get(home)
        revision = loaded.revisions.get(home, 0) + 1
        person = people.person(home)
        if people.homes[home].into is not None:
            document = stub(people.homes[home])
        elif person.erased:
            document = tombstone(person)
        else:
            document = person_to(person, health, self._keyring.get, self._digest)
            expiry = next_expiry(record.consents for record in person.records)
            if expiry is not None:
                document["next_expiry"] = expiry
        partition = partition_of(home)
        document.update(
            _id=home,
            revision=revision,
            partition=partition,
            lane=lane_of(partition),
            created_at=_created(person, previous, now),
            updated_at=now,
        )
        former = _former(previous, person)
        if former:
            document["former"] = sorted(former)
        absorbed = tuple(each.id for each in person.homes if each.id != home)
        facts = facts_of(Speaker(home, people.homes[home].no, revision, absorbed), told, now, self._digest)
        return stamped(document, facts, now, previous)

    async def _save_each(self, documents: Mapping[str, Document], revisions: Mapping[str, int]) -> set[str]:
        operations = [_operation(document, revisions) for document in documents.values()]
        if not operations:
            return set()
        try:
            await self._views.bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            return _lost(error, list(documents))
        return set()

    async def _save_together(self, documents: Mapping[str, Document], revisions: Mapping[str, int]) -> set[str]:
        try:
            async with self._session.transaction() as session:
                try:
                    await self._views.bulk_write(
                        [_operation(document, revisions) for document in documents.values()], session=session
                    )
                except BulkWriteError as error:
                    if _lost(error, list(documents)):
                        raise _Lost from None
        except (_Lost, Conflict):
            return set(documents)
        return set()


def _operation(document: Document, revisions: Mapping[str, int]) -> InsertOne[Document] | ReplaceOne[Document]:
    before = revisions.get(document["_id"], 0)
    if not before:
        return InsertOne(document)
    # An upsert turns a lost race into a duplicate key that names the loser.
    return ReplaceOne({"_id": document["_id"], "revision": before}, document, upsert=True)


def _lost(error: BulkWriteError, order: Sequence[str]) -> set[str]:
    return {order[failure["index"]] for failure in duplicates(error)}


def _told(people: People, folded: Sequence[Commit]) -> dict[str, list[Commit]]:
    """Give the commits by the profile whose view tells them."""
    told: dict[str, list[Commit]] = {}
    for commit in folded:
        kind, _, key = commit.stream.partition(":")
        home = people.records[key].home if kind == "record" else key
        told.setdefault(people.root(home), []).append(commit)
    return told


def _created(person: Person, previous: Document | None, now: datetime) -> datetime:
    if previous is not None:
        first: datetime = previous["created_at"]
        return first
    return min((record.opened_at for record in person.records), default=now)


def _former(previous: Document | None, person: Person) -> set[str]:
    """Name streams that made this person once and do not any longer, for the state of a past time."""
    if previous is None:
        return set()
    before = {f"record:{record['id']}" for record in previous["records"]}
    before |= {f"profile:{home['id']}" for home in previous["homes"] if home["version"]}
    return (before | set(previous.get("former", ()))) - person.versions.keys()


def _guarded(people: People, homes: Iterable[str], health: frozenset[str]) -> list[str]:
    if not health:
        return []
    return [
        record.id
        for home in homes
        for record in people.person(home).records
        if not health.isdisjoint(record.attributes)
    ]
