"""People as proto: golden values, contacts, workplaces and consents of a workspace, and back from what a screen says.

Only services receive numbers and keyed hashes. Values of the health class leave only in a card that is asked by id.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.kernel import WHOLE, Violation
from gen.consilium.profile.v1 import consents_pb2, profiles_pb2
from gen.consilium.shared.v1 import values_pb2
from services.profile.domain.catalogue import Attribute, Catalogue, PersonalClass, ValueType
from services.profile.domain.consent import ConsentChanged, ConsentKey, ConsentStatus, Evidence, effective
from services.profile.domain.errors import ProfileInvalid
from services.profile.domain.people import Person
from services.profile.domain.placement import Holding
from services.profile.domain.record import Affiliation, AttributeValue, ContactPoint
from services.profile.domain.record_stream import Record
from services.profile.domain.sources import Sources
from services.profile.domain.survivorship import (
    Candidate,
    Golden,
    golden_values,
    held_affiliations,
    held_contacts,
    kind_of,
    validated,
)
from services.profile.queries import Shown, Told

_STATUS = {
    ConsentStatus.GRANTED: consents_pb2.CONSENT_STATUS_GRANTED,
    ConsentStatus.REFUSED: consents_pb2.CONSENT_STATUS_REFUSED,
    ConsentStatus.REVOKED: consents_pb2.CONSENT_STATUS_REVOKED,
    ConsentStatus.EXPIRED: consents_pb2.CONSENT_STATUS_EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How people are shown: by what rules, at what time, and to whom."""

    sources: Sources
    catalogue: Catalogue
    zones: Mapping[str, str]
    home_zone: str
    digest: Callable[[str, str], str]
    now: datetime
    service: bool
    health: bool = False


def profile_to(
    shown: Shown,
    manner: Manner,
    *,
    workspace: str,
    faces: bool = False,
    standings: Mapping[str, Holding] | None = None,
    parts: frozenset[str] = frozenset(),
) -> profiles_pb2.Profile:
    """Show a person; with `parts` the costly ones that are not named are left out."""

    def asked(*names: str) -> bool:
        return not parts or not parts.isdisjoint(names)

    person = shown.seen.person
    said = profiles_pb2.Profile(id=person.id, revision=shown.seen.revision, etag=str(shown.seen.etag))
    if manner.service:
        said.no = person.root.no
    absorbed = [home for home in person.homes if home.id != person.id]
    if workspace == WHOLE:
        said.absorbed.extend(home.id for home in absorbed)
        if manner.service:
            said.absorbed_nos.extend(home.no for home in absorbed)
    _time(said.create_time, shown.created_at)
    _time(said.update_time, shown.updated_at)
    if person.erased or not person.records:
        said.state = profiles_pb2.PROFILE_STATE_ERASED
        return said
    archived = person.archived
    said.state = profiles_pb2.PROFILE_STATE_ARCHIVED if archived else profiles_pb2.PROFILE_STATE_ACTIVE
    if archived:
        said.archive_reason, said.archive_comment = archived.reason, archived.comment
    said.kind = kind_of(person.records)
    said.bases.extend(sorted({record.base for record in person.records}))
    if asked("records"):
        said.records.extend(_record(record) for record in person.records)
    golden = {}
    if asked("attributes", "time_zone"):
        golden = golden_values(person.records, manner.catalogue, manner.sources)
        _values(said.attributes, golden, manner)
    if asked("contacts"):
        said.contacts.extend(_contacts(person.records, manner, standings or {}))
    if asked("affiliations", "time_zone"):
        said.affiliations.extend(_affiliations(person.records, manner))
    if asked("consents"):
        said.consents.extend(_consents(person.records, manner, workspace))
    if asked("validated"):
        said.validated = validated(person.records, held_contacts(person.records, manner.sources))
    if asked("time_zone"):
        said.time_zone = _zone(golden, said.affiliations, manner)
    if faces:
        said.faces.extend(_face(person, base, manner) for base in said.bases)
    return said


