"""Survivorship: which of several values is shown as the person's own.

Rule: pinned > confirmed > source priority > most recent observation, ties by record id; an attribute may ask the time
before the priority. The result is a function of the records, so a face is the same rule over one base's records.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.profile.domain.catalogue import Catalogue, Survivorship
from services.profile.domain.record import Affiliation, AttributeValue, ContactPoint, PersonKind
from services.profile.domain.record_stream import Mark, Record
from services.profile.domain.sources import CONSOLE, Sources


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a record states, with what weighs for it."""

    value: AttributeValue
    record: str
    source: str
    observed_at: datetime
    pinned: bool
    confirmed: bool
    priority: int


@dataclass(frozen=True, slots=True)
class Golden:
    """The value that won and those that lost, best first; equal values are one, the best-founded."""

    best: Candidate
    others: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class HeldContact:
    """A contact point of a person, as its best-founded record holds it, with what all holders learnt of it."""

    point: ContactPoint
    record: str
    source: str
    confirmed_at: datetime | None
    bounced_at: datetime | None
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldAffiliation:
    """A workplace of a person and the record that it stands in."""

    affiliation: Affiliation
    record: str
    source: str


def golden_values(records: Iterable[Record], catalogue: Catalogue, sources: Sources) -> dict[str, Golden]:
    """Return the golden value per attribute over these records; attributes outside the catalogue have none."""
    stated: dict[str, list[Candidate]] = {}
    for record in records:
        priority = sources.priority(record.source)
        for key, observed in record.attributes.items():
            stated.setdefault(key, []).append(
                Candidate(
                    observed.value,
                    record.id,
                    record.source,
                    observed.observed_at,
                    key in record.pinned,
                    sources.confirms(record.source, key),
                    priority,
                )
            )
    found: dict[str, Golden] = {}
    for key, candidates in stated.items():
        attribute = catalogue.get(key)
        if attribute is not None:
            found[key] = _golden(candidates, attribute.survivorship)
    return found


def held_contacts(records: Iterable[Record], sources: Sources) -> list[HeldContact]:
    """Return every contact point once; confirmed first, then by the source's priority, then by value."""
    holders: dict[ContactPoint, list[tuple[bool, int, float, str, Record, datetime | None]]] = {}
    for record in records:
        for contact in record.contacts:
            confirmed_at = contact.confirmed_at
            if confirmed_at is None and sources.confirms(record.source, contact.point.kind):
                confirmed_at = record.observed_at
            holders.setdefault(contact.point, []).append(
                (
                    confirmed_at is None,
                    -sources.priority(record.source),
                    -record.observed_at.timestamp(),
                    record.id,
                    record,
                    confirmed_at,
                )
            )
    ranked: list[tuple[tuple[bool, int, str], HeldContact]] = []
    for point, held in holders.items():
        unconfirmed, priority, _, _, record, confirmed_at = min(held, key=lambda each: each[:4])
        bounced_at = _bounced((each[4].marks.get(point) for each in held), confirmed_at)
        held_contact = HeldContact(
            point, record.id, record.source, confirmed_at, bounced_at, tuple(sorted(each[4].id for each in held))
        )
        ranked.append(((unconfirmed, priority, point.value), held_contact))
    return [each for _, each in sorted(ranked, key=lambda pair: pair[0])]


def held_affiliations(records: Iterable[Record], sources: Sources) -> list[HeldAffiliation]:
    """Return every workplace once, the best source's word first; two records that state one tuple state it once."""
    found: dict[tuple[str | None, ...], HeldAffiliation] = {}
    for record in sorted(records, key=lambda each: (-sources.priority(each.source), each.id)):
        for affiliation in record.affiliations:
            place = affiliation.organisation or affiliation.organisation_name.casefold()
            same = (place, affiliation.specialty, affiliation.position, affiliation.role)
            found.setdefault(same, HeldAffiliation(affiliation, record.id, record.source))
    return list(found.values())


def kind_of(records: Iterable[Record]) -> PersonKind:
    """Return what the person is: a doctor if any source says so, else a patient, else a contact."""
    kinds = {record.kind for record in records}
    if "hcp" in kinds:
        return "hcp"
    return "patient" if "patient" in kinds else "contact"


def validated(records: Iterable[Record], contacts: Iterable[HeldContact]) -> bool:
    """Tell whether a steward (the console) or a confirmed contact stands behind the person."""
    return any(record.source == CONSOLE for record in records) or any(each.confirmed_at for each in contacts)


def _golden(candidates: list[Candidate], rule: Survivorship) -> Golden:
    if len(candidates) == 1:
        return Golden(candidates[0], ())
    ranked = sorted(candidates, key=lambda each: _weight(each, rule))
    distinct: Mapping[tuple[type, AttributeValue], Candidate] = {
        (type(each.value), each.value): each for each in reversed(ranked)
    }
    best, *others = sorted(distinct.values(), key=lambda each: _weight(each, rule))
    return Golden(best, tuple(others))


def _weight(candidate: Candidate, rule: Survivorship) -> tuple[bool, bool, float, float, str]:
    priority, age = float(-candidate.priority), -candidate.observed_at.timestamp()
    first, second = (priority, age) if rule is Survivorship.TRUSTED else (age, priority)
    return (not candidate.pinned, not candidate.confirmed, first, second, candidate.record)


def _bounced(marks: Iterable[Mark | None], confirmed_at: datetime | None) -> datetime | None:
    """Return the last bounce that a later confirmation does not outdate."""
    times = [each.time for each in marks if each is not None and each.mark == "bounced"]
    last = max(times, default=None)
    return None if last is None or (confirmed_at is not None and confirmed_at > last) else last
