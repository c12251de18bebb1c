"""Domain values as BSON: events for commits, records and homes for views.

Promise: what a source says of a person is one sealed field per event (`sealed`), encrypted under the record's key with
the record and the place of the event as associated data; the rest of an event is codes, ids and times. Views hold
values in the clear but for the health class, which is sealed there too. `schema` is raised when a shape changes.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from chassis.crypto import DataKey
from services.profile.domain.consent import ConsentChanged, ConsentKey, ConsentStatus, Evidence
from services.profile.domain.events import (
    ContactMarked,
    Event,
    ProfileAbsorbed,
    ProfileAbsorbs,
    ProfileArchived,
    ProfileErased,
    ProfileReleased,
    ProfileReleases,
    ProfileRestored,
    RecordObserved,
    RecordOpened,
    RecordSplit,
    ValuesPinned,
    name_of,
)
from services.profile.domain.record import Affiliation, AttributeValue, Contact, ContactPoint

Document = dict[str, Any]
SCHEMA = 1
_AFFILIATION = (
    "organisation", "organisation_name", "specialty", "position", "role", "schedule", "city", "region", "starts_on",
    "ends_on",
)  # fmt: skip
_PACK = msgspec.msgpack.Encoder()
_UNPACK = msgspec.msgpack.Decoder()


class RecordLost(Exception):  # noqa: N818 - says what happened
    """The record's key is destroyed: what it said is gone for good."""


def value_to(value: AttributeValue) -> Any:
    """Give a value's stored form; a date is told from text by its wrapping."""
    return {"date": value.isoformat()} if isinstance(value, date) else value


def value_from(stored: Any) -> AttributeValue:
    """Read a value."""
    return date.fromisoformat(stored["date"]) if isinstance(stored, dict) else stored


def _moment(value: datetime | None) -> int | None:
    return None if value is None else round(value.timestamp() * 1000)