def _face(person: Person, base: str, manner: Manner) -> profiles_pb2.Face:
    records = person.of_base(base).records
    face = profiles_pb2.Face(base=base)
    _values(face.attributes, golden_values(records, manner.catalogue, manner.sources), manner)
    face.contacts.extend(_contacts(records, manner, {}))
    face.affiliations.extend(_affiliations(records, manner))
    face.consents.extend(_consents(records, manner, base))
    return face


def _record(record: Record) -> profiles_pb2.RecordSummary:
    said = profiles_pb2.RecordSummary(
        id=record.id, source=record.source, base=record.base, home=record.home, version=record.version
    )
    _time(said.observe_time, record.observed_at)
    return said


def _values(into: "Mapping[str, profiles_pb2.Value]", golden: Mapping[str, Golden], manner: Manner) -> None:
    for key, each in golden.items():
        attribute = manner.catalogue.get(key)
        if attribute is None or (attribute.personal is PersonalClass.HEALTH and not manner.health):
            continue
        value = into[key]
        _value(value, each.best, attribute)
        for other in each.others:
            _value(value.others.add(), other, attribute)


def _value(into: profiles_pb2.Value, candidate: Candidate, attribute: Attribute) -> None:
    value_to(into.value, candidate.value, attribute)
    into.source, into.record, into.pinned = candidate.source, candidate.record, candidate.pinned
    _time(into.observe_time, candidate.observed_at)
    if candidate.confirmed:
        _time(into.confirm_time, candidate.observed_at)


def value_to(into: values_pb2.AttributeValue, value: AttributeValue, attribute: Attribute | None) -> None:
    """Write a value in the case that its type asks for."""
    if isinstance(value, bool):
        into.flag = value
    elif isinstance(value, date):
        into.date = value.isoformat()
    elif isinstance(value, (int, float)):
        into.number = value
    elif attribute is not None and attribute.type is ValueType.CODE:
        into.code = value
    else:
        into.text = value


def value_from(said: values_pb2.AttributeValue) -> AttributeValue | None:
    """Read a value; None when it is not set or is no calendar day."""
    match said.WhichOneof("value"):
        case "text":
            return said.text
        case "code":
            return said.code
        case "number":
            return said.number
        case "flag":
            return said.flag
        case "date":
            try:
                return date.fromisoformat(said.date)
            except ValueError:
                return None
    return None


def _contacts(
    records: Sequence[Record], manner: Manner, standings: Mapping[str, Holding]
) -> Iterable[profiles_pb2.ContactPoint]:
    for held in held_contacts(records, manner.sources):
        said = profiles_pb2.ContactPoint(
            kind=held.point.kind, value=held.point.value, record=held.record, source=held.source
        )
        digest = manner.digest(held.point.kind, held.point.value)
        if manner.service:
            said.hmac = bytes.fromhex(digest)
        if digest in standings:
            said.standing = standings[digest].state
        if held.confirmed_at:
            _time(said.confirm_time, held.confirmed_at)
        if held.bounced_at:
            _time(said.bounce_time, held.bounced_at)
        yield said


def _affiliations(records: Sequence[Record], manner: Manner) -> Iterable[profiles_pb2.Affiliation]:
    for held in held_affiliations(records, manner.sources):
        place = held.affiliation
        yield profiles_pb2.Affiliation(
            organisation=place.organisation or "",
            organisation_name=place.organisation_name,
            specialty=place.specialty or "",
            position=place.position or "",
            role=place.role or "",
            schedule=place.schedule or "",
            city=place.city or "",
            region=place.region or "",
            start_date=place.starts_on.isoformat() if place.starts_on else "",
            end_date=place.ends_on.isoformat() if place.ends_on else "",
            record=held.record,
            source=held.source,
        )


