"""The index as a whole: built anew beside the old one, compared with its owner, swept.

Promise: searches and followers go on during a rebuild; what is written meanwhile is in both indices.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chassis.telemetry.logs import log
from services.segment.app import App
from services.segment.domain.errors import RuleInvalid
from services.segment.domain.following import Person, Written, followed
from services.segment.domain.rule import moves_with_time
from services.segment.domain.rule_parsing import parse_rule
from services.segment.domain.segment import Segment
from services.segment.ports import PartitionState
from services.segment.reactions import on_people_changed

Report = Callable[[int, int], Awaitable[None]]

_RETENTION = timedelta(days=15)  # a day more than the bus keeps facts: nobody's late fact may bring him back


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many people the new index has, and how many documents it refused for good."""

    people: int
    refused: int


async def rebuild(app: App, report: Report) -> Rebuilt:
    """Build the index anew from the owner's scan and put it behind the alias.

    A repeat after a break begins again: what the break left is dropped.
    """
    total = sum(state.people for state in (await app.profiles.partitions()).values())
    catalogue = await app.catalogues.attributes()
    people = refused = 0
    await app.index.begin_next()
    try:
        async for batch in app.profiles.scan():
            writes = [write for person in batch for write in _writes(person)]
            refused += len(await app.index.write_next(writes, catalogue, app.clock.now()))
            await app.absorptions.note({no: person.no for person in batch for _, no in person.absorbed})
            people += len(batch)
            await report(people, max(total, people))
    except BaseException:
        await app.index.drop_next()
        raise
    await app.index.switch()
    if refused:
        log().error("index.refused", documents=refused)
    return Rebuilt(people, refused)


def _writes(person: Person) -> Sequence[Written]:
    found = followed(person.profile, person.no, person.revision, person, None)
    return found.writes if found else ()


async def compare(app: App) -> int:
    """Compare people and revisions by partition with the owner and follow again whoever differs; return how many."""
    owner, mine = await app.profiles.partitions(), await app.index.partitions()
    nobody = PartitionState(0, 0)
    differing = [partition for partition, state in owner.items() if mine.get(partition, nobody) != state]
    repaired = 0
    if not differing:
        return 0
    log().warning("index.differs", partitions=len(differing))
    async for batch in app.profiles.scan(differing):
        known = await app.index.known([person.profile for person in batch])
        behind = [
            person
            for person in batch
            if person.profile not in known or known[person.profile].revision != person.revision
        ]
        if behind:
            await on_people_changed(behind, app)
            repaired += len(behind)
    return repaired


async def sweep(app: App) -> int:
    """Delete tombstones that the bus has forgotten; return how many."""
    return await app.index.sweep(app.clock.now() - _RETENTION)


async def moving_with_time(app: App) -> Sequence[Segment]:
    """Return the segments whose members change while nothing about people does."""
    catalogue = await app.catalogues.attributes()
    found: list[Segment] = []
    for segment in (await app.segments.active()).values():
        if not segment.follows or segment.rule is None:
            continue
        try:
            rule = parse_rule(segment.rule, catalogue)
        except RuleInvalid:
            continue
        if moves_with_time(rule):
            found.append(segment)
    return found
