"""Settling: bringing homes into agreement with what identity says about the records around some of them.

A write that a kill or a lost engine broke off is finished here by whoever comes first, its own repeat or the projector.
"""

from collections.abc import Iterable, Sequence

from chassis.kernel import new_id
from services.profile.app import App
from services.profile.commands.work import Work, begin, refold
from services.profile.domain import profile
from services.profile.domain.events import MergeCause, RecordSplit
from services.profile.domain.homes import Merge, Split, Unmerge, moves
from services.profile.domain.identity import Grouping, IdentityKey, group
from services.profile.domain.people import Home, Person
from services.profile.domain.placement import Holding
from services.profile.ports import Meta, Unfinished

MOST_REOPENED = 16
"""A shared key with more holders is not opened again: it cannot have become one person's by losing a few."""


async def finish(left: Sequence[Unfinished], app: App) -> None:
    """Bring writes to their end: their views, then what identity says of their people; harmless when they are done."""
    for write in left:
        waiting = set(write.profiles)
        while waiting:
            waiting = await refold(waiting | set(write.profiles), write.streams, app)
    for write in left:
        loaded = await app.views.load(write.profiles)
        await settle([home for home in write.profiles if home in loaded.people.homes], app, Meta("projector"))
        await app.ledger.closed(write.commit)


async def settle(homes: Iterable[str], app: App, meta: Meta, prefer: frozenset[str] = frozenset()) -> dict[str, str]:
    """Group all records that hang together with these homes, and split, unmerge and merge until homes agree.

    Gives the new home of every record that got another one. What is settled already is not written again, so that it
    may be repeated at any time.
    """
    start = sorted(set(homes))

    tries = 0

    async def attempt() -> dict[str, str]:
        nonlocal tries
        tries += 1
        work = await begin(app, meta, start)
        if tries > 1:
            await work.catch_up()
        grouping, asked = await _grouping(work)
        moved = await _move(work, grouping, prefer)
        for key in sorted(grouping.shared):
            if work.holdings[key].state == "sole":
                work.set_state(key, "shared")
        for key in sorted(asked - grouping.shared):
            if work.holdings[key].state == "shared" and _opened(work.holdings[key]):
                work.set_state(key, "sole")
        await work.write()
        await app.identities.note_cases(grouping.cases, work.now)
        return moved

    return await app.again(attempt)


def _opened(holding: Holding) -> bool:
    return holding.state == "sole" or (holding.state == "shared" and len(holding.holders) <= MOST_REOPENED)


async def _grouping(work: Work) -> tuple[Grouping, set[IdentityKey]]:
    """Load everybody who is reached over keys and decisions, and group them; give the keys that were looked at."""
    asked: set[IdentityKey] = set()
    decided: set[str] = set()
    while True:
        keys = {key for record in work.people.records.values() for key in work.keys(record).joining} - asked
        fresh = work.people.records.keys() - decided
        if not keys and not fresh:
            break
        await work.know(keys)
        asked |= keys
        decided |= fresh
        joined, _ = await work.app.identities.decisions(fresh)
        homes = {home for key in keys if _opened(work.holdings[key]) for home in work.holdings[key].holders.values()}
        missing = {record for records in joined for record in records} - work.people.records.keys()
        homes |= set((await work.app.ledger.homes_of(missing)).values())
        await _load(work, homes)
        await work.complete()
    joined, apart = await work.app.identities.decisions(work.people.records)
    blocked = frozenset(key for key in asked if not _opened(work.holdings[key]))
    return group((work.candidate(record) for record in work.people.records), joined, apart, blocked), asked


async def _load(work: Work, homes: set[str]) -> None:
    unknown = homes - work.people.homes.keys()
    if not unknown:
        return
    more = await work.app.views.load(unknown)
    loaded = work.loaded
    for home in more.people.homes.values():
        root = more.people.root(home.id)
        if home.id == root and home.id not in loaded.revisions:
            loaded.people.add(more.people.person(root))
    loaded.revisions.update({each: seen for each, seen in more.revisions.items() if each not in loaded.revisions})
    loaded.handles.update({each: handle for each, handle in more.handles.items() if each not in loaded.handles})


async def _move(work: Work, grouping: Grouping, prefer: frozenset[str]) -> dict[str, str]:
    people = work.people
    homes = {record.id: record.home for record in people.records.values()}
    plan = moves(grouping, homes, people.absorbed, new_id, prefer)
    fresh = sorted({move.home for move in plan if isinstance(move, Split) and move.fresh})
    numbers = dict(zip(fresh, await work.app.numbers.take(len(fresh)), strict=True)) if fresh else {}
    for home, no in numbers.items():
        people.add(Person(Home(home, no), (Home(home, no),), ()))
    cause: MergeCause = "steward" if prefer else "keys"
    for move in plan:
        match move:
            case Split(record, home, _):
                await work.know(work.keys(people.records[record]).stated | {work.keys(people.records[record]).own})
                work.append(people.records[record].stream, [RecordSplit(home, people.homes[home].no)])
            case Unmerge(released, survivor):
                decisions = profile.unmerge(people.homes[released], people.homes[survivor], cause)
                for stream, events in decisions.items():
                    work.append(stream, events)
            case Merge(loser, survivor):
                decisions = profile.merge(people.homes[loser], people.homes[survivor], cause)
                for stream, events in decisions.items():
                    work.append(stream, events)
    return {move.record: move.home for move in plan if isinstance(move, Split)}
