"""The steward's queue: what waits, and what is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from chassis.kernel import WHOLE
from services.profile import queries
from services.profile.app import App
from services.profile.commands.change import Request
from services.profile.commands.profiles import merge_profiles
from services.profile.domain.errors import MatchUnknown, MergeUnfit
from services.profile.domain.identity import Apart
from services.profile.domain.matching import MatchCase, MatchState, undecided
from services.profile.domain.people import Person
from services.profile.queries import Shown

Place = tuple[datetime, str]
"""Where a list of cases goes on: time found and id of the last one."""


@dataclass(frozen=True, slots=True)
class MatchShown:
    """A case and the people that it is about now, the eldest first."""

    case: MatchCase
    people: Sequence[Shown]


async def list_matches(
    state: MatchState, workspace: str, after: Place | None, size: int, app: App
) -> tuple[list[MatchShown], Place | None, int]:
    """List cases in a state, newest first; open ones that resolved by themselves are closed on the way."""
    if workspace != WHOLE:
        return [], None, 0
    shown: list[MatchShown] = []
    while len(shown) <= size:
        found = await app.cases.page(state, after, size + 1)
        if found:
            after = (found[-1].found_at, found[-1].id)
        shown += [looked for looked in await _looked_at(found, app) if looked.case.state is state]
        if len(found) <= size:
            break
    total = await app.cases.count(state)
    last = shown[size - 1].case if len(shown) > size else None
    return shown[:size], (last.found_at, last.id) if last else None, total


async def get_match(case: str, workspace: str, app: App) -> MatchShown:
    """Give one case.

    Raises:
        MatchUnknown: there is none, or the caller works in one base.
    """
    found = await app.cases.get(case) if workspace == WHOLE else None
    if found is None:
        raise MatchUnknown(case)
    return (await _looked_at([found], app))[0]


async def accept_match(case: str, survivor: str, request: Request, app: App) -> MatchShown:
    """Make the people of a case one, the eldest or the named one surviving.

    Raises:
        MatchUnknown, MatchDecided: there is none, or it was decided otherwise.
        MergeUnfit: the survivor is none of them.
    """
    shown = await get_match(case, request.workspace, app)
    decided = shown.case.decided(MatchState.ACCEPTED, request.actor, app.clock.now())
    if decided is not shown.case:
        people = [each.seen.person.id for each in shown.people]
        kept = survivor or people[0]
        if kept not in people:
            raise MergeUnfit(case, kept)
        for other in people:
            if other != kept:
                await merge_profiles(kept, other, request, app)
        await app.cases.save(decided)
    return await get_match(case, request.workspace, app)


async def reject_match(case: str, request: Request, app: App) -> MatchShown:
    """Keep the people of a case apart for good.

    Raises:
        MatchUnknown, MatchDecided: there is none, or it was decided otherwise.
    """
    shown = await get_match(case, request.workspace, app)
    decided = shown.case.decided(MatchState.REJECTED, request.actor, app.clock.now())
    if decided is not shown.case:
        for one, other in combinations([each.seen.person for each in shown.people], 2):
            await app.identities.decide_apart(Apart(_records(one), _records(other)))
        await app.cases.save(decided)
    return await get_match(case, request.workspace, app)


def _records(person: Person) -> frozenset[str]:
    return frozenset(record.id for record in person.records)


async def _looked_at(cases: Sequence[MatchCase], app: App) -> list[MatchShown]:
    """Find the people of cases, of all together; an open one that has nothing left to decide is closed."""
    homes = await app.ledger.homes_of({record for case in cases for record in case.records})
    people = (await app.views.load(homes.values())).people
    roots = {record: people.root(home) for record, home in homes.items() if home in people.homes}
    found = dict(await queries.batch_get(sorted(set(roots.values())), WHOLE, app))
    _, apart = await app.identities.decisions(
        {record for case in cases if case.state is MatchState.OPEN for record in case.records}
    )
    looked: list[MatchShown] = []
    for case in cases:
        ids = {roots[record] for record in case.records if record in roots}
        concerned = [found[each] for each in ids if each in found]
        living = [each for each in concerned if each.seen.person.records and not each.seen.person.erased]
        living.sort(key=lambda each: each.seen.person.root.no)
        if case.state is MatchState.OPEN and not undecided([each.seen.person for each in living], apart):
            case = case.decided(MatchState.SETTLED, "", app.clock.now())
            await app.cases.save(case)
        looked.append(MatchShown(case, living))
    return looked
