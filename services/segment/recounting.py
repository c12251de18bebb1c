"""Working a segment's membership out anew from the index, while people go on changing.

Promise: when it ends, the stored membership is what the rule and the hand say of everybody; what followers changed
meanwhile wins over the recount, because a container that moved refuses the write and keeps their people as they are.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chassis.kernel.problem import Conflict
from services.segment.app import App
from services.segment.domain.catalogue import Catalogue
from services.segment.domain.membership import Container, MembershipChanged, empty, span_of
from services.segment.domain.numbers import Numbers
from services.segment.domain.rule_parsing import parse_rule
from services.segment.domain.segment import Segment, SegmentRefreshed, refreshed
from services.segment.ports import Audience

Report = Callable[[int, int], Awaitable[None]]
"""Told how many people are done, of how many."""

_TRIES = 20  # followers write a container some times a second while an import runs
_LOOKS = 6  # the first at everybody, each further one at whoever was written since the one before
_STEP = 5_000  # facts of one transaction: about a megabyte and a half
_CLOCKS = timedelta(seconds=5)  # more than clocks of two machines differ


@dataclass(frozen=True, slots=True)
class _Found:
    """What the index says: who is in, and who of them by the rule alone. `within` limits what it was asked about."""

    members: Numbers
    ruled: Numbers
    within: Numbers | None = None


async def recount(segment_id: str, app: App, report: Report) -> int:
    """Work a segment's membership out anew; return how many people are in. Nothing happens to one that is gone.

    Raises:
        Conflict: it kept changing meanwhile.
        RuleInvalid: an attribute that its rule names is not known any more.
    """
    segment = (await app.segments.get([segment_id])).get(segment_id)
    if segment is None:
        return 0
    catalogue = await app.catalogues.attributes()
    since: datetime | None = None
    for _ in range(_LOOKS):
        started = app.clock.now()
        # The containers are read before the index is asked: see reactions.py.
        stored = await _stored(segment_id, app)
        await app.people.settle()
        found = await _asked(segment, catalogue, app, since)
        if not await _apply(segment, stored, found, app, report) and since is not None:
            break
        # Whoever was written since may have been asked about too early: he alone is looked at again.
        since = started - _CLOCKS
    return await _finished(segment_id, app)


async def _stored(segment: str, app: App) -> dict[int, Container]:
    return {high: container for (_, high), container in (await app.memberships.containers([segment])).items()}


async def _asked(segment: Segment, catalogue: Catalogue, app: App, since: datetime | None = None) -> _Found:
    """Ask the index; since a moment only about people whose documents were written since."""
    now = app.clock.now()
    whole = await app.audiences.of_segment(replace(segment, auto_update=segment.rule is not None), catalogue)
    rule = parse_rule(segment.rule, catalogue) if segment.rule is not None else None
    written = None if since is None else await app.people.written(segment.workspace, since)
    members = await app.people.numbers(whole, now, since)
    if rule is None:
        return _Found(members, app.sets.of(()), written)
    by_rule = Audience(segment.workspace, rule, statuses=whole.statuses, members=whole.members)
    by_hand = len(whole.added or ()) or len(whole.removed or ())
    ruled = await app.people.numbers(by_rule, now, since) if by_hand else members
    return _Found(members, ruled, written)


async def _apply(segment: Segment, stored: Mapping[int, Container], found: _Found, app: App, report: Report) -> bool:
    """Bring every container to what was found; tell whether anything had to move."""
    highs = sorted({*stored, *app.sets.highs(found.members), *app.sets.highs(found.ruled)})
    total = len(found.members)
    moved, done = False, 0
    for high in highs:
        container = stored.get(high) or empty(segment.id, high, app.sets.of(()))
        first, last = span_of(high)
        members = _within(container.members, app.sets.between(found.members, first, last), found.within)
        ruled = _within(container.ruled, app.sets.between(found.ruled, first, last), found.within)
        moved = await _bring(container, members, ruled, app, segment.workspace) or moved
        done += len(members)
        await report(done, max(total, done))
    return moved


def _within(before: Numbers, after: Numbers, within: Numbers | None) -> Numbers:
    return after if within is None else (before - within) | (after & within)


def _differing(one: Numbers, other: Numbers) -> Numbers:
    return (one - other) | (other - one)


async def _bring(container: Container, members: Numbers, ruled: Numbers, app: App, workspace: str) -> bool:
    """Move a container in steps that one transaction can tell; tell whether anything had to move.

    Where a follower was first, his people stay as he left them: he knew later.

    Raises:
        Conflict: followers were first too often.
    """
    lost, moved = 0, False
    while True:
        moving = list(_differing(members, container.members))
        if not moving and not len(_differing(ruled, container.ruled)):
            return moved
        moved = True
        step = app.sets.of(moving[:_STEP])
        after = replace(container, members=_within(container.members, members, step), ruled=ruled)
        now = app.clock.now()
        if await app.memberships.save(after, await _changes(container, step, members, app, workspace), now):
            container = replace(after, revision=container.revision + 1)
            continue
        lost += 1
        if lost == _TRIES:
            raise Conflict
        stored = await app.memberships.containers([container.segment], [container.high])
        fresh = stored.get((container.segment, container.high), container)
        members = _within(members, fresh.members, _differing(fresh.members, container.members))
        ruled = _within(ruled, fresh.ruled, _differing(fresh.ruled, container.ruled))
        container = fresh


async def _changes(
    container: Container, step: Numbers, members: Numbers, app: App, workspace: str
) -> list[MembershipChanged]:
    # Who left may be gone from the workspace altogether, so those whom it once knew are asked for as well.
    people = {each.no: each.profile for each in await app.people.ids(workspace, step, gone=True)}
    now = app.clock.now()
    return [MembershipChanged(container.segment, people[no], no, no in members, 0, now) for no in step if no in people]


async def _finished(segment_id: str, app: App) -> int:
    sizes = await app.memberships.counts([segment_id])
    members = sizes[segment_id].members if segment_id in sizes else 0
    for _ in range(_TRIES):
        current = (await app.segments.get([segment_id])).get(segment_id)
        if current is None:
            return members
        now = app.clock.now()
        if await app.segments.replace(refreshed(current, now), [SegmentRefreshed(segment_id, members, now)]):
            return members
    raise Conflict
