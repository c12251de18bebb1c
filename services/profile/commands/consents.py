"""Commands on consents: a word goes to the stream of every record that holds the contact point."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel import Etag
from services.profile.app import App
from services.profile.commands.change import Request, Seen, change
from services.profile.commands.work import Work, begin
from services.profile.domain import consent
from services.profile.domain.consent import ConsentChanged, ConsentKey, ConsentStatus, Evidence
from services.profile.domain.errors import ContactUnknown
from services.profile.domain.events import ContactMark, Event, RecordEvent
from services.profile.domain.identity import IdentityKey
from services.profile.domain.people import Person
from services.profile.domain.record import ContactPoint
from services.profile.domain.record_stream import Record, mark_contact
from services.profile.domain.sources import EVERYWHERE
from services.profile.ports import Meta


@dataclass(frozen=True, slots=True)
class RevokeConsent:
    """Withdraw a consent of one person."""

    profile: str
    key: ConsentKey
    evidence: Evidence
    expected: Etag | None = None


@dataclass(frozen=True, slots=True)
class GrantConsent:
    """Record that a person gave a consent, which may run out."""

    profile: str
    key: ConsentKey
    evidence: Evidence
    expires_at: datetime | None = None
    expected: Etag | None = None


async def revoke_consent(command: RevokeConsent, request: Request, app: App) -> Seen:
    """Revoke it on every record of the person that holds the contact point, in one write.

    Raises:
        ContactUnknown: no record holds it.
    """

    async def decide(work: Work, person: Person) -> Mapping[str, Sequence[Event]]:
        # A family phone sits in several records: the address is what was withdrawn.
        return {
            record.stream: consent.revoke_consent(record.consents, command.key, command.evidence, work.now)
            for record in _holders(person, command.key.contact, request.workspace)
        }

    return await change(command.profile, request, app, decide, command.expected)


async def grant_consent(command: GrantConsent, request: Request, app: App) -> Seen:
    """Grant it on every record of the person that holds the contact point: a steward's word ends earlier refusals.

    Raises:
        ContactUnknown: no record holds it.
    """
    granted = ConsentChanged(command.key, ConsentStatus.GRANTED, command.evidence, command.expires_at)

    async def decide(_: Work, person: Person) -> Mapping[str, Sequence[Event]]:
        return {
            record.stream: consent.state(record.consents, granted)
            for record in _holders(person, command.key.contact, request.workspace)
        }

    return await change(command.profile, request, app, decide, command.expected)


def _holders(person: Person, point: ContactPoint, workspace: str) -> list[Record]:
    """Give every record that holds the contact; the workspace must know of it by a record of its own."""
    holders = person.records_holding(point)
    if not any(workspace in {EVERYWHERE, record.base} for record in holders):
        raise ContactUnknown(person.id)
    return holders


@dataclass(frozen=True, slots=True)
class AddressWord:
    """What became known of an address by writing to it, told by its keyed hash alone."""

    kind: str
    digest: str
    time: datetime
    reference: str
    mark: ContactMark | None = None
    withdrawn_from: str = ""
    channel: str = ""
    purpose: str = ""


async def hear_of_addresses(words: Sequence[AddressWord], app: App, meta: Meta) -> None:
    """Carry marks and withdrawals to every person who holds the addresses; a repeat changes nothing.

    A withdrawal ends the consents that its controller has for the address in that channel and purpose, on every topic:
    who clicks "unsubscribe" does not think in topics.
    """
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        work = await begin(app, meta)
        await work.know({IdentityKey(word.kind, word.digest) for word in words})
        homes = {home for holding in work.holdings.values() for home in holding.holders.values()}
        work.loaded = await app.views.load(homes)
        await work.complete()
        if tries > 1:
            await work.catch_up()
        for word in words:
            for record in sorted(work.holdings[IdentityKey(word.kind, word.digest)].holders):
                if record in work.people.records:
                    _hear(work, work.people.records[record], word)
        await work.write()

    await app.again(attempt)


def _hear(work: Work, record: Record, word: AddressWord) -> None:
    points = [
        contact.point
        for contact in record.contacts
        if contact.point.kind == word.kind and work.app.digest(word.kind, contact.point.value) == word.digest
    ]
    events: list[RecordEvent] = []
    for point in points:
        if word.mark is not None:
            events += mark_contact(record, point, word.mark, word.time)
        if word.withdrawn_from:
            events += _withdrawn(record, point, word, work.now)
    if events:
        work.append(record.stream, events)


def _withdrawn(record: Record, point: ContactPoint, word: AddressWord, now: datetime) -> Iterable[ConsentChanged]:
    for key in list(record.consents):
        concerned = (key.contact, key.controller, key.channel) == (point, word.withdrawn_from, word.channel)
        if concerned and word.purpose in {"", key.purpose} and not _said_since(record.consents[key], word.time, now):
            evidence = Evidence("letter-link", word.reference, "", "recipient", word.time)
            yield from consent.revoke_consent(record.consents, key, evidence, now)


def _said_since(known: ConsentChanged, time: datetime, now: datetime) -> bool:
    """Tell whether the person gave the consent after a withdrawal of which we hear only now, or once more.

    What lies in the future outlasts no withdrawal: an import's time is what its file says, any other was set by a
    process whose clock is ahead of this one's.
    """
    return known.evidence.kind != "import" and time < known.evidence.time <= now


async def expire_consents(profiles: Sequence[str], app: App) -> None:
    """Put on record which grants of these people have run out."""
    await _each_record(profiles, app, lambda record, now: list(consent.expire_consents(record.consents, now)))


async def _each_record(
    profiles: Sequence[str], app: App, decide: Callable[[Record, datetime], Sequence[RecordEvent]]
) -> None:
    async def attempt() -> None:
        work = await begin(app, Meta("clock"), profiles)
        for record in sorted(work.people.records.values(), key=lambda each: each.id):
            events = decide(record, work.now)
            if events:
                work.append(record.stream, events)
        await work.write()

    await app.again(attempt)