def _consents(records: Sequence[Record], manner: Manner, workspace: str) -> Iterable[consents_pb2.Consent]:
    holders = {id(word): record.id for record in records for word in record.consents.values()}
    for word in effective((record.consents for record in records), manner.now).values():
        if workspace in {"*", word.key.controller}:
            yield consent_to(word, holders[id(word)], manner)


def consent_to(word: ConsentChanged, record: str, manner: Manner) -> consents_pb2.Consent:
    """Show a consent's word as it stands now."""
    key = word.key
    said = consents_pb2.Consent(
        key=consents_pb2.ConsentKey(
            controller=key.controller,
            purpose=key.purpose,
            channel=key.channel,
            topic=key.topic,
            contact_kind=key.contact.kind,
            contact_value=key.contact.value,
        ),
        status=_STATUS[word.status_at(manner.now)],
        evidence=consents_pb2.Evidence(
            kind=word.evidence.kind, reference=word.evidence.reference, wording=word.evidence.wording
        ),
        record=record,
    )
    said.actor.principal = word.evidence.actor
    _time(said.time, word.evidence.time)
    if word.expires_at:
        _time(said.expire_time, word.expires_at)
    if manner.service:
        said.contact_hmac = bytes.fromhex(manner.digest(key.contact.kind, key.contact.value))
    return said


def consent_key_from(said: consents_pb2.ConsentKey) -> ConsentKey:
    """Read what a consent is about."""
    point = ContactPoint(said.contact_kind, said.contact_value)  # type: ignore[arg-type]  # an unknown kind is held by nobody
    return ConsentKey(said.controller, said.purpose, said.channel, said.topic, point)


def evidence_from(said: consents_pb2.Evidence, actor: str, now: datetime) -> Evidence:
    """Read how a consent became known."""
    return Evidence(said.kind, said.reference, said.wording, actor, now)


def affiliation_from(said: profiles_pb2.Affiliation, field: str) -> Affiliation:
    """Read a workplace.

    Raises:
        ProfileInvalid: a day is no calendar day.
    """
    faults: list[Violation] = []

    def day(name: str, text: str) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            faults.append(Violation(f"{field}.{name}", "DATE_INVALID"))
            return None

    starts_on, ends_on = day("start_date", said.start_date), day("end_date", said.end_date)
    if faults:
        raise ProfileInvalid(faults)
    return Affiliation(
        said.organisation or None,
        said.organisation_name,
        said.specialty or None,
        said.position or None,
        said.role or None,
        said.schedule or None,
        said.city or None,
        said.region or None,
        starts_on,
        ends_on,
    )


def told_to(told: Told, catalogue: Catalogue) -> profiles_pb2.ProvenanceEntry:
    """Show one thing that happened to a person; health values are named, never told."""
    entry = profiles_pb2.ProvenanceEntry(
        id=f"{told.commit.id}.{told.index}", event=told.event, record=told.record, source=told.source
    )
    entry.actor.principal, entry.actor.operation = told.actor, told.operation
    _time(entry.record_time, told.commit.recorded_at)
    if told.observed_at:
        _time(entry.observe_time, told.observed_at)
    for path, (before, after) in told.changes.items():
        change = entry.changes.add(path=path)
        attribute = catalogue.get(path.partition(".")[2])
        if attribute is not None and attribute.personal is PersonalClass.HEALTH:
            continue
        if before is not None:
            value_to(change.before, before, attribute)
        if after is not None:
            value_to(change.after, after, attribute)
    return entry


def _zone(golden: Mapping[str, Golden], affiliations: Iterable[profiles_pb2.Affiliation], manner: Manner) -> str:
    pinned = golden.get("time_zone")
    if pinned is not None:
        return str(pinned.best.value)
    city = golden.get("city")
    cities = [str(city.best.value)] if city else []
    cities += [place.city for place in affiliations if place.city]
    return next((manner.zones[each] for each in cities if each in manner.zones), manner.home_zone)


def _time(into: Timestamp, value: datetime) -> None:
    into.FromDatetime(value)
