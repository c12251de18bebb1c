"""Preferences: what the reader of an address may choose about herself, towards the controller that wrote to it.

Promise: only what the ledger knows can be chosen, so nobody gives a consent that was never asked for. A shared address
opens only what concerns the address itself, because whoever reads it may be somebody else. A withdrawal counts for
everybody who holds the address, a consent for its own person alone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from chassis.kernel import derived_id
from services.profile.domain import consent
from services.profile.domain.consent import ConsentChanged, ConsentKey, ConsentStatus, Evidence, effective
from services.profile.domain.people import Person
from services.profile.domain.placement import Digest
from services.profile.domain.record import ContactPoint
from services.profile.domain.record_stream import Record

KIND = "preference-centre"
ACTOR = "recipient"

Preferences = Mapping[str, ConsentChanged]
"""The word that counts, by the preference's id."""


def preferences(
    person: Person, controller: str, point: ContactPoint, *, shared: bool, digest: Digest, now: datetime
) -> dict[str, ConsentChanged]:
    """List what can be chosen: a controller's consents for contact points that the person still has."""
    words = effective((record.consents for record in person.records), now)
    offered = [
        word
        for key, word in words.items()
        if key.controller == controller and (key.contact == point or not shared) and person.records_holding(key.contact)
    ]
    offered.sort(key=lambda word: (word.key.channel, word.key.contact != point, word.key.purpose, word.key.topic))
    return {_id(word.key, digest): word for word in offered}


def point_of(person: Person, kind: str, wanted: str, digest: Digest) -> ContactPoint | None:
    """Find the contact point of a keyed hash among a person's, None when the person has it no longer."""
    points = (contact.point for record in person.records for contact in record.contacts)
    return next((point for point in points if point.kind == kind and digest(kind, point.value) == wanted), None)


def grant(person: Person, word: ConsentChanged, reference: str, now: datetime) -> Iterator[tuple[str, ConsentChanged]]:
    """Give a consent again, as last worded, on every record that has a say in it; yields streams and events."""
    if word.status_at(now) is ConsentStatus.GRANTED:
        return
    given = ConsentChanged(word.key, ConsentStatus.GRANTED, _evidence(word, reference, now))
    for record in person.records:
        if word.key in record.consents or record.holds(word.key.contact):
            for event in consent.state(record.consents, given):
                yield record.stream, event


def withdraw(
    records: Iterable[Record], word: ConsentChanged, reference: str, now: datetime
) -> Iterator[tuple[str, ConsentChanged]]:
    """Withdraw a consent on every record that has it; yields streams and events."""
    for record in records:
        for event in consent.revoke_consent(record.consents, word.key, _evidence(word, reference, now), now):
            yield record.stream, event


def meant(roots: Collection[str], told: str) -> str | None:
    """Tell who is meant: the person who was written to while she holds the address, else its only holder."""
    if told in roots:
        return told
    return next(iter(roots)) if len(roots) == 1 else None


def _evidence(word: ConsentChanged, reference: str, now: datetime) -> Evidence:
    return Evidence(KIND, reference, word.evidence.wording, ACTOR, now)


def _id(key: ConsentKey, digest: Digest) -> str:
    hashed = digest(key.contact.kind, key.contact.value)
    return derived_id("preference", key.controller, key.purpose, key.channel, key.topic, key.contact.kind, hashed)