def _time(value: int | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def _sure(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)


def affiliation_to(affiliation: Affiliation) -> Document:
    """Give a workplace without the parts that are not known."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name in _AFFILIATION
        if (value := getattr(affiliation, name)) is not None
    }


def affiliation_from(stored: Mapping[str, Any]) -> Affiliation:
    """Read a workplace."""
    get, starts_on, ends_on = stored.get, stored.get("starts_on"), stored.get("ends_on")
    return Affiliation(
        get("organisation"),
        get("organisation_name", ""),
        get("specialty"),
        get("position"),
        get("role"),
        get("schedule"),
        get("city"),
        get("region"),
        date.fromisoformat(starts_on) if starts_on else None,
        date.fromisoformat(ends_on) if ends_on else None,
    )


def contact_to(contact: Contact) -> list[Any]:
    """Give a contact as kind, value, time of confirmation in milliseconds."""
    return [contact.point.kind, contact.point.value, _moment(contact.confirmed_at)]


def contact_from(stored: list[Any]) -> Contact:
    """Read a contact."""
    return Contact(ContactPoint(stored[0], stored[1]), _time(stored[2]))


def consent_to(changed: ConsentChanged) -> list[Any]:
    """Give a consent's word as a list: key, contact, status, evidence, expiry."""
    key, evidence = changed.key, changed.evidence
    return [
        key.controller, key.purpose, key.channel, key.topic, key.contact.kind, key.contact.value, changed.status.value,
        evidence.kind, evidence.reference, evidence.wording, evidence.actor, _moment(evidence.time),
        _moment(changed.expires_at),
    ]  # fmt: skip


def consent_from(stored: list[Any]) -> ConsentChanged:
    """Read a consent's word."""
    controller, purpose, channel, topic, kind, value, status, way, reference, wording, actor, time, expires = stored
    return ConsentChanged(
        ConsentKey(controller, purpose, channel, topic, ContactPoint(kind, value)),
        ConsentStatus(status),
        Evidence(way, reference, wording, actor, _sure(time)),
        _time(expires),
    )


def _place(record: str, commit: str, index: int) -> bytes:
    return f"{record}\x1f{commit}.{index}".encode()


def event_to(event: Event, key: DataKey | None, record: str, commit: str, index: int) -> Document:
    """Give the stored form of an event; `key` is the record's (a profile's own has one only for its comment)."""
    document: Document = {"type": name_of(event), "schema": SCHEMA}
    sealed: Any = None
    match event:
        case RecordOpened():
            document.update(source=event.source, base=event.base, kind=event.kind, home=event.home, no=event.no)
            sealed = event.key
        case RecordObserved():
            document["observed_at"] = event.observed_at
            if event.kind:
                document["kind"] = event.kind
            sealed = _observation(event)
        case ConsentChanged():
            sealed = consent_to(event)
        case ValuesPinned():
            document["attributes"] = list(event.attributes)
        case RecordSplit():
            document.update(home=event.home, no=event.no)
        case ContactMarked():
            document.update(mark=event.mark, time=event.time)
            sealed = [event.point.kind, event.point.value]
        case ProfileAbsorbed():
            document.update(into=event.into, cause=event.cause)
        case ProfileAbsorbs() | ProfileReleases():
            document.update(profile=event.profile, no=event.no, cause=event.cause)
        case ProfileReleased():
            document.update(by=event.by, cause=event.cause)
        case ProfileArchived():
            # A comment is free text about a person: it gets a key of the profile's own, which erasure destroys too.
            document["reason"] = event.reason
            sealed = event.comment or None
        case ProfileErased():
            document["ground"] = event.ground
        case ProfileRestored():
            pass
    if sealed is not None:
        if key is None:
            raise RecordLost(record)
        document["sealed"] = key.encrypt(_PACK.encode(sealed), _place(record, commit, index))
    return document


def event_from(document: Mapping[str, Any], key: DataKey | None, record: str, commit: str, index: int) -> Event:
    """Read a stored event.

    Raises:
        RecordLost: it is sealed and the record's key is gone.
    """
    sealed: Any = None
    if "sealed" in document:
        if key is None:
            raise RecordLost(record)
        sealed = _UNPACK.decode(key.decrypt(bytes(document["sealed"]), _place(record, commit, index)))
    kind = document["type"]
    if kind.startswith("consent-"):
        return consent_from(sealed)
    match kind:
        case "record-opened":
            return RecordOpened(
                document["source"], sealed, document["base"], document["kind"], document["home"], document["no"]
            )
        case "record-observed":
            return _observed(document, sealed)
        case "values-pinned":
            return ValuesPinned(tuple(document["attributes"]))
        case "record-split":
            return RecordSplit(document["home"], document["no"])
        case "contact-marked":
            return ContactMarked(ContactPoint(*sealed), document["mark"], document["time"])
        case "profile-absorbed":
            return ProfileAbsorbed(document["into"], document["cause"])
        case "profile-absorbs":
            return ProfileAbsorbs(document["profile"], document["no"], document["cause"])
        case "profile-released":
            return ProfileReleased(document["by"], document["cause"])
        case "profile-releases":
            return ProfileReleases(document["profile"], document["no"], document["cause"])
        case "profile-archived":
            return ProfileArchived(document["reason"], sealed or "")
        case "profile-restored":
            return ProfileRestored()
        case "profile-erased":
            return ProfileErased(document["ground"])
    raise ValueError(f"no event is stored as {kind}")


def _observation(event: RecordObserved) -> Document:
    said: Document = {}
    if event.values:
        said["values"] = {name: value_to(value) for name, value in event.values.items()}
    if event.withdrawn:
        said["withdrawn"] = list(event.withdrawn)
    if event.contacts is not None:
        said["contacts"] = [contact_to(contact) for contact in event.contacts]
    if event.affiliations is not None:
        said["affiliations"] = [affiliation_to(affiliation) for affiliation in event.affiliations]
    if event.external_ids is not None:
        said["external_ids"] = list(event.external_ids)
    return said


def _observed(document: Mapping[str, Any], said: Mapping[str, Any]) -> RecordObserved:
    contacts, affiliations, external_ids = (said.get(name) for name in ("contacts", "affiliations", "external_ids"))
    return RecordObserved(
        observed_at=document["observed_at"],
        values={name: value_from(value) for name, value in said.get("values", {}).items()},
        withdrawn=tuple(said.get("withdrawn", ())),
        contacts=None if contacts is None else tuple(contact_from(each) for each in contacts),
        affiliations=None if affiliations is None else tuple(affiliation_from(each) for each in affiliations),
        external_ids=None if external_ids is None else tuple(external_ids),
        kind=document.get("kind"),
    )
