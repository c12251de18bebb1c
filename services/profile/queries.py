"""Questions about people. Every one is asked from a workspace: whole, or one base's face of a person."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.profile.app import App
from services.profile.commands.change import Seen, in_workspace
from services.profile.domain.consent import ConsentChanged
from services.profile.domain.errors import ProfileUnknown
from services.profile.domain.events import ProfileArchived, ProfileRestored, RecordObserved, name_of
from services.profile.domain.identity import IdentityKey
from services.profile.domain.people import Commit, People, Person, fold
from services.profile.domain.record import AttributeValue
from services.profile.domain.sources import EVERYWHERE
from services.profile.ports import Loaded, PartitionCount, Stored

WAIT = 1.0
"""Seconds that a reader waits for a revision which he knows of; the write that made it has long been answered."""

POLL = 0.02
BREATH = 20
"""People that are shown before the loop gets its turn: about a millisecond's work."""

MOST_FOUND = 50
MOST_TOLD = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as seen from a workspace, with what is known of its view."""

    seen: Seen
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a person's history, with what it changed."""

    commit: Commit
    index: int
    event: str
    record: str
    source: str
    base: str
    actor: str
    operation: str
    observed_at: datetime | None
    changes: Mapping[str, tuple[AttributeValue | None, AttributeValue | None]]


async def breathe() -> None:
    """Let others have the loop between two parts of a long answer."""
    await asyncio.sleep(0)


async def get_profile(profile: str, workspace: str, app: App, as_of: datetime | None = None) -> Shown:
    """Give a person, now or as recorded up to a past time.

    Raises:
        ProfileUnknown: nobody of this id is, or then was, in the workspace.
    """
    loaded = await app.views.load([profile])
    if as_of is None:
        return _shown(loaded, profile, workspace)
    if profile not in loaded.people.homes:
        raise ProfileUnknown(profile)
    then = fold((each.commit for each in await _history(loaded, profile, app, as_of)), _numbers(loaded.people))
    person = then.person(then.root(profile))
    if not person.records:
        raise ProfileUnknown(profile)
    root = loaded.people.root(profile)
    seen = Seen(in_workspace(person, profile, workspace), loaded.revisions[root])
    return Shown(seen, min(record.opened_at for record in person.records), as_of)


async def batch_get(
    profiles: Sequence[str], workspace: str, app: App, at_least: Sequence[int] = ()
) -> list[tuple[str, Shown]]:
    """Give (asked id, person) in the order asked; those whom the workspace may not know are left out.

    With revisions it waits until the views have them, a second at most, and then gives what there is.
    """
    wanted = dict(zip(profiles, at_least, strict=False))
    deadline = asyncio.get_running_loop().time() + WAIT
    while True:
        loaded = await app.views.load(profiles)
        behind = [each for each, revision in wanted.items() if loaded.revisions.get(each, 0) < revision]
        if not behind or asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(POLL)
    found: list[tuple[str, Shown]] = []
    for profile in profiles:
        try:
            found.append((profile, _shown(loaded, profile, workspace)))
        except ProfileUnknown:
            continue
    return found


async def lookup(keys: Iterable[IdentityKey], workspace: str, app: App) -> list[Shown]:
    """Find the people who hold an identifier; of a shared one all, at most fifty."""
    holdings = await app.identities.load(keys)
    homes = {home for holding in holdings.values() for home in holding.holders.values()}
    loaded = await app.views.load(sorted(homes)[:MOST_FOUND])
    roots = sorted({loaded.people.root(home) for home in homes if home in loaded.people.homes})
    found: list[Shown] = []
    holders = {record for holding in holdings.values() for record in holding.holders}
    for root in roots:
        person = loaded.people.person(root)
        mine = {record.id for record in person.records if workspace in {EVERYWHERE, record.base}}
        if not person.erased and mine & holders:
            found.append(_shown(loaded, root, workspace))
    return found


async def provenance(profile: str, workspace: str, app: App) -> list[Told]:
    """Tell what happened to a person, newest first; a base hears of its own records only."""
    loaded = await app.views.load([profile])
    person = _shown(loaded, profile, workspace).seen.person
    mine = {record.id for record in person.records}
    people = People()
    told: list[Told] = []
    for stored in await _history(loaded, profile, app):
        kind, _, key = stored.commit.stream.partition(":")
        before = people.records.get(key)
        old = {name: each.value for name, each in before.attributes.items()} if before else {}
        _make_room(people, loaded, stored.commit)
        people.apply(stored.commit)
        if workspace != EVERYWHERE and (key not in mine if kind == "record" else _speaks_of_others(stored)):
            continue
        told += _entries(stored, people, old)
    return told[::-1]


