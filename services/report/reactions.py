"""What report does when a fact arrives: keep it, so that it counts once.

Promise: each function may be given the same facts again, whole or in part, and returns only when they are on disk;
the bus is told after that. Facts of one batch may come in any order and long after their person was merged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.report.app import App
from services.report.domain.facts import (
    Activity,
    Delivery,
    Link,
    Membership,
    Run,
    version_of_fetch,
    version_of_mention,
)
from services.report.ports import Person


@dataclass(frozen=True, slots=True)
class PeopleChanged:
    """What a batch of profile's facts comes to: whom to read again, which devices were decided, who was erased."""

    profiles: Mapping[str, int] = field(default_factory=dict)
    links: Sequence[Link] = ()
    erased: Sequence[str] = ()


async def on_activities(activities: Sequence[Activity], token: str, app: App) -> None:
    """Keep what people did, and who did it as far as it was known."""
    await app.facts.add_activities(activities, token)
    await app.facts.put_mentions(_mentions(activities), token)


async def on_deliveries(deliveries: Sequence[Delivery], token: str, app: App) -> None:
    """Keep what became of messages, and whose addresses were used."""
    await app.facts.add_deliveries(deliveries, token)
    await app.facts.put_mentions(_mentions(deliveries), token)


async def on_requests(requests: Sequence[Delivery], runs: Sequence[Run], token: str, app: App) -> None:
    """Keep which messages were asked for, and what goal their run has."""
    await app.facts.put_runs(runs, token)
    await app.facts.add_deliveries(requests, token)


async def on_memberships(memberships: Sequence[Membership], token: str, app: App) -> None:
    """Keep who joined and left segments."""
    await app.facts.put_memberships(memberships, token)


async def on_people_changed(changed: PeopleChanged, token: str, app: App) -> None:
    """Read changed people as they are now, and keep whom their records belong to and what they are."""
    for gone in changed.erased:
        await app.facts.erase(gone, app.clock.now())
    version = version_of_fetch(app.clock.now())
    people = await app.people.read(changed.profiles, await app.attributes.storable()) if changed.profiles else []
    for person in people:
        if person.erased:
            await app.facts.erase(person.id, app.clock.now())
    live = [person for person in people if not person.erased]
    # The token names the facts; what was read may differ when they come again, so a repeat must not be dropped.
    token = f"{token}:{version}"
    await app.facts.put_links([*changed.links, *_links(live, version)], token)
    await app.facts.put_faces([face for person in live for face in person.faces], token)


def _mentions(facts: Sequence[Activity] | Sequence[Delivery]) -> list[Link]:
    return [
        Link(fact.subject, fact.profile, version_of_mention(fact.recorded), profile=fact.subject == fact.profile)
        for fact in facts
        if fact.profile
    ]


def _links(people: Sequence[Person], version: int) -> list[Link]:
    links = []
    for person in people:
        links += [Link(id_, person.id, version, profile=True) for id_ in (person.id, *person.absorbed)]
        links += [Link(record, person.id, version) for record in person.records]
    return links
