"""Reads profile's answer into faces: values in their compared form, usable channels, consents with their address."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gen.consilium.profile.v1 import consents_pb2, profiles_pb2
from services.segment.domain.catalogue import Attribute, AttributeType, Catalogue
from services.segment.domain.face import ALL, Affiliation, Consent, Face, Value, compared
from services.segment.domain.following import Person
from services.segment.domain.names import fold

_STATES = {
    profiles_pb2.PROFILE_STATE_ACTIVE: "active",
    profiles_pb2.PROFILE_STATE_ARCHIVED: "archived",
}
_STATUSES = {
    consents_pb2.CONSENT_STATUS_GRANTED: "granted",
    consents_pb2.CONSENT_STATUS_REFUSED: "refused",
    consents_pb2.CONSENT_STATUS_REVOKED: "revoked",
    consents_pb2.CONSENT_STATUS_EXPIRED: "expired",
}
_CHANNELS: Mapping[str, tuple[str, ...]] = {
    "email": ("email",), "phone": ("sms", "call"), "push": ("push",), "messenger": ("messenger",),
}  # fmt: skip
_NAMES = ("family_name", "given_name", "patronymic")
_EVERYTHING = "*"
_BLOCKED = "blocked"


def person_from(profile: Any, catalogue: Catalogue) -> Person:
    """Return a person with the whole and every base's face; without faces when erased."""
    absorbed = tuple(zip(profile.absorbed, profile.absorbed_nos, strict=False))
    status = _STATES.get(profile.state)
    if status is None:
        return Person(profile.id, profile.no, profile.revision, absorbed=absorbed)
    whole = face_from(profile, ALL, profile, catalogue)
    faces = tuple(face_from(profile, part.base, part, catalogue) for part in profile.faces)
    return Person(profile.id, profile.no, profile.revision, (whole, *faces), absorbed)


def face_from(profile: Any, face: str, part: Any, catalogue: Catalogue) -> Face:
    """Return one face out of a profile and the part of it that makes the face."""
    contacts = _by_value(part.contacts)
    bounced = {key for key, points in contacts.items() if any(point.HasField("bounce_time") for point in points)}
    blocked = {key for key, points in contacts.items() if any(point.standing == _BLOCKED for point in points)}
    usable = contacts.keys() - bounced - blocked
    channels = _channels(kind for kind, _ in usable)
    return Face(
        profile=profile.id,
        no=profile.no,
        face=face,
        revision=profile.revision,
        status=_STATES[profile.state],
        kind=profile.kind,
        bases=frozenset(profile.bases if face == ALL else [face]),
        channels=channels,
        bounced=_channels(kind for kind, _ in bounced) - channels,
        attributes=_attributes(part.attributes, catalogue),
        affiliations=tuple(_affiliation(affiliation) for affiliation in part.affiliations),
        consents=_consents(part.consents, usable),
        names=tuple(
            part.attributes[name].value.text
            for name in _NAMES
            if name in part.attributes and part.attributes[name].value.text
        ),
        phones=tuple(value for kind, value in contacts if kind == "phone"),
        emails=tuple(value for kind, value in contacts if kind == "email"),
        updated=_moment(profile.update_time) if profile.HasField("update_time") else None,
    )


def _by_value(contacts: Iterable[Any]) -> dict[tuple[str, str], list[Any]]:
    points: dict[tuple[str, str], list[Any]] = {}
    for contact in contacts:
        points.setdefault((contact.kind, contact.value), []).append(contact)
    return points


def _channels(kinds: Iterable[str]) -> frozenset[str]:
    return frozenset(channel for kind in kinds for channel in _CHANNELS.get(kind, ()))


def _attributes(values: Mapping[str, Any], catalogue: Catalogue) -> dict[str, tuple[Value, ...]]:
    found: dict[str, tuple[Value, ...]] = {}
    for key, value in values.items():
        attribute = catalogue.find(key)
        if attribute is None or not attribute.indexed:
            continue
        told = [value.value, *(other.value for other in value.others)] if attribute.multi else [value.value]
        read = tuple(dict.fromkeys(each for each in (_value(attribute, one) for one in told) if each not in {None, ""}))
        if read:
            found[key] = read
    return found


def _value(attribute: Attribute, value: Any) -> Value | None:
    case = value.WhichOneof("value")
    if case is None:
        return None
    given = getattr(value, case)
    # A value of another type than the catalogue's is a leftover of a changed attribute: it is not compared.
    match attribute.type:
        case AttributeType.NUMBER:
            return compared(given) if case == "number" else None
        case AttributeType.FLAG:
            return compared(given) if case == "flag" else None
        case AttributeType.DATE:
            return str(given) if case == "date" else None
        case _:
            return compared(given) if case in {"text", "code"} else None


def _affiliation(affiliation: Any) -> Affiliation:
    return Affiliation(
        organisation=fold(affiliation.organisation),
        organisation_name=affiliation.organisation_name,
        specialty=fold(affiliation.specialty),
        position=fold(affiliation.position),
        role=fold(affiliation.role),
        schedule=fold(affiliation.schedule),
        city=fold(affiliation.city),
        region=fold(affiliation.region),
        start=affiliation.start_date,
        end=affiliation.end_date,
    )


def _consents(consents: Sequence[Any], usable: set[tuple[str, str]]) -> tuple[Consent, ...]:
    overruled = {
        (_address(consent), consent.key.controller, consent.key.purpose, consent.key.channel)
        for consent in consents
        if consent.key.topic == _EVERYTHING and _STATUSES.get(consent.status) in {"refused", "revoked"}
    }
    return tuple(
        Consent(
            controller=consent.key.controller,
            purpose=consent.key.purpose,
            channel=consent.key.channel,
            topic=consent.key.topic,
            status=_STATUSES[consent.status],
            until=_moment(consent.expire_time) if consent.HasField("expire_time") else None,
            usable=_address(consent) in usable
            and (_address(consent), consent.key.controller, consent.key.purpose, consent.key.channel) not in overruled,
        )
        for consent in consents
        if consent.status in _STATUSES
    )


def _address(consent: Any) -> tuple[str, str]:
    return consent.key.contact_kind, consent.key.contact_value


def _moment(stamp: Any) -> datetime:
    moment: datetime = stamp.ToDatetime(tzinfo=UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
