"""What the reader of an address chooses about herself: seen, and written as the person's own word."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.profile.app import App
from services.profile.commands.work import begin
from services.profile.domain.consent import ConsentChanged
from services.profile.domain.identity import IdentityKey
from services.profile.domain.people import People, Person
from services.profile.domain.placement import Holding
from services.profile.domain.preferences import Preferences, grant, meant, point_of, preferences, withdraw
from services.profile.domain.record import ContactPoint
from services.profile.ports import Meta

WRITER = Meta("channel")


@dataclass(frozen=True, slots=True)
class Chooser:
    """Who chooses: the reader of an address, known by its keyed hash, to whom a controller wrote.

    `profile` is the person who was written to, "" when that is not known any longer.
    """

    controller: str
    contact: IdentityKey
    profile: str = ""


@dataclass(frozen=True, slots=True)
class SetPreferences:
    """Turn consents on and off by their preferences' ids; `reference` is the message by whose link it was done."""

    chooser: Chooser
    granted: Sequence[str]
    withdrawn: Sequence[str]
    reference: str


@dataclass(frozen=True, slots=True)
class _Meant:
    person: Person | None = None
    point: ContactPoint | None = None
    offered: Preferences = field(default_factory=dict)


async def see_preferences(chooser: Chooser, app: App) -> Preferences:
    """Give what the reader may choose about; nothing when it is not clear for whom."""
    holding = (await app.identities.load([chooser.contact])).get(chooser.contact)
    loaded = await app.views.load(_homes(holding, chooser))
    return _find(chooser, holding, loaded.people, app).offered


async def set_preferences(command: SetPreferences, app: App) -> Preferences:
    """Write what the reader chose, in one write; a repeat changes nothing. Gives what stands then.

    A choice that is not offered any longer is passed over: the page was older than the ledger.
    """
    chooser, tries = command.chooser, 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        work = await begin(app, WRITER)
        await work.know({chooser.contact})
        holding = work.holdings[chooser.contact]
        work.loaded = await app.views.load(_homes(holding, chooser))
        await work.complete()
        if tries > 1:
            await work.catch_up()
        found = _find(chooser, holding, work.people, app)
        events: dict[str, list[ConsentChanged]] = defaultdict(list)
        for choice, word in found.offered.items():
            if found.person is None or choice not in {*command.granted, *command.withdrawn}:
                continue
            # A family's address: what was withdrawn is the address, whoever else holds it.
            everybody = work.people.records.values() if word.key.contact == found.point else found.person.records
            told = (
                withdraw(everybody, word, command.reference, work.now)
                if choice in command.withdrawn
                else grant(found.person, word, command.reference, work.now)
            )
            for stream, event in told:
                events[stream].append(event)
        for stream in sorted(events):
            work.append(stream, events[stream])
        await work.write()

    await app.again(attempt)
    return await see_preferences(chooser, app)


def _homes(holding: Holding | None, chooser: Chooser) -> set[str]:
    homes = set(holding.holders.values()) if holding else set()
    return homes | {chooser.profile} if chooser.profile else homes


def _find(chooser: Chooser, holding: Holding | None, people: People, app: App) -> _Meant:
    if holding is None:
        return _Meant()
    roots = {people.root(home) for home in holding.holders.values() if home in people.homes}
    told = people.root(chooser.profile) if chooser.profile in people.homes else ""
    root = meant(roots, told)
    if root is None:
        return _Meant()
    person = people.person(root)
    point = None if person.erased else point_of(person, chooser.contact.kind, chooser.contact.digest, app.digest)
    if point is None:
        return _Meant()
    shared, now = holding.state != "sole" or len(roots) > 1, app.clock.now()
    offered = preferences(person, chooser.controller, point, shared=shared, digest=app.digest, now=now)
    return _Meant(person, point, offered)