async def consent_history(profile: str, workspace: str, app: App) -> list[tuple[str, ConsentChanged]]:
    """Give (record, word) of every consent event, newest first, at most 500."""
    loaded = await app.views.load([profile])
    mine = {record.id for record in _shown(loaded, profile, workspace).seen.person.records}
    found = [
        (stored.commit.stream.partition(":")[2], event)
        for stored in await _history(loaded, profile, app)
        for event in stored.commit.events
        if isinstance(event, ConsentChanged) and workspace in {EVERYWHERE, event.key.controller}
    ]
    return [(record, event) for record, event in found if record in mine][::-1][:MOST_TOLD]


async def scan(partitions: Sequence[int], after: str, app: App) -> AsyncIterator[list[Shown]]:
    """Stream everybody in key order; absorbed ids are their survivors' and do not come by themselves."""
    async for profiles in app.listing.scan(partitions, after):
        loaded = await app.views.load(profiles)
        yield [
            _shown(loaded, profile, EVERYWHERE)
            for profile in profiles
            if profile in loaded.people.homes and loaded.people.root(profile) == profile
        ]


async def page(
    workspace: str, after_no: int, size: int, app: App, *, archived: bool
) -> tuple[list[Shown], int, int | None]:
    """Give a page of people by number, how many there are, and the number after which the next page begins."""
    found = await app.listing.page(workspace, after_no, size + 1, archived=archived)
    total = await app.listing.total(workspace, archived=archived)
    shown = await batch_get([profile for _, profile in found[:size]], workspace, app)
    return [each for _, each in shown], total, found[size - 1][0] if len(found) > size else None


async def counts(app: App) -> list[PartitionCount]:
    """Count people by partition."""
    return await app.listing.counts()


def _speaks_of_others(stored: Stored) -> bool:
    """Tell whether a profile's commit names another profile: a base must not hear of people whom it does not have."""
    return not all(isinstance(event, ProfileArchived | ProfileRestored) for event in stored.commit.events)


def _shown(loaded: Loaded, profile: str, workspace: str) -> Shown:
    if profile not in loaded.people.homes:
        raise ProfileUnknown(profile)
    person = loaded.people.person(loaded.people.root(profile))
    seen = Seen(in_workspace(person, profile, workspace), loaded.revisions[person.id])
    handle = loaded.handles[person.id]
    return Shown(seen, handle["created_at"], handle["updated_at"])


async def _history(loaded: Loaded, profile: str, app: App, until: datetime | None = None) -> list[Stored]:
    """Read every commit that is, or once was, folded into a person."""
    person: Person = loaded.people.person(loaded.people.root(profile))
    streams = {*person.versions, *loaded.handles[person.id].get("former", ())}
    for home in person.homes:
        streams |= set(loaded.handles.get(home.id, {}).get("former", ()))
    return await app.ledger.read(streams, until=until)


def _numbers(people: People) -> dict[str, int]:
    return {home.id: home.no for home in people.homes.values()}


def _make_room(people: People, loaded: Loaded, commit: Commit) -> None:
    kind, _, key = commit.stream.partition(":")
    if kind == "profile" and key not in people.homes:
        home = loaded.people.homes[key]
        people.add(fold((), {key: home.no}).person(key))


def _entries(stored: Stored, people: People, old: Mapping[str, AttributeValue]) -> list[Told]:
    commit, meta = stored.commit, stored.meta
    kind, _, key = commit.stream.partition(":")
    record = people.records[key] if kind == "record" else None
    entries: list[Told] = []
    for index, event in enumerate(commit.events):
        changes: dict[str, tuple[AttributeValue | None, AttributeValue | None]] = {}
        observed_at = None
        if isinstance(event, RecordObserved):
            observed_at = event.observed_at
            changes = {f"attributes.{name}": (old.get(name), value) for name, value in event.values.items()}
            changes.update({f"attributes.{name}": (old.get(name), None) for name in event.withdrawn})
            for part in ("contacts", "affiliations", "external_ids"):
                if getattr(event, part) is not None:
                    changes[part] = (None, None)
        entries.append(
            Told(
                commit, index, name_of(event), record.id if record else "", record.source if record else "",
                record.base if record else "", meta.actor, meta.operation, observed_at, changes,
            )
        )  # fmt: skip
    return entries
