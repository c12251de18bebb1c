"""What profile does when others tell something: collected events become activities, marks reach their addresses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chassis.kernel import derived_id
from services.profile.app import App
from services.profile.commands.consents import AddressWord, hear_of_addresses
from services.profile.domain.activity import Admitted, name_fits, too_old
from services.profile.domain.identity import IdentityKey
from services.profile.domain.placement import Holding
from services.profile.ports import Activity, Collected, DeviceLink, Loaded, Meta

WRITER = Meta("activities")


@dataclass(frozen=True, slots=True)
class _Who:
    record: str
    home: str


async def on_events_collected(events: Sequence[Collected], app: App) -> None:
    """Stamp events with who did them and write them down once, with the facts that follow.

    Identities count only where the sender is trusted. A device that is seen with a known person belongs to that person
    from then on; what it did before joins by its link.
    """
    fresh = [event for event in events if name_fits(event.name) and not too_old(event.time, event.received)]
    claims = {claim.key for event in fresh if event.trusted for claim in event.claims if claim.key is not None}
    holdings = await app.identities.load(claims)
    named = {claim.profile for event in fresh if event.trusted for claim in event.claims if claim.profile}
    links = await app.activities.links({event.device for event in fresh if event.device})
    homes = {home for holding in holdings.values() for home in holding.holders.values()}
    loaded = await app.views.load(homes | named | set(links.values()))
    found: list[Activity] = []
    linked: dict[str, DeviceLink] = {}
    for event in fresh:
        who = _who(event, holdings, loaded) if event.trusted else None
        if who is not None and event.device and links.get(event.device) != who.home:
            links[event.device] = who.home
            linked[event.device] = DeviceLink(event.device, who.home, loaded.people.homes[who.home].no)
        found.append(_activity(event, who, links.get(event.device, ""), loaded))
    await app.activities.link(linked.values(), app.clock.now())
    app.fault("linked")
    await app.activities.record(found, app.clock.now())


def _who(event: Collected, holdings: dict[IdentityKey, Holding], loaded: Loaded) -> _Who | None:
    """Find the one person whom the claims name: several claims must agree, a shared contact names nobody.

    Whoever the event's own base knows by a claim is meant by it, whatever another base says of the same address.
    """
    found: dict[str, _Who] = {}
    for claim in event.claims:
        if claim.profile:
            home = claim.profile
            if home in loaded.people.homes:
                person = loaded.people.person(loaded.people.root(home))
                if person.records and not person.erased:
                    found.setdefault(person.id, _Who(min(record.id for record in person.records), home))
            continue
        holding = holdings.get(claim.key) if claim.key else None
        if holding is None or holding.state != "sole":
            continue
        known = sorted(record for record in holding.holders if record in loaded.people.records)
        own = [record for record in known if not _foreign(record, event.base, loaded)]
        for record in own or known:
            home = holding.holders[record]
            found.setdefault(loaded.people.root(home), _Who(record, home))
    return next(iter(found.values())) if len(found) == 1 else None


def _foreign(record: str, base: str, loaded: Loaded) -> bool:
    known = loaded.people.records.get(record)
    return known is None or known.base != base


def _activity(event: Collected, who: _Who | None, linked: str, loaded: Loaded) -> Activity:
    home = who.home if who else linked
    root = loaded.people.root(home) if home in loaded.people.homes else ""
    if root and loaded.people.person(root).erased:
        root = ""
    subject = who.record if who else event.device or derived_id("event", event.base, event.source, event.event_id)
    admitted: Admitted = event.properties
    return Activity(
        event=event,
        subject=subject,
        profile=root,
        no=loaded.people.homes[root].no if root else 0,
        properties=admitted.properties,
        dropped=admitted.dropped,
    )


async def on_addresses_marked(words: Iterable[AddressWord], app: App) -> None:
    """Carry what became known of addresses to everybody who holds them."""
    known = list(words)
    if known:
        await hear_of_addresses(known, app, Meta("channel"))
