"""The view's document: a person as it is read, and back.

A home that lives is a whole person; an absorbed one is a stub that names its survivor; an erased one is a tombstone.
Values are clear here (disk encryption is the operator's) but for the health class, which is sealed under the record's
key as in the commits.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from chassis.crypto import DataKey, SealBroken
from services.profile.adapters.encoding import (
    affiliation_from,
    affiliation_to,
    consent_from,
    consent_to,
    contact_from,
    contact_to,
    value_from,
    value_to,
)
from services.profile.domain.people import Archived, Home, Person
from services.profile.domain.record import ContactPoint
from services.profile.domain.record_stream import Mark, Observed, Record

Document = dict[str, Any]
KeyOf = Callable[[str], DataKey | None]


def person_to(person: Person, health: frozenset[str], key_of: KeyOf, digest: Callable[[str, str], bytes]) -> Document:
    """Give the document of a living or archived person."""
    return {
        "no": person.root.no,
        "status": _status(person),
        "homes": [home_to(home) for home in person.homes],
        "records": [record_to(record, health, key_of, digest) for record in person.records],
        "bases": sorted({record.base for record in person.records}),
    }


def _status(person: Person) -> str:
    if not person.records:
        return "empty"  # a home that all records left by splits: nobody lives there
    return "archived" if person.archived else "active"


def tombstone(person: Person) -> Document:
    """Give the document of an erased person: ids only."""
    return {
        "no": person.root.no,
        "status": "erased",
        "homes": [home_to(home, bare=True) for home in person.homes],
        "records": [],
        "bases": [],
    }


def stub(home: Home) -> Document:
    """Give the document of an absorbed profile."""
    return {
        "no": home.no,
        "status": "absorbed",
        "into": home.into,
        "homes": [home_to(home)],
        "records": [],
        "bases": [],
    }


def person_from(document: Mapping[str, Any], key_of: KeyOf) -> Person:
    """Read a document."""
    homes = tuple(home_from(each) for each in document["homes"])
    root = next(home for home in homes if home.id == document["_id"])
    return Person(root, homes, tuple(record_from(each, key_of) for each in document["records"]))


def sealed_records(document: Mapping[str, Any]) -> list[str]:
    """Name the records whose values can only be read with their key."""
    return [record["id"] for record in document["records"] if "sealed" in record]


def home_to(home: Home, *, bare: bool = False) -> Document:
    """Give a home; a bare one keeps only what points elsewhere."""
    document: Document = {"id": home.id, "no": home.no, "version": home.version}
    if home.into:
        document.update(into=home.into, cause=home.cause)
    if home.archived and not bare:
        document["archived"] = [home.archived.reason, home.archived.comment, home.archived.time]
    if home.erased:
        document["erased"] = True
    return document


def home_from(document: Mapping[str, Any]) -> Home:
    """Read a home."""
    archived = document.get("archived")
    return Home(
        document["id"],
        document["no"],
        document["version"],
        document.get("into"),
        document.get("cause"),
        Archived(*archived) if archived else None,
        document.get("erased", False),
    )


def record_to(record: Record, health: frozenset[str], key_of: KeyOf, digest: Callable[[str, str], bytes]) -> Document:
    """Give a record with every value; contacts carry their keyed hash, so that readers need not make it."""
    document: Document = {
        "id": record.id,
        "source": record.source,
        "key": record.key,
        "base": record.base,
        "kind": record.kind,
        "home": record.home,
        "no": record.no,
        "version": record.version,
        "opened_at": record.opened_at,
        "observed_at": record.observed_at,
        "attributes": {
            key: [value_to(each.value), each.observed_at]
            for key, each in record.attributes.items()
            if key not in health
        },
        "contacts": [
            [*contact_to(contact), digest(contact.point.kind, contact.point.value)] for contact in record.contacts
        ],
    }
    guarded = {key: each for key, each in record.attributes.items() if key in health} if health else {}
    if guarded:
        document["sealed"] = _sealed(record.id, guarded, key_of(record.id))
    if record.affiliations:
        document["affiliations"] = [affiliation_to(each) for each in record.affiliations]
    if record.external_ids:
        document["external_ids"] = list(record.external_ids)
    if record.pinned:
        document["pinned"] = sorted(record.pinned)
    if record.marks:
        document["marks"] = [[point.kind, point.value, each.mark, each.time] for point, each in record.marks.items()]
    if record.consents:
        document["consents"] = [consent_to(each) for each in record.consents.values()]
    return document


def record_from(document: Mapping[str, Any], key_of: KeyOf) -> Record:
    """Read a record."""
    attributes = {key: Observed(value_from(value), time) for key, (value, time) in document["attributes"].items()}
    if "sealed" in document:
        attributes.update(_opened(document["id"], bytes(document["sealed"]), key_of(document["id"])))
    consents = [consent_from(each) for each in document.get("consents", ())]
    return Record(
        id=document["id"],
        source=document["source"],
        key=document["key"],
        base=document["base"],
        kind=document["kind"],
        home=document["home"],
        no=document["no"],
        version=document["version"],
        opened_at=document["opened_at"],
        observed_at=document["observed_at"],
        attributes=attributes,
        contacts=tuple(contact_from(each) for each in document["contacts"]),
        affiliations=tuple(affiliation_from(each) for each in document.get("affiliations", ())),
        external_ids=tuple(document.get("external_ids", ())),
        pinned=frozenset(document.get("pinned", ())),
        marks={ContactPoint(kind, value): Mark(mark, time) for kind, value, mark, time in document.get("marks", ())},
        consents={each.key: each for each in consents},
    )


def _place(record: str) -> bytes:
    return f"{record}\x1fview".encode()


def _sealed(record: str, guarded: Mapping[str, Observed], key: DataKey | None) -> bytes:
    if key is None:
        raise SealBroken
    plain = {name: [value_to(each.value), each.observed_at.timestamp()] for name, each in guarded.items()}
    return key.encrypt(msgspec.msgpack.encode(plain), _place(record))


def _opened(record: str, sealed: bytes, key: DataKey | None) -> dict[str, Observed]:
    if key is None:
        return {}
    plain = msgspec.msgpack.decode(key.decrypt(sealed, _place(record)))
    return {
        name: Observed(value_from(value), datetime.fromtimestamp(time, UTC)) for name, (value, time) in plain.items()
    }
